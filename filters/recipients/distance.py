"""How far two spellings are apart."""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein


def distance(one: str, other: str, most: int) -> int:
    """The letters to be put in, left out, replaced or swapped with their neighbour; `most` + 1 where more than `most`.

    Damerau-Levenshtein, by code point.
    """
    return DamerauLevenshtein.distance(one, other, score_cutoff=most)
