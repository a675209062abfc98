"""Each test tampers with one thing, by SQL, and expects the archive to notice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, literal, select, update

from config.policy import Verdict
from filters.finding import Decision
from gateway.archive.verify import verify
from gateway.archive.versions import Altered, as_received, as_sent
from gateway.store import messages, queue
from gateway.store.errors import NotFound
from gateway.store.models import (
    DecisionRow,
    DepartureRow,
    LedgerHead,
    LedgerRow,
    MessageBody,
    MessageRow,
    RecipientRow,
)
from signatures.message.splices import Splice, apply
from tests.intruder import alone
from tests.unit.store.conftest import NOW, council, database, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL, entry, finding

SPLICES = (Splice(0, 0, b"Date: now\r\n"), Splice(29, 3, b"<2@y>"))


@pytest.fixture
def archived(database):
    """Three messages: one gone out, one held, one refused. Returns their ids."""
    entries = [
        entry(splices=SPLICES),
        entry(raw=b"\r\nheld\r\n", decision=Decision(findings=(finding(Verdict.HOLD),))),
        entry(raw=b"\r\nrefused\r\n", decision=Decision(findings=(finding(Verdict.REFUSE),))),
    ]
    for made in entries:
        database.write_blocking(lambda c, made=made: messages.record(c, made))

    def goes_out(connection):
        [claim] = queue.claim(connection, "node", NOW, 10, 60)
        body = apply(entries[0].raw, SPLICES)
        prepared = (b"DKIM: x\r\n", queue.hash_of(b"DKIM: x\r\n", body))
        assert queue.start(connection, queue.Start(claim, prepared=prepared), NOW)

    database.write_blocking(goes_out)
    return [made.id for made in entries]


def faults(database):
    return database.read_blocking(lambda c: [fault.what for fault in verify(c, COUNCIL)])


def test_an_untouched_archive_is_whole(database, archived):
    assert faults(database) == []


def test_both_versions_come_back_byte_for_byte(database, archived):
    raw = entry().raw
    assert database.read_blocking(lambda c: as_received(c, COUNCIL, archived[0])) == raw
    sent = database.read_blocking(lambda c: as_sent(c, COUNCIL, archived[0]))
    assert sent == b"DKIM: x\r\n" + apply(raw, SPLICES)


def test_what_was_refused_or_has_not_left_says_so(database, archived):
    with pytest.raises(NotFound, match="refused"):
        database.read_blocking(lambda c: as_received(c, COUNCIL, archived[2]))
    with pytest.raises(NotFound, match="has not left"):
        database.read_blocking(lambda c: as_sent(c, COUNCIL, archived[1]))
    with pytest.raises(NotFound):
        database.read_blocking(lambda c: as_received(c, "other-council", archived[0]))


def another_decision():
    columns = [column for column in DecisionRow.__table__.columns if column.name != "number"]
    names = [column.name for column in columns]
    return insert(DecisionRow).from_select([*names, "number"], select(*columns, literal(1)))


TAMPERING = {
    "a body's first byte": update(MessageBody).values(raw=b"\0" + entry().raw[1:]),
    "all bodies gone": delete(MessageBody),
    "subject": update(MessageRow).values(subject="Another"),
    "person": update(MessageRow).values(person="somebody@nether.example"),
    "a recipient": update(RecipientRow).where(RecipientRow.number == 1).values(canonical="x@y.example"),
    "a recipient gone": delete(RecipientRow).where(RecipientRow.number == 1),
    "verdict": update(DecisionRow).values(verdict="pass", act="pass"),
    "findings": update(DecisionRow).values(findings='{"findings":[]}'),
    "a decision gone": delete(DecisionRow).where(DecisionRow.verdict == "hold"),
    "what was put in front": update(DepartureRow).values(prepended=b"\0"),
    "what was changed": update(DepartureRow).values(splices="[]"),
    "what was changed, to nonsense": update(DepartureRow).values(splices="[1"),
    "what was changed, to other nonsense": update(DepartureRow).values(splices="[1]"),
    "the hash as sent": update(DepartureRow).values(sent_sha256="ff"),
    "a link gone": delete(LedgerRow).where(LedgerRow.sequence == 3),
    "the last link gone": delete(LedgerRow).where(
        LedgerRow.sequence == select(func.max(LedgerRow.sequence)).scalar_subquery()
    ),
    "a link's content": update(LedgerRow).where(LedgerRow.sequence == 2).values(content="ff"),
    "a link's moment": update(LedgerRow).where(LedgerRow.sequence == 2).values(at=NOW + timedelta(seconds=1)),
    "all links' order": update(LedgerRow).values(sequence=100 - LedgerRow.sequence),
    "the end": update(LedgerHead).values(sequence=LedgerHead.sequence + 1),
    "a decision slipped in": another_decision(),
}


def tamper(database, *statements):
    """Carry out statements as somebody would who has the database to himself."""
    with alone(database) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found(database, archived, what):
    tamper(database, TAMPERING[what])
    assert faults(database)


def test_two_links_exchanged_are_found(database, archived):
    moves = [(3, 1000), (5, 3), (1000, 5)]
    tamper(
        database,
        *(update(LedgerRow).where(LedgerRow.sequence == a).values(sequence=b) for a, b in moves),
    )
    assert faults(database)


def test_sent_bytes_that_changed_are_never_shown_as_sent(database, archived):
    tamper(database, TAMPERING["what was put in front"])
    with pytest.raises(Altered):
        database.read_blocking(lambda c: as_sent(c, COUNCIL, archived[0]))
