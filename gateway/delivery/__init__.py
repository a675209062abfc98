"""The way out: departures are claimed, signed, handed to their upstream, and tried again until that is done.

How it fails and what survives. Everything that matters stands in the database before it matters: the claim
before any work, and that the data is about to be sent, together with the very header fields put before it,
before DATA is said. So this process may be killed at any moment. Killed before that mark, nothing has left,
and the departure is taken up again when its lease runs out. Killed after it, nobody can say whether the
upstream took the message: it is sent again, the same bytes with the same Message-ID, for two copies are
better than none, and it is counted. Whoever finds that the lease has passed to another does not send.

Errors are temporary unless the upstream said 5xx about this very message or recipient. What keeps a
transaction from beginning (nobody answers, TLS or the login fails) is the upstream's trouble or the host's,
and nobody's mail is returned for it: the mail waits, and one probe at a time asks whether the upstream is
back. A message that cannot be signed is not sent. An outcome that the database will not take is offered to
it until it does. A bounce is written in the one transaction that fails its recipients; there is none for a
bounce, a notice, or the null sender (RFC 5321 §6.1).
"""
