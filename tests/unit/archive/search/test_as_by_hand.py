"""Whatever is asked, either kind of database finds what one finds who reads every message word by word."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gateway.archive.query.terms import (
    And,
    Attribute,
    Form,
    HasAttachment,
    Is,
    Not,
    Or,
    Since,
    Unsearched,
    Until,
    Words,
)
from gateway.store.index.columns import Column
from gateway.store.index.streams import texts_of
from gateway.store.index.tokens import stems, tokens
from gateway.store.search import Order, every, paging
from tests.unit.archive.search.shelf import COUNCIL, Given, Shelf, piece

WORDS = ["plan", "planning", "planned", "bench", "benches", "élan", "24", "01234", "o", "brien", "the"]
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


def text(rng: random.Random) -> str:
    return rng.choice([" ", ", ", "/", "-"]).join(rng.choices(WORDS, k=rng.randint(0, 4)))


def given(rng: random.Random) -> Given:
    pieces = tuple(
        piece(text(rng), name=text(rng), unread=rng.choice(["", "", "is damaged"]))
        for _ in range(rng.choice([0, 0, 1, 2]))
    )
    names = ("subject", "own", "author", "recipients", "copied", "hidden", "trail")
    return Given(
        **{name: text(rng) for name in names},
        pieces=pieces,
        at=BEGUN + timedelta(hours=rng.randint(0, 40)),
        state=rng.choice(["passed", "held"]),
        verdict=rng.choice(["pass", "hold"]),
        person=rng.choice(["jo@nether.example", "clerk@nether.example"]),
        unread=rng.choice(["", "", "", "is encrypted"]),
        pending=rng.random() < 0.1,
        sealed=rng.random() < 0.15,
        found=rng.choice([(), (("naming", "hold"),)]),
    )


def words(rng: random.Random) -> Words:
    columns = tuple(sorted(rng.sample(list(Column), rng.choice([0, 0, 1, 2]))))
    form = rng.choice(list(Form))
    if form is Form.STEMMED:
        return Words(
            (rng.choice([each for each in WORDS if each.isascii() and each.isalpha()]),), form, columns
        )
    chosen = tokens(" ".join(rng.choices(WORDS, k=rng.choice([1, 1, 2, 3]))))
    if form is Form.PREFIX:
        chosen[-1] = chosen[-1][: rng.randint(1, 4)]
    return Words(tuple(chosen), form, columns)


def term(rng: random.Random, deep: int = 3):
    kind = rng.randint(0, 9) if deep else 9
    if kind <= 5:
        inner = tuple(term(rng, deep - 1) for _ in range(rng.choice([1, 2, 2, 3, 4])))
        return (And if kind % 2 else Or)(inner)
    if kind == 6:
        return Not(term(rng, deep - 1))
    others = [
        HasAttachment(),
        Unsearched(),
        Since(BEGUN + timedelta(hours=rng.randint(0, 40))),
        Until(BEGUN + timedelta(hours=rng.randint(0, 40))),
        Is(Attribute.STATE, "held"),
        Is(Attribute.VERDICT, "hold"),
        Is(Attribute.PERSON, "jo"),
        Is(Attribute.CHECK, "naming"),
    ]
    return rng.choice(others) if rng.random() < 0.2 else words(rng)


def holds(of, item: Given) -> bool:
    match of:
        case And(terms):
            return all(holds(each, item) for each in terms)
        case Or(terms):
            return any(holds(each, item) for each in terms)
        case Not(inner):
            return not holds(inner, item)
        case Since(moment):
            return item.at >= moment
        case Until(moment):
            return item.at < moment
        case HasAttachment():
            return bool(item.pieces)
        case Unsearched():
            return item.pending or bool(item.unread) or any(each.unread for each in item.pieces)
        case Is(attribute, value):
            known = {
                Attribute.STATE: {item.state},
                Attribute.VERDICT: {item.verdict},
                Attribute.PERSON: {item.person.partition("@")[0]},
                Attribute.CHECK: {check for check, _ in item.found},
            }
            return value in known[attribute]
        case Words():
            return any(
                stands(of, tokens(said))
                for column, _, said in texts_of(item.content())
                if not of.columns or column in of.columns
            )
    raise AssertionError(of)


def stands(of: Words, said: list[str]) -> bool:
    wanted = list(of.tokens)
    if of.form is Form.STEMMED:
        return stems.of(wanted)[wanted[0]] in stems.of(said).values()
    for at in range(len(said) - len(wanted) + 1):
        run = said[at : at + len(wanted)]
        if run == wanted:
            return True
        if of.form is Form.PREFIX and run[:-1] == wanted[:-1] and run[-1].startswith(wanted[-1]):
            return True
    return False


@pytest.fixture(params=["as it is", "among the newest", "sorted", "walked"])
def way(request, monkeypatch, url) -> str:
    """How the newest are found on SQLite: there are few enough here that all would be found in one way."""
    if request.param != "as it is" and not url.startswith("sqlite"):
        pytest.skip("PostgreSQL has one way, and finds it itself")
    newest, sort = {
        "as it is": (2_000, 5_000),
        "among the newest": (8, 3),
        "sorted": (1, 50),
        "walked": (1, 0),
    }[request.param]
    monkeypatch.setattr(paging, "_NEWEST", newest)
    monkeypatch.setattr(paging, "_SORTED", sort)
    return request.param


@pytest.mark.parametrize("seed", [1, 2])
def test_a_search_finds_what_reading_everything_finds(shelf: Shelf, way, seed):
    rng = random.Random(seed)
    items = [given(rng) for _ in range(30)]
    ids = shelf.put(*items)
    # Among messages of the same moment the later number is the newer.
    newest = sorted(zip(ids, items, strict=True), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    for _ in range(60):
        asked = term(rng)
        expected = [name for name, item in newest if not item.sealed and holds(asked, item)]
        assert shelf.by_term(asked) == (len(expected), expected), asked
        assert shelf.by_term(asked, Order.OLDEST)[1] == expected[::-1], asked
        assert sorted(shelf.by_term(asked, Order.RELEVANCE)[1]) == sorted(expected), asked
        assert shelf.by_term(asked, limit=3, offset=2)[1] == expected[2:5], asked
        found = shelf.database.read_blocking(lambda c, asked=asked: list(every(c, COUNCIL, asked)))
        assert [each.message for each in found] == expected[::-1], asked
        assert all((a.at, a.number) < (b.at, b.number) for a, b in pairwise(found))


@pytest.mark.parametrize("length", [2, 32, 33, 34, 49, 100])
def test_phrases_of_any_length(shelf, length):
    """PostgreSQL has a long text in pieces, and a phrase may be longer than they overlap."""
    said = [f"a{number}" for number in range(16_200)]
    made = shelf.put(pieces=(piece(" ".join(said)),))
    for start in (0, 15_950, 15_999, 16_000 - length, 16_000 - length // 2):
        phrase = tuple(said[start : start + length])
        assert shelf.by_term(Words(phrase, Form.EXACT)) == (1, [made])
        swapped = (*phrase[:-2], phrase[-1], phrase[-2])
        assert shelf.by_term(Words(swapped, Form.EXACT)) == (0, [])
        assert shelf.by_term(Words((*phrase[:-1], phrase[-1][:3]), Form.PREFIX)) == (1, [made])
