from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from config.policy import BUILT_IN, Stage, Verdict
from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision, Finding
from gateway.intake.submission import Origin
from gateway.store import councils, departures, ledger, messages, people, queue
from gateway.store.database import Database
from gateway.store.errors import Conflict, NotDurable, SchemaMismatch
from gateway.store.kinds import MessageState, RecipientState
from gateway.store.models import Base
from gateway.store.upgrade import upgrade
from signatures.message.splices import Splice
from tests.unit.store.conftest import NOW, run_out

COUNCIL = "nether-poppleton"


def entry(**changes) -> messages.Entry:
    made = messages.Entry(
        id=messages.new_id(NOW),
        council=COUNCIL,
        council_version=1,
        policy_version=BUILT_IN.version,
        received_at=NOW,
        raw=b"From: jo@nether.example\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n",
        envelope=Envelope(
            mail_from="jo@nether.example",
            recipients=(
                Recipient(address="A@b.example", canonical="a@b.example"),
                Recipient(address="c@d.example", canonical="c@d.example", notify="NEVER"),
            ),
        ),
        origin=Origin(Profile.SUBMISSION, "jo@nether.example", (COUNCIL,), "192.0.2.1", "pc", "ESMTPSA"),
        person="jo@nether.example",
        heading=messages.Heading("<1@x>", "Hi", "jo@nether.example", "nether.example"),
        decision=Decision(),
        splices=(Splice(5, 0, b"x\x00\r\n"),),
        trace=b"Received: by us\r\n",
        upstream="default",
    )
    return replace(made, **changes)


def finding(verdict: Verdict) -> Finding:
    return Finding(
        check="sender_identity",
        verdict=verdict,
        stage=Stage.ENFORCE,
        reason="Because.",
        clause=BUILT_IN.checks["sender_identity"].clause,
    )


def count(database: Database, table: str) -> int:
    return database.read_blocking(lambda c: c.execute(text(f"select count(*) from {table}")).scalar_one())


def test_migrations_make_the_tables_that_the_code_speaks_of(database):
    def of_the_code(item, name, kind, reflected, compared):
        """Not the index of a council, which has tables of its own: `gateway.store.index.tables`."""
        return kind != "table" or re.match(r"(exact|stemmed|vocabulary|words)_\d+(_\w+)?\Z", name) is None

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": of_the_code})
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_without_tables_is_refused(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/new.sqlite")
    with pytest.raises(SchemaMismatch, match="vestry db upgrade"):
        database.start()
    database.stop()


def test_a_database_that_is_not_durable_is_refused():
    with pytest.raises(NotDurable, match="WAL"):
        upgrade("sqlite://")


def test_every_table_of_a_council_carries_the_council():
    host_wide = {"person", "council", "auth_failure", "familiar_network", "secret"}
    for table in Base.metadata.tables.values():
        assert table.name in host_wide or "council_id" in table.columns


async def test_an_entry_is_written_whole_and_departs(database):
    made = entry()
    recorded = await database.write(lambda c: messages.record(c, made))
    assert (recorded.id, recorded.state, recorded.repeated) == (made.id, MessageState.PASSED, False)
    assert await database.read(lambda c: messages.recorded(c, made.id)) == recorded
    [departure] = await database.read(lambda c: departures.of_message(c, COUNCIL, made.id))
    assert [r["address"] for r in departure["recipients"]] == ["A@b.example", "c@d.example"]
    assert [link.event for link, _, _ in await database.read(lambda c: ledger.links(c, COUNCIL))] == [
        "received",
        "decided",
    ]


async def test_a_refused_message_leaves_its_record_and_no_body(database):
    made = entry(decision=Decision(findings=(finding(Verdict.REFUSE),)))
    recorded = await database.write(lambda c: messages.record(c, made))
    assert recorded.state is MessageState.REFUSED
    assert count(database, "message_body") == count(database, "departure") == 0
    assert count(database, "decision") == 1


async def test_a_held_message_has_no_departure(database):
    made = entry(decision=Decision(findings=(finding(Verdict.HOLD),)))
    recorded = await database.write(lambda c: messages.record(c, made))
    assert recorded.state is MessageState.HELD
    assert count(database, "departure") == 0


async def test_the_same_submission_within_a_day_is_one_message(database):
    first, second = entry(), entry()
    both = await asyncio.gather(
        database.write(lambda c: messages.record(c, first)),
        database.write(lambda c: messages.record(c, second)),
    )
    assert {r.id for r in both} == {first.id}
    assert sorted(r.repeated for r in both) == [False, True]
    later = entry(received_at=NOW + timedelta(hours=25))
    assert not (await database.write(lambda c: messages.record(c, later))).repeated
    other_bytes = entry(raw=first.raw + b"more\r\n")
    assert not (await database.write(lambda c: messages.record(c, other_bytes))).repeated
    fewer = entry(envelope=first.envelope.model_copy(update={"recipients": first.envelope.recipients[:1]}))
    assert not (await database.write(lambda c: messages.record(c, fewer))).repeated


async def test_without_a_message_id_nothing_is_taken_for_a_repetition(database):
    heading = messages.Heading("", "Hi", "jo@nether.example", "nether.example")
    for _ in range(2):
        made = entry(heading=heading)
        assert not (await database.write(lambda c, made=made: messages.record(c, made))).repeated


async def test_a_decision_on_an_older_council_is_not_committed(database, council):
    changed = council.model_copy(update={"name": "Renamed"})
    await database.write(lambda c: councils.save(c, changed, NOW, "test"))
    with pytest.raises(messages.CouncilChanged):
        await database.write(lambda c: messages.record(c, entry()))
    assert count(database, "message") == 0


async def test_one_failure_never_fails_its_batch(database):
    def fails(connection):
        messages.record(connection, entry(raw=b"From: jo@nether.example\r\n\r\nlost\r\n"))
        raise ValueError("mine alone")

    good = [entry(raw=b"Message-ID: <%d@x>\r\n\r\n" % n) for n in range(5)]
    work = [database.write(lambda c, g=g: messages.record(c, g)) for g in good]
    work.insert(2, database.write(fails))
    results = await asyncio.gather(*work, return_exceptions=True)
    assert isinstance(results.pop(2), ValueError)
    assert [r.id for r in results] == [g.id for g in good]
    assert count(database, "message") == 5


async def test_a_cancelled_caller_does_not_cancel_the_write(database):
    made = entry()
    task = asyncio.create_task(database.write(lambda c: messages.record(c, made)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await database.write(lambda c: None)
    assert await database.read(lambda c: messages.recorded(c, made.id)) is not None


async def test_a_domain_belongs_to_one_council(database, council):
    other = council.model_copy(update={"id": "other", "people": ()})
    with pytest.raises(Conflict, match="nether-poppleton"):
        await database.write(lambda c: councils.save(c, other, NOW, "test"))


async def test_an_unchanged_council_keeps_its_version(database, council):
    assert await database.write(lambda c: councils.save(c, council, NOW, "test")) == 1
    changed = council.model_copy(update={"name": "Renamed"})
    assert await database.write(lambda c: councils.save(c, changed, NOW, "test")) == 2
    assert await database.read(lambda c: councils.load(c, COUNCIL)) == (2, changed)


async def test_a_login_is_found_with_its_councils(database):
    found = await database.read(lambda c: people.find(c, "jo@nether.example"))
    assert found == people.Login("jo@nether.example", None, False, (COUNCIL,))
    await database.write(lambda c: people.set_disabled(c, "jo@nether.example", NOW))
    assert (await database.read(lambda c: people.find(c, "jo@nether.example"))).disabled
    assert await database.read(lambda c: people.find(c, "nobody@nether.example")) is None


class TestQueue:
    async def claimed(self, database, when=NOW):
        return await database.write(lambda c: queue.claim(c, "node", when, 10, 60))

    async def test_life_of_a_departure(self, database):
        made = entry()
        await database.write(lambda c: messages.record(c, made))
        [claim] = await self.claimed(database)
        assert await self.claimed(database) == []
        departing = await database.read(lambda c: queue.load(c, claim, NOW))
        assert departing.raw == made.raw
        assert departing.splices == made.splices
        assert departing.prepended is None
        assert [r.address for r in departing.recipients] == ["A@b.example", "c@d.example"]
        refused = queue.Outcome(1, RecipientState.FAILED, "550 no", "5.1.1")
        begun = queue.Start(claim, [refused], (b"H: 1\r\n", "ff"))
        assert await database.write(lambda c: queue.start(c, begun, NOW))
        later = NOW + timedelta(seconds=30)
        deferred = queue.Outcome(0, RecipientState.QUEUED, "451 later", "4.0.0", later)
        assert await database.write(lambda c: queue.finish(c, queue.End(claim, [deferred]), NOW))
        assert await self.claimed(database, NOW + timedelta(seconds=29)) == []
        [again] = await self.claimed(database, later)
        assert (again.attempts, again.starts) == (1, 1)
        departing = await database.read(lambda c: queue.load(c, again, later))
        assert departing.prepended == b"H: 1\r\n"
        assert [r.number for r in departing.recipients] == [0]
        sent = queue.Outcome(0, RecipientState.SENT, "250 ok", "2.0.0")
        assert await database.write(lambda c: queue.finish(c, queue.End(again, [sent]), later))
        assert await self.claimed(database, later + timedelta(days=9)) == []
        [row] = await database.read(lambda c: departures.of_message(c, COUNCIL, made.id))
        assert row["done"]
        assert [r["state"] for r in row["recipients"]] == ["sent", "failed"]

    async def test_a_lost_lease_fences_its_holder_out(self, database):
        await database.write(lambda c: messages.record(c, entry()))
        [first] = await self.claimed(database)
        run_out(database)
        late = NOW + timedelta(seconds=61)
        [second] = await self.claimed(database, late)
        assert second.starts == 2
        sent = queue.Outcome(0, RecipientState.SENT, "250 ok", "2.0.0")
        begun = queue.Start(first, [sent], (b"", ""))
        assert not await database.write(lambda c: queue.start(c, begun, late))
        assert not await database.write(lambda c: queue.finish(c, queue.End(first, [sent]), late))
        assert not await database.write(lambda c: queue.renew(c, first, late, 60))
        assert count(database, "ledger") == 2
        assert await database.read(lambda c: queue.load(c, first, late)) is None
        assert await database.write(lambda c: queue.renew(c, second, late, 60))

    async def test_data_sent_and_never_answered_is_an_unknown_outcome(self, database):
        await database.write(lambda c: messages.record(c, entry()))
        [first] = await self.claimed(database)
        assert await database.write(lambda c: queue.start(c, queue.Start(first), NOW))
        run_out(database)
        late = NOW + timedelta(seconds=61)
        [second] = await self.claimed(database, late)
        assert (await database.read(lambda c: queue.load(c, second, late))).outcome_unknown

    async def test_putting_off_counts_no_attempt(self, database):
        await database.write(lambda c: messages.record(c, entry()))
        [claim] = await self.claimed(database)
        later = NOW + timedelta(minutes=5)
        assert await database.write(lambda c: queue.defer(c, claim, later, "upstream away", NOW))
        assert await self.claimed(database, NOW) == []
        assert await database.write(lambda c: departures.retry(c, None, NOW)) == 1
        [again] = await self.claimed(database, NOW)
        assert again.attempts == 0
