"""A certificate says what there is, on both kinds of database, at one moment, and is on the record."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from gateway.archive.certificate import Asked, made
from gateway.archive.certificate_file import checked
from gateway.archive.issuing import issue, on_record
from gateway.archive.query import QueryError
from gateway.store import anchors, audit, ledger
from gateway.store.errors import Conflict
from tests.unit.archive.search.shelf import piece
from tests.unit.store.test_store import COUNCIL

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
CLERK = "clerk@nether.example"
ASKED = Asked(CLERK, " FOI 2026/014 ", NOW)


def certified(shelf, query, asked=ASKED):
    return shelf.database.read_blocking(lambda c: made(c, COUNCIL, query, asked))


@pytest.fixture
def three(shelf):
    """One that is found, one that is locked and from somebody else, one of which nothing is attached that is read yet."""
    return [
        shelf.put(own="The burial fees.", at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC)),
        shelf.put(
            author="jo@nether.example",
            pieces=(
                piece(name="Jane Roe.pdf", unread="it is encrypted"),
                piece(name="b.pdf", unread="it is damaged"),
            ),
            unread="a part of it cannot be read",
        ),
        shelf.put(pending=True),
    ]


def test_what_was_found_and_what_could_not_be_searched(shelf, three):
    one = certified(shelf, "burial")
    assert (one.found, one.searched, one.not_searched, one.pending) == (1, 3, 1, 1)
    assert one.digest == hashlib.sha256(f"{three[0]}\n".encode()).hexdigest()
    assert [
        (each.message, each.number, each.own_text, each.reason)
        for each in one.unsearched
        if each.message == three[1]
    ] == [
        (three[1], 1, True, "a part of it cannot be read"),
        (three[1], 2, False, "it is encrypted"),
        (three[1], 3, False, "it is damaged"),
    ]
    assert {each.message for each in one.unsearched} == set(three[1:])
    assert "Jane" not in one.model_dump_json()
    assert (one.by, one.name, one.roles, one.why) == (CLERK, "Ann Clerk", ("clerk",), "FOI 2026/014")
    assert (one.ledger_links, one.ledger_hash) == shelf.database.read_blocking(
        lambda c: ledger.head(c, COUNCIL)
    )
    assert one.engine.split()[0] in {"SQLite", "PostgreSQL"}
    assert one.last == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


def test_only_what_is_in_its_scope_counts_as_not_searched(shelf, three):
    one = certified(shelf, "burial from:ann")
    assert (one.found, one.not_searched, one.pending) == (1, 0, 1)


def test_nothing_of_what_is_sealed(shelf, three):
    before = certified(shelf, "burial")
    shelf.put(own="The burial fees.", sealed=True, unread="it is encrypted", pending=True)
    assert certified(shelf, "burial") == before


def test_an_empty_archive(shelf):
    one = certified(shelf, "burial")
    assert (one.found, one.searched, one.first, one.last) == (0, 0, None, None)


def test_only_for_who_may_and_what_says_something(shelf):
    with pytest.raises(Conflict):
        certified(shelf, "burial", Asked("jo@nether.example", "x", NOW))
    with pytest.raises(QueryError):
        certified(shelf, "after:x")


def test_it_is_signed_and_on_the_record(shelf, three):
    database = shelf.database
    one = certified(shelf, "burial")
    issued = database.write_blocking(lambda c: issue(c, one))
    found = checked(issued.file)
    assert found.certificate == one
    assert found.public_key == database.read_blocking(anchors.public_key)
    assert database.read_blocking(lambda c: on_record(c, found)) == issued.number == 1
    [row] = database.read_blocking(lambda c: audit.rows(c, COUNCIL))
    assert row.done.detail["certificate"] == found.digest == issued.digest
    links, _ = database.read_blocking(lambda c: ledger.head(c, COUNCIL))
    assert links == one.ledger_links + 1
