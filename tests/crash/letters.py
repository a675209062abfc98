"""Messages that no two of are alike, each with what is to become of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from email.utils import format_datetime
from enum import Enum, auto

from gateway import clock
from tests.crash.upstream import BUSY, NOBODY


class Fate(Enum):
    """What the policy of the example council makes of a message."""

    PASSED = auto()
    HELD = auto()
    REFUSED = auto()


@dataclass(slots=True)
class Letter:
    """A message and what its client was told of it.

    `queue_ids` are those in its 250s, `unknown` counts hand-ins that were cut off after the final dot.
    """

    message_id: str
    raw: bytes
    mail_from: str
    recipients: tuple[str, ...]
    fate: Fate
    queue_ids: list[str] = field(default_factory=list)
    refused_as: str = ""
    unknown: int = 0


def write(number: int, domain: str, fate: Fate, draw: random.Random) -> Letter:
    """The message of this number, from the council's cllr.a; its recipients and its size are drawn."""
    message_id = f"{number}.{draw.getrandbits(48):x}@crash.example"
    sender = f"cllr.a@{domain}"
    recipients = [f"r{number}@resident.example"]
    if fate is Fate.PASSED:
        if draw.random() < 0.1:
            recipients.append(f"{NOBODY}{number}@resident.example")
        if draw.random() < 0.1:
            recipients.append(f"{BUSY}{number}@resident.example")
    author = {
        Fate.PASSED: sender,
        Fate.HELD: f'"Parish Clerk" <{sender}>',
        Fate.REFUSED: "someone@elsewhere.example",
    }[fate]
    lines = draw.choice((1, 1, 10, 400))
    text = "".join(f".{draw.getrandbits(256):x}\r\n" for _ in range(lines))
    raw = (
        f"From: {author}\r\nTo: r{number}@resident.example\r\nSubject: Number {number}\r\n"
        f"Date: {format_datetime(clock.now())}\r\nMessage-ID: <{message_id}>\r\n\r\n{text}"
    )
    return Letter(message_id, raw.encode(), sender, tuple(recipients), fate)
