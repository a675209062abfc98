"""A letter that the post room writes to one of the council's people: plain text, from no mailbox."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from config.address import BadAddress, split


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says, and about which message. `sender` is the council's notice address."""

    council: str
    sender: str
    to: str
    subject: str
    paragraphs: tuple[str, ...]
    in_reply_to: str
    now: datetime
    id: str


def render(letter: Letter) -> bytes:
    """The letter as it is sent: CRLF line ends, marked as written by a machine (RFC 3834 §5)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = address(letter.sender, f"{letter.council} post room")
    message["To"] = address(letter.to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(letter.now)
    message["Message-ID"] = f"<{letter.id}@{split(letter.sender)[1]}>"
    message["Auto-Submitted"] = "auto-replied"
    if letter.in_reply_to.startswith("<") and letter.in_reply_to.endswith(">"):
        message["In-Reply-To"] = one_line(letter.in_reply_to)
        message["References"] = one_line(letter.in_reply_to)
    text = "\n\n".join(_wrapped(paragraph) for paragraph in letter.paragraphs)
    message.set_content(text + "\n", charset="utf-8", cte="8bit" if text.isascii() else "quoted-printable")
    return message.as_bytes()


def address(text: str, name: str = "") -> Address:
    """An address for a header field. Raises BadAddress where it is none."""
    try:
        local, domain = split(text)
        return Address(name, local, domain)
    except (ValueError, IndexError):
        raise BadAddress("an address that a header can hold") from None


def one_line(text: str, most: int = 200) -> str:
    """Text fit for a header field's value: no control characters, not too long."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def _wrapped(paragraph: str) -> str:
    """A paragraph in short lines; lines that begin with a blank are quotations and stay as they are."""
    if paragraph.startswith(" "):
        return paragraph
    return textwrap.fill(paragraph, 72, break_long_words=False, break_on_hyphens=False)
