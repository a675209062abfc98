"""Lines that a client or its owner has put below a text: device tag-lines, and lines of contact alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_DEVICE = (
    r"i ?Phone|i ?Pad|i ?Pod|Mac|Galaxy(?: [\w+ ]{1,30})?|"
    r"(?:Samsung|Android|Huawei|Xiaomi|Nokia|HTC|Sony|Motorola|OnePlus|Pixel|BlackBerry|Windows|mobile|smart)"
    r"(?: (?:Galaxy|device|phone|smartphone|tablet|mobile|mobile device|Phone|handheld|Xperia|10)){0,3}|"
    r"mobile|phone|tablet"
)
_PROGRAM = (
    r"Outlook|Mail|Yahoo Mail|AOL(?: Mobile)?(?: Mail)?|Proton ?Mail|Proton Mail|GMX(?: Mail)?|mail\.com|myMail|"
    r"K-9 Mail|Gmail(?: Mobile)?|BlueMail|FairEmail|Spark|Nine|Thunderbird|Type App|Tutanota|Tuta|iCloud|"
    r"Windows Mail|Mail App|Outlook Mobile|the all[- ]new AOL app|Samsung Email"
)
_WHERE = (
    r"(?: (?:for|on|in) (?:i ?OS|i ?Phone|i ?Pad|Android(?: (?:phone|tablet|device))?|Windows(?: \d{1,2})?|Mac(?: ?OS)?|"
    r"mobile|the web))?"
)
_TAG_LINE = re.compile(
    rf"(?:Sent|Anfonwyd|Envoyé|Gesendet|Verzonden|Inviato|Enviado) (?:"
    rf"(?:from|via|o|oddi ar|de|von|vanaf|da|desde) (?:my|fy|mon|meinem|mijn|il mio|mi) (?:{_DEVICE})"
    rf"(?: (?:using|with|via) (?:{_PROGRAM}){_WHERE})?|"
    rf"(?:from|via|with|using|o|oddi ar|mit) (?:(?:der|dem|a|the) )?(?:{_PROGRAM}){_WHERE}"
    rf"(?: (?:secure e-?mail|app|App|mobile))?"
    rf")\.?(?: Please excuse (?:my brevity|brevity|any typos|typos)[^.]{{0,40}}\.?)?|"
    rf"Get Outlook for (?:i ?OS|Android|Mac|Windows)|Cael Outlook ar gyfer (?:i ?OS|Android)|"
    rf"Yahoo Mail: Search, Organi[sz]e, Conquer",
    re.IGNORECASE,
)
_LONGEST = 160

_LABEL = re.compile(
    r"(?:t|m|e|w|a|tel|tele?phone|phone|mob|mobile|cell|e-?mail|mail|web|web ?site|site|www|address|office|"
    r"office hours|hours|direct|landline|ffôn|ffon|symudol|e-?bost|gwefan|cyfeiriad|oriau|oriau swyddfa|swydd|ward)"
    r"(?:\s?/\s?[a-zô-]{1,12})?\s?[:.)]\s*",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*[|•·;/–—,]\s*|\s+-\s+|\t")
_TITLE = re.compile(
    r"(?:cllr|councillor|cynghorydd|cyng|mr|mrs|ms|miss|mx|dr|rev|sir|dame)\b\.?\s*", re.IGNORECASE
)
_HONOURS = re.compile(r"(?:cilca|fslcc|pslcc|mbe|obe|jp|ba|bsc|ma|msc|llb|phd)\b\.?", re.IGNORECASE)
_NOT_IN_WORDS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\+?[\d\s().-]{6,30}+\Z")


def is_tag_line(words: str) -> bool:
    """Whether a row says nothing but on what it was written, and is one of those that are listed."""
    return len(words) <= _LONGEST and _TAG_LINE.fullmatch(words) is not None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sender and of their council. `words` folded to letters and digits; `numbers` to digits."""

    words: frozenset[str]
    numbers: frozenset[str]

    def account_for(self, line: str) -> bool:
        """Whether a row says nothing but what is known: each of its pieces, labels and titles apart."""
        if len(line) > 4 * _LONGEST:
            return False
        if _folded(line) in self.words:
            return True
        pieces = [piece for piece in _APART.split(line) if piece]
        return bool(pieces) and all(map(self._knows, pieces))

    def _knows(self, piece: str) -> bool:
        said = _LABEL.sub("", piece.strip(), count=1) if _LABEL.match(piece.strip()) else piece.strip()
        if _NUMBER.match(said):
            return _digits(said) in self.numbers
        bare = _TITLE.sub("", said, count=1) if _TITLE.match(said) else said
        return (
            not _folded(said) or _folded(said) in self.words or _folded(_HONOURS.sub("", bare)) in self.words
        )


def facts(values: Iterable[str]) -> Facts:
    """Facts from what is said of a person and a council, in whatever form: names, offices, addresses, numbers."""
    words: set[str] = set()
    numbers: set[str] = set()
    for value in filter(None, values):
        site = value.partition("://")[2].removesuffix("/") if "://" in value else value
        for each in (value, site, site.removeprefix("www."), *_APART.split(value)):
            if folded := _folded(each):
                words.add(folded)
            if _NUMBER.match(each.strip()):
                numbers.add(_digits(each))
    return Facts(frozenset(words), frozenset(numbers))


def _folded(text: str) -> str:
    return _NOT_IN_WORDS.sub(
        "", text.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    )


def _digits(text: str) -> str:
    """A telephone number by its digits, the United Kingdom's code as the 0 that it stands for."""
    found = "".join(letter for letter in text.replace("(0)", "") if letter.isdigit())
    for code in ("0044", "44"):
        if found.startswith(code) and (text.strip().startswith("+") or code == "0044"):
            return "0" + found.removeprefix(code)
    return found
