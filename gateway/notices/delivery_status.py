"""The part of a report that machines read: what became of each recipient (RFC 3464, RFC 6533)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum

from gateway.notices.render import Part, one_line

_XTEXT = re.compile(r"\+([0-9A-F]{2})")


class Action(StrEnum):
    """What was done about a recipient (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    RELAYED = "relayed"


@dataclass(frozen=True, slots=True)
class Reported:
    """One recipient. `reply` is what was said last, by `remote` or, where that is empty, by us.

    `status` is the enhanced status code, `orcpt` as given. `retry_until` goes with `delayed` alone.
    """

    address: str
    orcpt: str | None
    action: Action
    status: str
    reply: str = ""
    remote: str = ""
    attempted_at: datetime | None = None
    retry_until: datetime | None = None


def delivery_status(
    hostname: str, envid: str | None, received_at: datetime, recipients: Sequence[Reported]
) -> Part:
    """The part. `hostname` is ours, `envid` as given, `received_at` when the message came."""
    blocks = [_message_fields(hostname, envid, received_at)]
    blocks += [_recipient_fields(recipient) for recipient in recipients]
    body = "\r\n".join("".join(f"{line}\r\n" for line in block) for block in blocks)
    if any(not recipient.address.isascii() for recipient in recipients):
        return Part("message/global-delivery-status", "Delivery report", body.encode(), "8bit")
    return Part("message/delivery-status", "Delivery report", body.encode("ascii"))


def _message_fields(hostname: str, envid: str | None, received_at: datetime) -> list[str]:
    """RFC 3464 §2.2."""
    fields = [f"Reporting-MTA: dns; {hostname}", f"Arrival-Date: {format_datetime(received_at)}"]
    if envid:
        fields.insert(0, f"Original-Envelope-Id: {_ascii(_from_xtext(envid))}")
    return fields


def _recipient_fields(recipient: Reported) -> list[str]:
    """RFC 3464 §2.3."""
    fields = []
    if recipient.orcpt:
        address_type, _, address = recipient.orcpt.partition(";")
        fields.append(f"Original-Recipient: {_ascii(address_type)}; {_ascii(_from_xtext(address))}")
    kind = "rfc822" if recipient.address.isascii() else "utf-8"
    fields += [
        f"Final-Recipient: {kind}; {recipient.address}",
        f"Action: {recipient.action}",
        f"Status: {recipient.status}",
    ]
    if recipient.remote:
        fields.append(f"Remote-MTA: dns; {_ascii(recipient.remote)}")
    if recipient.reply:
        fields.append(f"Diagnostic-Code: smtp; {_ascii(recipient.reply)}")
    if recipient.attempted_at is not None:
        fields.append(f"Last-Attempt-Date: {format_datetime(recipient.attempted_at)}")
    if recipient.retry_until is not None:
        fields.append(f"Will-Retry-Until: {format_datetime(recipient.retry_until)}")
    return fields


def _from_xtext(text: str) -> str:
    """xtext decoded (RFC 3461 §4)."""
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), text)


def _ascii(text: str) -> str:
    """Fit for a field of the report, whatever somebody put into it."""
    return one_line(text, 600).encode("ascii", "replace").decode("ascii")
