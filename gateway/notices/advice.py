"""Enhanced status codes (RFC 3463) in words that a councillor can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

_LONDON = ZoneInfo("Europe/London")

_CHECK = "Check the address, letter by letter, and send your message again."
_OTHER_WAY = "Reach the person in another way, by telephone for instance."
_HELP = "If you cannot see why, pass this notice on to whoever looks after your e-mail."

_SAID: dict[str, tuple[str, tuple[str, ...]]] = {
    "1.1": ("There is no such address at that organisation.", (_CHECK, _OTHER_WAY)),
    "1.2": ("There is no organisation on the internet with the name after the @.", (_CHECK,)),
    "1.3": ("The address is not written as an address should be.", (_CHECK,)),
    "1.6": ("The person has moved, and has left no new address.", (_OTHER_WAY,)),
    "1.10": ("The organisation does not receive e-mail at all.", (_CHECK, _OTHER_WAY)),
    "2.1": ("The mailbox has been closed.", (_OTHER_WAY,)),
    "2.2": ("The mailbox is full.", ("Try again in a few days.", _OTHER_WAY)),
    "2.3": (
        "Your message is larger than the mailbox accepts.",
        ("Send it again without large attachments, or share the files in another way.",),
    ),
    "3.4": (
        "Your message is larger than a mail server on the way accepts.",
        ("Send it again without large attachments, or share the files in another way.",),
    ),
    "4.4": ("There is no organisation on the internet with the name after the @.", (_CHECK,)),
    "6.0": (
        "Your message contains something that cannot be sent by e-mail.",
        ("Write the message anew, in a new window, and send it again.", _HELP),
    ),
    "6.3": (
        "A mail server on the way cannot carry the characters that your message is written in.",
        (_HELP,),
    ),
    "6.7": (
        "A mail server on the way cannot carry addresses with letters beyond plain English ones.",
        ("Ask the person for an address in plain English letters.", _HELP),
    ),
}
_REFUSED = "The receiving side refuses the message under a rule of its own."
_EXPIRED = "It was tried again and again, and the time for trying is up."
_OTHERWISE = "The receiving side did not accept the message."


def what(status: str, expired: bool) -> str:
    """What happened, in a sentence."""
    if expired:
        return _EXPIRED
    kind = status.partition(".")[2]
    if kind in _SAID:
        return _SAID[kind][0]
    return _REFUSED if kind.startswith("7.") else _OTHERWISE


def steps(failures: Sequence[tuple[str, bool]]) -> list[str]:
    """What the author can do about failures given as (status, expired), each thing once."""
    found: list[str] = []
    for status, expired in failures:
        kind = status.partition(".")[2]
        advice = (_CHECK, _OTHER_WAY) if expired else _SAID.get(kind, ("", (_OTHER_WAY, _HELP)))[1]
        found += [step for step in advice if step not in found]
    return found


def moment(when: datetime) -> str:
    """A moment as people in the United Kingdom write it."""
    local = when.astimezone(_LONDON)
    return f"{local.day} {local:%B %Y at %H:%M}"
