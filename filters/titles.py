"""Whether words claim the office of Clerk. All text here is folded (`filters.names.folded`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from filters.names import without, words

_CLERK = frozenset(
    place + word
    for word in ("clerk", "clerc", "glerc", "cierk", "c1erk")
    for place in ("", "the", "parish", "town", "community", "council")
)
"""With what is taken for it, and as it is when letters spaced out have been brought together."""

_NEEDED = re.compile("|".join((*sorted(_CLERK), "proper officer")))
_STANDS_IN = frozenset(words("acting deputy locum interim temporary relief assistant dirprwy"))
_FORMER = frozenset(words("former formerly ex retired previous previously past late outgoing emeritus cyn"))
_BESIDE = frozenset({"to", "for", "via", "by", "cc", "i", "at"})
"""Before "Clerk" these make it somebody else: "Assistant to the Clerk", "for the Clerk", Welsh "i'r Clerc"."""

_OF_THE_OFFICE = frozenset(
    words(
        "the a to of for and parish town community village city council councils cyngor y yr i'r plwyf tref "
        "dref cymuned gymuned pc tc office proper officer responsible financial finance executive chief rfo "
        "cilca fslcc pslcc chair chairman vice councillor cllr mr mrs ms miss mx dr acting deputy locum "
        "interim temporary relief assistant dirprwy your from"
    )
)
_OF_THE_PLACE = frozenset(["the", "parish", "town", "community", "village", "city", "council", "y", "yr"])
_SAID_TO_SOMEBODY = frozenset(
    words(
        "thank thanks you dear hi hello yes no ok please sorry cc copy copies copied fao attn contact ask "
        "see tell via our your my me is was will can could would has have not former formerly ex retired "
        "previous past"
    )
)
_IN_SENTENCES = frozenset(
    words(
        "i we he she they it who this that these those there here and but so or if when then as not with about "
        "into until after before today tomorrow tonight yesterday monday tuesday wednesday thursday friday "
        "saturday sunday am pm be been do does did done get got go goes went gone had say says said tell told "
        "spoke met know knows see saw think let well course good sure fine never always both also still"
    )
)
"""Words that sentences have and names have not."""

_SELF = frozenset(
    {"from", "signed", "title", "job title", "role", "position", "office", "sender", "name", "swydd"}
)
_SEPARATORS = re.compile(r"\s[-~]\s|[|,;()\[\]/•·–—<>]|\s{2,}")
_LINK = re.compile(r"\S*(?:@|://|www\.)\S*")
_CONTACT = re.compile(r"\d|\b(?:tel|telephone|phone|mobile|mob|e-?mail|web|website|fax|ffon)\b")
_LONGEST_LINE = 160
_MOST_WORDS_OF_A_NAME = 4


class _Segment(Enum):
    """What a piece of a line between separators is."""

    TITLE = auto()
    FITTING = auto()  # A name, a telephone number, the council: what stands beside a title.
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words are judged. Names are lists of folded words; `council` the words of its name."""

    name: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]
    council: frozenset[str]
    is_staff: bool
    vocabulary: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        known = {word for name in (self.name, *self.others) for word in name}
        object.__setattr__(self, "vocabulary", _OF_THE_OFFICE | self.council | known)


def may_claim(text: str) -> bool:
    """Whether there is a word without which nothing in `text` claims the office."""
    return _NEEDED.search(text) is not None


def claimed_by_line(line: str, speaker: Speaker) -> bool:
    """Whether a line of a signature makes the speaker out to be the Clerk: a title, beside it nothing but
    what stands in signatures. Prose about the Clerk, a copy to the Clerk, "Clerk: somebody" are none.
    """
    if len(line) > _LONGEST_LINE or not may_claim(line):
        return False
    pieces = _SEPARATORS.split(_LINK.sub(" ", line))
    segments = [_segment(piece.strip(), speaker) for piece in pieces if piece.strip()]
    return _Segment.TITLE in segments and _Segment.OTHER not in segments


def claimed_by_name(name: str, speaker: Speaker) -> bool:
    """Whether a display name makes the speaker out to be the Clerk: the title anywhere in it."""
    spoken = without(words(name), speaker.name)
    for at, word in enumerate(spoken):
        is_clerk = word in _CLERK or (word == "officer" and spoken[at - 1 : at] == ("proper",))
        of_works = spoken[at + 1 : at + 3] == ("of", "works")
        if is_clerk and not of_works and not _is_somebody_else(spoken[:at], speaker):
            return True
    return False


def _segment(piece: str, speaker: Speaker) -> _Segment:
    label, colon, value = piece.partition(":")
    if colon:
        return _labelled(label.strip(), value.strip(), speaker)
    spoken = without(words(piece), speaker.name)
    if _is_title(spoken, speaker):
        return _Segment.TITLE
    fits = (
        not (_SAID_TO_SOMEBODY | _IN_SENTENCES).intersection(spoken) and len(spoken) <= _MOST_WORDS_OF_A_NAME
    ) or speaker.vocabulary.issuperset(spoken)
    return _Segment.FITTING if fits or _CONTACT.search(piece) else _Segment.OTHER


def _labelled(label: str, value: str, speaker: Speaker) -> _Segment:
    """ "Role: Clerk" is a claim, and so is "Clerk: " before the speaker's own name; before another it is not."""
    if label in _SELF:
        return _segment(value, speaker)
    if _is_title(words(label), speaker):
        mine = words(value)
        return _Segment.TITLE if not mine or without(mine, speaker.name) != mine else _Segment.OTHER
    reached = _CONTACT.search(label)
    if reached and _is_title(words(label[: reached.start()]), speaker):
        return _Segment.TITLE  # "Parish Clerk Tel: 01234 567890"
    return _Segment.FITTING if reached else _Segment.OTHER


def _is_title(spoken: tuple[str, ...], speaker: Speaker) -> bool:
    """Whether words are the Clerk's title and nothing else."""
    at = next((number for number, word in enumerate(spoken) if word in _CLERK), None)
    if at is None:
        at = next((n for n in range(1, len(spoken)) if spoken[n - 1 : n + 1] == ("proper", "officer")), None)
    if at is None:
        return False
    rest = [*spoken[:at], *spoken[at + 1 :]]
    return (
        speaker.vocabulary.issuperset(word for word in rest if word not in _CLERK)
        and not _FORMER.intersection(rest)
        and not _is_somebody_else(spoken[:at], speaker)
    )


def _is_somebody_else(before: Sequence[str], speaker: Speaker) -> bool:
    """Whether the words before "Clerk" make it one who was, or one whom the speaker only works for."""
    title = [word for word in before if word not in _OF_THE_PLACE and word not in speaker.council]
    if not title:
        return False
    if (
        title[-1] in _BESIDE
        or title[-1] in _FORMER
        or (title[-1] in _STANDS_IN and title[-2:-1] == ["former"])
    ):
        return True
    # An assistant clerk is a member of staff in their own right, and says so.
    return title[-1] == "assistant" and speaker.is_staff
