"""What is said in MAIL and RCPT, given what the upstream offers; and what it cannot be asked at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.store.queue import Departing, DueRecipient
from gateway.upstream.reply import UpstreamReply

_DSN_VALUE = re.compile(r"[!-~]{1,500}\Z")

TOO_LARGE = UpstreamReply(552, "5.3.4 the message is larger than the next mail server takes")
NOT_UTF8 = UpstreamReply(553, "5.6.7 the next mail server does not take international addresses (SMTPUTF8)")


@dataclass(frozen=True, slots=True)
class Plan:
    """Parameters for MAIL, and for each recipient's RCPT by number; replies for those not to be asked for."""

    mail: tuple[str, ...]
    rcpt: Mapping[int, tuple[str, ...]]
    refused: Mapping[int, UpstreamReply]


def not_8bit(stuck: str) -> UpstreamReply:
    """The word on a message that could not be put into seven bits. `stuck` says where, or nothing."""
    where = f", and the message has 8-bit letters {stuck}" if stuck else ""
    return UpstreamReply(554, f"5.6.3 the next mail server does not take 8-bit messages (8BITMIME){where}")


def plan(departing: Departing, message: bytes, extensions: Mapping[str, str], stuck: str = "") -> Plan:
    """How to ask an upstream with these EHLO keywords (lower case) to take `message`.

    What was to be put into seven bits was (see `prepare.fitted`), or is `stuck`. 8-bit content that is left
    without 8BITMIME (RFC 6152 §3) and international addresses or headers without SMTPUTF8 (RFC 6531 §3.6) are
    refused here, as is what is over the SIZE it declares (RFC 1870 §6).
    """
    eight_bit = not message.isascii()
    utf8_all = not departing.mail_from.isascii() or (departing.smtputf8 and _header_utf8(message))
    whole = _refusal_of_all(message, extensions, utf8_all)
    if whole is None and eight_bit and "8bitmime" not in extensions:
        whole = not_8bit(stuck)
    if whole is not None:
        return Plan((), {}, {recipient.number: whole for recipient in departing.recipients})
    utf8_some = {r.number for r in departing.recipients if not r.address.isascii()}
    refused = {} if "smtputf8" in extensions else dict.fromkeys(utf8_some, NOT_UTF8)
    utf8 = "smtputf8" in extensions and (utf8_all or bool(utf8_some))
    mail = []
    if "size" in extensions:
        mail.append(f"SIZE={len(message)}")
    if "8bitmime" in extensions and (eight_bit or departing.body == "8BITMIME"):
        mail.append("BODY=8BITMIME")
    if utf8:
        mail.append("SMTPUTF8")
    dsn = "dsn" in extensions
    if dsn:
        mail += _dsn(RET=departing.ret, ENVID=departing.envid)
    rcpt = {r.number: tuple(_dsn_of(r)) if dsn else () for r in departing.recipients}
    return Plan(tuple(mail), rcpt, refused)


def _refusal_of_all(message: bytes, extensions: Mapping[str, str], utf8_all: bool) -> UpstreamReply | None:
    limit = extensions.get("size", "")
    if limit.isascii() and limit.isdigit() and 0 < int(limit) < len(message):
        return TOO_LARGE
    if utf8_all and "smtputf8" not in extensions:
        return NOT_UTF8
    return None


def _header_utf8(message: bytes) -> bool:
    return not message[: message.find(b"\r\n\r\n")].isascii()


def _dsn_of(recipient: DueRecipient) -> list[str]:
    return _dsn(NOTIFY=recipient.notify, ORCPT=recipient.orcpt)


def _dsn(**values: str | None) -> list[str]:
    """DSN parameters as they were given (RFC 3461 §5.2.1); what could not stand in a command is left out."""
    return [f"{name}={value}" for name, value in values.items() if value and _DSN_VALUE.match(value)]
