"""Names compared as people see them: whatever looks the same is the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Mc"})
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХЗԚԜԛԝаеорсухіјѕһԁӏвмнткΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχγϲıɑɡɩʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢʀʟɴʙɢʜꜰꜱłøđ",
    "ABESIJKMHOPCTYX3QWqwaeopcyxijshdlvmhtkABEZHIKMNOPTYXaeiknoptuxyciagiyacdejkmoptuvwzrlnbghfslod",
)
"""Letters of other alphabets that are taken for Latin ones, whatever they stand for."""

_BLANKS = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "))
_SPACED_OUT = re.compile(r"(?<!\w)\w(?:[ .·]\w){2,}(?!\w)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PARTED, _IS_PARTED = re.compile(r"[._-]"), re.compile(r"\w[._-]\w")


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


def words(text: str) -> tuple[str, ...]:
    """The words of folded text."""
    return tuple(_WORD.findall(text))


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The folded words of a configured name."""
    return words(folded(name))


def spelt_out(address: str) -> str:
    """The name that an address is made of, where its parts are told apart: `jill.carter@` is Jill Carter.

    `jill@` is any Jill, so there it is nothing.
    """
    local = address.rpartition("@")[0]
    return _PARTED.sub(" ", local) if _IS_PARTED.search(local) else ""


def addresses_in(text: str) -> list[str]:
    """Whatever in folded text looks like an address."""
    pieces = (piece.strip(".") for piece in re.split(r"[\s<>()\[\],;:\"'|]+", text))
    return [piece for piece in pieces if "@" in piece[1:-1]]


def without(said: tuple[str, ...], name: tuple[str, ...]) -> tuple[str, ...]:
    """`said` without a name that stands in it whole, in its own order or surname first."""
    if not name or not set(name).issubset(said):
        return said
    for order in (name, name[-1:] + name[:-1]):
        for at in range(len(said) - len(order) + 1):
            if said[at : at + len(order)] == order:
                return said[:at] + said[at + len(order) :]
    return said
