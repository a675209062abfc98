"""What of a message could be read as an order or a promise, by its phrases, its words and its signs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from filters.authority.grammar import Grammar, grammar
from filters.authority.model import MODEL, Signs, features, signs
from filters.authority.sentences import Sentence

POSSIBLE = grammar("possible.toml")

_ASKS_FOR = re.compile(r" (?:please|kindly|grateful|could you|can you|would you|urge|ask|hope) ")


@dataclass(frozen=True, slots=True)
class Likeliest:
    """The signs of a message, and the sentence of it that is likeliest to bind, None where none could."""

    signs: Signs
    sentence: Sentence | None

    @property
    def chance(self) -> float:
        """How likely the message binds, from 0 to 1."""
        return MODEL.chance(self.signs) if self.sentence else 0.0


def likeliest(told: Iterable[Sentence], own_name: frozenset[str], *, firm: bool) -> Likeliest:
    """What could bind in a message with these sentences. `firm`: a request to somebody who gets it is an order."""
    told = list(told)
    best, chosen, by_rule = -30.0, None, None
    for sentence in told:
        if not firm and (sentence.asks or _ASKS_FOR.search(sentence.plain)):
            continue
        if by_rule is None and _has_phrase(POSSIBLE, sentence, own_name, firm):
            by_rule = sentence
        odds = MODEL.odds(features(sentence))
        if odds > best:
            best, chosen = odds, sentence
    private = any(POSSIBLE.speaks_of("private", sentence) for sentence in told)
    found = signs(told, best, private=private, rule=by_rule is not None)
    return Likeliest(found, by_rule or chosen)


def _has_phrase(rules: Grammar, sentence: Sentence, own_name: frozenset[str], firm: bool) -> bool:
    return any(firm or not hit.rule.firm for hit in rules.hits(sentence, own_name))
