"""The database, and the only room that touches it.

How it fails and what survives. All writing of a process goes through one `Writer` thread, which commits the
waiting work of many connections as one transaction with one fsync. A piece of work that fails rolls the
batch back and every piece is replayed alone, so that one message's failure is nobody else's. When a COMMIT
itself fails, its outcome is unknown: each piece is looked up on a new connection before anyone is told
anything. SQLite runs in WAL with synchronous=FULL, checked at start and not assumed, so what was committed
is there after a power cut; what was not committed was never promised.

Functions here take a `Connection` and leave transactions to their caller. Every table with council data
carries the council, and every function that reads one takes it.
"""
