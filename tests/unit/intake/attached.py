"""Messages with something attached."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

SENDER = "cllr.a@littlewickham-pc.example"


def attached(
    content: bytes = b"A paper.",
    name: str = "paper.pdf",
    kind: str = "application/pdf",
    *,
    sender: str = SENDER,
    to: Sequence[str] = ("ada@parishioner.example",),
    text: str = "The pond is dry.",
    message_id: str = "<1@pc.example>",
    reply: bool = False,
) -> bytes:
    """A message that carries one file."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Ann Archer <{sender}>"
    message["To"] = ", ".join(to)
    message["Subject"] = "Re: The pond" if reply else "The pond"
    if reply:
        message["In-Reply-To"] = "<first@parishioner.example>"
    message["Date"] = "Mon, 09 Nov 2026 09:00:00 +0000"
    message["Message-ID"] = message_id
    message.set_content(f"{text}\n")
    main, _, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()
