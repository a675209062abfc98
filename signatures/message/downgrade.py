"""A message in seven bits, for a mail server that takes no others (RFC 6152 §3). As splices.

Every part with 8-bit octets is put into quoted-printable or base64, also in a message that is enclosed, and no
header says `8bit` any more; each part still decodes to the octets that it was. What is signed or encrypted
stays as it is, its header included, and so do 8-bit octets in a header or between parts: who has such a message
is told that it cannot be done. DKIM signatures that came with the message no longer verify and are taken out.
"""

from __future__ import annotations

from signatures.message.body import decoded
from signatures.message.dkim import broken
from signatures.message.heading import headed
from signatures.message.scanner import CAPS, Caps, Part, Unscannable, scan_parts
from signatures.message.splices import Splice, apply
from signatures.message.transfer import NotEncodable, begins_message, check_open, encoded

_NOT_SEVEN_BIT = frozenset({"8bit", "binary"})


class NotSevenBit(Exception):
    """The message cannot be put into seven bits; the text says where it cannot, as the end of a sentence."""


def downgrade(message: bytes, caps: Caps = CAPS) -> tuple[Splice, ...]:
    """The splices that put a message into seven bits, none where it is. Raises NotSevenBit.

    The outcome is taken apart again: parts that would be other parts then, or say something else, are not
    believed. Takes linear time, and memory of several times the message.
    """
    if message.isascii():
        return ()
    try:
        return _downgraded(message, caps)
    except (NotEncodable, Unscannable) as error:
        raise NotSevenBit(str(error)) from None


def _downgraded(message: bytes, caps: Caps) -> tuple[Splice, ...]:
    parts = scan_parts(message, caps)
    if not all(message[part.start : part.body].isascii() for part in parts):
        raise NotEncodable("in a header")
    splices = [
        Splice(field.start, field.end - field.start, b"")
        for field in broken(message, parts[0], content=True, fields=())
    ]
    changed = []
    for number, part in enumerate(parts):
        if not (part.inner or message[part.body : part.end].isascii()):
            check_open(message, part)
            if part.malformed:
                raise NotEncodable("in a part whose header has a line that is no header line")
            splices += encoded(message, part, begins_message(parts, number))
            changed.append(number)
        elif part.encoding in _NOT_SEVEN_BIT and not part.sealed:
            splices += headed(message, part, encoding="7bit", message=begins_message(parts, number))
    result = apply(message, splices)
    if not result.isascii():
        raise NotEncodable("between its parts")
    now = scan_parts(result, caps)
    same = [_shape(part) for part in parts] == [_shape(part) for part in now]
    if not same or any(
        decoded(result, now[number])[0] != message[parts[number].body : parts[number].end]
        for number in changed
    ):
        raise NotEncodable("in a part that cannot be encoded faithfully")
    return tuple(splices)


def _shape(part: Part) -> tuple[object, ...]:
    return part.kind, part.depth, part.inner, part.enclosed, part.sealed
