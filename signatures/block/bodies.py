"""Which of a message's parts are its author's text, and in which of them a block stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from signatures.message.body import is_attachment
from signatures.message.media import media
from signatures.message.scanner import Part

_WRITABLE = frozenset({"text/plain", "text/html"})


@dataclass(frozen=True, slots=True)
class Bodies:
    """A message's parts as mail programs show them.

    `inside` are for each the numbers of the parts directly inside, of a multipart/related its root alone (RFC
    2387); `texts` those of the author's text parts; `bearing` those of every part that is one or has one
    inside. `related` has for each text the innermost multipart/related that it is shown for, if any.
    """

    inside: tuple[tuple[int, ...], ...]
    texts: frozenset[int]
    bearing: frozenset[int]
    related: dict[int, int]

    def standing(
        self, parts: tuple[Part, ...], stops: Callable[[int], bool], says: Callable[[int], bool]
    ) -> tuple[int, ...]:
        """The text parts in which a block stands: one for each version of the text (RFC 2046 §5.1.4).

        Where a text is cut into several parts, with pictures between them, that is the last that `says`
        anything; or the first of which `stops` says that nothing of the author's comes after it.
        """
        stopping = self.around(number for number in self.texts if stops(number))
        saying = self.around(number for number in self.texts if says(number))
        chosen: list[int] = []
        waiting = [0] if 0 in self.bearing else []
        while waiting:
            number = waiting.pop()
            if number in self.texts:
                chosen.append(number)
                continue
            shown = [each for each in self.inside[number] if each in self.bearing]
            if parts[number].kind != "multipart/alternative":
                last = [each for each in shown if each in saying] or shown
                shown = [next((each for each in shown if each in stopping), last[-1])]
            waiting.extend(reversed(shown))
        return tuple(chosen)

    def around(self, numbers: Iterable[int]) -> frozenset[int]:
        """The parts with these numbers, and those around them."""
        found = set(numbers)
        for number in range(len(self.inside) - 1, -1, -1):
            if any(each in found for each in self.inside[number]):
                found.add(number)
        return frozenset(found)


def bodies(raw: bytes, parts: tuple[Part, ...]) -> Bodies:
    """The author's text among `parts`, as `scan_parts` gives them.

    What has a file name is a file, whatever its disposition; what is enclosed, signed or encrypted is left
    alone.
    """
    inside = list(_inside(parts))
    related: dict[int, int] = {}
    for number, part in enumerate(parts):
        if part.kind == "multipart/related" and inside[number]:
            inside[number] = (_root(raw, parts, number, inside[number]),)
    texts: set[int] = set()
    waiting: list[tuple[int, int | None]] = [(0, None)]
    while waiting:
        number, around = waiting.pop()
        if is_own_text(raw, parts[number]):
            texts.add(number)
            if around is not None:
                related[number] = around
        inner = number if parts[number].kind == "multipart/related" else around
        waiting.extend((each, inner) for each in inside[number])
    found = Bodies(tuple(inside), frozenset(texts), frozenset(), related)
    return replace(found, bearing=found.around(texts))


def is_own_text(raw: bytes, part: Part) -> bool:
    """Whether a part is text of the author that mail programs show, and that may be changed."""
    return (
        part.kind in _WRITABLE
        and not (part.enclosed or part.sealed)
        and not is_attachment(raw, part)
        and not has_file_name(raw, part)
    )


def has_file_name(raw: bytes, part: Part) -> bool:
    """Whether a part has a name to be saved under (RFC 2183 §2.3, or the older `name` of its type)."""
    if part.media.parameters.get(b"name"):
        return True
    value = part.first(raw, "content-disposition")
    # A disposition is written as a media type is, but for the subtype.
    return bool(value) and bool(media(b"disposition/" + value).parameters.get(b"filename"))


def _inside(parts: tuple[Part, ...]) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in parts]
    around: list[int] = []
    for number, part in enumerate(parts):
        del around[part.depth :]
        if around:
            found[around[-1]].append(number)
        around.append(number)
    return tuple(map(tuple, found))


def _root(raw: bytes, parts: tuple[Part, ...], number: int, inner: tuple[int, ...]) -> int:
    """The part of a multipart/related that is shown: the one that `start` names, or the first."""
    start = parts[number].media.parameters.get(b"start", b"").strip()
    named = (each for each in inner if start and parts[each].first(raw, "content-id") == start)
    return next(named, inner[0])
