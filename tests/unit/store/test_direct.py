"""Statements that go to SQLite's driver at once do what SQLAlchemy would have done, on either kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from gateway.store import direct
from gateway.store.direct import Direct
from gateway.store.engine import open_engine
from gateway.store.faults import is_full, is_outage
from gateway.store.models import CouncilRow

NOW = datetime(2026, 11, 21, 12, 30, 15, 123456, tzinfo=UTC)
ADD = Direct(insert(CouncilRow))
FIND = Direct(
    select(CouncilRow.id, CouncilRow.created_at, CouncilRow.number)
    .where(CouncilRow.created_at >= bindparam("since"), CouncilRow.version > 0)
    .order_by(CouncilRow.id)
)


def row(id: str, number: int | None, at: datetime = NOW) -> dict[str, Any]:
    return {"id": id, "name": "A secret name", "version": 1, "created_at": at, "number": number}


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def test_what_is_written_and_found_is_what_sqlalchemy_writes_and_finds(connection: Connection) -> None:
    ADD.run(connection, [row("a", 1), row("b", 2, NOW - timedelta(days=1))])
    ADD.run(connection, [row("c", None)])
    connection.execute(insert(CouncilRow), row("d", 4))
    found = FIND.all(connection, {"since": NOW})
    assert [tuple(each) for each in found] == [("a", NOW, 1), ("c", NOW, None), ("d", NOW, 4)]
    stored = connection.execute(select(CouncilRow.__table__).order_by(CouncilRow.id)).all()
    assert [tuple(each) for each in stored[:1]] == [("a", "A secret name", 1, NOW, 1)]
    assert [each.number for each in stored] == [1, 2, None, 4]


def test_an_update_takes_its_values_by_name(connection: Connection) -> None:
    move = Direct(
        update(CouncilRow).where(CouncilRow.id == bindparam("council")).values(version=bindparam("to"))
    )
    ADD.run(connection, [row("a", 1), row("b", 2)])
    move.run(connection, [{"to": 7, "council": "b"}])
    rows = connection.execute(select(CouncilRow.id, CouncilRow.version).order_by(CouncilRow.id)).all()
    assert [tuple(each) for each in rows] == [("a", 1), ("b", 7)]


def test_rows_with_other_names_are_another_statement(connection: Connection) -> None:
    ADD.run(connection, [row("a", 1)])
    without = row("b", None)
    del without["number"]
    ADD.run(connection, [without])
    assert len(FIND.all(connection, {"since": NOW})) == 2


def test_nothing_is_kept_before_the_commit(connection: Connection) -> None:
    ADD.run(connection, [row("a", 1)])
    assert connection.in_transaction()
    connection.rollback()
    assert FIND.all(connection, {"since": NOW}) == []


def test_for_no_rows_nothing_is_done(connection: Connection) -> None:
    ADD.run(connection, [])
    assert not connection.in_transaction()


def test_an_error_is_sqlalchemys_and_tells_no_values(connection: Connection) -> None:
    ADD.run(connection, [row("a", 1)])
    with pytest.raises(IntegrityError) as caught:
        ADD.run(connection, [row("a", 2)])
    assert "secret" not in str(caught.value)
    assert not is_outage(caught.value)


def test_a_moment_without_a_time_zone_is_refused(connection: Connection) -> None:
    with pytest.raises((ValueError, SQLAlchemyError), match="a moment needs a time zone"):
        ADD.run(connection, [row("a", 1, NOW.replace(tzinfo=None))])


def test_a_value_that_is_missing_is_not_made_up(connection: Connection) -> None:
    with pytest.raises((KeyError, SQLAlchemyError)):
        FIND.all(connection, {})


def test_an_outage_is_known_for_one(tmp_path: Any) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/small.sqlite")
    try:
        with engine.connect() as connection:
            direct.carry_out(connection, "CREATE TABLE large (data BLOB)", [()])
            connection.exec_driver_sql("PRAGMA max_page_count = 4")
            with pytest.raises(DBAPIError) as caught:
                direct.carry_out(connection, "INSERT INTO large VALUES (?)", [(b"x" * 100_000,)])
    finally:
        engine.dispose()
    assert isinstance(caught.value, OperationalError)
    assert is_outage(caught.value)
    assert is_full(caught.value)
