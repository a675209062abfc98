"""A rewrite as a list of splices: replacements at byte offsets of the message as received.

Whatever no splice covers is untouched by construction (DESIGN invariant 3): `apply` copies it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


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


def composed(size: int, first: Iterable[Splice], second: Iterable[Splice]) -> tuple[Splice, ...]:
    """The splices that do at once, on a message of `size` octets, what `first` does to it and then `second`.

    Those of `second` are on what `first` makes of the message. A splice of `first` that none of them reaches
    into stays as it is, so that it can still be told what it did. Raises SplicesOverlap.
    """
    runs = list(_runs(size, first))
    middle = sum(run.length for run in runs)
    result = _Result()
    position = number = used = 0
    for splice in (*in_order(second, middle), Splice(middle, 0, b"")):
        start, end = splice.offset, splice.offset + splice.length
        while number < len(runs) and (position < end or not runs[number].length):
            run = runs[number]
            count = min(run.length - used, (start if position < start else end) - position)
            result.take(run, used, count, keep=position < start or not (run.length or start < position < end))
            position += count
            number, used = (number + 1, 0) if used + count == run.length else (number, used + count)
        if splice.replacement:
            result.new.append(splice.replacement)
    result.close()
    return tuple(result.done)


@dataclass(frozen=True, slots=True)
class _Run:
    """So many octets one after another: of the message from `offset` on, or what a splice puts there."""

    offset: int
    length: int
    splice: Splice | None = None


def _runs(size: int, splices: Iterable[Splice]) -> Iterator[_Run]:
    """A message with the splices carried out."""
    position = 0
    for splice in in_order(splices, size):
        if splice.offset > position:
            yield _Run(position, splice.offset - position)
        yield _Run(splice.offset, len(splice.replacement), splice)
        position = splice.offset + splice.length
    if position < size:
        yield _Run(position, size - position)


@dataclass(slots=True)
class _Result:
    """Splices as they come about. The one under way replaces what stands from `start` to `end` by `new`."""

    done: list[Splice] = field(default_factory=list)
    new: list[bytes] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def take(self, run: _Run, used: int, count: int, keep: bool) -> None:
        """So many octets of a run, from the one numbered `used` on, are kept, or are not."""
        if run.splice is None:
            if keep:
                self.close()
                self.start = run.offset + used + count
            self.end = run.offset + used + count
            return
        if keep and count == run.length:
            self.close()
            self.done.append(run.splice)
            self.start = run.offset + run.splice.length
        elif keep:
            self.new.append(run.splice.replacement[used : used + count])
        self.end = run.offset + run.splice.length

    def close(self) -> None:
        """The splice under way is done."""
        if self.new or self.end > self.start:
            self.done.append(Splice(self.start, self.end - self.start, b"".join(self.new)))
            self.new = []
        self.start = self.end
