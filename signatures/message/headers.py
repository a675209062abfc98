"""Header values as people read them: encoded words, addresses. Linear time, whatever is in them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from config.address import BadAddress, canonical
from config.base import Frozen
from signatures.message import charsets

_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,60})(?:\*[A-Za-z0-9-]{0,40})?\?([BbQq])\?")
_LONGEST_ADDRESS = 1000

_TOKEN = re.compile(
    r'"(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)|\[[^\[\]\\]*+\]|[^"()\\<>\[\],:;]++|.', re.DOTALL
)
_COMMENT = re.compile(r"[^()\\]++|\\.|.", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Mailbox(Frozen):
    """An address in a header field. `address` is canonical, or empty where it is none; `written` is as given.

    `name` is what a mail client shows: the display name or, where there is none, the comment beside the
    address. `group` is the name of the group that the address stands in, colon included.
    """

    name: str
    address: str
    written: str
    group: str = ""


def to_text(value: bytes) -> str:
    """A field value as text, encoded words decoded (RFC 2047); what cannot be decoded stays visible."""
    return _words_decoded(value.decode("utf-8", "replace"))


def count_encoded_words(value: bytes) -> int:
    """How many encoded words a value may hold."""
    return value.count(b"=?")


def decode_text(content: bytes, charset: str) -> str:
    """`content` in a charset; one that is not known, or lies, is read as what it looks like."""
    return charsets.decode(content, charset)[0]


def mailboxes(value: bytes) -> tuple[Mailbox, ...]:
    """The addresses of a From, To, Cc, … value, groups opened up (RFC 5322 §3.4)."""
    return tuple(
        mailbox for piece in _pieces(value.decode("utf-8", "replace")) if (mailbox := _mailbox(piece))
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an address list and where it stands in the value, in octets: from, to. What divides members is
    not among them. `opened` is where the name of the group begins that it stands in. Nothing may be in it.
    """

    mailbox: Mailbox | None
    start: int
    end: int
    opened: int | None


def members(value: bytes) -> tuple[Member, ...]:
    """The members of an address list, those that are nothing among them, each with where it stands.

    What divides them is ASCII, so they are divided alike whether octets or characters are looked at.
    """
    said = _pieces(value.decode("utf-8", "replace"))
    placed = _pieces(value.decode("latin-1"))
    return tuple(
        Member(_mailbox(piece), place.start, place.end, place.opened)
        for piece, place in zip(said, placed, strict=True)
    )


def recipients(value: bytes) -> tuple[Mailbox, ...]:
    """The same of a To, Cc, … value, where `name@example.org.` is who has the address without the last dot.

    With it, a domain is meant in full (RFC 1034 §3.1); in mail it has none (RFC 5321 §2.3.5).
    """
    return tuple(
        mailbox
        if mailbox.address or not mailbox.written.endswith(".")
        else mailbox.model_copy(update={"address": _address(mailbox.written[:-1])})
        for mailbox in mailboxes(value)
    )


def _words_decoded(text: str) -> str:
    """`text` with its encoded words decoded, as leniently as mail clients do: anywhere, blanks inside too.

    Adjacent words in one charset are put together before they are decoded, as a character may be split.
    """
    pieces: list[str] = []
    charset, content = "", bytearray()

    def flush() -> None:
        if content:
            pieces.append(decode_text(bytes(content), charset))
            content.clear()

    position = 0
    while (start := text.find("=?", position)) >= 0:
        opened = _WORD.match(text, start)
        end = text.find("?=", opened.end()) if opened else -1
        if opened is not None and end < 0:
            break  # No word ends from here on, so none begins.
        octets = _octets(opened[2], text[opened.end() : end]) if opened else None
        between = text[position:start]
        if opened is None or octets is None:
            flush()
            pieces.append(between + "=?")
            position = start + 2
            continue
        adjacent = bool(content) and not between.strip()
        if not adjacent or opened[1].lower() != charset:
            flush()
            pieces.append("" if adjacent else between)
            charset = opened[1].lower()
        content += octets
        position = end + 2
    flush()
    return "".join(pieces) + text[position:]


def _octets(encoding: str, text: str) -> bytes | None:
    """The octets of an encoded word; None where it is none."""
    try:
        written = text.encode("ascii")
        if encoding in "Qq":
            return binascii.a2b_qp(written, header=True)
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", written)
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None


@dataclass(slots=True)
class _Piece:
    """One member of an address list, in the making. `angle` is what stands in `<…>`, if anything does.

    It stands from `start` to `end` in the text, where what divides it from the next stands, if anything does.
    `opened` is where the name of its group begins.
    """

    group: str = ""
    start: int = 0
    end: int = 0
    opened: int | None = None
    phrase: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: list[str] | None = None


def _pieces(text: str) -> Iterator[_Piece]:
    """The members of an address list. Comments nest; what nobody may write is kept and makes no address."""
    piece = _Piece()
    inside = False  # of angle brackets
    position = 0
    while position < len(text):
        if text[position] == "(":
            comment, position = _comment(text, position)
            piece.comments.append(comment)
            continue
        matched = _TOKEN.match(text, position)
        assert matched is not None  # Its last alternative is any character.
        mark, position = matched[0], matched.end()
        if mark == "<":
            inside = True
            if piece.angle is None:
                piece.angle = []
            else:
                piece.angle.append(mark)
        elif mark == ">" and inside:
            inside = False
        elif inside:
            assert piece.angle is not None
            piece.angle.append(mark)
        elif mark == ",":
            piece.end = matched.start()
            yield piece
            piece = _Piece(piece.group, start=position, opened=piece.opened)
        elif mark == ";":
            piece.end = matched.start()
            yield piece
            piece = _Piece(start=position)
        elif mark == ":" and piece.angle is None and not any("@" in word for word in piece.phrase[:20]):
            opened = piece.start if piece.opened is None else piece.opened
            piece = _Piece(_display(piece.phrase) + ":", start=position, opened=opened)
        else:
            piece.phrase.append(mark)
    piece.end = len(text)
    yield piece


def _comment(text: str, position: int) -> tuple[str, int]:
    """The words of a comment that begins at `position`, and where it ends."""
    depth = 0
    words: list[str] = []
    for matched in _COMMENT.finditer(text, position):
        depth += {"(": 1, ")": -1}.get(matched[0], 0)
        if depth == 0:
            return "".join(words[1:]), matched.end()
        words.append(matched[0][-1] if matched[0][0] == "\\" else matched[0])
    return "".join(words[1:]), len(text)


def _mailbox(piece: _Piece) -> Mailbox | None:
    phrase = "".join(piece.phrase).strip()
    if not phrase and piece.angle is None:
        return None
    written = phrase if piece.angle is None else "".join(piece.angle).strip()
    name = _display(piece.phrase) if piece.angle is not None else ""
    comment = _words_decoded(" ".join(" ".join(piece.comments).split()))
    return Mailbox(name=name or comment, address=_address(written), written=written, group=piece.group)


def _address(written: str) -> str:
    """The canonical form, or nothing. A source route (RFC 5322 §4.4) and blanks around dots are dropped."""
    if len(written) > _LONGEST_ADDRESS:
        return ""
    if written.startswith("@"):
        written = written.rpartition(":")[2]
    if '"' not in written:
        written = re.sub(r"\s*+([@.])\s*+", r"\1", written)
    try:
        return canonical(written)
    except (BadAddress, UnicodeError):
        return ""


def _display(phrase: list[str]) -> str:
    """A display name without its quotes, encoded words decoded, blanks made one."""
    words = [_ESCAPE.sub(r"\1", word[1:].removesuffix('"')) if word[0] == '"' else word for word in phrase]
    return " ".join(_words_decoded("".join(words)).split())
