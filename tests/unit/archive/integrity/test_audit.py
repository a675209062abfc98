"""What was done with the archive: recorded once and for good, chained, and found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from gateway.store import audit, ledger
from gateway.store.audit import Act, Audited
from gateway.store.models import AnchorRow, AuditRow, LedgerRow
from tests.intruder import alone
from tests.unit.archive.integrity.kit import act, anchor, archived, faults  # noqa: F401  # fixture
from tests.unit.store.conftest import NOW, council, database, other_node, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL


def rows(database, **wanted):
    return database.read_blocking(lambda c: audit.rows(c, COUNCIL, **wanted))


def test_each_row_has_the_next_number_and_a_link(database):
    assert [act(database, Act.SEARCHED), act(database, Act.VIEWED, message="X", detail={"a": 1})] == [1, 2]
    links = database.read_blocking(lambda c: ledger.links(c, COUNCIL))
    assert [(link.event, link.part, link.message) for link, _, _ in links] == [
        ("audited", "1", ""),
        ("audited", "2", "X"),
    ]
    [second] = rows(database, after=1)
    assert second.number == 2
    assert second.done == Audited(
        Act.VIEWED, "clerk@nether.example", "FOI 2026/7", second.done.at, "X", {"a": 1}
    )
    assert faults(database) == []


def test_rows_are_found_by_when_what_and_who(database):
    def record(connection):
        for day, what in enumerate((Act.SEARCHED, Act.VIEWED, Act.EXPORTED, Act.VIEWED)):
            who = "clerk@nether.example" if day % 2 else "host:root"
            audit.record(connection, COUNCIL, Audited(what, who, "", NOW + timedelta(days=day)))

    database.write_blocking(record)
    numbers = lambda **wanted: [each.number for each in rows(database, **wanted)]  # noqa: E731  # Only here.
    assert numbers() == [1, 2, 3, 4]
    assert numbers(since=NOW + timedelta(days=1)) == [2, 3, 4]
    assert numbers(until=NOW + timedelta(days=1)) == [1]
    assert numbers(act=Act.VIEWED) == [2, 4]
    assert numbers(by="host:root") == [1, 3]
    assert numbers(limit=2, after=1) == [2, 3]
    assert database.read_blocking(lambda c: audit.rows(c, "other-council")) == []


def test_two_who_record_at_once_have_two_numbers(database, other_node):
    numbers = [act(node, Act.SEARCHED) for node in (database, other_node, database, other_node)]
    assert numbers == [1, 2, 3, 4]


REFUSED = {
    "an act changed": update(AuditRow).values(why="another"),
    "an act removed": delete(AuditRow),
    "a link changed": update(LedgerRow).where(LedgerRow.sequence == 1).values(part="9"),
    "a link's hash": update(LedgerRow).where(LedgerRow.sequence == 1).values(hash="ff"),
    "a salt changed": update(LedgerRow).where(LedgerRow.sequence == 1).values(salt=b"other"),
    "a link removed": delete(LedgerRow).where(LedgerRow.sequence == 1),
    "an anchor changed": update(AnchorRow).values(hash="ff"),
    "an anchor removed": delete(AnchorRow),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(database, archived, what):
    anchor(database)
    with (
        pytest.raises(DBAPIError, match="only ever added"),
        database.engine.begin() as connection,
    ):
        connection.execute(REFUSED[what])
    assert faults(database) == []


@pytest.mark.parametrize("table", ["audit", "ledger", "anchor"])
def test_the_database_refuses_to_replace_or_empty(database, archived, table):
    anchor(database)
    sqlite = database.engine.dialect.name == "sqlite"
    statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if sqlite else f"TRUNCATE {table}"
    with pytest.raises(DBAPIError, match="only ever added"), database.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_salt_may_go_and_nothing_with_it(database, archived):
    """A lawful disposal takes salt and content; the chain still stands."""
    first = update(LedgerRow).where(LedgerRow.sequence == 1)
    with pytest.raises(DBAPIError, match="only ever added"), database.engine.begin() as connection:
        connection.execute(first.values(salt=None, content="ff"))
    with database.engine.begin() as connection:
        connection.execute(first.values(salt=None))
    assert faults(database) == []


TAMPERING = {
    "who": (update(AuditRow).where(AuditRow.number == 1).values(by="x"), "what was audited was altered"),
    "why": (update(AuditRow).where(AuditRow.number == 1).values(why="x"), "what was audited was altered"),
    "what": (update(AuditRow).where(AuditRow.number == 1).values(act="x"), "what was audited was altered"),
    "detail": (
        update(AuditRow).where(AuditRow.number == 2).values(detail="{"),
        "what was audited was altered",
    ),
    "removed": (delete(AuditRow).where(AuditRow.number == 2), "what was audited is missing"),
    "slipped in": (
        insert(AuditRow).values(
            council_id=COUNCIL, number=7, at=NOW, by="x", act="viewed", why="", detail="{}"
        ),
        "row 7 of what was done with the archive is not in the ledger",
    ),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_done_is_not_undone(database, archived, what):
    assert faults(database) == []
    statement, said = TAMPERING[what]
    with alone(database) as connection:
        connection.execute(statement)
    assert any(said in fault for fault in faults(database))
