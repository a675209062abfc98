"""A report that the post room writes, as bytes: header, plain text for people, parts for machines.

It is put together from bytes rather than from message objects, because a part may be somebody's message,
which is returned as it was and never parsed and generated anew.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

_NO_ANSWER_BY_EXCHANGE = b"X-Auto-Response-Suppress: All\r\n"
"""Exchange looks at no other field before it answers by itself ([MS-OXCMAIL] 2.2.3.2.14)."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The header of a report from the post room.

    `council` is the council's name and `sender` the address its notices come from. `message_id` and
    `in_reply_to` are whole, with angle brackets. `date` has a time zone. `reply_to` is where an answer goes, if
    one is wanted. `unprompted`: it is no answer to a message that the reader sent.
    """

    council: str
    sender: str
    to: str
    subject: str
    date: datetime
    message_id: str
    in_reply_to: str | None = None
    reply_to: str | None = None
    unprompted: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A body part: its lines end in CRLF and have at most 998 octets; 7-bit, or else `encoding` says so."""

    content_type: str
    description: str
    body: bytes
    encoding: str = "7bit"

    def encode(self) -> bytes:
        """The part with its own header."""
        lines = [f"Content-Type: {self.content_type}", f"Content-Transfer-Encoding: {self.encoding}"]
        if self.description:
            lines.insert(0, f"Content-Description: {self.description}")
        return "".join(f"{line}\r\n" for line in lines).encode("ascii") + b"\r\n" + self.body


def report(head: Letterhead, report_type: str, parts: Sequence[Part]) -> bytes:
    """A multipart/report (RFC 6522) of this type, for people first and for machines after."""
    return _multipart(head, f"report; report-type={report_type}", parts)


def alternative(head: Letterhead, text: str, html: str) -> bytes:
    """A letter as plain text and as HTML, which say the same."""
    body = html.replace("\n", "\r\n").encode("utf-8", "replace")
    shown = Part("text/html; charset=utf-8", "", binascii.b2a_qp(body, istext=True), "quoted-printable")
    return _multipart(head, "alternative", (text_part(text), shown), _NO_ANSWER_BY_EXCHANGE)


def mixed(head: Letterhead, parts: Sequence[Part]) -> bytes:
    """A letter with what is enclosed."""
    return _multipart(head, "mixed", parts)


def _multipart(head: Letterhead, subtype: str, parts: Sequence[Part], more: bytes = b"") -> bytes:
    encoded = [part.encode() for part in parts]
    boundary = _boundary(head.message_id, encoded)
    mark = b"--" + boundary.encode()
    # The CRLF before a boundary belongs to the boundary (RFC 2046 §5.1.1), so a part keeps its own.
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in encoded)
    content_type = f'multipart/{subtype};\r\n boundary="{boundary}"'
    header = f"Content-Type: {content_type}\r\n".encode()
    if any(part.encoding == "8bit" for part in parts):
        header += b"Content-Transfer-Encoding: 8bit\r\n"
    return _header(head) + more + header + b"\r\n" + body + mark + b"--\r\n"


def text_part(text: str) -> Part:
    """`text` as text/plain: as it is where it is ASCII in short lines, else quoted-printable."""
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    body = "".join(f"{line}\r\n" for line in lines)
    if body.isascii() and all(len(line) < 990 for line in lines):
        return Part("text/plain; charset=utf-8", "", body.encode("ascii"))
    quoted = binascii.b2a_qp(body.encode("utf-8", "replace"), istext=True)
    return Part("text/plain; charset=utf-8", "", quoted, "quoted-printable")


def plain(head: Letterhead, text: str) -> bytes:
    """A message of text alone."""
    part = text_part(text)
    kind = f"Content-Type: {part.content_type}\r\nContent-Transfer-Encoding: {part.encoding}\r\n"
    return _header(head) + kind.encode("ascii") + b"\r\n" + part.body


def one_line(text: str, most: int = 200) -> str:
    """Text fit for a header field's value: no control characters, not too long."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def _header(head: Letterhead) -> bytes:
    """The fields above Content-Type; addresses and ids have passed a grammar, and stand as they are."""
    lines = [
        f"From: {_phrase(one_line(f'{head.council} post room'))} <{head.sender}>\r\n",
        f"To: <{head.to}>\r\n",
        f"Subject: {_unstructured(one_line(head.subject))}\r\n",
        f"Date: {format_datetime(head.date)}\r\n",
        f"Message-ID: {head.message_id}\r\n",
    ]
    if head.in_reply_to is not None:
        lines += [f"In-Reply-To: {head.in_reply_to}\r\n", f"References: {head.in_reply_to}\r\n"]
    if head.reply_to is not None:
        lines.append(f"Reply-To: <{head.reply_to}>\r\n")
    # RFC 3834 §5: written by a machine, so that no other machine answers it.
    written = "auto-generated" if head.unprompted else "auto-replied"
    lines += [f"Auto-Submitted: {written}\r\n", "MIME-Version: 1.0\r\n"]
    return "".join(lines).encode("utf-8")


def _unstructured(text: str) -> str:
    """Text of one line as a field value (RFC 2047). What looks like an encoded word already is encoded once more.

    The newer header classes of the standard library decode such words first, and in some Python versions write
    the line ends in them out as they are.
    """
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _phrase(text: str) -> str:
    """A display name: quoted where it is ASCII, in encoded words where it is not."""
    if text.isascii() and "=?" not in text:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _unstructured(text)


def _boundary(message_id: str, parts: Sequence[bytes]) -> str:
    """A boundary that stands in none of the parts, always the same for the same message."""
    word = "".join(char for char in message_id if char.isascii() and char.isalnum())[:40]
    number = 0
    while any(f"{word}={number}".encode() in part for part in parts):
        number += 1
    return f"{word}={number}"
