"""What somebody may have meant who asked for a word that is nowhere in the archive.

Nothing is ever looked for but what was asked: these are only offered. They are words of this council's own archive, and
each is looked for before it is offered, so that it finds something, and gives away no word of what is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

from rapidfuzz.distance import OSA
from sqlalchemy import Connection

from gateway.archive.query import positive_words, written
from gateway.archive.query.terms import And, Form, Not, Or, Term, Words
from gateway.store import search
from gateway.store.search import vocabulary
from gateway.store.search.described import casework_among

_MOST = 3
_TRIED = 30
"""Queries that are looked for at most before no more is offered."""

_OF_EACH = 6
"""Words that are tried in the place of one."""

_LOOKED_AT = 30
"""Words of which it is looked up how frequent they are."""

_UNKNOWN = 4
"""Words of a query that are looked into: with more of them unknown, nobody could guess what was meant."""

_SHORTEST, _LONG = 3, 6


def suggestions(connection: Connection, council: str, term: Term) -> tuple[str, ...]:
    """Queries with other words in the place of those that are nowhere in the archive, the likeliest first; up to three.

    Words with a digit in them are left alone: one reference is not meant by another. Raises NotFound.
    """
    words = dict.fromkeys(token for each in positive_words(term) for token in _asked(each))
    unknown = list(islice((each for each in words if not _stands(connection, council, each)), _UNKNOWN))
    if not unknown:
        return ()
    near = [_near(connection, council, each) for each in unknown]
    found: list[str] = []
    for chosen in islice(_likeliest(near), _TRIED):
        meant = _replaced(term, dict(zip(unknown, chosen, strict=True)))
        if search.exists(connection, council, meant) and (text := _written(meant)):
            found.append(text)
        if len(found) == _MOST:
            break
    return tuple(dict.fromkeys(found))


def distance(word: str) -> int:
    """How many letters of a word may be wrong, missing, too many or in the wrong order."""
    return 1 if len(word) < _LONG else 2


def _asked(words: Words) -> Iterator[str]:
    """The words that can be looked into: of a beginning, all but its last."""
    whole = words.tokens[:-1] if words.form is Form.PREFIX else words.tokens
    yield from (each for each in whole if each.isalpha() and len(each) >= _SHORTEST)


def _stands(connection: Connection, council: str, word: str) -> bool:
    form = Form.STEMMED if word.isascii() else Form.EXACT
    return search.exists(connection, council, Words((word,), form))


def _near(connection: Connection, council: str, word: str) -> list[tuple[int, str]]:
    """The words that are nearest to one, with how far they are, the most frequent first. A first letter is seldom wrong,
    or was the second, or one too many. A word that stands in sealed messages alone is none, nor is one of residents'
    casework alone.
    """
    most = distance(word)
    found: set[tuple[int, str]] = set()
    for first in dict.fromkeys((word[0], word[1] + word[0], word[1:3])):
        known = vocabulary.beginning(connection, council, first, len(word) - most, len(word) + most)
        for each in known:
            far = OSA.distance(word, each, score_cutoff=most)
            if 0 < far <= most and each.isalpha():
                found.add((far, each))
    frequent = [
        (far, -search.count(connection, council, Words((each,), Form.EXACT)), each)
        for far, each in sorted(found)[:_LOOKED_AT]
    ]
    offered = (
        (far, each) for far, often, each in sorted(frequent) if often and _is_open(connection, council, each)
    )
    return list(islice(offered, _OF_EACH))


def _is_open(connection: Connection, council: str, word: str) -> bool:
    """Whether the word stands in something besides residents' casework, the newest messages looked at: who searches is
    not told a name that stands nowhere else.
    """
    hits = search.page(connection, council, Words((word,), Form.EXACT), search.Order.NEWEST, _LOOKED_AT)
    return len(casework_among(connection, council, [hit.message for hit in hits])) < len(hits)


def _likeliest(near: list[list[tuple[int, str]]]) -> Iterator[tuple[str, ...]]:
    """One word for each that is unknown, those first that are nearest in sum."""
    for chosen in sorted(product(*near), key=lambda words: sum(far for far, _ in words)):
        yield tuple(word for _, word in chosen)


def _replaced(term: Term, words: dict[str, str]) -> Term:
    match term:
        case Words(tokens, form):
            new = tuple(words.get(each, each) for each in tokens)
            foreign = form is Form.STEMMED and not all(each.isascii() for each in new)
            return replace(term, tokens=new, form=Form.EXACT if foreign else form)
        case Not(inner):
            return Not(_replaced(inner, words))
        case And(terms):
            return And(tuple(_replaced(each, words) for each in terms))
        case Or(terms):
            return Or(tuple(_replaced(each, words) for each in terms))
    return term


def _written(term: Term) -> str:
    """The query, or nothing where it cannot be typed."""
    try:
        return written(term)
    except ValueError:
        return ""
