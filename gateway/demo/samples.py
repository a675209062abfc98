"""Sample mail, each with what should become of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum


class Road(StrEnum):
    """By which port a sample goes in."""

    STARTTLS = "STARTTLS"
    TLS = "TLS"
    TRUSTED = "trusted"


class Outcome(StrEnum):
    """What should become of a sample."""

    SENT = "sent"
    HELD = "held"
    REFUSED = "refused"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and how it is sent. `key` is in its Message-ID, and marks it in the upstream's mailbox."""

    key: str
    title: str
    road: Road
    login: str
    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes
    expected: Outcome


_REPLY_WITH_TRAIL = """\
Thank you, I will be there.

On Mon, 9 Nov 2026 at 10:12, Little Wickham Parish Council wrote:
> The meeting starts at 7.30 pm.
>
> Margaret Hale
> Clerk to the Council
"""

_FROM_A_PHONE = """\
The hall is free on Friday.

Sent from my iPhone
"""


def samples(domain: str, now: datetime, run: str) -> Iterable[Sample]:
    """The samples for a council with this domain; `run` makes their Message-IDs new."""
    a, b, clerk, chair = (f"{name}@{domain}" for name in ("cllr.a", "cllr.b", "clerk", "chair"))
    resident = "j.smith@resident.example"

    def sample(
        key: str,
        title: str,
        login: str,
        to: tuple[str, ...],
        text: str,
        *,
        sender: str | None = None,
        display: str = "",
        road: Road = Road.STARTTLS,
        expected: Outcome = Outcome.SENT,
        header: str = "",
        id: str | None = None,
    ) -> Sample:
        address = sender or login
        shown = f"{display} <{address}>" if display else address
        head = (
            f"From: {shown}\nTo: {to[0]}\nSubject: {title}\nDate: {format_datetime(now)}\n"
            f"Message-ID: <{id or key}.{run}@{domain}>\nMIME-Version: 1.0\n"
            f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n{header}"
        )
        raw = f"{head}\n{text}".replace("\n", "\r\n").encode()
        return Sample(key, title, road, login, address, to, raw, expected)

    yield sample("plain", "Pothole in Mill Lane", a, (resident,), "Dear Mr Smith,\n\nI have reported it.\n")
    yield sample(
        "bcc",
        "Agenda for Monday",
        clerk,
        (chair, "press@newspaper.example"),
        "The agenda is on the website.\n",
        road=Road.TLS,
        header="Bcc: press@newspaper.example\n",
    )
    yield sample("welsh", "Cyfarfod – £1,250 grant", b, (resident,), "Diolch yn fawr. The grant is £1,250.\n")
    yield sample(
        "shared",
        "Comment on 24/01234/FUL",
        b,
        (resident,),
        "The planning group has no objection.\n",
        sender=f"planning@{domain}",
        road=Road.TLS,
    )
    yield sample("trail", "Re: Meeting on Monday", a, (clerk,), _REPLY_WITH_TRAIL)
    yield sample("phone", "Hall on Friday", chair, (resident,), _FROM_A_PHONE)
    yield sample(
        "trusted", "From the council's scanner", chair, (clerk,), "One page scanned.\n", road=Road.TRUSTED
    )
    yield sample(
        "other",
        "Sent in another's name",
        b,
        (resident,),
        "Signed by nobody.\n",
        sender=clerk,
        expected=Outcome.REFUSED,
    )
    yield sample(
        "title",
        "Grass cutting",
        a,
        (resident,),
        "We will cut the grass.\n",
        display='"Clerk to the Council"',
        expected=Outcome.HELD,
    )
    yield sample(
        "signature",
        "Your complaint",
        b,
        (resident,),
        "Thank you for writing.\n\nB. Brown\nParish Clerk\n",
        expected=Outcome.HELD,
    )
    yield sample(
        "again",
        "Pothole in Mill Lane",
        a,
        (resident,),
        "Dear Mr Smith,\n\nI have reported it.\n",
        id="plain",
        expected=Outcome.REPEATED,
    )
