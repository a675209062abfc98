"""What is found, judged by combination and by quantity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from filters.finding import Evidence
from filters.personal_data.found import Part, near, runs
from filters.personal_data.items import ALONE, CALLED, PRIVATE, Item, Kind
from filters.personal_data.own import bare_name, key
from filters.personal_data.words import WORDS

_MOST = 5
_LABEL = 250
"""Characters of a paragraph that is one person's, as on an envelope."""

_ONLINE = frozenset({Kind.IP, Kind.MAC, Kind.COOKIE})
_REACHED = PRIVATE | {Kind.PHONE, Kind.VEHICLE, Kind.COUNCIL_TAX, Kind.PLOT}


@dataclass(frozen=True, slots=True)
class Judged:
    """Something that people would mind: `what` it is, as it stands after "gives" in a sentence, and where."""

    what: str
    evidence: tuple[Evidence, ...]


def alone(parts: Iterable[Part]) -> Judged | None:
    """Numbers that are sensitive by themselves."""
    found = [(part, item) for part in parts for item in part.alone]
    if not found:
        return None
    counted = Counter(kind for kind, _ in {(item.kind, key(item.text)) for _, item in found})
    said = [_counted(kind, counted[kind]) for kind in ALONE if counted[kind]]
    return Judged(listed(said), _evidence(found))


def sensitive(parts: Sequence[Part]) -> Judged | None:
    """Somebody's name with something that is nobody else's business, in what is read together."""
    for run in runs(parts):
        if not any(part.called for part in run):
            continue
        if (found := near(run, WORDS.grave.pattern)) is not None:
            about = WORDS.grave.subject(found[2])
            return Judged(
                f"somebody's name with words about {_ABOUT[about]}", _told(found[:2], run, found[2])
            )
        details = [item for part in run for item in part.details if item.kind in _REACHED]
        if details and (found := near(run, WORDS.mild.pattern)) is not None:
            about = _ABOUT[WORDS.mild.subject(found[2])]
            what = f"somebody's name with {CALLED[details[0].kind][0]} and words about {about}"
            return Judged(what, _told(found[:2], run, found[2]))
    return None


def listing(parts: Iterable[Part], least: int) -> Judged | None:
    """A list of so many people or more, with where they live or how they are reached."""
    people: dict[str, tuple[Part, Item]] = {}
    kinds: set[Kind] = set()
    for part in parts:
        for row in _rows(part):
            for item in _each_person_s(row):
                people.setdefault(key(item.text), (part, item))
                kinds.update(each.kind for each in row.details if _is_private(each))
    if len(people) < least:
        return None
    said = [CALLED[kind][1] for kind in CALLED if kind in kinds and kind is not Kind.POSTCODE]
    what = f"names and {listed(said or ['addresses'])} of {len(people)} people"
    return Judged(what, _evidence(people.values()))


def passed_on(parts: Iterable[Part]) -> Judged | None:
    """One person's name with where they live, their private address or what they left online."""
    for run in runs(list(parts)):
        named = [(part, item) for part in run for item in part.called]
        found = [(part, item) for part in run for item in part.details if item.kind in PRIVATE]
        online = [each for each in found if each[1].kind in _ONLINE]
        reached = [each for each in found if each[1].kind is Kind.EMAIL]
        if (named and found) or (online and reached):
            kinds = dict.fromkeys(item.kind for _, item in found)
            who = "somebody's name with " if named else ""
            return Judged(who + listed([CALLED[kind][0] for kind in kinds]), _evidence([*named[:2], *found]))
    return None


_ABOUT = {
    "health": "health",
    "debt": "debts",
    "benefits": "benefits",
    "immigration": "immigration",
    "crime": "crime",
    "family": "children or family",
    "employment": "somebody's employment",
    "belief": "what somebody is or believes",
    "complaint": "a complaint or a dispute",
    "private": "their private life",
}
"""The headings of `words.toml`, as a reason has them."""


def listed(said: Sequence[str]) -> str:
    """ "one, two and three"."""
    return " and ".join((", ".join(said[:-1]), said[-1])) if len(said) > 1 else "".join(said)


@dataclass(slots=True)
class _Row:
    """Details that stand together, and the names that stand with them."""

    details: list[Item]
    names: list[tuple[str, ...]]


def _rows(part: Part) -> Iterator[_Row]:
    if len(part.text) <= _LABEL and len({bare_name(item.text) for item in part.called}) == 1:
        yield _Row(part.details, [bare_name(part.called[0].text)])
        return
    lines: dict[int, _Row] = {}
    for item in part.details:
        lines.setdefault(_line(part, item), _Row([], [])).details.append(item)
    for item in part.called:
        if (row := lines.get(_line(part, item))) is not None:
            row.names.append(bare_name(item.text))
    yield from lines.values()


def _line(part: Part, item: Item) -> int:
    return part.text.rfind("\n", 0, item.start)


def _each_person_s(row: _Row) -> list[Item]:
    """One detail of each person of a row. A private mail address is somebody's by itself, others are by name."""
    addresses = [item for item in row.details if item.kind is Kind.EMAIL]
    if len(addresses) > 1 or not row.names:
        return addresses
    each = [item for item in row.details if item.kind is Kind.ADDRESS] or [
        item for item in row.details if _is_private(item)
    ]
    return each[: len(set(row.names))]


def _is_private(item: Item) -> bool:
    return item.kind in PRIVATE or (item.kind is Kind.PHONE and key(item.text).startswith("7"))


def _counted(kind: Kind, count: int) -> str:
    one, several = CALLED[kind]
    return one if count == 1 else f"{count} {several}"


def _told(name: tuple[Part, Item], run: Sequence[Part], said: str) -> tuple[Evidence, ...]:
    details = [(part, item) for part in run for item in part.details]
    where = next(part.where for part in run if said in part.text)
    return (*_evidence([name, *details]), Evidence(where=where, text=said))


def _evidence(found: Iterable[tuple[Part, Item]]) -> tuple[Evidence, ...]:
    each = dict.fromkeys((part.where, item.text) for part, item in found)
    return tuple(Evidence(where=where, text=text) for where, text in list(each)[:_MOST])
