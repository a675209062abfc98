"""Submission: the door through which a mail client hands a message in, and the protocol spoken at it.

One connection is one task. `wire` moves octets and knows no commands; `grammar` and `content` are pure and
know no sockets; `session` is the state machine between them; `listeners` opens doors, counts those inside
and empties the room at shutdown; `auth` knows who may come in. Every sentence said to a client stands in
`replies`.

How it fails. Whatever nobody foresaw is temporary: 451 with a reference that the log carries too, and the
transaction is forgotten. Whatever cannot be told apart is refused and the connection closed, because a
server that guesses where a command ends is how one message becomes two. A client that reads, writes or
stays too slowly is cut off; one that sends too much is listened to the end and then refused.

What survives. Nothing is kept here: a message lives in this room only from its first octet to the call of
`Intake.accept`, which runs in a task of its own. From that call on the connection has no say in the matter:
a client that goes away, at any octet, or a shutdown that runs out of patience, leaves the acceptance to
finish, so that a message is stored whole or not at all. The client that was not told will send again, and
intake answers with the first queue id.
"""
