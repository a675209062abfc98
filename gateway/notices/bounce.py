"""The bounce: what an author gets when a message could not be delivered (RFC 3464, RFC 6522, RFC 6533)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from gateway.notices import advice
from gateway.notices.original import message_id_of, returned, subject_of
from gateway.notices.render import Letterhead, Part, one_line, report, text_part

_CANNOT_CONVERT = frozenset({"5.6.3", "5.6.7"})
"""The road out does not take 8-bit or international mail, and the road back may well be the same."""

_ABOUT_RECIPIENTS = re.compile(r"5\.(?:1\.\d+|2\.[012])\Z")
"""Where it was the address or the mailbox that failed, the message itself is returned. Whoever refused it for
its size or its content would refuse the bounce too, and the author would never know: so not even RET=FULL
has it returned then."""

_XTEXT = re.compile(r"\+([0-9A-F]{2})")


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
    utf8 = any(not failure.address.isascii() for failure in undelivered.failures)
    blocks = [_message_fields(undelivered)]
    blocks += [_recipient_fields(failure, undelivered) for failure in undelivered.failures]
    body = "\r\n".join("".join(f"{line}\r\n" for line in block) for block in blocks)
    if utf8:
        return Part("message/global-delivery-status", "Delivery report", body.encode(), "8bit")
    return Part("message/delivery-status", "Delivery report", body.encode("ascii"))


def _message_fields(undelivered: Undelivered) -> list[str]:
    """RFC 3464 §2.2."""
    fields = [f"Reporting-MTA: dns; {undelivered.hostname}"]
    if undelivered.envid:
        fields.insert(0, f"Original-Envelope-Id: {_ascii(_from_xtext(undelivered.envid))}")
    fields.append(f"Arrival-Date: {format_datetime(undelivered.received_at)}")
    return fields


def _recipient_fields(failure: Failure, undelivered: Undelivered) -> list[str]:
    """RFC 3464 §2.3."""
    kind = "rfc822" if failure.address.isascii() else "utf-8"
    fields = [
        f"Final-Recipient: {kind}; {failure.address}",
        "Action: failed",
        f"Status: {failure.status}",
    ]
    if failure.orcpt:
        address_type, _, address = failure.orcpt.partition(";")
        fields.insert(0, f"Original-Recipient: {_ascii(address_type)}; {_ascii(_from_xtext(address))}")
    if failure.remote:
        fields.append(f"Remote-MTA: dns; {_ascii(failure.remote)}")
    fields.append(f"Diagnostic-Code: smtp; {_ascii(failure.reply)}")
    fields.append(f"Last-Attempt-Date: {format_datetime(undelivered.attempted_at)}")
    return fields


def _from_xtext(text: str) -> str:
    """xtext decoded (RFC 3461 §4)."""
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), text)


def _ascii(text: str) -> str:
    """Fit for a field of the report, whatever somebody put into it."""
    return one_line(text, 600).encode("ascii", "replace").decode("ascii")
