"""What stands where in a message: paragraphs with what the engine found in them, in runs that are read together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from filters.finding import Evidence
from filters.matter import Passage
from filters.personal_data import engine, prefilter
from filters.personal_data.items import ALONE, PRIVATE, Item, Kind
from filters.personal_data.own import Known
from filters.personal_data.words import WORDS

_RUN = 1500
"""Characters that are read together: who is named in them, and what is said."""

_NEAR = 300
"""Characters between a name and what is said of it."""

_BETWEEN = "\0"
_SENTENCE_END = re.compile(rf"[.!?](?=\s)|{_BETWEEN}")
_TOPIC, _TRIED = 25, 20
_LONGEST = 3000
_FEW_LINES = 8
_ABBREVIATION = 3
_CAPITALS = re.compile(
    r"(?<![\w-])[A-ZÀ-Þ][\w'’-]{1,24}+(?:[ ,;\t|]{1,2}(?:[A-Z]\.?[ ]){0,2}[A-ZÀ-Þ][\w'’-]{1,24}+){1,5}+"
)
"""Words with capitals, one after the other."""

_CAPITAL = re.compile(r"[A-ZÀ-Þ][\w'’-]{1,24}+")
_LEADS_ON = re.compile(
    r"[\s,;:(|<\"-]*+(?:(?:[A-Z0-9]|of|at|from|on|in|is|lives|living|who|tel|telephone|mobile|mob|phone|e-?mail|address"
    r"|home|his|her|their|number|no|ring|dob|ni|lived|the)\b[\s,.;:(|<\"-]*+){0,5}",
    re.IGNORECASE,
)
"""What may stand between a name and the detail."""

_LOOK_BACK = 70
_PLANNING = re.compile(r"\b\d\d/\d{3,5}|\b[A-Z]{1,4}/\d{2,4}/\d{2,5}")


@dataclass(frozen=True, slots=True)
class Look:
    """How the words of a message are looked at: what is nobody's concern, and what the policy asks."""

    known: Known
    people: int
    basis: bool
    filtered: bool = True
    names: bool = False


@dataclass(slots=True)
class Part:
    """A paragraph and what in it is somebody's concern. `alone` is sensitive by itself; `called` names; `details` lead
    to people. What is a business's or about a site leads to nobody's home.
    """

    where: str
    text: str
    alone: list[Item] = field(default_factory=list)
    called: list[Item] = field(default_factory=list)
    details: list[Item] = field(default_factory=list)

    def evidence(self, items: Iterable[Item]) -> Iterator[Evidence]:
        """Where some of them stand."""
        return (Evidence(where=self.where, text=item.text) for item in items)


def parts_of(passages: Sequence[Passage], look: Look, *, own_words: bool) -> list[Part]:
    """The paragraphs of one text. Raises NotLoaded."""
    pieces = [piece for each in passages for piece in _pieces(each)]
    if look.filtered:
        wanted = prefilter.chosen(pieces, look.people, basis=look.basis, names=look.names)
    else:
        wanted = [True] * len(pieces)
    parts: list[Part] = []
    enough = _Enough()
    found = engine.items_in_each(
        piece.text for piece, is_wanted in zip(pieces, wanted, strict=True) if is_wanted
    )
    for piece, is_wanted in zip(pieces, wanted, strict=True):
        part = Part(piece.where, piece.text)
        if is_wanted and not enough.reached:
            part = _part(piece, next(found), look.known, own_words=own_words)
        parts.append(part)
        enough.count(part)
    return parts


_NUMBERS, _PEOPLE = 500, 3000


class _Enough:
    """Whether so much was found that more of it changes nothing: a list of thousands of people is one already."""

    def __init__(self) -> None:
        self._numbers = self._called = self._details = 0

    def count(self, part: Part) -> None:
        """Count what is in a paragraph."""
        self._numbers += len(part.alone)
        if part.called:
            self._called += len(part.called)
            self._details += sum(item.kind in PRIVATE for item in part.details)

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self._numbers >= _NUMBERS or min(self._called, self._details) >= _PEOPLE


def runs(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Paragraphs that are read together, in their order, each once."""
    run: list[Part] = []
    size = 0
    for part in parts:
        if run and (size + len(part.text) > _RUN or part.where != run[-1].where != "subject"):
            yield run
            run, size = [], 0
        run.append(part)
        size += len(part.text)
    if run:
        yield run


def near(run: Sequence[Part], said: re.Pattern[str]) -> tuple[Part, Item, str] | None:
    """A name in a run, and a phrase that is said of it: one that follows soon, or that goes before in its sentence."""
    text = _BETWEEN.join(part.text for part in run)
    phrases = [
        found
        for found in said.finditer(text)
        if WORDS.topics.search(text, found.end(), found.end() + _TOPIC) is None
    ]
    at = first = 0
    for part in run:
        for item in sorted(part.called, key=lambda item: item.start):
            begin = at + item.start
            while first < len(phrases) and phrases[first].start() < begin - _NEAR:
                first += 1
            for phrase in phrases[first : first + _TRIED]:
                before = _SENTENCE_END.search(text, phrase.end(), max(phrase.end(), begin)) is None
                if (phrase.start() > begin or before) and phrase.start() <= begin + _NEAR:
                    return part, item, phrase[0]
        at += len(part.text) + len(_BETWEEN)
    return None


def _part(passage: Passage, found: Iterable[Item], known: Known, *, own_words: bool) -> Part:
    part = Part(passage.where, passage.text)
    items = sorted(found, key=lambda item: item.start)
    signature = own_words and known.is_signature(passage.text)
    sites = _Sites(passage.text)
    for item in items:
        if known.is_known(item):
            continue
        if item.kind in ALONE:
            if not known.is_own(item, passage, own_words=own_words):
                part.alone.append(item)
        elif item.kind is Kind.NAME:
            part.called.append(item)
        elif not (
            signature
            or (own_words and known.is_told(item, passage))
            or (item.kind in _HOMES and sites.has(item))
        ):
            part.details.append(item)
    part.called += _called(part, known)
    return part


_HOMES = frozenset({Kind.ADDRESS, Kind.POSTCODE})


class _Sites:
    """Whether addresses in a paragraph are businesses' or sites', by the paragraph, or in a list by their lines."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._by_line = text.count("\n") > _FEW_LINES
        self._seen: dict[int, bool] = {}

    def has(self, item: Item) -> bool:
        """Whether an address is one."""
        text, begin = self._text, 0
        if self._by_line:
            begin, end = text.rfind("\n", 0, item.start) + 1, text.find("\n", item.end)
            text = text[begin : end if end >= 0 else len(text)]
        if begin not in self._seen:
            patterns = (WORDS.businesses, WORDS.sites, _PLANNING)
            self._seen[begin] = any(each.search(text) is not None for each in patterns)
        return self._seen[begin]


def _called(part: Part, known: Known) -> list[Item]:
    """Names without a title that stand right before a detail, on its line or on the one before."""
    found: dict[int, Item] = {}
    titled = [(item.start, item.end) for item in part.called]
    for detail in (*part.details, *part.alone):
        if detail.kind is Kind.POSTCODE:
            continue  # What stands before one is a place, as a rule.
        line = part.text.rfind("\n", 0, detail.start)
        begin = max(0, detail.start - _LOOK_BACK, part.text.rfind("\n", 0, max(0, line)) + 1)
        for run in _CAPITALS.finditer(part.text, begin, detail.start):
            name = _name_in(run[0])
            start = run.end() - len(name)
            taken = any(first < run.end() and start < last for first, last in titled)
            apart = _LEADS_ON.fullmatch(part.text, run.end(), detail.start) is None
            if name and not apart and not taken and not known.is_known_name(name):
                found.setdefault(start, Item(Kind.NAME, start, run.end(), name))
    return list(found.values())


def _name_in(run: str) -> str:
    """The name at the end of words with capitals: two of them, or three where a comma or a cell parts them."""
    words = list(_CAPITAL.finditer(run))
    while words and _is_no_name(words[0][0]):
        del words[0]
    if not words or any(_is_no_name(word[0]) for word in words):
        return ""
    parted = any(mark in run[words[0].start() :] for mark in ",;\t|")
    return run[words[0].start() :] if len(words) == 2 or (parted and len(words) == 3) else ""


def _is_no_name(word: str) -> bool:
    """Whether a word with a capital stands in no name, as abbreviations do not."""
    return word.casefold() in WORDS.no_names or (len(word) <= _ABBREVIATION and word.isupper())


def _pieces(passage: Passage) -> Iterator[Passage]:
    """A long paragraph, as a list or a sheet is, by its lines."""
    if len(passage.text) <= _LONGEST:
        yield passage
        return
    start = 0
    text = passage.text
    while start < len(text):
        end = len(text) if len(text) - start <= _RUN else text.rfind("\n", start, start + _RUN) + 1
        end = end if end > start else min(len(text), start + _RUN)
        yield Passage(passage.where, text[start:end].strip("\n"))
        start = end
