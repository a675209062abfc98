"""A message as mail programs write it: with what it answers quoted in one of their ways, with HTML beside the text."""

from __future__ import annotations

from base64 import b64encode
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from html import escape
from zoneinfo import ZoneInfo

from tests.bench.archive.files import File
from tests.bench.archive.people import Person

_LONDON = ZoneInfo("Europe/London")

WAIVER = (
    "This email and any attachments are confidential and intended for the addressee only. The views in it are those "
    "of its author and not necessarily those of Ashcombe Parva Parish Council. Anything sent to a council may be "
    "disclosed under the Freedom of Information Act 2000. How we use personal data is told on our website."
)


class Style(Enum):
    """A family of mail programs, by how it quotes and how it encodes."""

    ANGLES = "8bit"
    OUTLOOK = "quoted-printable"
    WEB = "base64"


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be written. `own` are paragraphs, `earlier` what is quoted, from `quoted`."""

    sender: Person
    to: tuple[Person, ...]
    copied: tuple[Person, ...]
    at: datetime
    subject: str
    message_id: str
    references: tuple[str, ...]
    own: list[str]
    earlier: str
    files: tuple[File, ...]
    html: bool
    style: Style


@dataclass(frozen=True, slots=True)
class Written:
    """A message in octets, and what of its text is whose."""

    raw: bytes
    own: str
    signature: str


def written(mail: Mail) -> Written:
    """The message, as RFC 5322 has it, lines ended by CRLF."""
    greeting = f"Dear {mail.to[0].name.split(' ')[0] if len(mail.to) == 1 else 'all'},"
    own = "\r\n\r\n".join((greeting, *map(_wrapped, mail.own)))
    signature = _signature(mail.sender)
    text = f"{own}\r\n\r\n{signature}"
    if mail.earlier:
        text = f"{text}\r\n{mail.earlier}"
    boundary = f"=_{mail.message_id[1:17]}"
    kind, body = _texts(mail, text, own, signature, boundary)
    if mail.files:
        kind, body = _with_files(mail.files, kind, body, boundary)
    return Written(_header(mail) + kind + b"\r\n" + body, own, signature)


def quoted(
    style: Style, said: str, earlier: str, by: Person, at: datetime, to: tuple[Person, ...], subject: str
) -> str:
    """A letter with what it quotes itself, as the answer to it quotes both."""
    local = at.astimezone(_LONDON)
    whole = f"{said}\r\n\r\n{earlier}" if earlier else said
    if style is Style.OUTLOOK:
        return (
            f"-----Original Message-----\r\nFrom: {by.name} <{by.address}>\r\n"
            f"Sent: {local:%d %B %Y %H:%M}\r\nTo: {to[0].name} <{to[0].address}>\r\nSubject: {subject}\r\n\r\n{whole}\r\n"
        )
    when = f"{local:%d %B %Y} at {local:%H:%M}" if style is Style.ANGLES else f"{local:%a, %d %b %Y, %H:%M}"
    said_so = f"On {when}, {by.name} <{by.address}> wrote:"
    return f"{said_so}\r\n\r\n> " + whole.replace("\r\n", "\r\n> ") + "\r\n"


def _header(mail: Mail) -> bytes:
    local = mail.at.astimezone(_LONDON)
    lines = [
        f"Date: {local:%a, %d %b %Y %H:%M:%S %z}",
        f"From: {_people((mail.sender,))}",
        f"To: {_people(mail.to)}",
    ]
    if mail.copied:
        lines.append(f"Cc: {_people(mail.copied)}")
    lines += [f"Subject: {_encoded(mail.subject)}", f"Message-ID: {mail.message_id}"]
    if mail.references:
        folded = "\r\n ".join(mail.references)
        lines += [f"In-Reply-To: {mail.references[-1]}", f"References: {folded}"]
    lines += ["MIME-Version: 1.0", ""]
    return "\r\n".join(lines).encode("ascii")


def _people(people: tuple[Person, ...]) -> str:
    shown = (f"{_encoded(each.name)} <{each.address}>" for each in people)
    return ",\r\n ".join(shown)


def _encoded(text: str) -> str:
    """A piece of a header field: in an encoded word (RFC 2047) where it is not plain."""
    if text.isascii():
        return text
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


def _texts(mail: Mail, text: str, own: str, signature: str, boundary: str) -> tuple[bytes, bytes]:
    plain = _part(b"plain", text, mail.style)
    if not mail.html:
        return plain
    html = _part(b"html", _html(mail, own, signature), mail.style)
    inner = f"{boundary}_alt".encode()
    body = b"".join(b"--%b\r\n%b\r\n%b\r\n" % (inner, *each) for each in (plain, html))
    return b'Content-Type: multipart/alternative; boundary="%b"\r\n' % inner, body + b"--%b--\r\n" % inner


def _part(subtype: bytes, text: str, style: Style) -> tuple[bytes, bytes]:
    """Header and body of a text."""
    data = text.encode()
    if style is Style.OUTLOOK:
        data = b2a_qp(data, istext=True)
    elif style is Style.WEB:
        data = b"\r\n".join(_in_lines(b64encode(data))) + b"\r\n"
    return (
        b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n"
        % (subtype, style.value.encode()),
        data,
    )


def _in_lines(data: bytes) -> list[bytes]:
    return [data[at : at + 76] for at in range(0, len(data), 76)]


def _html(mail: Mail, own: str, signature: str) -> str:
    """The same text as HTML, what is quoted marked up as the mail program does it."""
    paragraphs = "".join(f"<p>{escape(each)}</p>\r\n" for each in own.split("\r\n\r\n"))
    below = "".join(f"<div>{escape(each)}</div>\r\n" for each in signature.split("\r\n"))
    out = f"<html><head><style>p {{ margin: 0 0 1em }}</style></head><body>\r\n{paragraphs}{below}"
    if mail.earlier:
        lines = "<br>\r\n".join(escape(line.lstrip("> ")) for line in mail.earlier.split("\r\n"))
        mark = 'id="appendonsend"' if mail.style is Style.OUTLOOK else 'class="gmail_quote"'
        out += f"<div {mark}>{lines}</div>\r\n"
    return out + "</body></html>\r\n"


def _with_files(files: tuple[File, ...], kind: bytes, body: bytes, boundary: str) -> tuple[bytes, bytes]:
    mark = boundary.encode()
    parts = [b"--%b\r\n%b\r\n%b\r\n" % (mark, kind, body)]
    for each in files:
        name = each.name.encode("ascii")
        parts.append(
            b'--%b\r\nContent-Type: %b; name="%b"\r\nContent-Disposition: attachment; filename="%b"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n%b"
            % (mark, each.kind.encode(), name, name, each.encoded)
        )
    return b'Content-Type: multipart/mixed; boundary="%b"\r\n' % mark, b"".join(parts) + b"--%b--\r\n" % mark


def _signature(sender: Person) -> str:
    lines = ["-- ", sender.name, sender.role, "Ashcombe Parva Parish Council"]
    if sender.telephone:
        lines += [f"Telephone {sender.telephone}", WAIVER]
    return "\r\n".join(lines) + "\r\n"


def _wrapped(paragraph: str) -> str:
    lines = []
    while len(paragraph) > 76:
        at = paragraph.rfind(" ", 0, 77)
        if at <= 0:
            break
        lines.append(paragraph[:at])
        paragraph = paragraph[at + 1 :]
    return "\r\n".join((*lines, paragraph))
