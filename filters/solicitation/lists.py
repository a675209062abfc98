"""The phrases of the check, as `words.toml` has them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import islice

from filters.phrases import Phrases, phrases_of, words_in
from filters.quotation import is_quoted

_MOST = 200
"""Places of one kind in a paragraph that are looked at; more than that say nothing more."""

_TOLD = tomllib.loads((resources.files("filters.solicitation") / "words.toml").read_text(encoding="utf-8"))
_GROUPS = _TOLD["groups"]


@dataclass(frozen=True, slots=True)
class Sought:
    """Phrases that are sought, and those within which they do not count."""

    phrases: Phrases
    innocent: Phrases

    def found(self, text: str) -> Iterator[str]:
        """What stands in a paragraph, exactly; nothing of it in quotation marks, as that is told of others."""
        words = words_in(text)
        spans = [each.span() for each in islice(self.phrases.found(text, words), _MOST)]
        if not spans:
            return
        allowed = [each.span() for each in self.innocent.found(text, words)]
        for start, end in sorted(set(spans)):
            if not any(start < until and begin < end for begin, until in allowed) and not is_quoted(
                text, start, end
            ):
                yield text[start:end]


def _sought(name: str) -> Sought:
    told = _TOLD[name]
    return Sought(phrases_of(told["phrases"], _GROUPS), phrases_of(told["innocent"], _GROUPS))


CHAIN, ADVERT, POLITICS, PRE_ELECTION = map(_sought, ("chain", "advert", "politics", "pre_election"))
IMPRINT = Sought(phrases_of(_TOLD["politics"]["imprint"], _GROUPS), phrases_of(()))
