"""Proof that needs no server: bundles that are taken away, and the small program that checks them.

How it fails and what survives: `write` makes a bundle out of the archive as it is, right or wrong, and mends nothing;
`check` finds what is wrong with it, years later and on another machine, with what is in that one file alone. So the
file imports nothing of ours, and says again what `gateway.store.ledger` says of hashes; a test holds the two together.
"""
