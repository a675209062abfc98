"""A query in plain English, one sentence, for the page of results and for certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from gateway.archive.query.dates import in_london, midnight
from gateway.archive.query.telling import all_of, clause, mergeable, one_of
from gateway.archive.query.terms import And, Not, Or, Since, Term, Until, Words


def explain(term: Term) -> str:
    """What a query looks for, as a sentence about mail. Commas part what all has to hold."""
    if isinstance(term, And):
        return f"Mail {', '.join(_parts(term.terms))}." if term.terms else "All mail."
    if isinstance(term, Or) and not term.terms:
        return "No mail."
    return f"Mail {_part(term, outermost=True)}."


def _part(term: Term, outermost: bool = False) -> str:
    """What a term says, so that it can stand beside others: in parentheses where it is several things."""
    match term:
        case And(terms):
            text = " and ".join(_parts(terms))
        case Or(terms):
            alike = one_of(terms)
            if alike:
                return alike
            text = " or ".join(_part(each) for each in terms)
        case Not(inner):
            return _denied(inner)
        case Since(moment):
            return f"received on or after {_moment(moment)}"
        case Until(moment):
            return f"received before {_moment(moment)}"
        case _:
            return clause(term)
    return text if outermost else f"({text})"


def _denied(term: Term) -> str:
    match term:
        case Since(moment):
            return f"received before {_moment(moment)}"
        case Until(moment):
            return f"received on or after {_moment(moment)}"
        case And((Since() as since, Until() as until)) if since.moment < until.moment:
            return f"not {_span(since, until)}"
        case Or(terms) if alike := one_of(terms, holds=False):
            return alike
        case And() | Or() | Not():
            return f"not {_part(term)}"
    return clause(term, holds=False)


def _parts(terms: Sequence[Term]) -> list[str]:
    """What terms say that all hold, in their order; single words, and a beginning and an end, together."""
    since, until = _only(terms, Since), _only(terms, Until)
    span = _span(since, until) if since and until and since.moment < until.moment else ""
    parts: dict[object, str] = {}
    for number, term in enumerate(terms):
        if mergeable(term) and isinstance(term, Words):
            if term.columns not in parts:
                alike = [each for each in terms if mergeable(each) and isinstance(each, Words)]
                parts[term.columns] = all_of([each for each in alike if each.columns == term.columns])
        elif span and isinstance(term, Since | Until):
            parts["received"] = span
        else:
            parts[number] = _part(term)
    return list(parts.values())


_Time = TypeVar("_Time", Since, Until)


def _only(terms: Sequence[Term], kind: type[_Time]) -> _Time | None:
    """The one term of this kind; None where there is none, or several."""
    found = [each for each in terms if isinstance(each, kind)]
    return found[0] if len(found) == 1 else None


def _span(since: Since, until: Until) -> str:
    if not (_begins_a_day(since.moment) and _begins_a_day(until.moment)):
        return f"received on or after {_moment(since.moment)} and before {_moment(until.moment)}"
    first, last = in_london(since.moment).date(), in_london(until.moment).date() - timedelta(days=1)
    return f"received on {_day(first)}" if first == last else f"received from {_day(first)} to {_day(last)}"


def _begins_a_day(moment: datetime) -> bool:
    return midnight(in_london(moment).date()) == moment


def _moment(moment: datetime) -> str:
    local = in_london(moment)
    return _day(local.date()) if _begins_a_day(moment) else f"{_day(local.date())} at {local:%H:%M:%S}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
