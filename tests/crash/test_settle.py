"""The settling itself: each thing that must not be is found, and what is in order is not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from filters.context import Envelope, Recipient
from gateway.store import messages, queue
from gateway.store.database import Database
from gateway.store.kinds import RecipientState
from gateway.store.upgrade import upgrade
from tests.crash.letters import Fate, Letter
from tests.crash.settle import settle
from tests.crash.upstream import RecordingUpstream, Taken
from tests.unit.store.conftest import NOW, council, database  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL, entry

TO = "a@b.example"
RAW = b"From: jo@nether.example\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n"


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/vestry.sqlite"
    upgrade(address)
    return address


class Case:
    """One message that was acknowledged, sent, taken and written down: all is well."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.upstream = RecordingUpstream()
        self.letter = Letter("1@x", RAW, "jo@nether.example", (TO,), Fate.PASSED)

    async def happen(self) -> Case:
        envelope = Envelope(mail_from="jo@nether.example", recipients=(Recipient(address=TO, canonical=TO),))
        made = entry(raw=RAW, envelope=envelope, splices=())
        write = self.database.write
        await write(lambda c: messages.record(c, made))
        [claim] = await write(lambda c: queue.claim(c, "node", NOW, 1, 60))
        sha256 = queue.hash_of(b"H: 1\r\n", RAW)
        await write(lambda c: queue.start(c, queue.Start(claim, (), (b"H: 1\r\n", sha256)), NOW))
        sent = queue.Outcome(0, RecipientState.SENT, "250 ok", "2.0.0")
        await write(lambda c: queue.finish(c, queue.End(claim, [sent]), NOW))
        self.upstream.taken.append(Taken("1@x", "jo@nether.example", (TO,), sha256))
        self.letter.queue_ids.append(made.id)
        return self

    def change(self, statement: str) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(statement))

    def faults(self) -> str:
        return "\n".join(settle(self.database, COUNCIL, [self.letter], self.upstream).faults)


@pytest.fixture
async def case(database: Database) -> Case:
    return await Case(database).happen()


async def test_all_is_well(case: Case):
    account = settle(case.database, COUNCIL, [case.letter], case.upstream)
    assert account.faults == ()
    assert (account.acknowledged, account.delivered, account.duplicates) == (1, 1, 0)


async def test_acknowledged_and_not_there(case: Case):
    case.letter.queue_ids = ["0000000000000000"]
    assert "not in the archive" in case.faults()


async def test_handed_in_once_more_and_queued_again(case: Case):
    case.letter.queue_ids.append("0000000000000000")
    assert "another queue id" in case.faults()


async def test_kept_otherwise_than_handed_in(case: Case):
    case.letter.raw += b"more\r\n"
    assert "not those handed in" in case.faults()


async def test_altered_in_the_archive(case: Case):
    case.change("update message_body set raw = x'78'")
    assert "verify: " in case.faults()


async def test_delivered_twice_with_a_known_outcome(case: Case):
    case.upstream.taken *= 2
    assert "delivered 2 times, with a known outcome" in case.faults()


async def test_delivered_twice_with_an_unknown_one(case: Case):
    case.upstream.taken *= 2
    case.change("update departure set outcome_unknown = true")
    assert case.faults() == ""


async def test_marked_as_sent_and_never_taken(case: Case):
    case.upstream.taken.clear()
    assert "never came to the upstream" in case.faults()


async def test_failed_and_nobody_was_told(case: Case):
    case.upstream.taken.clear()
    case.change("update delivery set state = 'failed'")
    assert "its author was not told" in case.faults()


async def test_left_and_is_not_in_the_archive(case: Case):
    case.upstream.taken.append(replace(case.upstream.taken[0], message_id="2@x"))
    assert "0 entries in the archive" in case.faults()


async def test_left_with_other_bytes(case: Case):
    case.upstream.taken[0] = replace(case.upstream.taken[0], sha256=hashlib.sha256(b"x").hexdigest())
    assert "not what the archive says" in case.faults()


async def test_left_to_a_stranger(case: Case):
    case.upstream.taken[0] = replace(case.upstream.taken[0], recipients=(TO, "x@y.example"))
    assert "somebody it was not for" in case.faults()


async def test_a_recipient_without_a_departure(case: Case):
    case.change("delete from delivery")
    assert "not all, each once" in case.faults()


async def test_held_and_yet_on_its_way(case: Case):
    case.change("update message set state = 'held'")
    assert "is held and has a departure" in case.faults()


async def test_archived_and_not_in_the_index(case: Case):
    case.change("delete from reference")
    case.change("delete from text")
    case.change("delete from item")
    assert "is 0 times in the index" in case.faults()


async def test_in_the_index_and_not_found(case: Case):
    case.letter.raw = case.letter.raw.replace(b"Hello", b"0123456789abcdef0123456789abcdef")
    case.change("update item set state = 'indexed'")
    assert "not found by a word of its own" in case.faults()
