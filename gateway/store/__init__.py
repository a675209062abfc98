"""The database, and the only room that touches it.

How it fails and what survives. All writing of a process goes through one `Writer` thread, which commits the
waiting work of many connections as one transaction with one fsync. A piece of work that fails rolls the
batch back and every piece is replayed alone, so that one message's failure is nobody else's. When a COMMIT
is not answered, its outcome is found out on a new connection before anyone is told anything: PostgreSQL is
asked for the fate of the transaction, in SQLite each piece is looked up. That the database keeps what it
commits is checked at start and not assumed (SQLite in WAL with synchronous=FULL; PostgreSQL with fsync), so
what was committed is there after a power cut; what was not committed was never promised.

Several nodes may write to one PostgreSQL. They do so at READ COMMITTED, and by one rule: whoever writes to a
council's archive first locks the end of its ledger (`ledger.lock`). What is read after that holds until the
commit: that the council is the version which was decided on, that the same message was not submitted before.
SERIALIZABLE would find the same conflicts later, and by undoing a batch of many messages each time; the end
of the ledger is one row that all writers of a council must change, so there is nothing to be won by letting
them begin at once. Batches take the ledgers of several councils in one order, so they do not deadlock; what
does collide is tried again. SQLite has one writer in all and needs none of this. A read is a snapshot on both
(REPEATABLE READ), so whoever verifies while others write sees one moment.

A node may stand still at any point and go on later. In the middle of a transaction, it has lost it by then:
PostgreSQL ends sessions that stand idle in one. Between transactions, what it had claimed may have passed to
another, by the database's own clock (`clock`); every update of a claim is fenced by its token. A clock that
jumps takes nothing from a process that is at work: it names what it has in hand when it claims more.

Functions here take a `Connection` and leave transactions to their caller. Every table with council data
carries the council, and every function that reads one takes it.
"""
