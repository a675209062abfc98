"""A rewrite as a list of splices: replacements at byte offsets of the message as received.

Whatever no splice covers is untouched by construction (DESIGN invariant 3): `apply` copies it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class SplicesOverlap(ValueError):
    """Two splices claim the same bytes, or one reaches outside the message."""


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """Replace `length` bytes at `offset` by `replacement`; length 0 inserts, an empty replacement deletes."""

    offset: int
    length: int
    replacement: bytes


def in_order(splices: Iterable[Splice], size: int) -> list[Splice]:
    """The splices as they are carried out on a message of `size` octets: by offset, and what is inserted at
    an offset before what is replaced there. Insertions at one offset keep their given order.

    Raises SplicesOverlap.
    """
    ordered = sorted(splices, key=lambda splice: (splice.offset, splice.length > 0))
    position = 0
    for splice in ordered:
        if splice.offset < position or splice.length < 0 or splice.offset + splice.length > size:
            raise SplicesOverlap(f"splice at {splice.offset}+{splice.length} does not fit")
        position = splice.offset + splice.length
    return ordered


def apply(original: bytes, splices: Iterable[Splice]) -> bytes:
    """`original` with every splice carried out. Raises SplicesOverlap."""
    ordered = in_order(splices, len(original))
    if not ordered:
        return original
    pieces: list[bytes] = []
    position = 0
    for splice in ordered:
        pieces += (original[position : splice.offset], splice.replacement)
        position = splice.offset + splice.length
    pieces.append(original[position:])
    return b"".join(pieces)
