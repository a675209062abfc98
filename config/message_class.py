"""Classes of message that cannot, or cannot simply, carry a signature and a waiver, and what is done then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class MessageClass(StrEnum):
    """What makes a message one that is not simply written into."""

    SMIME_SIGNED = "smime_signed"
    SMIME_ENCRYPTED = "smime_encrypted"
    PGP_SIGNED = "pgp_signed"
    PGP_ENCRYPTED = "pgp_encrypted"
    PGP_INLINE = "pgp_inline"
    CALENDAR = "calendar"
    TNEF = "tnef"
    DELIVERY_REPORT = "delivery_report"
    READ_RECEIPT = "read_receipt"
    OUT_OF_OFFICE = "out_of_office"
    LIST_POST = "list_post"
    OVERSIZE = "oversize"
    UNKNOWN_CHARSET = "unknown_charset"


class Fallback(StrEnum):
    """What is done with a message of a class.

    `sign`: the part that can carry text is written into, the rest stays as it is; where there is no such part,
    as `record`. `wrap`: the message as it came stands, whole, beside a new text part. `record`: sent as it
    came, counted and listed. `hold`: the Clerk decides. `refuse`: not taken.
    """

    SIGN = "sign"
    WRAP = "wrap"
    RECORD = "record"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a council may choose for a class, and what stands where it has chosen nothing."""

    default: Fallback
    allowed: frozenset[Fallback]


_SEALED = frozenset({Fallback.WRAP, Fallback.RECORD, Fallback.HOLD, Fallback.REFUSE})
_PARTLY = frozenset({Fallback.SIGN, Fallback.RECORD, Fallback.HOLD, Fallback.REFUSE})
_AS_IT_IS = frozenset({Fallback.RECORD, Fallback.HOLD, Fallback.REFUSE})

CHOICES: Mapping[MessageClass, Choice] = MappingProxyType(
    {
        MessageClass.SMIME_SIGNED: Choice(Fallback.WRAP, _SEALED),
        MessageClass.SMIME_ENCRYPTED: Choice(Fallback.HOLD, _SEALED),
        MessageClass.PGP_SIGNED: Choice(Fallback.WRAP, _SEALED),
        MessageClass.PGP_ENCRYPTED: Choice(Fallback.HOLD, _SEALED),
        MessageClass.PGP_INLINE: Choice(Fallback.SIGN, _PARTLY),
        MessageClass.CALENDAR: Choice(Fallback.SIGN, _PARTLY),
        MessageClass.TNEF: Choice(Fallback.SIGN, _PARTLY),
        MessageClass.DELIVERY_REPORT: Choice(Fallback.RECORD, _AS_IT_IS),
        MessageClass.READ_RECEIPT: Choice(Fallback.RECORD, _AS_IT_IS),
        MessageClass.OUT_OF_OFFICE: Choice(Fallback.RECORD, _PARTLY),
        MessageClass.LIST_POST: Choice(Fallback.SIGN, _PARTLY),
        MessageClass.OVERSIZE: Choice(Fallback.RECORD, _AS_IT_IS),
        MessageClass.UNKNOWN_CHARSET: Choice(Fallback.HOLD, _SEALED),
    }
)
"""`sign` is: below the end of a clear-signed inline PGP text; in a body beside the calendar part; in the
text that goes with a winmail.dat; in the text of an out-of-office reply or of a post to a list."""
