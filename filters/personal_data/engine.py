"""The engine that finds personal data in a paragraph, loaded when it is first needed.

It is large: a second of processor time to load, and 75 MB. So nothing loads it at start, and a message in which
there is nothing for it never waits for it. A worker process cannot load anything (it can open no file); there it is
for its owner to load it and to ask another worker: see `gateway.workers`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from filters.personal_data.items import Item, Kind
from filters.personal_data.patterns import LEAST

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

_LONGEST_PIECE = 2000
"""Characters that are looked at in one go: the engine compares what it finds in one go with each other."""

_APART = "\n" + "\0" * 64 + "\n"
"""What stands between texts that are looked at in one go: longer than whatever a pattern goes over on its way from a
word to a number.
"""

_OVERLAP = 200
"""Characters of a line without an end that two pieces share, so that nothing is cut in two."""

_MOST_SURE = 0.5
_DASHES = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u202f\u2009\u3000\u2002\u2003", " ")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
    | {"\u00ad": " ", "\u200b": " ", "\ufeff": " "}
)


class NotLoaded(BaseException):
    """The engine is needed here and cannot be loaded. It is no error of a check, and nothing on the way takes it for
    one.
    """


@dataclass(slots=True)
class _State:
    loaded: AnalyzerEngine | None = None
    barred: bool = False
    names: bool = False


_STATE = _State()


def load(names_model: str = "") -> None:
    """Load it now. `names_model` is as in `recognizers.analyzer`. Raises OSError where there is no such pipeline."""
    from filters.personal_data.recognizers import analyzer

    _STATE.loaded = analyzer(names_model)
    _STATE.names = bool(names_model)
    # Patterns are compiled when they are first used; a worker is to find that done.
    list(items_in("Mr A Sample, 1 Mill Lane, WX1 2AB, 01632 960123"))


def bar() -> None:
    """From here on nothing is loaded unasked: NotLoaded is raised instead."""
    _STATE.barred = True


def knows_names() -> bool:
    """Whether it finds personal names that nothing marks. Who wants that loads it at start."""
    return _STATE.names


def plain(text: str) -> str:
    """The text with one kind of blank and one kind of dash, every character in its place."""
    return text if text.isascii() else text.translate(_DASHES)


def items_in(text: str) -> Iterator[Item]:
    """What is found in a text, in no order, each place once for each kind. Raises NotLoaded."""
    if _STATE.loaded is None:
        if _STATE.barred:
            raise NotLoaded
        load()
    seen: set[tuple[Kind, int]] = set()
    for start, piece in _pieces(plain(text)):
        for item in _items_of(piece):
            key = (item.kind, start + item.start)
            if key not in seen:
                seen.add(key)
                begin, end = start + item.start, start + item.end
                yield Item(item.kind, begin, end, text[begin:end])


def items_in_each(texts: Iterable[str]) -> Iterator[list[Item]]:
    """The same for each of some texts, in their order. Raises NotLoaded.

    Short ones are looked at in one go, as a look costs more than what there is in them; but for a model of names, which
    reads what stands around.
    """
    waiting: list[str] = []
    length = 0
    for text in texts:
        if waiting and (_STATE.names or length + len(text) > _LONGEST_PIECE):
            yield from _together(waiting)
            waiting, length = [], 0
        waiting.append(text)
        length += len(text) + len(_APART)
    if waiting:
        yield from _together(waiting)


def _together(texts: Sequence[str]) -> list[list[Item]]:
    begins = [0, *accumulate(len(text) + len(_APART) for text in texts)]
    found: list[list[Item]] = [[] for _ in texts]
    for item in items_in(_APART.join(texts)):
        number = bisect_right(begins, item.start) - 1
        start, end = item.start - begins[number], item.end - begins[number]
        if end <= len(texts[number]):
            found[number].append(Item(item.kind, start, end, item.text))
    return found


def _items_of(piece: str) -> Iterator[Item]:
    assert _STATE.loaded is not None
    for found in _STATE.loaded.analyze(piece, language="en", score_threshold=0):
        kind = Kind(found.entity_type)
        if found.score >= LEAST.get(kind, _MOST_SURE):
            yield Item(kind, found.start, found.end, piece[found.start : found.end])


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Pieces at ends of lines where there are any, and where each begins."""
    start = 0
    while len(text) - start > _LONGEST_PIECE:
        limit = start + _LONGEST_PIECE
        end = text.rfind("\n", start + _OVERLAP, limit) + 1
        if end:
            yield start, text[start:end]
            start = end
        else:
            yield start, text[start:limit]
            start = limit - _OVERLAP
    yield start, text[start:]
