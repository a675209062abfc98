"""The council's watch list: titles and phrases of confidential business, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from filters.confidential.lines import plain
from filters.finding import Evidence
from filters.matter import Passage, words_of

_BETWEEN = r"[\W_]{1,20}"
_LONGEST = 300


class WatchList:
    """Phrases, found by their words: case, punctuation and line breaks do not count."""

    def __init__(self, phrases: Iterable[str]) -> None:
        told = {tuple(words_of(plain(each))): each for each in phrases}
        self._phrases = [
            (frozenset(words), f" {' '.join(words)} ", each) for words, each in told.items() if words
        ]

    def __bool__(self) -> bool:
        return bool(self._phrases)

    def found_in(self, passages: Iterable[Passage]) -> Iterator[tuple[str, Evidence]]:
        """Each phrase that stands in a passage, with the passage's own characters."""
        if not self._phrases:
            return
        for passage in passages:
            words = words_of(plain(passage.text))
            present = frozenset(words)
            candidates = [each for each in self._phrases if each[0] <= present]
            if not candidates:
                continue
            flat = f" {' '.join(words)} "
            for _, phrase, told in candidates:
                if phrase in flat:
                    yield (
                        told,
                        Evidence(where=passage.where, text=_as_it_stands(passage.text, phrase.split())),
                    )


def _as_it_stands(text: str, words: list[str]) -> str:
    """The phrase as the passage has it; its words alone where that cannot be told."""
    found = re.search(_BETWEEN.join(map(re.escape, words)), text, re.IGNORECASE)
    return found[0][:_LONGEST] if found else " ".join(words)[:_LONGEST]
