"""Reading in an answer what it chooses.

A word counts alone: on the first line of the answerer's own text there stands one option and nothing else. What is
stated with it (`NOT BINDING`; `BASIS` and the words of it) stands on lines of its own, the first among them. Whatever
else somebody writes is no choice, and they are asked again: nothing is guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from gateway.holds.answers.options import (
    BY_PURPOSE,
    ENGLISH,
    NUMBERED,
    SENDING,
    STATING,
    WELSH,
    Choice,
    Option,
    Purpose,
)
from gateway.holds.statement import MOST_WORDS, Statement

_MOST_LINES = 200
_LONGEST_LINE = 400

_ALSO: Mapping[Option, tuple[str, ...]] = {
    Option.SEND: ("send it", "send to all", "send it to all", "anfon ef", "anfonwch"),
    Option.NOT_BINDING: (
        "it is not binding",
        "it does not bind the council",
        "nid yw'n rhwymo",
        "nid yw'n rhwymo'r cyngor",
    ),
    Option.BASIS: (),
    Option.CLERK: ("to the clerk", "hand it to the clerk", "i'r clerc"),
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
    """Why a text is no choice: no word alone on its first line, several, wrong numbers, a word for something else, or
    one that is not enough alone where something is to be stated.
    """

    NO_WORD = "no_word"
    SEVERAL = "several"
    NUMBERS = "numbers"
    NOT_OFFERED = "not_offered"
    NOT_BINDING = "not_binding"
    BASIS = "basis"


def parse(own_text: str, purpose: Purpose, offered: Sequence[Option], count: int) -> Choice | None:
    """The option that stands alone on the first line of somebody's own text, with what is stated on lines of their
    own; None where that is not so.

    `count` is how many recipients the notice numbers. None too where an option of another kind stands on a line of
    its own further down, a number is out of range, everyone would be left out, or it would be sent as it is with less
    stated than what is offered says.
    """
    found = list(_choices(own_text, purpose, offered, count))
    if not found or found[0] is None:
        return None
    return _one([each for each in found if each is not None], offered)


def misread(own_text: str, purpose: Purpose, offered: Sequence[Option], count: int) -> Misread:
    """What was wrong with a text that `parse` finds no choice in."""
    lines = [line for line in (_plain(line) for line in own_text.splitlines()) if line][:_MOST_LINES]
    first = lines[0] if lines else ""
    found = list(_choices(own_text, purpose, offered, count))
    if first in _BASES and found[0] is None and Option.BASIS in offered:
        return Misread.BASIS
    if found and found[0] is not None:
        chosen = [each for each in found if each is not None]
        missing = [option for option in _left_out(chosen, offered) if _goes_as_it_is(chosen)]
        return Misread(missing[0].value) if missing else Misread.SEVERAL
    if _choice(first, count) is None:
        return Misread.NUMBERS if first.startswith(_BEGINNINGS) else Misread.NO_WORD
    return Misread.NOT_OFFERED


def _one(chosen: Sequence[Choice], offered: Sequence[Option]) -> Choice | None:
    """What the lines choose together; None where they do not agree, or less is stated than is wanted."""
    others = {each for each in chosen if each.option not in STATING}
    bases = {each.said.basis for each in chosen if each.option is Option.BASIS}
    if len(others) > 1 or len(bases) > 1:
        return None
    said = Statement(
        not_binding=any(each.option is Option.NOT_BINDING for each in chosen), basis=next(iter(bases), "")
    )
    if not _goes_as_it_is(chosen):
        [other] = others
        if other.option in SENDING:
            return replace(other, said=said)
        return other if said.nothing else None
    if _left_out(chosen, offered):
        return None
    stated = [option for option in STATING if any(each.option is option for each in chosen)]
    return Choice(stated[0] if stated else Option.SEND, said=said)


def _goes_as_it_is(chosen: Sequence[Choice]) -> bool:
    """Whether nothing but the message as it stands is chosen."""
    return all(each.option in (Option.SEND, *STATING) for each in chosen)


def _left_out(chosen: Sequence[Choice], offered: Sequence[Option]) -> list[Option]:
    """What is to be stated, and is not."""
    stated = {each.option for each in chosen}
    return [option for option in STATING if option in offered and option not in stated]


def _choices(
    own_text: str, purpose: Purpose, offered: Sequence[Option], count: int
) -> Iterator[Choice | None]:
    """For each line with something on it, what is chosen on it. The words of a basis may go on over several lines."""
    lines = own_text.splitlines()
    place = seen = 0
    while place < len(lines) and seen < _MOST_LINES:
        line = _plain(lines[place])
        if seen and _begins_a_quotation(line):
            return  # "On …, … <…> wrote:", above a letter that is quoted without marks.
        place += 1
        if not line:
            continue
        seen += 1
        choice = _choice(line, count)
        if Option.BASIS in offered and choice is None:
            words, place = _basis(lines, place - 1, count)
            choice = Choice(Option.BASIS, said=Statement(basis=words)) if words else None
        yield choice if choice is not None and _is_there(choice.option, purpose, offered) else None


def _is_there(option: Option, purpose: Purpose, offered: Sequence[Option]) -> bool:
    """Whether an option counts: SEND does beside what is stated, too."""
    stating = option is Option.SEND and not set(STATING).isdisjoint(offered)
    return option in BY_PURPOSE[purpose] and (option in offered or stating)


def _basis(lines: Sequence[str], place: int, count: int) -> tuple[str, int]:
    """The basis that begins on a line, up to a blank line or another choice, and the place of the line behind it."""
    found = _BASIS.match(lines[place][:_LONGEST_BASIS])
    alone = _plain(lines[place]) in _BASES
    place += 1
    if found is None and not alone:
        return "", place
    words = [] if found is None else [found["words"]]
    while place < len(lines) and sum(map(len, words)) < _LONGEST_BASIS:
        line = _plain(lines[place])
        if not line or _begins_a_quotation(line) or _choice(line, count) is not None:
            break
        words.append(lines[place][:_LONGEST_BASIS])
        place += 1
    said = " ".join(_printable(" ".join(words)).split())[:MOST_WORDS].strip()
    # As it stands in the letter's list of words: nothing is said by it.
    return ("" if _plain(said) in _PLACEHOLDERS else said), place


def _begins_a_quotation(line: str) -> bool:
    return "@" in line and line.endswith(":")


def _printable(text: str) -> str:
    return "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)


def _choice(line: str, count: int) -> Choice | None:
    option = _WORDS.get(line)
    if option is Option.BASIS:
        return None  # It is nothing without its words.
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
_BASES = frozenset({ENGLISH[Option.BASIS].casefold(), WELSH[Option.BASIS].casefold()})
_BASIS = re.compile(
    rf"[\s*\ufeff]{{0,20}}+(?:{'|'.join(sorted(_BASES))})\b[\s*:.,\-–]{{0,20}}+(?P<words>\S.*)",
    re.IGNORECASE,
)
_LONGEST_BASIS = 2 * MOST_WORDS
_PLACEHOLDERS = frozenset({"and why", "a pham"})
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
