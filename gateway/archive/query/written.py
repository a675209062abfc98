"""A term in the language of queries, written in one way: what `parse` reads as this very term."""

from __future__ import annotations

import re
from datetime import date, datetime

from gateway.archive.query.dates import in_london, midnight
from gateway.archive.query.fields import COLUMNS
from gateway.archive.query.terms import (
    And,
    Form,
    HasAttachment,
    Is,
    Not,
    Or,
    Since,
    Term,
    Unsearched,
    Until,
    Words,
)

_FIELD = {columns: name for name, columns in COLUMNS.items()}
_BARE = re.compile(r"[A-Za-z0-9<][A-Za-z0-9@._/+<>=-]*+")


def written(term: Term) -> str:
    """The term as a query. Raises ValueError for what cannot be typed: what never holds, moments within a day, and words
    in columns that no field is of.
    """
    match term:
        case Words():
            return _words(term)
        case Is(attribute, value):
            return f"{attribute}:{value}" if _BARE.fullmatch(value) else f'{attribute}:"{value}"'
        case HasAttachment():
            return "has:attachment"
        case Unsearched():
            return "is:unsearched"
        case Since(moment):
            return f"after:{_day(moment)}"
        case Until(moment):
            return f"before:{_day(moment)}"
        case Not(inner):
            return f"-({written(inner)})" if isinstance(inner, And | Or | Not) else f"-{written(inner)}"
        case And(terms):
            return " ".join(f"({written(each)})" if isinstance(each, Or) else written(each) for each in terms)
        case Or(terms) if terms:
            # AND binds tighter than OR: parentheses round it would only make what is deep deeper.
            return " OR ".join(written(each) for each in terms)
    raise ValueError("what never holds cannot be asked for")


def _words(term: Words) -> str:
    text = " ".join(term.tokens)
    alone = len(term.tokens) == 1
    if term.form is Form.PREFIX:
        value = f"{text}*" if alone else f'"{text}*"'
    elif term.form is Form.STEMMED or (alone and not (text.isascii() and text.isalpha())):
        value = text
    else:
        value = f'"{text}"'
    if not term.columns:
        return value
    if term.columns not in _FIELD:
        raise ValueError("there is no field of just these columns")
    return f"{_FIELD[term.columns]}:{value}"


def _day(moment: datetime) -> date:
    day = in_london(moment).date()
    if midnight(day) != moment:
        raise ValueError("a moment within a day cannot be asked for")
    return day
