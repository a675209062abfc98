"""DKIM: the last thing that happens to a message before it leaves (RFC 6376, RFC 8301, RFC 8463).

How it fails and what survives. Private keys are in one process alone, which talks to nobody but delivery,
over a socket that only its own user can open, and which says yes to bytes or says why not. A key that
cannot be used stops the start, naming the file; at a reload the old keys go on signing and the log says
what is wrong with the new ones. A message that cannot be signed now (the process is away, too slow, or
broken) is not sent: delivery waits and tries again. One that can never be signed (bare line ends, a header
line that is none) says so, because waiting would not mend it. Nothing is kept here, so a kill at any moment
loses nothing: the caller asks again, on a new connection.

A domain for which the host has configured no key goes out unsigned. That is the host's choice, not a failure.

dkimpy canonicalises header fields and is what the tests verify with. Bodies are canonicalised here, because
dkimpy's way takes time that grows with the square of a run of spaces, and RSA is done by `cryptography`,
because dkimpy's is pure Python: `tests/bench/bench_dkim.py` prints both.
"""
