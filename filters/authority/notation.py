"""The notation of the word lists: phrases that a clerk can read, made into patterns for plain sentences.

    we <ready> accept [your|the] ...3 (quote|tender)

Words are themselves; `<name>` is a list; `(a|b c)` is one of several, `[a|b]` the same or nothing; `...` is up to five
words of any kind within the clause, `...3` up to three. Marks of plain sentences (`#`, `£`, `,`) are words, and `;` is
what parts clauses. No pattern can take more than a bounded number of steps at a place: nothing in it repeats but the
counted gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from filters.names import words

_PIECE = re.compile(r"\.\.\.(\d?)|<([a-z_]+)>|([()\[\]|])|([^\s()\[\]|<>]+)")
_COMMON = frozenset(
    (
        *("#", "£", ",", "|"),
        *words(
            "a about after all am an and any are as at be been before but by can come could council day did do for from "
            "get give go good had has have he here hope how i if in is it just know last let like look make may me "
            "meeting more much my need new next no not now of off on one or other our out over people please put right "
            "see send she should so some sorry still take than thank thanks that the their them then there they think "
            "this those time to two up us very want was we well were what when which who will with work would year yes "
            "you your"
        ),
    )
)
"""Words that many sentences have."""


class BadPattern(ValueError):
    """A phrase that is not written in the notation; the text ends a sentence."""


Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pattern: its regular expression, and sets of words of each of which one must stand in whatever it
    matches.
    """

    regex: str
    needs: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern for plain sentences. What the regular expression matches begins and ends with a blank. A sentence that
    it matches has one of the words in `needs`, and one of each set in `also`.
    """

    regex: re.Pattern[str]
    needs: Words
    also: tuple[Words, ...] = ()

    def may_match(self, said: Words) -> bool:
        """Whether a sentence with these words has what it needs besides `needs`."""
        return not any(each.isdisjoint(said) for each in self.also)

    def found_in(self, plain: str) -> Iterator[tuple[int, int]]:
        """From where to where it stands in a plain sentence, the blank behind it included."""
        at = 0
        while (found := self.regex.search(plain, at)) is not None:
            yield found.start() + 1, found.end()
            at = found.end() - 1  # The blank behind it may be the one before the next.


class Notation:
    """The lists that patterns may name. Lists may name those above them."""

    def __init__(self, lists: Mapping[str, str | list[str]]) -> None:
        self._lists: dict[str, Part] = {}
        for name, told in lists.items():
            entries = told if isinstance(told, list) else [told]
            self._lists[name] = self._parse(f"({'|'.join(entries)})")

    def pattern(self, text: str) -> Pattern:
        """The pattern that `text` stands for. Raises BadPattern."""
        part = self._parse(text)
        if not part.needs:
            raise BadPattern(f"{text!r} needs no word at all")
        first, *others = sorted(dict.fromkeys(part.needs), key=_commonness)
        return Pattern(re.compile(f" {part.regex}"), first, tuple(others))

    def _parse(self, text: str) -> Part:
        pieces = list(_PIECE.finditer(text))
        if "".join(each[0] for each in pieces) != "".join(text.split()):
            raise BadPattern(f"{text!r} is not understood")
        part, at = self._choice(pieces, 0, text)
        if at != len(pieces):
            raise BadPattern(f"{text!r} has a bracket too many")
        return part

    def _choice(self, pieces: list[re.Match[str]], at: int, text: str) -> tuple[Part, int]:
        """Alternatives up to the bracket that closes them."""
        found: list[Part] = []
        while True:
            part, at = self._sequence(pieces, at, text)
            found.append(part)
            if at == len(pieces) or pieces[at][0] != "|":
                break
            at += 1
        if len(found) == 1:
            return found[0], at
        regex = f"(?:{'|'.join(each.regex for each in found)})"
        if not all(each.needs for each in found):
            return Part(regex), at
        return Part(regex, (frozenset().union(*(min(each.needs, key=_commonness) for each in found)),)), at

    def _sequence(self, pieces: list[re.Match[str]], at: int, text: str) -> tuple[Part, int]:
        regex = ""
        needs: tuple[Words, ...] = ()
        while at < len(pieces) and pieces[at][0] not in ")]|":
            piece = pieces[at]
            if piece[0] in "([":
                inner, at = self._choice(pieces, at + 1, text)
                if at == len(pieces) or pieces[at][0] != {"(": ")", "[": "]"}[piece[0]]:
                    raise BadPattern(f"{text!r} has a bracket that is not closed")
                part = inner if piece[0] == "(" else Part(f"(?:{inner.regex})?")
            else:
                part = self._plain(piece, text)
            at += 1
            regex += part.regex
            needs = (*needs, *part.needs)
        return Part(regex, needs), at

    def _plain(self, piece: re.Match[str], text: str) -> Part:
        if piece[2]:
            if piece[2] not in self._lists:
                raise BadPattern(f"{text!r} names a list that there is not, {piece[2]}")
            return self._lists[piece[2]]
        if piece[4]:
            word = "|" if piece[4] == ";" else piece[4]
            return Part(f"{re.escape(word)} ", (frozenset([word]),))
        return Part(f"(?:[^ |]++ ){{0,{piece[1] or 5}}}?")


def _commonness(some: Words) -> tuple[int, int, list[str]]:
    """How many sentences have one of these words, roughly; fewer first, and always in the same order."""
    return len(some & _COMMON), len(some), sorted(some)
