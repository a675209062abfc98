"""What an author is told of mail that has not failed: that it still waits, or that it was handed on unconfirmed.

Only the heading is returned: the message itself goes with a failure alone (RFC 3461 §4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.notices import advice
from gateway.notices.delivery_status import Action, Reported, delivery_status
from gateway.notices.original import message_id_of, returned, subject_of
from gateway.notices.render import Letterhead, one_line, report, text_part


@dataclass(frozen=True, slots=True)
class Progress:
    """A message that is on its way to `recipients`, all of them `delayed` or all `relayed`.

    `council` is the council's name, `sender` its notice address, `author` the message's reverse-path, never
    empty. `original` is the message, or at least its heading. `reference` is its queue id, `hostname` ours.
    Moments have a time zone.
    """

    council: str
    sender: str
    author: str
    recipients: tuple[Reported, ...]
    original: bytes
    envid: str | None
    received_at: datetime
    written_at: datetime
    hostname: str
    reference: str

    @property
    def delayed(self) -> bool:
        """Whether the message still waits."""
        return self.recipients[0].action is Action.DELAYED


def subject(progress: Progress) -> str:
    """The notice's own subject."""
    about = subject_of(progress.original) or "your message"
    return one_line(f"{'Not delivered yet' if progress.delayed else 'Handed on'}: {about}")


def notice(progress: Progress, message_id: str) -> bytes:
    """The notice as bytes: plain English, a machine-readable report, and the message's heading.

    `message_id` is the notice's own, with angle brackets. It goes out under the null reverse-path.
    """
    head = Letterhead(
        council=progress.council,
        sender=progress.sender,
        to=progress.author,
        subject=subject(progress),
        date=progress.written_at,
        message_id=message_id,
        in_reply_to=message_id_of(progress.original),
    )
    status = delivery_status(progress.hostname, progress.envid, progress.received_at, progress.recipients)
    # A heading in UTF-8 goes as base64: nobody knows whether the road back takes anything else.
    back = returned(progress.original, whole=False, eight_bit=False)
    return report(head, "delivery-status", (text_part(_explanation(progress)), status, back))


def _explanation(progress: Progress) -> str:
    addresses = "this address" if len(progress.recipients) == 1 else "these addresses"
    if progress.delayed:
        lines = [f"Your message has not been delivered yet to {addresses}:"]
    else:
        lines = [f"Your message has been handed on to the next mail server for {addresses}:"]
    lines += ["", *(f"  {recipient.address}" for recipient in progress.recipients), ""]
    lines += [*_what_now(progress), ""]
    lines += [
        "Your message:",
        f"  Subject: {subject_of(progress.original) or '(none)'}",
        f"  Sent:    {advice.moment(progress.received_at)}",
        "",
        "For whoever looks after your e-mail:",
    ]
    for recipient in progress.recipients:
        said = f"{recipient.remote or progress.hostname}: {recipient.reply or 'not tried yet'}"
        lines += [f"  {recipient.address}", f"      {said}"]
    return "\n".join(
        [
            *lines,
            f"  Reference: {progress.reference}",
            "",
            "This notice was written by a machine, in the post room of",
            f"{one_line(progress.council)}.",
        ]
    )


def _what_now(progress: Progress) -> list[str]:
    until = progress.recipients[0].retry_until
    if not progress.delayed:
        return [
            "You asked to be told when it is delivered. That server does not confirm deliveries,",
            "so this is the last that you will hear, unless something goes wrong.",
        ]
    return [
        "You need do nothing, and please do not send it again: it is kept safe, and it will be tried",
        f"until {advice.moment(until)}." if until is not None else "again.",
        "If it cannot be delivered by then, you will be told.",
    ]
