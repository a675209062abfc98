"""The phrases of certain.toml and possible.toml, sought in plain sentences, and what spares them.

A sentence is held against those patterns only whose words it has, so that most sentences are held against none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from filters.authority.notation import Notation, Pattern
from filters.authority.sentences import Sentence
from filters.names import words

_BOUNDARY = re.compile(
    r"(?:\||,|but|so|and (?=please|we|i|you|the council)|then(?= please| go)|because|although|though) "
)
_BIDS = re.compile(r"(?:please|kindly|can|could|would|will) ")
_ASKED = re.compile(r"(?:please|kindly|(?:can|could|would|will) you(?:r [a-z]+)?) ")
_COUNCIL = re.compile(r"(?:council|parish|committee|members|councillors) ")
_OURS = frozenset(
    (",", "|", *words("the our this that and all my whole entire full parish town community village of"))
)
_WHOSE = frozenset(words("the our this that all my"))
_OBJECT = frozenset(words("me my myself yourself yourselves ourselves him her himself herself"))
_SKIPPED = frozenset(words("now just also kindly please then all both still only"))
_THINGS = frozenset(words("invoice bill men team lads crew people machine account guys quickest"))


@dataclass(frozen=True, slots=True)
class Rule:
    """Patterns of one kind. `says` goes on where the phrase leaves off; the rest is as certain.toml tells.

    `needs` are words one of which must stand in the sentence, where there are any; `soft` names the list of everyday
    verbs that may not follow, empty where any may.
    """

    says: str
    patterns: tuple[Pattern, ...]
    asks: bool = False
    opens: bool = False
    claims: bool = False
    firm: bool = False
    trade: bool = False
    stands: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    soft: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a rule in a sentence, from `start` to `end` in its plain spelling."""

    rule: Rule
    sentence: Sentence
    start: int
    end: int

    @property
    def phrase(self) -> str:
        """The phrase as it is written."""
        return self.sentence.as_written(self.start, self.end)


@dataclass(frozen=True, slots=True)
class _Spared:
    where: str
    bids: bool
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class _Soft:
    words: frozenset[str]
    counted: frozenset[str]


class Grammar:
    """Rules, by the words that they need, and what spares a phrase."""

    def __init__(
        self, rules: Iterable[Rule], spared: Mapping[str, _Spared], soft: Mapping[str, _Soft]
    ) -> None:
        self.rules = tuple(rules)
        self._spared = spared
        self._soft = soft
        self._by_word: dict[str, list[tuple[int, Rule, Pattern]]] = {}
        number = 0
        for rule in self.rules:
            for pattern in rule.patterns:
                for word in pattern.needs:
                    self._by_word.setdefault(word, []).append((number, rule, pattern))
                number += 1
        self.words = frozenset(self._by_word)

    def hits(self, sentence: Sentence, own_name: frozenset[str]) -> Iterator[Hit]:
        """The phrases in a sentence that nothing spares. `own_name` are the words of the council's name."""
        said = frozenset(sentence.words)
        wanted = {
            number: (rule, pattern)
            for word in self.words.intersection(said)
            for number, rule, pattern in self._by_word[word]
            if pattern.may_match(said)
        }
        for number in sorted(wanted):
            rule, pattern = wanted[number]
            yield from self._found(sentence, rule, pattern, own_name)

    def every_hit(self, sentence: Sentence, own_name: frozenset[str]) -> Iterator[Hit]:
        """The same, the slow way: every pattern is tried."""
        for rule in self.rules:
            for pattern in rule.patterns:
                yield from self._found(sentence, rule, pattern, own_name)

    def spared_by(self, hit: Hit, own_name: frozenset[str]) -> str:
        """What spares a phrase; nothing where it stands."""
        plain, start = hit.sentence.plain, hit.start
        if hit.sentence.asks and not (hit.rule.asks and _ASKED.match(plain, start)):
            return "question"
        if _is_quoted(plain, start):
            return "quotation"
        if _is_anothers(plain, start, own_name):
            return "third party"
        bids = _BIDS.match(plain, start) is not None
        begin = _begin(plain, start)
        scopes = {
            "before": plain[begin : max(start, hit.end - 1) + 1],
            "clause": plain[begin : _finish(plain, hit.end)],
            "sentence": plain,
            "after": plain[hit.end : _some_words(plain, hit.end + 1, 3)],
            "object": plain[start : _some_words(plain, hit.end + 1, 3)],
        }
        lead = plain[begin:start]
        for name, each in self._spared.items():
            if (
                name in hit.rule.stands
                or (bids and not each.bids)
                or (each.where == "object" and not hit.rule.firm)
            ):
                continue
            if each.pattern.needs.isdisjoint(hit.sentence.words):
                continue
            scope = scopes[each.where]
            if each.where == "before" and name != "negation":
                scope = lead
            seek = each.pattern.regex.match if each.where == "after" else each.pattern.regex.search
            if seek(scope if each.where in {"sentence", "after"} else f" {scope}"):
                return name
        return ""

    def speaks_of(self, name: str, sentence: Sentence) -> bool:
        """Whether a sentence has what spares a phrase under that name."""
        pattern = self._spared[name].pattern
        return (
            not pattern.needs.isdisjoint(sentence.words) and pattern.regex.search(sentence.plain) is not None
        )

    def _found(
        self, sentence: Sentence, rule: Rule, pattern: Pattern, own_name: frozenset[str]
    ) -> Iterator[Hit]:
        for start, end in pattern.found_in(sentence.plain):
            if rule.opens and not _opens(sentence.plain, start):
                continue
            if rule.needs and rule.needs.isdisjoint(sentence.words):
                continue
            if rule.soft and not self._is_hard(sentence.plain, end, rule.soft):
                continue
            hit = Hit(rule, sentence, start, end - 1)
            if not self.spared_by(hit, own_name):
                yield hit

    def _is_hard(self, plain: str, end: int, soft: str) -> bool:
        """Whether what follows is no everyday matter."""
        following = [word for word in plain[end : end + 80].split()[:6] if word not in _SKIPPED]
        if not following or not following[0].isalpha():
            return False
        verb, *rest = following
        known = self._soft[soft]
        if rest and (rest[0] in _OBJECT or (rest[0] == "your" and not _THINGS.intersection(rest[1:3]))):
            return False
        if verb in known.words:
            return verb in known.counted and rest[:1] in (["#"], ["£"], ["another"])
        return True


def grammar(file: str) -> Grammar:
    """The grammar of a file in this package. Raises BadPattern."""
    notation = Notation(_load("words.toml"))
    told = _load("spared.toml")
    soft = {
        name: _Soft(frozenset(each["words"].split()), frozenset(each["counted"].split()))
        for name, each in told.items()
        if name.startswith("soft_")
    }
    spared = {
        name: _Spared(
            each["where"],
            each.get("bids", True),
            notation.pattern(f"({'|'.join(each['phrases'])})"),
        )
        for name, each in told.items()
        if name not in soft
    }
    return Grammar([_rule(each, notation) for each in _load(file)["rule"]], spared, soft)


def phrases(told: Iterable[str], says: str) -> Grammar:
    """A grammar of phrases as they are, in plain spelling already, which nothing spares."""
    patterns = tuple(
        Pattern(re.compile(f" {re.escape(each.strip())} "), frozenset(each.split()[:1]))
        for each in told
        if each.strip()
    )
    return Grammar([Rule(says, patterns, asks=True)] if patterns else [], {}, {})


def _rule(told: Mapping[str, Any], notation: Notation) -> Rule:
    return Rule(
        says=told.get("says", ""),
        patterns=tuple(notation.pattern(each) for each in told["phrases"]),
        asks=told.get("asks", False),
        opens=told.get("opens", False),
        claims=told.get("claims", False),
        firm=told.get("to", "") == "firm",
        trade=told.get("trade", False),
        stands=frozenset(told.get("stands", ())),
        needs=frozenset(told.get("needs", "").split()),
        soft=told.get("soft", ""),
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("filters.authority") / name).read_text(encoding="utf-8"))


def _opens(plain: str, start: int) -> bool:
    """Whether a phrase stands at the beginning of its sentence, or of a clause of it."""
    return start == 1 or plain[max(0, start - 2) : start] in {"| ", '" '}


def _begin(plain: str, start: int) -> int:
    """Where the clause begins that leads up to `start`."""
    begin = 1
    for found in _BOUNDARY.finditer(plain, 1, start):
        if plain[found.start() - 1] == " ":
            begin = found.end()
    return begin


def _some_words(plain: str, at: int, count: int) -> int:
    """Where so many words end that begin at `at`."""
    for _ in range(count):
        following = plain.find(" ", at + 1)
        if following < 0 or plain[at] == "|":
            return at
        at = following + 1
    return at


def _finish(plain: str, end: int) -> int:
    for found in _BOUNDARY.finditer(plain, end):
        if plain[found.start() - 1] == " ":
            return found.start()
    return len(plain)


def _is_quoted(plain: str, start: int) -> bool:
    """Whether somebody else's words are quoted: within quotation marks, in a sentence that has words before them."""
    before = plain[:start]
    return before.count('"') % 2 == 1 and len(before[: before.index('"')].split()) > 1


def _is_anothers(plain: str, start: int, own_name: frozenset[str]) -> bool:
    """Whether the council, or the committee, that does it is another: "the county council", "the hall committee"."""
    if not _COUNCIL.match(plain, start):
        return False
    before = plain[max(0, start - 80) : start].split()[-3:]
    if not before:
        return False
    last = before[-1]
    if last in {"parish", "town", "village", "community"} and plain.startswith("council ", start):
        return len(before) > 1 and before[-2] not in _OURS and before[-2] not in own_name
    if plain.startswith(("committee ", "parish "), start):
        return last not in _WHOSE and last not in own_name
    return last not in _OURS and last not in own_name
