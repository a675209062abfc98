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


def apply(original: bytes, splices: Iterable[Splice]) -> bytes:
    """`original` with every splice carried out. Insertions at one offset keep their given order.

    Raises SplicesOverlap.
    """
    pieces: list[bytes] = []
    position = 0
    for splice in sorted(splices, key=lambda splice: splice.offset):
        if splice.offset < position or splice.length < 0 or splice.offset + splice.length > len(original):
            raise SplicesOverlap(f"splice at {splice.offset}+{splice.length} does not fit")
        pieces.append(original[position : splice.offset])
        pieces.append(splice.replacement)
        position = splice.offset + splice.length
    if position == 0 and not pieces:
        return original
    pieces.append(original[position:])
    return b"".join(pieces)
