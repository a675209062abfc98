"""The bounce: what an author gets when a message could not be delivered (RFC 3464, RFC 6522, RFC 6533)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from gateway.notices import advice
from gateway.notices.delivery_status import Action, Reported, delivery_status
from gateway.notices.original import message_id_of, returned, subject_of
from gateway.notices.render import Letterhead, Part, one_line, report, text_part

_CANNOT_CONVERT = frozenset({"5.6.3", "5.6.7"})
"""The road out does not take 8-bit or international mail, and the road back may well be the same."""

_ABOUT_RECIPIENTS = re.compile(r"5\.(?:1\.\d+|2\.[012])\Z")
"""Where it was the address or the mailbox that failed, the message itself is returned. Whoever refused it for
its size or its content would refuse the bounce too, and the author would never know: so not even RET=FULL
has it returned then."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient who was not reached. `remote` is whose words `reply` are, or empty where they are ours.

    `status` is the enhanced status code; `expired` means that it was tried until the time was up.
    """

    address: str
    orcpt: str | None
    status: str
    reply: str
    remote: str = ""
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not reach everyone, and whom to tell.

    `council` is the council's name, `sender` its notice address, `author` the message's reverse-path, never
    empty. `original` is the message as it was to be sent. `reference` is its queue id, `hostname` ours.
    Moments have a time zone.
    """

    council: str
    sender: str
    author: str
    failures: tuple[Failure, ...]
    original: bytes
    ret: str | None
    envid: str | None
    received_at: datetime
    attempted_at: datetime
    hostname: str
    reference: str


def subject(undelivered: Undelivered) -> str:
    """The bounce's own subject."""
    about = subject_of(undelivered.original)
    return one_line(f"Not delivered: {about}") if about else "Your message was not delivered"


def bounce(undelivered: Undelivered, message_id: str) -> bytes:
    """The bounce as bytes: plain English, a machine-readable report, and the message or its heading.

    `message_id` is the bounce's own, with angle brackets. It goes out under the null reverse-path.
    """
    head = Letterhead(
        council=undelivered.council,
        sender=undelivered.sender,
        to=undelivered.author,
        subject=subject(undelivered),
        date=undelivered.attempted_at,
        message_id=message_id,
        in_reply_to=message_id_of(undelivered.original),
    )
    failures = undelivered.failures
    back = returned(
        undelivered.original,
        whole=(undelivered.ret or "").upper() != "HDRS"
        and all(failure.expired or _ABOUT_RECIPIENTS.match(failure.status) for failure in failures),
        eight_bit=not any(failure.status in _CANNOT_CONVERT for failure in failures),
    )
    text = _explanation(undelivered, whole=not back.content_type.endswith("headers"))
    return report(head, "delivery-status", (text_part(text), _delivery_status(undelivered), back))


def _explanation(undelivered: Undelivered, *, whole: bool) -> str:
    """The part for people: what happened, what to do, and last what only an expert wants to see."""
    failures = undelivered.failures
    lines = [
        f"Your message could not be delivered to {'this address' if len(failures) == 1 else 'these addresses'}:",
        "",
    ]
    for failure in failures:
        lines += [f"  {failure.address}", f"      {advice.what(failure.status, failure.expired)}", ""]
    lines += ["What you can do:", ""]
    lines += [f"  - {step}" for step in advice.steps([(f.status, f.expired) for f in failures])]
    lines += [
        "",
        "Anyone else to whom you sent it is not affected.",
        "",
        "Your message:",
        f"  Subject: {subject_of(undelivered.original) or '(none)'}",
        f"  Sent:    {advice.moment(undelivered.received_at)}",
        f"  {'It is' if whole else 'Its heading is'} attached to this notice.",
        "",
        "For whoever looks after your e-mail:",
    ]
    for failure in failures:
        lines += [f"  {failure.address}", f"      {failure.remote or undelivered.hostname}: {failure.reply}"]
    lines += [
        f"  Reference: {undelivered.reference}",
        "",
        "This notice was written by a machine, in the post room of",
        f"{one_line(undelivered.council)}.",
    ]
    return "\n".join(lines)


def _delivery_status(undelivered: Undelivered) -> Part:
    failed = [
        Reported(
            address=failure.address,
            orcpt=failure.orcpt,
            action=Action.FAILED,
            status=failure.status,
            reply=failure.reply,
            remote=failure.remote,
            attempted_at=undelivered.attempted_at,
        )
        for failure in undelivered.failures
    ]
    return delivery_status(undelivered.hostname, undelivered.envid, undelivered.received_at, failed)
