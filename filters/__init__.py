"""The checks: pure functions from a message and its context to findings, and the verdict over them.

One module per check, a registry that names them, and `filters.decide`. No I/O and no clock: whatever a
check needs to know arrives in the `Context`. A check that cannot complete does not pass: it gives a
finding "could not be checked" at its own stage, which holds the message where the check is enforced.
"""
