"""From the final dot to the reply: analysed, decided, archived and queued in one transaction, or not at all.

How it fails and what survives. Until the commit nothing is kept and the client is told 4xx, so it keeps the
message. From the commit on everything is there: message, envelope, findings, verdict, ledger, queue rows and
the notice to the sender. The commit does not depend on the connection: a client that goes away in between
neither stops it nor is believed to have had the reply, and when it sends the same message again it is given
the first queue id. A worker that crashes or takes too long costs a hold with the reason "could not be
checked"; only what nobody foresaw is answered 451 with an id that the log knows.
"""
