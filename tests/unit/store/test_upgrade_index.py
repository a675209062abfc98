"""An archive from before there was an index: brought up, all of it is read, found, whole and as it was."""

from __future__ import annotations

import base64
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from alembic import command
from sqlalchemy import text

from config.policy import Verdict
from filters.archived import archived
from filters.context import Envelope, Recipient
from filters.finding import Decision
from gateway.archive import reading
from gateway.archive.search import Result, search
from gateway.archive.verify import verify
from gateway.jobs.task import Task
from gateway.store import archive, jobs, ledger, messages, sheet
from gateway.store.database import Database
from gateway.store.engine import open_engine, writing
from gateway.store.index import whole
from gateway.store.kinds import MessageKind
from gateway.store.models import DecisionRow, MessageRow, RecipientRow
from gateway.store.upgrade import _config, upgrade
from signatures.message.scanner import CAPS
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import entry, finding

BEFORE = "0013"
COUNCILS = ("nether", "over")
TODAY = date(2026, 11, 22)
_COUNCIL = text("INSERT INTO council (id, name, version, created_at) VALUES (:id, :id, 1, 1)")
_HEAD = text("INSERT INTO ledger_head (council_id, sequence, hash) VALUES (:id, 0, :hash)")
_BODY = text("INSERT INTO message_body (council_id, message_id, raw) VALUES (:council, :message, :raw)")


@dataclass(frozen=True)
class Old:
    """A message of the old archive. Words that only it has end in `number`; `how` is what became of it."""

    number: int
    how: str
    council: str
    made: sheet.Sheet

    @property
    def id(self) -> str:
        return self.made.entry.id

    @property
    def raw(self) -> bytes | None:
        return None if self.how == "refused" else self.made.entry.raw


def letter(number: int) -> bytes:
    paper = base64.encodebytes(f"attachedword{number} of the lease\r\n".encode() * 40).replace(b"\n", b"\r\n")
    return (
        (
            f"From: Jo <jo@x.example>\r\nTo: pat@b.example\r\nSubject: subjectword{number}\r\n"
            f"Message-ID: <{number}@x.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            f"--b\r\n\r\nownword{number}\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; "
            f"filename=paper{number}.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ).encode()
        + paper
        + b"--b--\r\n"
    )


def old(number: int, how: str, council: str) -> Old:
    verdict = {"held": Verdict.HOLD, "refused": Verdict.REFUSE}.get(how)
    hidden = f"hidden{number}@c.example"
    one = replace(
        entry(),
        id=messages.new_id(NOW),
        council=council,
        raw=letter(number),
        received_at=NOW + timedelta(minutes=number),
        envelope=Envelope(
            mail_from="jo@x.example",
            recipients=tuple(Recipient(address=a, canonical=a) for a in ("pat@b.example", hidden)),
        ),
        heading=messages.Heading(
            f"<{number}@x.example>", f"subjectword{number}", "jo@x.example", "x.example"
        ),
        splices=(),
        sealed=how == "sealed",
        decision=Decision() if verdict is None else Decision(findings=(finding(verdict),)),
    )
    made = sheet.of_own(one, MessageKind.NOTICE, None) if how == "notice" else sheet.of_submission(one)
    return Old(number, how, council, made)


def as_it_was(connection, each: Old) -> None:
    """Write a message as the program before this one did: its body as it is, and nothing to be found by."""
    for model, rows in (
        (MessageRow, [each.made.message]),
        (RecipientRow, each.made.recipients),
        (DecisionRow, [each.made.decision]),
    ):
        connection.execute(model.__table__.insert(), [dict(row) for row in rows])
    if each.raw is not None:
        connection.execute(_BODY, {"council": each.council, "message": each.id, "raw": each.raw})
    ledger.append(connection, each.council, each.made.happenings)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.neighbour("postgresql"))])
def empty(request, tmp_path):
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.sqlite"
        return
    cluster = request.getfixturevalue("cluster")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def mail(empty) -> list[Old]:
    """What stands in the old archive, two councils' of every kind."""
    hows = ("passed", "held", "refused", "sealed", "notice", "passed")
    mail = [old(n, hows[n // 2 % len(hows)], COUNCILS[n % 2]) for n in range(24)]
    engine = open_engine(empty)
    with writing(engine) as connection, connection.begin():
        command.upgrade(_config(connection), BEFORE)
        for council in COUNCILS:
            connection.execute(_COUNCIL, {"id": council})
            connection.execute(_HEAD, {"id": council, "hash": ledger.GENESIS})
        for each in mail:
            as_it_was(connection, each)
    engine.dispose()
    return mail


@pytest.fixture
def upgraded(empty, mail):
    upgrade(empty)
    database = Database(empty)
    database.start()
    yield database
    database.stop()


def ask(database: Database, council: str, query: str) -> Result:
    return database.read_blocking(lambda c: search(c, council, query, TODAY, limit=1000))


def find(database: Database, council: str, query: str) -> set[str]:
    return {each.message for each in ask(database, council, query).found}


def states(database: Database) -> dict[str, int]:
    counted = text("SELECT state, count(*) FROM item GROUP BY state")
    return dict(database.read_blocking(lambda c: list(c.execute(counted))))


async def read_all(database: Database) -> None:
    class Reader:
        async def archive(self, raw, deadline):
            return archived(raw, CAPS)

    @asynccontextmanager
    async def analysts(settings):
        yield Reader()

    for council in COUNCILS:
        database.write_blocking(lambda c, council=council: jobs.add(c, council, reading.KIND, NOW))
    for job in database.write_blocking(lambda c: jobs.claim(c, "me", NOW, 9, 600, [reading.KIND])):
        await reading.reading_archive(lambda: None, analysts)(Task(job, database, lambda: NOW))


async def test_an_archive_is_read_found_and_whole(upgraded, mail):
    assert states(upgraded) == {"pending": len(mail)}
    await read_all(upgraded)
    assert states(upgraded) == {"indexed": len(mail)}
    for council in COUNCILS:
        assert upgraded.read_blocking(lambda c, one=council: list(verify(c, one))) == []
        assert upgraded.read_blocking(lambda c, one=council: whole.faults(c, one)) == []
        theirs = [each for each in mail if each.council == council and each.how != "sealed"]
        decided = {each.id for each in theirs if each.how in {"held", "refused"}}
        assert find(upgraded, council, "check:sender_identity") == decided
        assert find(upgraded, council, "verdict:hold") == {each.id for each in theirs if each.how == "held"}
        assert find(upgraded, council, "from:jo@x.example") == {each.id for each in theirs}
    for each in mail:
        body = upgraded.read_blocking(lambda c, one=each: archive.body(c, one.council, one.id))
        assert body == each.raw
        for council in COUNCILS:
            theirs = {each.id} if council == each.council and each.how != "sealed" else set()
            n = each.number
            for known in (f"subject:subjectword{n}", f"bcc:hidden{n}@c.example", f"id:<{n}@x.example>"):
                found = find(upgraded, council, known) if each.how != "refused" or known[0] != "b" else theirs
                assert found == theirs, (known, each.how)
            kept = theirs if each.how != "refused" else set()
            for words in (f"own:ownword{n}", f"attachment:attachedword{n}", f"filename:paper{n}.txt"):
                assert find(upgraded, council, words) == kept, (words, each.how)


@pytest.mark.parametrize(
    "query",
    [
        "subject:subjectword0",
        "from:jo@x.example",
        "to:pat@b.example",
        "has:attachment",
        "nothing",
        "id:<0@x.example>",
        "-from:stranger",
        "-(ownword0 subject:other)",
    ],
)
def test_before_it_is_read_every_search_says_so(upgraded, mail, query):
    """Not even of the subject of what was not read is anything known."""
    for council in COUNCILS:
        theirs = [each for each in mail if each.council == council and each.how != "sealed"]
        assert ask(upgraded, council, query).unsearched.pending == len(theirs)


def test_what_is_known_without_reading_is_known_at_once(upgraded, mail):
    for council in COUNCILS:
        result = ask(upgraded, council, "verdict:hold")
        assert {each.message for each in result.found} == {
            each.id for each in mail if each.council == council and each.how == "held"
        }
        assert result.unsearched.pending == result.total
