"""Names compared as people see them: whatever looks the same is the same."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Mc"})
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХЗԚԜԛԝаеорсухіјѕһԁӏвмнткΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχγϲıɑɡɩʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢʀʟɴʙɢʜꜰꜱłøđ",
    "ABESIJKMHOPCTYX3QWqwaeopcyxijshdlvmhtkABEZHIKMNOPTYXaeiknoptuxyciagiyacdejkmoptuvwzrlnbghfslod",
)
"""Letters of other alphabets that are taken for Latin ones, whatever they stand for."""

_BLANKS = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "))
_SPACED_OUT = re.compile(r"(?<!\w)\w(?:[ .·]\w){2,}(?!\w)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def folded(text: str) -> str:
    """`text` in one spelling for all that look alike: small letters without accents, no unseen characters,
    single blanks, letters spaced out brought together.
    """
    # Marks go before the normal form is made, which takes quadratic time to put very many in order.
    seen = text
    if not text.isascii():
        seen = _seen(text.translate(_BLANKS))
        plain = unicodedata.normalize("NFKD", seen.translate(_LOOKALIKES))
        seen = _seen(plain).translate(_LOOKALIKES)
    if not seen.isprintable():
        seen = "".join(char if char.isprintable() else " " for char in seen)
    return _SPACED_OUT.sub(lambda spaced: re.sub(r"[ .·]", "", spaced[0]), " ".join(seen.casefold().split()))


def _seen(text: str) -> str:
    return "".join(char for char in text if char.isascii() or unicodedata.category(char) not in _UNSEEN)


def words(text: str) -> list[str]:
    """The words of folded text."""
    return _WORD.findall(text)


def addresses_in(text: str) -> list[str]:
    """Whatever in folded text looks like an address."""
    pieces = (piece.strip(".") for piece in re.split(r"[\s<>()\[\],;:\"'|]+", text))
    return [piece for piece in pieces if "@" in piece[1:-1]]


def without(words_of: list[str], name: list[str]) -> list[str]:
    """`words_of` without a name that stands in it whole, in its own order or surname first."""
    for order in (name, name[-1:] + name[:-1]):
        for at in range(len(words_of) - len(order) + 1):
            if order and words_of[at : at + len(order)] == order:
                return words_of[:at] + words_of[at + len(order) :]
    return words_of
