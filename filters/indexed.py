"""What the archive finds a message by: all that mail programs show of its header and its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import attrgetter

from config.base import Frozen
from signatures.message.anatomy import Apart
from signatures.message.body import Text
from signatures.message.division.lines import Line, joined
from signatures.message.headers import Mailbox, recipients, to_text

_NO_TEXT = re.compile("[\ud800-\udfff\0]")
"""Halves of characters and the null, which neither JSON nor a database takes for text."""

_WORD = re.compile(r"\w+")
_ENCRYPTED = "it is encrypted"
_UNKNOWN = "its text is written in a way that is not known here"
_UNREADABLE = ("unknown transfer encoding", "unknown character set")
_HEADER = 262_144
"""Octets of a header that are looked at where the message cannot be taken apart."""

_FIELD = 10_000
_SENDERS = ("from", "sender", "resent-from", "resent-sender")


class Indexed(Frozen):
    """A message as text. People are as a header names them; `hidden` are those of Bcc, where a program left it in.

    `own` are its author's words, every version that says something else; `trail` all the rest of the text, what it
    quotes or sends on. `named` are the addresses that everybody sees, canonical. `unread` says why not all of it is
    here, as the end of a sentence about "it"; `references` are the Message-IDs that it answers or refers to.
    """

    subject: str = ""
    author: str = ""
    recipients: str = ""
    copied: str = ""
    hidden: str = ""
    own: str = ""
    trail: str = ""
    unread: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def indexed(raw: bytes, message: Apart) -> Indexed:
    """What a message is found by, of what was read of it."""
    anatomy, top = message.anatomy, message.parts[0]
    texts = [text for _, text in message.texts]
    people = {
        name: [box for field in top.fields if field.name == name for box in recipients(field.text(raw))]
        for name in ("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc")
    }
    seen = (*anatomy.authors, *people["to"], *people["cc"], *people["resent-to"], *people["resent-cc"])
    return Indexed(
        subject=_clean(anatomy.subject),
        author=_people((*anatomy.original_authors, *anatomy.authors, *anatomy.senders)),
        recipients=_people((*people["to"], *people["resent-to"])),
        copied=_people((*people["cc"], *people["resent-cc"])),
        hidden=_people((*people["bcc"], *people["resent-bcc"])),
        own=_versions(text.own for text in texts),
        trail=_versions(_rest(text) for text in texts),
        unread=_unread(texts, encrypted=anatomy.encrypted),
        message_id=anatomy.message_id,
        references=anatomy.references,
        named=tuple(dict.fromkeys(box.address for box in seen if box.address)),
    )


def heading_alone(raw: bytes, why: str) -> Indexed:
    """What a message that cannot be taken apart, for the reason `why`, is found by: the first header fields of each
    name, each as it stands.
    """
    said: dict[str, str] = {}
    for name, value in _fields(raw[:_HEADER]):
        said.setdefault(name, _clean(to_text(value[:_FIELD])))
    return Indexed(
        subject=said.get("subject", ""),
        author=", ".join(filter(None, (said.get(name) for name in _SENDERS))),
        recipients=said.get("to", ""),
        copied=said.get("cc", ""),
        hidden=said.get("bcc", ""),
        unread=why,
    )


def _fields(header: bytes) -> Iterator[tuple[str, bytes]]:
    """Names, in lower case, and unfolded values, down to the first empty line."""
    name, pieces = "", list[bytes]()
    for line in header.splitlines():
        if not line:
            break
        if line[:1] in b" \t":
            pieces.append(line)
            continue
        if name:
            yield name, b"".join(pieces)
        before, colon, value = line.partition(b":")
        name = before.strip().lower().decode("ascii", "replace") if colon else ""
        pieces = [value.strip()]
    if name:
        yield name, b"".join(pieces)


def _people(boxes: Iterable[Mailbox]) -> str:
    """Each once, as "Name <address>"."""
    return ", ".join(dict.fromkeys(_clean(_person(box)) for box in boxes))


def _person(box: Mailbox) -> str:
    written = box.written if not box.address or box.address == box.written.lower() else None
    address = written if written is not None else f"{box.written} {box.address}"
    return " ".join(filter(None, (box.group, box.name, f"<{address}>")))


def _rest(text: Text) -> str:
    """What a text says besides its author's own words; all of it, where anything would be missing otherwise."""
    if text.own == text.text:
        return ""
    spans = [span for span in text.division.spans if not span.owned]
    lines: list[Line] = []
    at = 0
    for line in text.lines if spans else ():
        while at < len(spans) and spans[at].end <= line.begin:
            at += 1
        if at == len(spans):
            break
        if spans[at].start <= line.begin:
            lines.append(line)
    rest = joined(lines, attrgetter("visible"))
    return rest if _holds(text.text, text.own, rest) else text.text


def _holds(text: str, *others: str) -> bool:
    """Whether every word of a text stands in the others. Mostly it does with the signs at it, which is told sooner."""
    beyond = set(text.split()).difference(*(other.split() for other in others))
    if not beyond:
        return True
    words = set(_WORD.findall(" ".join(beyond)))
    return words <= set().union(*(_WORD.findall(other) for other in others))


def _versions(texts: Iterable[str]) -> str:
    """Each text once; those with the same words are the same."""
    several = [text for text in dict.fromkeys(texts) if text]
    if len(several) == 1:
        return _clean(several[0]) if _WORD.search(several[0].casefold()) else ""
    kept: dict[str, str] = {}
    for text in several:
        if words := " ".join(_WORD.findall(text.casefold())):
            kept.setdefault(words, text)
    return _clean("\n\n".join(kept.values()))


def _unread(texts: Iterable[Text], *, encrypted: bool) -> str:
    if encrypted:
        return _ENCRYPTED
    defects = (defect for text in texts for defect in text.defects)
    return _UNKNOWN if any(each in defect for defect in defects for each in _UNREADABLE) else ""


def _clean(text: str) -> str:
    return text if text.isascii() and "\0" not in text else _NO_TEXT.sub("\ufffd", text)
