"""A small model of what binds: logistic regression on the words of a sentence, then on the signs of a message.

It finds what no list of phrases foresees, and its word alone never stops a message: it leads to a question, whose
reason is the sentence. `python -m tests.evaluation.train_authority` makes `model.json`.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from importlib import resources

from filters.authority.sentences import Sentence
from filters.names import words

MOST_WORDS = 100
"""Words of one sentence that count: a longer one is a list."""

_DECIDES = frozenset(
    words(
        "meeting meetings agenda decide decides decided decision consider considers considered resolved discuss "
        "discussed discussing"
    )
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of a whole message whether it binds.

    `best`: the log-odds of the likeliest sentence. The others are 0 or 1: the `clerk` is mentioned, something `asks`,
    there is talk of how the council `decides`, of something `private`, and a phrase of possible.toml is there (`rule`).
    """

    best: float = 0.0
    clerk: float = 0.0
    asks: float = 0.0
    decides: float = 0.0
    private: float = 0.0
    rule: float = 0.0


def signs(told: Iterable[Sentence], best: float, *, private: bool, rule: bool) -> Signs:
    """The signs of a message with these sentences."""
    clerk = asks = decides = False
    for sentence in told:
        clerk = clerk or "clerk" in sentence.words
        asks = asks or sentence.asks
        decides = decides or not _DECIDES.isdisjoint(sentence.words)
    return Signs(
        max(-7.0, min(7.0, best)), float(clerk), float(asks), float(decides), float(private), float(rule)
    )


def features(sentence: Sentence) -> list[str]:
    """The words and pairs of words of a sentence, each once, its ends and whether it asks among them."""
    said = ["^", *sentence.words[:MOST_WORDS], "?" if sentence.asks else "$"]
    pairs = [f"{first} {second}" for first, second in itertools.pairwise(said)]
    return list(dict.fromkeys((*said[1:], *pairs)))


@dataclass(frozen=True, slots=True)
class Model:
    """What each feature of a sentence weighs, and each of the signs of a message in their order, and the weight of
    none.
    """

    words: Mapping[str, float]
    words_bias: float
    signs: tuple[float, ...] = ()
    signs_bias: float = 0.0

    def odds(self, found: list[str]) -> float:
        """The log-odds that a sentence with these features binds."""
        get = self.words.get
        return sum([get(each, 0.0) for each in found]) / math.sqrt(len(found) or 1) + self.words_bias

    def chance(self, found: Signs) -> float:
        """How likely a message with these signs binds, from 0 to 1."""
        total = (
            sum(weight * sign for weight, sign in zip(self.signs, astuple(found), strict=True))
            + self.signs_bias
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def _load() -> Model:
    told = json.loads((resources.files("filters.authority") / "model.json").read_text(encoding="utf-8"))
    return Model(told["words"], told["words_bias"], tuple(told["signs"]), told["signs_bias"])


MODEL = _load()
