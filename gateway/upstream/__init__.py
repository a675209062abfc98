"""Connections to the mail servers that councils' mail is handed to, and to those that keep their mailboxes.

No other room opens one.

How it fails and what survives. Nothing is kept here: a connection that breaks is thrown away, and what was
under way is the caller's to try again. What the upstream says comes back as an `UpstreamReply`; what stops
a dialogue is raised as `Refused`, whose `Refusal` says how far it reaches. A failure before a transaction
can begin (connect, greeting, TLS, EHLO, login) is the *upstream's*: it says nothing about any message, so
no message may be returned for it. One in the middle of a transaction is that *message's*. What is said to a
RCPT is that *recipient's*. Only `ReplyLost` is unknowable: everything was sent, and nobody said what came
of it (RFC 5321 §4.5.3.2.6; RFC 1047).

With mailbox servers it is the same: `ImapFailed` says where the conversation stopped, a refused login is an
answer. Whether a message was filed is unknowable when the connection breaks in the middle; so who files one
looks first whether it is there.

Passwords go over TLS with a verified certificate or not at all. STARTTLS is followed by a new EHLO, and
what was said before it is forgotten (RFC 3207 §4.2).
"""
