"""Terms put together, in one form each: what means the same and differs only in how it was typed becomes equal."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.archive.query.terms import EVERYTHING, NOTHING, And, Not, Or, Term


def both(terms: Iterable[Term]) -> Term:
    """That all of the terms hold: without what always does, none twice, no And within the And."""
    flat: dict[Term, None] = {}
    for term in terms:
        flat |= dict.fromkeys(term.terms if isinstance(term, And) else (term,))
    if NOTHING in flat:
        return NOTHING
    return next(iter(flat)) if len(flat) == 1 else And(tuple(flat))


def either(terms: Iterable[Term]) -> Term:
    """That one of the terms holds: without what never does, none twice, no Or within the Or."""
    flat: dict[Term, None] = {}
    for term in terms:
        flat |= dict.fromkeys(term.terms if isinstance(term, Or) else (term,))
    if EVERYTHING in flat:
        return EVERYTHING
    return next(iter(flat)) if len(flat) == 1 else Or(tuple(flat))


def negated(term: Term) -> Term:
    """That the term does not hold."""
    if term == EVERYTHING:
        return NOTHING
    if term == NOTHING:
        return EVERYTHING
    return term.term if isinstance(term, Not) else Not(term)
