"""Every reply of the submission side, in one place: what is said, and when.

`docs/replies.md` is `reference()` of this module, and a test holds the two together. Text in braces is
filled in when the reply is given. Replies to a whole message (queued, held, refused by policy) are made by
intake and are not here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.reply import Reply, temporary_fault


@dataclass(frozen=True, slots=True)
class Said:
    """A reply before it is said: `text` may hold names in braces, `when` is for the reference."""

    code: int
    enhanced: str
    text: str
    when: str

    def __call__(self, **values: str | int) -> Reply:
        """The reply itself, with every name in braces filled in."""
        return Reply(self.code, self.enhanced, self.text.format(**values) if values else self.text)


class Refusal(Exception):
    """A command is not carried out, and this is the answer to it."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(f"{reply.code} {reply.enhanced}")


# Coming and going.
GREETING = Said(220, "", "{hostname} ESMTP Vestry", "The greeting.")
HELLO = Said(250, "", "{hostname}", "HELO.")
EXTENSIONS = Said(250, "", "{hostname}\n{extensions}", "EHLO; one extension on each further line.")
GOODBYE = Said(221, "2.0.0", "Goodbye", "QUIT.")
TOO_MANY_CONNECTIONS = Said(
    421, "4.7.0", "Too many connections here, please try again later", "As many connections as allowed."
)
NETWORK_UNKNOWN = Said(
    554, "5.7.1", "This address may not send mail here without logging in",
    "A trusted listener is reached from outside its networks. The connection is closed.",
)  # fmt: skip
SHUTTING_DOWN = Said(
    421, "4.3.2", "The post room is closing for a moment, please try again", "The service is stopping."
)
IDLE = Said(421, "4.4.2", "Nothing was heard for too long, goodbye", "No command within the idle time.")
TOO_SLOW = Said(
    421, "4.4.2", "The message came too slowly, please try again", "Content below the least data rate."
)
TOO_MANY_ERRORS = Said(
    421, "4.7.0", "Too many errors, goodbye",
    "As many refused commands as allowed; said instead of the last refusal.",
)  # fmt: skip
TOO_MANY_COMMANDS = Said(
    421, "4.7.0", "Too many commands without a message, goodbye", "As many commands as allowed, and no message."
)  # fmt: skip
TOO_MANY_FROM_HERE = Said(
    421, "4.7.0", "Too many connections from your address, please try again later",
    "As many connections from one address as allowed.",
)  # fmt: skip
NOT_A_MAIL_CLIENT = Said(
    421, "4.7.0", "This is a mail server, goodbye", "A command of HTTP. The connection is closed."
)
FAULT = Said(
    451, "4.3.0", temporary_fault("{ref}").text,
    "An error nobody foresaw. Nothing was kept; the log has the reference.",
)  # fmt: skip

# Lines.
BARE_NEWLINE = Said(
    521, "5.5.2", "Command lines must end with CR LF, goodbye",
    "A command line ends with a bare LF. What follows is not read; the connection is closed.",
)  # fmt: skip
BAD_OCTETS = Said(
    500, "5.5.2", "The command has characters that no command may have",
    "A control character, a bare CR included, or octets that are not UTF-8 in a command.",
)  # fmt: skip
LINE_TOO_LONG = Said(500, "5.5.2", "The command is too long", "A command line over the limit.")
UNKNOWN_COMMAND = Said(500, "5.5.1", "There is no such command here", "An unknown command.")
BAD_ARGUMENT = Said(501, "5.5.4", "The command is not right; expected {why}", "A wrong argument.")

# Order of commands.
HELLO_FIRST = Said(503, "5.5.1", "Please say EHLO first", "MAIL, AUTH or BDAT before EHLO.")
NEED_TLS = Said(
    530, "5.7.0", "Encryption is required here: please set your mail program to use STARTTLS",
    "Anything but EHLO, STARTTLS, NOOP and QUIT before TLS.",
)  # fmt: skip
NEED_LOGIN = Said(
    530, "5.7.0", "Please log in: your mail program must send a user name and a password",
    "MAIL before AUTH.",
)  # fmt: skip
ALREADY_TLS = Said(503, "5.5.1", "The connection is encrypted already", "STARTTLS after TLS.")
TLS_UNAVAILABLE = Said(
    502, "5.5.1", "STARTTLS is not available here", "STARTTLS where no certificate is set."
)
TLS_READY = Said(220, "2.0.0", "Ready to start TLS", "STARTTLS.")
TLS_INJECTED = Said(
    421, "4.7.0", "Commands were sent ahead of encryption, goodbye",
    "Octets follow STARTTLS before its reply (RFC 3207 §6). The connection is closed.",
)  # fmt: skip
IN_TRANSACTION = Said(503, "5.5.1", "A message is being handed in already", "MAIL or AUTH after MAIL.")
MAIL_FIRST = Said(503, "5.5.1", "Please give the sender with MAIL first", "RCPT, DATA or BDAT before MAIL.")
RCPT_FIRST = Said(
    503, "5.5.1", "Please give at least one recipient with RCPT first", "DATA or BDAT without a recipient."
)
CHUNKS_BEGUN = Said(
    503, "5.5.1", "This message has begun with BDAT and must end with it", "RCPT or DATA after BDAT."
)

# Simple commands.
OK = Said(250, "2.0.0", "Ok", "NOOP, RSET.")
CANNOT_VERIFY = Said(252, "2.5.0", "Addresses are not verified here; send the message", "VRFY.")
NOT_OFFERED = Said(
    502, "5.5.1", "The command is not available here", "EXPN; AUTH on a trusted listener, or one for replies."
)
HELP = Said(214, "2.0.0", "EHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP QUIT: see RFC 5321", "HELP.")

# Logging in.
AUTH_CHALLENGE = Said(334, "", "{challenge}", "AUTH, where the client is to send more; in base64.")
AUTH_DONE = Said(235, "2.7.0", "Welcome", "AUTH with a login that may send here.")
AUTH_WRONG = Said(
    535, "5.7.8", "That user name or password is not right",
    "AUTH with an unknown or ended login or a wrong password; all the same.",
)  # fmt: skip
AUTH_LATER = Said(
    454, "4.7.0", "Logins cannot be checked just now, please try again later",
    "AUTH while too many attempts fail, too many wait, or what checks passwords is away.",
)  # fmt: skip
AUTH_FAULT = Said(
    454, "4.7.0", "Logins cannot be checked just now, please try again later. Ref {ref}",
    "AUTH, and an error nobody foresaw. The log has the reference.",
)  # fmt: skip
AUTH_CANCELLED = Said(501, "5.7.0", "Login cancelled", "The client answers a challenge with *.")
AUTH_NOT_BASE64 = Said(501, "5.5.2", "The login is not valid base64", "AUTH with something else than base64.")
AUTH_MECHANISM = Said(504, "5.5.4", "Only PLAIN and LOGIN are known here", "AUTH with another mechanism.")
AUTH_TOO_LONG = Said(500, "5.5.6", "The login is too long", "An answer over 12,288 octets (RFC 4954 §4).")
AUTH_ALREADY = Said(503, "5.5.1", "You have logged in already", "AUTH after AUTH.")
LOGIN_ENDED = Said(
    550, "5.7.1", "Your login may no longer send mail here; please ask your Clerk",
    "MAIL or the end of a message from someone who was disabled, or whose roles ended, after logging in.",
)  # fmt: skip

# Sender and recipients.
SENDER_OK = Said(250, "2.1.0", "Sender ok", "MAIL.")
RECIPIENT_OK = Said(250, "2.1.5", "Recipient ok", "RCPT.")
BAD_SENDER = Said(
    501, "5.1.7", "The sender address is not right; expected {why}", "MAIL with what is no address."
)
BAD_RECIPIENT = Said(
    501,
    "5.1.3",
    "The recipient address is not right; expected {why}",
    "RCPT with what is no address.",
)
NEED_SMTPUTF8 = Said(
    553, "5.6.7", "An address with these letters needs a mail program that speaks SMTPUTF8",
    "MAIL or RCPT with a non-ASCII address, without the SMTPUTF8 parameter.",
)  # fmt: skip
BAD_PARAMETER = Said(501, "5.5.4", "{name} must be {why}", "MAIL or RCPT with a wrong value of a parameter.")
TWICE_PARAMETER = Said(501, "5.5.4", "{name} may be given once", "MAIL or RCPT with a parameter given twice.")
UNKNOWN_PARAMETER = Said(
    555, "5.5.4", "A parameter of the command is not known here",
    "MAIL or RCPT with an unknown parameter, or with BODY=BINARYMIME.",
)  # fmt: skip
ANSWERS_ALONE = Said(
    550, "5.1.1", "Nobody has this address here: only answers to the post room's letters are taken",
    "RCPT on a listener for replies, with anything but an address that a notice is answered to.",
)  # fmt: skip
TOO_MANY_RECIPIENTS = Said(
    452, "4.5.3", "Too many recipients for one message", "RCPT beyond the most recipients of a message."
)

# Content.
GO_AHEAD = Said(354, "", "Send the message; end it with a line that has one dot", "DATA.")
CHUNK_OK = Said(250, "2.0.0", "{octets} octets received", "BDAT without LAST.")
TOO_BIG = Said(
    552, "5.3.4", "The message is larger than {limit} bytes, the most that can be sent",
    "MAIL with a SIZE over the limit, or content over it.",
)  # fmt: skip
TOO_BIG_GOODBYE = Said(
    552, "5.3.4", "The message is far larger than {limit} bytes, the most that can be sent; goodbye",
    "Content so far over the limit that it is not read to its end. The connection is closed.",
)  # fmt: skip
NO_ROOM = Said(
    452, "4.3.1", "Too much mail is coming in at the moment; please try again later",
    "MAIL with a SIZE, or content, beyond the octets that may be held at once (`limits.inflight_bytes`).",
)  # fmt: skip
BARE_CR_OR_LF = Said(
    550, "5.6.0", "The message has line ends other than CR LF and was not accepted",
    "Content with a bare CR or a bare LF.",
)  # fmt: skip
HAS_NUL = Said(550, "5.6.0", "The message has a NUL character and was not accepted", "Content with a NUL.")
LONG_LINE = Said(
    550, "5.6.0", "The message has a line of over {limit} octets and was not accepted",
    "Content with a line over the limit.",
)  # fmt: skip
BDAT_LOST = Said(
    521, "5.5.4", "BDAT must give the octets of the chunk, goodbye",
    "BDAT without a valid size: content cannot be told from commands any more. The connection is closed.",
)  # fmt: skip


def catalogue() -> dict[str, Said]:
    """Every reply by its name in this module, in the order of this module."""
    return {name: value for name, value in globals().items() if isinstance(value, Said)}


def reference() -> str:
    """`docs/replies.md`."""
    rows = [
        f"| {said.code} | {said.enhanced or '–'} | {_shown(said.text)} | {_shown(said.when)} |"
        for said in sorted(catalogue().values(), key=lambda said: (said.code, said.enhanced))
    ]
    return "\n".join([_HEAD, *rows, ""])


def _shown(text: str) -> str:
    return text.replace("\n", " / ").replace("*", "\\*").replace("|", "\\|")


_HEAD = """# Replies to mail clients

What the submission side says before and while a message is handed in, with the enhanced code of RFC 2034
and when it is said. Words in braces are filled in. What becomes of a whole message (queued, held, refused
under the council's policy) is said by intake.

This page is written from `gateway/submission/replies.py` (`make docs`).

| code | enhanced | text | when |
|---|---|---|---|"""
