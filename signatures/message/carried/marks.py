"""What a header says of how a message came about: an answer, sent on by a person, or sent on by a rule.

Only the message's own header counts. None of it proves anything: people delete prefixes and begin new matters
in old threads (research A3 2 and 4).
"""

from __future__ import annotations

import base64
import re

from signatures.message.carried.kinds import Marks, Prefix
from signatures.message.media import first_token
from signatures.message.scanner import Part

_REPLIES = frozenset(
    {"re", "aw", "antw", "antwort", "sv", "svar", "odp", "ynt", "ateb", "rif", "r", "res", "vá"}
)
_FORWARDS = frozenset(
    {
        "fw", "fwd", "wg", "weiterl", "tr", "rv", "vs", "i", "enc", "doorst", "vb", "yml", "pd", "vl", "ilt",
    }
)  # fmt: skip
_WEAK = frozenset({"r", "i", "tr", "rv", "vs", "vb", "vl", "pd", "enc", "res"})
"""These are words or numbers of lists too: "I: item one", "Enc: the map"."""

_PREFIX = re.compile(
    r"(?:\s*+\[[^\[\]]{0,80}+\])*+\s*+(?P<word>[^\W\d_]{1,8}+)\s?(?:[\[(]\d{1,3}[\])]|\^\d{1,3})?\s?[:：]"
)
_AUTOMATIC_REPLY = re.compile(
    r"\s*+(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|ateb awtomatig|"
    r"automatische antwort|réponse automatique)\b",
    re.IGNORECASE,
)
_ID = re.compile(rb"<[^<>\s]{1,900}+>")
_MOST_IDS = 200
_FIRST_OF_THREAD = 22
"""The octets of a Thread-Index that begins a conversation; each answer or forward adds five (MS-OXOMSG)."""

_BY_ITSELF = {
    "x-ms-exchange-inbox-rules-loop": "X-MS-Exchange-Inbox-Rules-Loop",
    "x-ms-exchange-forwardingloop": "X-MS-Exchange-ForwardingLoop",
    "x-ms-exchange-generated-message-source": "X-MS-Exchange-Generated-Message-Source",
    "x-forwarded-to": "X-Forwarded-To",
    "x-forwarded-for": "X-Forwarded-For",
    "x-autoforward": "X-Autoforward",
    "x-autoforwarded": "X-Autoforwarded",
    "x-auto-forward": "X-Auto-Forward",
    "x-auto-forwarded": "X-Auto-Forwarded",
    "autoforwarded": "Autoforwarded",
    "x-ms-exchange-organization-autoforwarded": "X-MS-Exchange-Organization-AutoForwarded",
    "auto-submitted": "Auto-Submitted",
}
_WITH_ADDRESS = frozenset({"x-forwarded-to", "x-forwarded-for"})
"""Web servers write the latter too, with the number of a computer."""

_OF_REPLIES_TOO = frozenset({"x-ms-exchange-inbox-rules-loop", "x-ms-exchange-generated-message-source"})
_MACHINES_ALONE = frozenset(
    {
        "list-id",
        "list-post",
        "list-unsubscribe",
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply",
    }
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply", "autoreply"})
_SAID_NOT = frozenset({"", "no", "false", "0"})
_NO_FLAG = _OF_REPLIES_TOO | _WITH_ADDRESS | {"x-ms-exchange-forwardingloop"}


def marks_of(raw: bytes, top: Part, subject: str, *, replies: bool, carries: bool) -> Marks:
    """The marks in a header. `subject` is decoded, `replies` and `carries` say what else has been found:
    whether it names a message that it answers, and whether it carries earlier mail in its body.
    """
    prefix, weak = prefix_of(subject)
    return Marks(
        prefix=prefix,
        weak=weak,
        replies=replies,
        threaded=_is_threaded(top.first(raw, "thread-index")),
        forwards=_forwards(raw, top),
        automatic=_automatic(raw, top, subject, carries=carries),
        bulk=_bulk(raw, top),
    )


def prefix_of(subject: str) -> tuple[Prefix, bool]:
    """What the outermost prefix of a subject says, and whether it may be a word of the subject as well.

    Tags in brackets, as servers put before a subject, are passed over (research (d2) 8 and 29).
    """
    found = _PREFIX.match(subject)
    word = found["word"].casefold() if found else ""
    if word in _FORWARDS:
        return Prefix.FORWARD, word in _WEAK
    return (Prefix.REPLY, word in _WEAK) if word in _REPLIES else (Prefix.NONE, False)


def _is_threaded(index: bytes) -> bool:
    if not index:
        return False
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", index)[:2000]
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]
    return len(base64.b64decode(whole + b"=" * (-len(whole) % 4))) > _FIRST_OF_THREAD


def _forwards(raw: bytes, top: Part) -> tuple[str, ...]:
    """The messages that Thunderbird names as sent on, in any number of fields."""
    values = (field.text(raw) for field in top.fields if field.name == "x-forwarded-message-id")
    found = (each.decode("utf-8", "replace") for value in values for each in _ID.findall(value))
    return tuple(dict.fromkeys(found))[:_MOST_IDS]


def _automatic(raw: bytes, top: Part, subject: str, *, carries: bool) -> tuple[str, ...]:
    """The fields that rules and servers leave in what they send on, in their usual spelling."""
    fields = [field for field in top.fields if field.name in _BY_ITSELF]
    if not fields:
        return ()
    submitted = first_token(top.first(raw, "auto-submitted"))
    replied = not carries and (submitted == "auto-replied" or _AUTOMATIC_REPLY.match(subject) is not None)
    said = (
        _BY_ITSELF[field.name]
        for field in fields
        if _says_so(field.name, field.text(raw), carries=carries, replied=replied)
    )
    return tuple(dict.fromkeys(said))


def _bulk(raw: bytes, top: Part) -> bool:
    """Whether it comes by a list (RFC 2919, RFC 2369), in bulk, or is marked as an automatic answer in ways of old."""
    if any(field.name in _MACHINES_ALONE for field in top.fields):
        return True
    return first_token(top.first(raw, "precedence")) in _BULK


def _says_so(name: str, value: bytes, *, carries: bool, replied: bool) -> bool:
    """Whether a field says that the message was sent on without a person."""
    if name in _OF_REPLIES_TOO and replied:
        return False
    if name == "x-ms-exchange-generated-message-source":
        return any(word in value.lower() for word in (b"rules agent", b"forward"))
    if name in _WITH_ADDRESS:
        return b"@" in value
    if name == "auto-submitted":
        said = first_token(value)
        return said == "auto-forwarded" or (said == "auto-generated" and carries)
    return name in _NO_FLAG or first_token(value) not in _SAID_NOT
