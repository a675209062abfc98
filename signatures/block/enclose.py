"""New parts in a message, as splices: beside what is there, or around it, which stays byte for byte."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from signatures.message.scanner import Part, scan_fields
from signatures.message.splices import Splice, apply

LONGEST = 998


class NotEnclosable(Exception):
    """No part can be added here; the text says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What new boundaries and Content-IDs are made from, so that they are the same whenever they are made.

    `seed` is the Message-ID; `domain` the sender's.
    """

    seed: bytes
    domain: str

    def digest(self, *what: bytes) -> str:
        """24 hexadecimal digits that stand for the message and for `what`."""
        hashed = hashlib.sha256(self.seed)
        for each in what:
            hashed.update(len(each).to_bytes(8, "big") + each)
        return hashed.hexdigest()[:24]

    def boundary(self, raw: bytes, what: bytes) -> bytes:
        """A boundary that nothing in the message looks like (RFC 2046 §5.1.1)."""
        for number in range(1000):
            # The sign `=_` cannot come up in quoted-printable or base64 (RFC 2045 §6.7).
            found = f"=_vestry_{self.digest(what, bytes([number % 256, number // 256]))}".encode("ascii")
            if found not in raw:
                return found
        raise NotEnclosable("no boundary can be found for it")

    def content_id(self, *what: bytes) -> str:
        """A Content-ID without its angle brackets."""
        return f"{self.digest(*what)}@{self.domain}"


def text_part(text: str) -> bytes:
    """A text/plain part, header and content, for `text` with LF line ends, the last line ended too."""
    lines = text.split("\n")
    if text.isascii() and max(map(len, lines)) <= LONGEST:
        content = "\r\n".join(lines).encode("ascii")
        return _part(
            [b"Content-Type: text/plain; charset=us-ascii", b"Content-Transfer-Encoding: 7bit"], content
        )
    encoded = binascii.b2a_qp(b"\n".join(line.encode("utf-8") for line in lines), istext=True)
    head = [b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: quoted-printable"]
    return _part(head, encoded.replace(b"\n", b"\r\n"))


def image_part(content: bytes, subtype: str, content_id: str) -> bytes:
    """An inline image, header and content; no line end at its end."""
    name = f"logo.{'jpg' if subtype == 'jpeg' else subtype}"
    head = [
        f'Content-Type: image/{subtype}; name="{name}"'.encode("ascii"),
        b"Content-Transfer-Encoding: base64",
        f"Content-ID: <{content_id}>".encode("ascii"),
        f'Content-Disposition: inline; filename="{name}"'.encode("ascii"),
    ]
    return _part(head, base64.encodebytes(content).rstrip(b"\n").replace(b"\n", b"\r\n"))


def _part(head: Iterable[bytes], content: bytes) -> bytes:
    return b"\r\n".join(head) + b"\r\n\r\n" + content


def around_inner(part: Part, boundary: bytes, kind: bytes, after: bytes) -> tuple[Splice, ...]:
    """A part that is inside another put into a new multipart of `kind`, with the part `after` behind it."""
    opening = _content_type(kind, boundary) + b"\r\n--" + boundary + b"\r\n"
    closing = b"\r\n--" + boundary + b"\r\n" + after + b"\r\n--" + boundary + b"--"
    return Splice(part.start, 0, opening), Splice(part.end, 0, closing)


def around_message(
    raw: bytes,
    top: Part,
    boundary: bytes,
    kind: bytes,
    *,
    before: bytes = b"",
    after: bytes = b"",
    changes: Sequence[Splice] = (),
) -> tuple[Splice, ...]:
    """All that the message holds put into a new multipart of `kind`, beside the parts `before` and `after`.

    The content is whole and where it was; the Content fields that speak of it go in front of it as they are.
    `changes` are other splices on the header and the content, which stand in the result. Raises NotEnclosable.
    """
    header = apply(raw[: top.body], [each for each in changes if each.offset < top.body])
    inner_head = scan_fields(header)
    moved = [header[each.start : each.end] for each in inner_head.fields if _speaks_of_content(each.name)]
    if any(len(line) > LONGEST for each in moved for line in each.split(b"\r\n")):
        raise NotEnclosable("its header has a line that is too long")
    delimiter = b"--" + boundary
    opening = delimiter + b"\r\n"
    if before:
        opening += before + b"\r\n" + delimiter + b"\r\n"
    opening += b"".join(each if each.endswith(b"\r\n") else each + b"\r\n" for each in moved) + b"\r\n"
    closing = b"\r\n" + delimiter
    if after:
        closing += b"\r\n" + after + b"\r\n" + delimiter
    said = _content_type(kind, boundary)
    if not any(each.name == "mime-version" for each in top.fields):
        said = b"MIME-Version: 1.0\r\n" + said
    gone = [
        Splice(each.start, each.end - each.start, b"") for each in top.fields if _speaks_of_content(each.name)
    ]
    return (
        Splice(top.start, 0, said),
        *gone,
        Splice(top.body, 0, end_of_header(raw, top) + opening),
        *(each for each in changes if each.offset >= top.body),
        Splice(top.end, 0, closing + b"--\r\n"),
    )


def first_in(part: Part, first_inside: Part, content: bytes) -> Splice:
    """A new part in front of the first one inside a multipart."""
    boundary = part.media.parameters[b"boundary"].rstrip()
    return Splice(first_inside.start, 0, content + b"\r\n--" + boundary + b"\r\n")


def last_in(part: Part, last_inside: Part, content: bytes) -> Splice:
    """A new part behind the last one inside a multipart."""
    boundary = part.media.parameters[b"boundary"].rstrip()
    return Splice(last_inside.end, 0, b"\r\n--" + boundary + b"\r\n" + content)


def end_of_header(raw: bytes, part: Part) -> bytes:
    """What is missing between a header and its content: the empty line, where nothing but a header is there."""
    header = raw[part.start : part.body]
    if header == b"\r\n" or header.endswith(b"\r\n\r\n"):
        return b""
    kept = part.fields and not _speaks_of_content(part.fields[-1].name)
    return b"\r\n" if header.endswith(b"\r\n") or not kept else b"\r\n\r\n"


def _content_type(kind: bytes, boundary: bytes) -> bytes:
    return b"Content-Type: " + kind + b';\r\n\tboundary="' + boundary + b'"\r\n'


def _speaks_of_content(name: str) -> bool:
    return name.startswith("content-")
