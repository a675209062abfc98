"""What a query is about, beyond what it finds: which items it might be true of, had all of them been read.

Of an item that could not all be read, some terms are known: people, subject, when it came in, what was decided. Others
are not: the word may stand in what was not read. So a term has three values, and what it is possibly true of is the
term with each unknown taken as true, or as false under a NOT.
"""

from __future__ import annotations

from gateway.archive.query.joining import both, either, negated
from gateway.archive.query.terms import EVERYTHING, NOTHING, And, Attribute, Is, Not, Or, Term, Words
from gateway.store.index.columns import HEADING

_WITHIN = frozenset({Attribute.HASH, Attribute.TYPE})
"""Known of what is attached itself; of files within a locked or broken archive, or one still to be read, they are not."""


def scope(term: Term) -> Term:
    """What items the term holds for, or might, if all of them could be read."""
    return _possible(term, sure=False)


def positive_words(term: Term) -> tuple[Words, ...]:
    """The words that speak for an item, each once: those that are to be marked in it. None that stand under a NOT."""
    return tuple(dict.fromkeys(_positive(term, holds=True)))


def _possible(term: Term, sure: bool) -> Term:
    """What a term might hold for, or, where `sure`, what it holds for whatever was not read."""
    match term:
        case Not(inner):
            return negated(_possible(inner, not sure))
        case And(terms):
            return both(_possible(each, sure) for each in terms)
        case Or(terms):
            return either(_possible(each, sure) for each in terms)
    if _known(term):
        return term
    return NOTHING if sure else EVERYTHING


def _known(term: Term) -> bool:
    if isinstance(term, Words):
        # The names of files within a file that was not read are not known either.
        return bool(term.columns) and set(term.columns) <= set(HEADING)
    return not (isinstance(term, Is) and term.attribute in _WITHIN)


def _positive(term: Term, holds: bool) -> list[Words]:
    match term:
        case Words():
            return [term] if holds else []
        case Not(inner):
            return _positive(inner, not holds)
        case And(terms) | Or(terms):
            return [word for each in terms for word in _positive(each, holds)]
    return []
