"""Each test tampers with one thing, by SQL, and expects the archive to notice."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from config.policy import Verdict
from filters.finding import Decision
from gateway.archive.verify import verify
from gateway.archive.versions import Altered, as_received, as_sent
from gateway.store import messages, queue
from gateway.store.errors import NotFound
from signatures.message.splices import Splice, apply
from tests.unit.store.conftest import NOW, council, database  # noqa: F401  # fixtures
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
        queue.record_prepared(connection, claim, b"DKIM: x\r\n", queue.hash_of(b"DKIM: x\r\n", body), NOW)

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


@pytest.mark.parametrize(
    "tampering",
    [
        "update message_body set raw = cast(x'00' || substr(raw, 2) as blob)",
        "delete from message_body",
        "update message set subject = 'Another'",
        "update message set person = 'somebody@nether.example'",
        "update recipient set canonical = 'x@y.example' where number = 1",
        "delete from recipient where number = 1",
        "update decision set verdict = 'pass', act = 'pass'",
        "update decision set findings = '{\"findings\":[]}'",
        "delete from decision where rowid = 2",
        "update departure set prepended = x'00'",
        "update departure set splices = '[]'",
        "update departure set sent_sha256 = 'ff'",
        "delete from ledger where sequence = 3",
        "delete from ledger where sequence = (select max(sequence) from ledger)",
        "update ledger set content = 'ff' where sequence = 2",
        "update ledger set at = at + 1 where sequence = 2",
        "update ledger set sequence = 100 - sequence",
        "update ledger_head set sequence = sequence + 1",
        "insert into decision select council_id, message_id, 1, at, by, act, verdict, why, findings,"
        " policy_version, council_version from decision where number = 0",
    ],
)
def test_tampering_is_found(database, archived, tampering):
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(tampering)
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("BEGIN")
    assert faults(database)


def test_two_links_exchanged_are_found(database, archived):
    with database.engine.connect() as connection:
        connection.execute(text("update ledger set sequence = 1000 where sequence = 3"))
        connection.execute(text("update ledger set sequence = 3 where sequence = 5"))
        connection.execute(text("update ledger set sequence = 5 where sequence = 1000"))
        connection.commit()
    assert faults(database)


def test_sent_bytes_that_changed_are_never_shown_as_sent(database, archived):
    with database.engine.connect() as connection:
        connection.execute(text("update departure set prepended = x'00'"))
        connection.commit()
    with pytest.raises(Altered):
        database.read_blocking(lambda c: as_sent(c, COUNCIL, archived[0]))
