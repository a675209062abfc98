"""Reading in an answer what it chooses.

A word counts alone: on the first line of the answerer's own text there stands one option and nothing else. Whatever
else somebody writes is no choice, and they are asked again: nothing is guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from gateway.holds.answers.options import BY_PURPOSE, ENGLISH, NUMBERED, WELSH, Choice, Option, Purpose

_MOST_LINES = 200
_LONGEST_LINE = 400

_ALSO: Mapping[Option, tuple[str, ...]] = {
    Option.SEND: ("send it", "send to all", "send it to all", "anfon ef", "anfonwch"),
    Option.ONLY_SENDER: (
        "sender only",
        "only the sender",
        "only to sender",
        "dim ond anfonwr",
        "dim ond yr anfonwr",
    ),
    Option.LEAVE_OUT: ("leave out number", "leave out numbers", "gadael allan", "gadewch allan"),
    Option.BCC: ("bcc number", "bcc numbers", "copi dall"),
    Option.WITHOUT_TRAIL: ("without the trail", "without the earlier messages", "heb gadwyn"),
    Option.CANCEL: ("cancel it", "do not send", "don't send", "do not send it", "don't send it", "canslo"),
    Option.ASK_CONSENT: ("ask consent", "ask for consent", "gofyn caniatâd", "gofyn am ganiatâd"),
    Option.SECOND_REVIEW: ("second review", "second reviewer", "ail adolygiad", "ail adolygydd"),
    Option.READ: ("i have read it", "read it", "rwyf wedi ei ddarllen"),
}


class Misread(StrEnum):
    """Why a text is no choice: no word alone on its first line, several, wrong numbers, or a word for something else."""

    NO_WORD = "no_word"
    SEVERAL = "several"
    NUMBERS = "numbers"
    NOT_OFFERED = "not_offered"


def parse(own_text: str, purpose: Purpose, offered: Sequence[Option], count: int) -> Choice | None:
    """The option that stands alone on the first line of somebody's own text; None where that is not so.

    `count` is how many recipients the notice numbers. None too where an option of another kind stands on a line of
    its own further down, a number is out of range, or everyone would be left out.
    """
    found = list(_choices(own_text, purpose, offered, count))
    if not found or found[0] is None:
        return None
    first = found[0]
    return first if all(other in (None, first) for other in found[1:]) else None


def misread(own_text: str, purpose: Purpose, offered: Sequence[Option], count: int) -> Misread:
    """What was wrong with a text that `parse` finds no choice in."""
    lines = [line for line in (_plain(line) for line in own_text.splitlines()) if line][:_MOST_LINES]
    first = lines[0] if lines else ""
    if _choice(first, count) is None:
        return Misread.NUMBERS if first.startswith(_BEGINNINGS) else Misread.NO_WORD
    if next(_choices(own_text, purpose, offered, count), None) is None:
        return Misread.NOT_OFFERED
    return Misread.SEVERAL


def _choices(
    own_text: str, purpose: Purpose, offered: Sequence[Option], count: int
) -> Iterator[Choice | None]:
    """For each line with something on it, what is chosen on it."""
    lines = (line for line in (_plain(line) for line in own_text.splitlines()) if line)
    for line, number in zip(lines, range(_MOST_LINES), strict=False):
        if number and "@" in line and line.endswith(":"):
            return  # "On …, … <…> wrote:", above a letter that is quoted without marks.
        choice = _choice(line, count)
        there = choice is not None and choice.option in offered and choice.option in BY_PURPOSE[purpose]
        yield choice if there else None


def _choice(line: str, count: int) -> Choice | None:
    option = _WORDS.get(line)
    if option is not None and option not in NUMBERED:
        return Choice(option)
    match = _NUMBERED.fullmatch(line)
    if match is None:
        return None
    option = _WORDS[match["words"]]
    numbers = _numbers(match["numbers"], count)
    if not numbers or (option is Option.LEAVE_OUT and len(numbers) == count):
        return None
    return Choice(option, numbers)


def _numbers(text: str, count: int) -> tuple[int, ...]:
    """Recipients' numbers from 0; none where one is not there. "2-5" and "2 to 5" are all from 2 to 5."""
    if text in _ALL:
        return tuple(range(count))
    found: set[int] = set()
    for part in _RANGE.finditer(text):
        first, last = int(part["first"]), int(part["last"] or part["first"])
        if not 1 <= first <= last <= count:
            return ()
        found.update(range(first - 1, last))
    return tuple(sorted(found))


def _plain(line: str) -> str:
    """A line as words are compared: small letters without accents, single blanks, without a full stop at its end.

    A line that is too long to be an option comes out as no words that there are.
    """
    if len(line) > _LONGEST_LINE:
        return "…"
    decomposed = unicodedata.normalize("NFKD", line.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    bare = "".join(char for char in decomposed if unicodedata.category(char) not in ("Mn", "Cf"))
    words = " ".join(bare.casefold().split())
    if words.startswith("*") and words.endswith("*") and len(words) > 2:
        words = words[1:-1].strip()  # Bold type, in a plain text made from HTML.
    return words.removesuffix(".").rstrip() or words


_WORDS: Mapping[str, Option] = {
    _plain(words): option for option in Option for words in (ENGLISH[option], WELSH[option], *_ALSO[option])
}
_BEGINNINGS = tuple(f"{words} " for words, option in _WORDS.items() if option in NUMBERED)
_ALL = frozenset({"all", "pawb"})
_ONE = r"[0-9]{1,5}+(?: ?(?:-|–|to|hyd) ?[0-9]{1,5}+)?+"
_NUMBERED = re.compile(
    "(?P<words>"
    + "|".join(
        re.escape(words) for words in sorted(_WORDS, key=len, reverse=True) if _WORDS[words] in NUMBERED
    )
    + rf"):? (?P<numbers>all|pawb|{_ONE}(?:(?: ?[,;&] ?|,? (?:and |a |ac )?){_ONE})*+)"
)
_RANGE = re.compile(r"(?P<first>[0-9]{1,5})(?: ?(?:-|–|to|hyd) ?(?P<last>[0-9]{1,5}))?")
