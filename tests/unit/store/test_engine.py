"""What a database must be like to be opened, and what its errors do not tell."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from gateway.store import messages
from gateway.store.database import Database
from gateway.store.engine import assert_durable, open_engine
from gateway.store.errors import NotDurable, SchemaMismatch, Unavailable, Unsuitable
from gateway.store.models import RecipientRow
from gateway.store.upgrade import upgrade
from tests.postgresql import Cluster
from tests.unit.store.test_store import COUNCIL, entry

postgresql = pytest.mark.neighbour("postgresql")


def check(url: str) -> None:
    engine = open_engine(url)
    try:
        assert_durable(engine)
    finally:
        engine.dispose()


@pytest.fixture
def fresh(cluster):
    """A new database without tables."""
    name = cluster.create()
    yield name
    cluster.drop(name)


@postgresql
class TestPostgresql:
    @pytest.mark.parametrize("value", ["on", "remote_apply", "remote_write"])
    def test_it_may_wait_for_standbys_too(self, cluster, fresh, value):
        cluster.ask(f"alter database {fresh} set synchronous_commit = {value}")
        check(cluster.url(fresh))

    @pytest.mark.parametrize("value", ["off", "local"])
    def test_it_may_not_wait_for_less_than_the_disk(self, cluster, fresh, value):
        cluster.ask(f"alter database {fresh} set synchronous_commit = {value}")
        with pytest.raises(NotDurable, match=f"synchronous_commit=on or .*; found {value}"):
            check(cluster.url(fresh))
        with pytest.raises(NotDurable):
            upgrade(cluster.url(fresh))

    @pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
    def test_it_may_not_leave_the_disk_to_chance(self, setting):
        refused = pytest.raises(NotDurable, match=f"{setting}=on; found off")
        with Cluster(**{setting: "off"}) as careless, refused:
            check(careless.url("postgres"))

    def test_an_older_server_is_refused_by_its_version(self, cluster, monkeypatch):
        monkeypatch.setattr("gateway.store.engine._OLDEST_POSTGRESQL", 990_000)
        with pytest.raises(Unsuitable, match=r"PostgreSQL 15 or newer is needed; the server is 1\d\."):
            check(cluster.url("postgres"))

    def test_another_encoding_is_refused(self, cluster):
        cluster.ask(
            "create database ascii encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'"
        )
        with pytest.raises(Unsuitable, match="UTF8; found SQL_ASCII"):
            check(cluster.url("ascii"))
        cluster.drop("ascii")

    def test_a_server_that_is_away_is_unavailable(self, cluster, fresh, free_port):
        with pytest.raises(Unavailable):
            check(cluster.url(fresh, free_port()))

    def test_a_database_without_tables_is_refused(self, cluster, fresh):
        database = Database(cluster.url(fresh))
        with pytest.raises(SchemaMismatch, match="vestry db upgrade"):
            database.start()
        database.stop()

    def test_nodes_may_bring_the_tables_up_to_date_at_the_same_time(self, cluster, fresh):
        with ThreadPoolExecutor(4) as pool:
            revisions = list(pool.map(upgrade, [cluster.url(fresh)] * 4))
        assert len(set(revisions)) == 1

    def test_the_address_may_leave_out_the_driver_and_set_the_session(self, cluster, fresh):
        engine = open_engine(
            cluster.url(fresh).replace("+psycopg", "") + "?application_name=parish&connect_timeout=9"
        )
        with engine.connect() as connection:
            name = connection.exec_driver_sql("show application_name").scalar_one()
            timeout = connection.exec_driver_sql("show idle_in_transaction_session_timeout").scalar_one()
        engine.dispose()
        assert (name, timeout) == ("parish", "10s")


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:sesame@h/d", "postgresql+nothing://u:sesame@h/d", ""])
def test_another_kind_of_database_is_refused_and_its_password_not_told(url):
    with pytest.raises(Unsuitable) as raised:
        open_engine(url)
    assert "sesame" not in "".join(traceback.format_exception(raised.value))


async def test_an_error_does_not_tell_the_values(database):
    """The row that a database will not take stands in its message, and errors are logged."""
    made = entry()
    await database.write(lambda c: messages.record(c, made))
    row = {"council_id": COUNCIL, "message_id": made.id, "number": 9, "address": "SESAME@x"}
    for values in (row | {"canonical": None}, row | {"canonical": "SESAME", "number": 0}):
        with pytest.raises(DBAPIError) as raised:
            await database.write(lambda c, values=values: c.execute(insert(RecipientRow).values(**values)))
        told = "".join(traceback.format_exception(raised.value))
        assert "recipient" in told
        assert "SESAME" not in told


@pytest.mark.parametrize("text", ["Re: \0", "\ud83d half", "\0\udfff"])
async def test_what_no_database_keeps_as_text_is_replaced(database, text):
    """An encoded word in a header field may decode to it, and such a message is a message too."""
    made = entry(heading=messages.Heading(text, text, text, text))
    await database.write(lambda c: messages.record(c, made))
    kept = made.heading.subject
    assert "\ufffd" in kept
    assert kept.encode().decode() == kept
    assert "\0" not in kept
