"""All that a message carries, found in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from signatures.message.body import Text
from signatures.message.carried.addresses import Addresses
from signatures.message.carried.attached import attached_to
from signatures.message.carried.attachments import attachments_of, is_encrypted
from signatures.message.carried.earlier import carried_in
from signatures.message.carried.kinds import Attachment, Earlier
from signatures.message.scanner import Caps, Part

_MOST_ADDRESSES = 1000

MORE_MESSAGES = "it carries more earlier messages than are told"
MORE_ADDRESSES = "its trail has more addresses than are told"
"""Defects: what is not told of may be there all the same."""


class Carried(NamedTuple):
    """As in `Anatomy`. What is quoted comes before what is attached."""

    earlier: tuple[Earlier, ...]
    trail_addresses: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    encrypted: bool
    defects: tuple[str, ...]


def carried_by(
    raw: bytes,
    parts: Sequence[Part],
    texts: Sequence[tuple[int, Text]],
    known: Mapping[str, str],
    caps: Caps,
    own: Sequence[str] = (),
) -> Carried:
    """What a message carries. `texts` are its text parts with their numbers, `known` canonical addresses by
    how the header writes them, `own` its authors'.
    """
    addresses = Addresses(_MOST_ADDRESSES, known)
    quoted, more = carried_in([(parts[number].kind, text) for number, text in texts], addresses, own)
    attachments = attachments_of(raw, parts)
    attached, more_attached = attached_to(raw, parts, attachments, addresses, caps)
    defects = (MORE_MESSAGES,) if more or more_attached else ()
    return Carried(
        earlier=(*quoted, *attached),
        trail_addresses=addresses.found,
        attachments=attachments,
        encrypted=is_encrypted(raw, parts, (text.text for _, text in texts), attachments),
        defects=(*defects, MORE_ADDRESSES) if addresses.more else defects,
    )
