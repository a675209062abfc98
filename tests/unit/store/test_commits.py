"""A COMMIT whose reply is lost, and what may be said of it then."""

from __future__ import annotations

import asyncio
import time

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from gateway.store import councils, ledger, messages
from gateway.store.database import Database
from gateway.store.errors import OutcomeUnknown, Unavailable
from tests.peers.postgresql_proxy import Lose, PostgresqlProxy
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import COUNCIL, entry

postgresql = pytest.mark.neighbour("postgresql")


def looked_up() -> float:
    return REGISTRY.get_sample_value("vestry_commits_unknown_total") or 0.0


def numbered(number: int) -> messages.Entry:
    heading = messages.Heading(f"<{number}@x>", "Hi", "jo@nether.example", "nether.example")
    return entry(raw=b"Message-ID: <%d@x>\r\n\r\n" % number, heading=heading)


async def stored(database: Database, made: messages.Entry) -> messages.Recorded | None:
    return await database.read(lambda c: messages.recorded(c, made.id))


@pytest.fixture
def proxy(cluster, postgresql_url):
    with PostgresqlProxy(cluster.port) as proxy:
        yield proxy


@pytest.fixture
def through(proxy, cluster, postgresql_url, council):
    """A database that is reached through the proxy."""
    database = Database(cluster.url(postgresql_url.rpartition("/")[2], proxy.port))
    database.start()
    database.write_blocking(lambda c: councils.save(c, council, NOW, "test"))
    yield database
    database.stop()


@postgresql
class TestPostgresql:
    async def test_committed_and_the_reply_lost_is_said_to_be_committed(self, through, proxy):
        before = looked_up()
        proxy.lose = Lose.REPLY
        made = entry()
        assert (await through.write(lambda c: messages.record(c, made))).id == made.id
        assert (await stored(through, made)).id == made.id
        assert looked_up() == before + 1

    async def test_a_whole_batch_too_each_with_its_own_result(self, through, proxy):
        made = [numbered(n) for n in range(8)]
        proxy.lose = Lose.REPLY
        results = await asyncio.gather(*(through.write(lambda c, m=m: messages.record(c, m)) for m in made))
        assert [r.id for r in results] == [m.id for m in made]
        assert ledger_length(through) == 16

    async def test_never_committed_is_said_to_be_not_kept(self, through, proxy):
        proxy.lose = Lose.REQUEST
        made = entry()
        with pytest.raises(Unavailable):
            await through.write(lambda c: messages.record(c, made))
        assert await stored(through, made) is None
        # And nothing needs to be started anew.
        assert (await through.write(lambda c: messages.record(c, made))).id == made.id

    async def test_a_batch_that_was_never_committed_is_written_after_all(self, through, proxy):
        made = [numbered(n) for n in range(3)]
        blocked = through.write(lambda c: time.sleep(0.2))
        rest = [through.write(lambda c, m=m: messages.record(c, m)) for m in made]
        first = asyncio.ensure_future(blocked)
        others = asyncio.gather(*rest)
        await first
        proxy.lose = Lose.REQUEST
        assert [r.id for r in await others] == [m.id for m in made]
        assert ledger_length(through) == 6

    async def test_a_commit_that_arrives_late_is_waited_for_and_not_denied(self, through, proxy):
        """Looking too soon would find nothing, and say so, and the message would be kept all the same."""
        proxy.lose = Lose.LATE
        made = entry()
        writing = asyncio.create_task(through.write(lambda c: messages.record(c, made)))
        await asyncio.to_thread(proxy.lost.wait, 10)
        assert await stored(through, made) is None
        proxy.arrive()
        assert (await writing).id == made.id

    async def test_a_commit_that_never_comes_does_not_keep_its_locks(self, through, proxy):
        proxy.lose = Lose.LATE
        with pytest.raises(Unavailable):
            await through.write(lambda c: messages.record(c, entry()))
        begun = time.monotonic()
        assert await through.write(lambda c: messages.record(c, entry()))
        assert time.monotonic() - begun < 5

    async def test_a_session_ended_in_the_middle_leaves_nothing(self, through, cluster):
        def ends(connection):
            messages.record(connection, made)
            pid = connection.execute(text("select pg_backend_pid()")).scalar_one()
            cluster.ask(f"select pg_terminate_backend({pid})")
            connection.execute(text("select 1"))

        made = entry()
        with pytest.raises(Unavailable):
            await through.write(ends)
        assert await stored(through, made) is None
        assert (await through.write(lambda c: messages.record(c, made))).id == made.id

    async def test_away_and_back(self, through, proxy):
        proxy.down(True)
        made = entry()
        with pytest.raises(Unavailable):
            await through.write(lambda c: messages.record(c, made))
        with pytest.raises(Unavailable):
            await stored(through, made)
        proxy.down(False)
        assert (await through.write(lambda c: messages.record(c, made))).id == made.id

    async def test_where_nobody_can_be_asked_the_outcome_is_unknown(self, through, proxy, monkeypatch):
        monkeypatch.setattr("gateway.store.commits._SETTLED_WITHIN", 0.3)
        made = entry()

        def act(connection):
            event.listen(through.engine, "commit", lambda _: proxy.down(True), once=True)
            return messages.record(connection, made)

        with pytest.raises(OutcomeUnknown):
            await through.write(act, lambda c: messages.recorded(c, made.id))


class TestSqlite:
    @pytest.fixture(params=["sqlite"])
    def url(self, request, tmp_path):
        from gateway.store.upgrade import upgrade

        address = f"sqlite:///{tmp_path}/vestry.sqlite"
        upgrade(address)
        return address

    def fail_at_commit(self, database, monkeypatch, *, after: bool) -> None:
        """Have the next COMMIT fail, after or before it has happened."""
        dialect = database.engine.dialect
        commit = dialect.do_commit

        def fails(connection):
            monkeypatch.setattr(dialect, "do_commit", commit)
            if after:
                commit(connection)
            raise OperationalError("COMMIT", None, OSError("disk I/O error"))

        monkeypatch.setattr(dialect, "do_commit", fails)

    async def test_what_is_there_was_committed(self, database, monkeypatch):
        made = entry()
        self.fail_at_commit(database, monkeypatch, after=True)
        recorded = await database.write(
            lambda c: messages.record(c, made), lambda c: messages.recorded(c, made.id)
        )
        assert recorded.id == made.id

    async def test_what_is_not_there_was_not(self, database, monkeypatch):
        made = entry()
        self.fail_at_commit(database, monkeypatch, after=False)
        with pytest.raises(Unavailable):
            await database.write(lambda c: messages.record(c, made), lambda c: messages.recorded(c, made.id))
        assert await stored(database, made) is None

    async def test_who_cannot_look_does_not_know(self, database, monkeypatch):
        self.fail_at_commit(database, monkeypatch, after=True)
        with pytest.raises(OutcomeUnknown):
            await database.write(lambda c: messages.record(c, entry()))


def ledger_length(database: Database) -> int:
    return database.read_blocking(lambda c: ledger.head(c, COUNCIL)[0])
