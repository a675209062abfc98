"""Several nodes on one database: who may write when, and whose lease it is, by the database's clock."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from gateway.archive.verify import verify
from gateway.store import councils, messages, queue
from gateway.store.clock import lease_moment
from gateway.store.database import Database
from gateway.store.errors import Unavailable
from gateway.store.kinds import RecipientState
from gateway.store.models import DepartureRow
from tests.unit.store.conftest import NOW, run_out
from tests.unit.store.test_commits import numbered
from tests.unit.store.test_store import COUNCIL, count, entry

postgresql = pytest.mark.neighbour("postgresql")


def deadlocks(database: Database) -> int:
    query = "select deadlocks from pg_stat_database where datname = current_database()"
    return database.read_blocking(lambda c: c.execute(text(query)).scalar_one())


@pytest.fixture
def many(database, council):
    """Three more councils. Returns the ids of all four."""
    ids = [COUNCIL]
    for number in range(3):
        ids.append(f"c{number}-poppleton")
        other = council.model_copy(update={"id": ids[-1], "domains": (f"c{number}.example",), "people": ()})
        database.write_blocking(lambda c, other=other: councils.save(c, other, NOW, "test"))
    return ids


async def test_the_same_submission_at_two_nodes_is_one_message(database, other_node):
    for number in range(20):
        made = [numbered(number), numbered(number)]
        recorded = await asyncio.gather(
            database.write(lambda c, m=made[0]: messages.record(c, m), council=COUNCIL),
            other_node.write(lambda c, m=made[1]: messages.record(c, m), council=COUNCIL),
        )
        assert len({r.id for r in recorded}) == 1
        assert sorted(r.repeated for r in recorded) == [False, True]
    assert count(database, "message") == 20


async def test_a_decision_waits_for_a_change_of_the_council_and_is_made_again(database, other_node, council):
    saving = threading.Event()

    def save(connection):
        councils.save(connection, council.model_copy(update={"name": "Renamed"}), NOW, "test")
        saving.set()
        time.sleep(0.3)

    change = asyncio.create_task(other_node.write(save))
    await asyncio.to_thread(saving.wait, 10)
    with pytest.raises(messages.CouncilChanged):
        await database.write(lambda c: messages.record(c, entry()))
    await change
    assert count(database, "message") == 0


async def test_batches_of_two_nodes_over_many_councils_do_not_wait_for_each_other(database, other_node, many):
    """Whichever order their works come in: each node takes the ledgers in one order."""
    works = []
    for number in range(160):
        council = random.choice(many)
        node = random.choice([database, other_node])
        made = numbered(number)
        made = messages.Entry(**{name: getattr(made, name) for name in made.__slots__} | {"council": council})
        works.append(node.write(lambda c, made=made: messages.record(c, made), council=council))
    assert len(await asyncio.gather(*works)) == 160
    for council in many:
        assert database.read_blocking(lambda c, council=council: list(verify(c, council))) == []
    if not database.alone:
        assert deadlocks(database) == 0


@postgresql
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_those_that_do_collide_are_tried_again(database, other_node, many):
    """A piece of work that says nothing of its ledgers may take them in any order."""
    first, second = many[:2]
    meeting = threading.Barrier(2)

    def act(a, b):
        def both(connection):
            messages.record(connection, entry(council=a))
            if meeting.n_waiting < 2 and not meeting.broken:
                try:
                    meeting.wait(2)
                except threading.BrokenBarrierError:
                    pass
            messages.record(connection, entry(council=b, raw=b"\r\nother\r\n"))

        return both

    before = deadlocks(database)
    await asyncio.gather(database.write(act(first, second)), other_node.write(act(second, first)))
    assert count(database, "message") == 4
    for _ in range(50):
        if deadlocks(database) > before:
            break
        await asyncio.sleep(0.1)
    assert deadlocks(database) > before
    for council in (first, second):
        assert database.read_blocking(lambda c, council=council: list(verify(c, council))) == []


async def test_who_looks_while_others_write_sees_one_moment(database, other_node):
    stop = threading.Event()
    faults = []

    def look():
        while not stop.is_set():
            faults.extend(other_node.read_blocking(lambda c: list(verify(c, COUNCIL))))

    looking = threading.Thread(target=look)
    looking.start()
    for number in range(60):
        await database.write(lambda c, number=number: messages.record(c, numbered(number)), council=COUNCIL)
    stop.set()
    await asyncio.to_thread(looking.join)
    assert faults == []


@postgresql
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_node_that_stands_still_in_a_transaction_loses_it(database, url):
    """Stopped at the worst moment, with the council's ledger in its hands."""
    stopped = Database(url + "?options=-c%20idle_in_transaction_session_timeout%3D300")
    stopped.start()
    inside = threading.Event()

    def stand_still(connection):
        messages.record(connection, numbered(1))
        inside.set()
        time.sleep(1.5)
        messages.record(connection, numbered(2))

    try:
        standing = asyncio.create_task(stopped.write(stand_still))
        await asyncio.to_thread(inside.wait, 10)
        begun = time.monotonic()
        await database.write(lambda c: messages.record(c, numbered(3)))
        assert time.monotonic() - begun < 1.2
        with pytest.raises(Unavailable):
            await standing
    finally:
        stopped.stop()
    assert count(database, "message") == 1


class TestLeases:
    async def stored(self, database: Database, number: int = 1) -> None:
        for one in range(number):
            await database.write(lambda c, one=one: messages.record(c, numbered(one)))

    async def left(self, database: Database) -> float:
        """How many seconds the one lease still lasts, by the clock that leases are measured by."""
        seconds = await database.read(
            lambda c: c.execute(select(DepartureRow.lease_until, lease_moment(c, NOW).label("moment"))).one()
        )
        return (seconds.lease_until - seconds.moment).total_seconds()

    async def test_two_nodes_never_claim_the_same(self, database, other_node):
        await self.stored(database, 40)
        claims = []
        while True:
            both = await asyncio.gather(
                *(
                    node.write(lambda c, node=node: queue.claim(c, str(id(node)), NOW, 3, 60))
                    for node in (database, other_node)
                )
            )
            if not any(both):
                break
            claims += [claim.departure for some in both for claim in some]
        assert len(claims) == len(set(claims)) == 40

    @postgresql
    @pytest.mark.parametrize("url", ["postgresql"], indirect=True)
    async def test_a_node_with_a_clock_of_its_own_takes_nothing_over(self, database):
        await self.stored(database)
        [claim] = await database.write(lambda c: queue.claim(c, "node", NOW, 1, 60))
        tomorrow = NOW + timedelta(days=1)
        assert await database.write(lambda c: queue.claim(c, "fast", tomorrow, 1, 60)) == []
        assert await database.write(lambda c: queue.renew(c, claim, NOW - timedelta(days=1), 90))
        assert 80 < await self.left(database) <= 90

    async def test_once_data_is_sent_nobody_takes_over_until_the_upstream_has_had_its_time(self, database):
        await self.stored(database)
        [claim] = await database.write(lambda c: queue.claim(c, "node", NOW, 1, 30))
        assert await database.write(lambda c: queue.start(c, queue.Start(claim, hold_seconds=630), NOW))
        assert 600 < await self.left(database) <= 630
        # The heartbeat does not shorten it.
        assert await database.write(lambda c: queue.renew(c, claim, NOW, 30))
        assert 600 < await self.left(database) <= 630
        assert await database.write(lambda c: queue.claim(c, "other", NOW, 1, 30)) == []

    async def test_a_lease_that_has_run_out_sends_nothing_even_if_nobody_took_it(self, database):
        await self.stored(database)
        [claim] = await database.write(lambda c: queue.claim(c, "node", NOW, 1, 60))
        run_out(database)
        assert not await database.write(lambda c: queue.start(c, queue.Start(claim, hold_seconds=600), NOW))
        # It may still say how it ended, as nothing has happened since.
        outcome = queue.Outcome(0, RecipientState.FAILED, "550 no", "5.0.0")
        assert await database.write(lambda c: queue.finish(c, queue.End(claim, [outcome]), NOW))

    async def test_nobody_takes_over_from_itself(self, database):
        """A clock that jumps ahead ends every lease at once, also those of departures under way here."""
        await self.stored(database)
        [claim] = await database.write(lambda c: queue.claim(c, "node", NOW, 1, 60))
        run_out(database)
        hand = [claim.departure]
        assert await database.write(lambda c: queue.claim(c, "node", NOW, 1, 60, in_hand=hand)) == []
        assert len(await database.write(lambda c: queue.claim(c, "other", NOW, 1, 60))) == 1

    async def test_the_leases_of_the_dead_are_ended_and_no_others(self, database):
        await self.stored(database, 2)
        [dead] = await database.write(lambda c: queue.claim(c, "a/1", NOW, 1, 600))
        [alive] = await database.write(lambda c: queue.claim(c, "a/2", NOW, 1, 600))
        assert await database.write(lambda c: queue.start(c, queue.Start(dead, hold_seconds=600), NOW))
        assert await database.write(lambda c: queue.end_leases(c, "a/1")) == 1
        [again] = await database.write(lambda c: queue.claim(c, "a/3", NOW, 9, 600))
        assert again.departure == dead.departure
        assert (await database.read(lambda c: queue.load(c, again, NOW))).outcome_unknown
        assert await database.write(lambda c: queue.renew(c, alive, NOW, 600))
