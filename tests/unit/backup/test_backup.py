"""Backups of a database at work, brought back into an empty one, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from config.policy import Verdict
from filters.finding import Decision
from gateway.archive.verify import verify
from gateway.backup import BackupFailed
from gateway.backup.restore import restore
from gateway.backup.take import take
from gateway.store import archive, councils, departures, jobs, ledger, messages, queue
from gateway.store.database import Database
from gateway.store.errors import SchemaMismatch, StoreError, Unavailable
from gateway.store.kinds import RecipientState
from gateway.store.models import MessageRow
from tests.unit.store.conftest import NOW, council, database, url  # noqa: F401  # fixtures
from tests.unit.store.test_commits import numbered
from tests.unit.store.test_store import COUNCIL, count, entry, finding

LATER = NOW + timedelta(hours=5)


@pytest.fixture
def elsewhere(url, tmp_path, request):
    """The address of another, empty database of the same kind."""
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/elsewhere/vestry.sqlite"
        return
    cluster = request.getfixturevalue("cluster")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def post(database) -> dict[str, str]:
    """Messages in every state: sent, being sent, waiting, held."""
    made = {name: numbered(number) for number, name in enumerate(["sent", "sending", "waiting"])}
    made["held"] = entry(raw=b"\r\nheld\r\n", decision=Decision(findings=(finding(Verdict.HOLD),)))
    for one in made.values():
        database.write_blocking(lambda c, one=one: messages.record(c, one))
    claims = {c.message: c for c in database.write_blocking(lambda c: queue.claim(c, "node", NOW, 9, 60))}
    for name in ("sent", "sending"):
        claim = claims[made[name].id]
        assert database.write_blocking(lambda c, claim=claim: queue.start(c, queue.Start(claim), NOW))
    sent = [queue.Outcome(number, RecipientState.SENT, "250 ok", "2.0.0") for number in (0, 1)]
    assert database.write_blocking(lambda c: queue.finish(c, queue.End(claims[made["sent"].id], sent), NOW))
    assert database.write_blocking(lambda c: queue.defer(c, claims[made["waiting"].id], NOW, "451", NOW))
    assert database.write_blocking(lambda c: jobs.add(c, COUNCIL, "count", NOW))
    return {name: one.id for name, one in made.items()}


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "backup"


def opened(address: str) -> Database:
    database = Database(address)
    database.start()
    return database


def contents(address: str) -> dict[str, object]:
    database = opened(address)
    try:
        return database.read_blocking(
            lambda c: {
                "faults": list(verify(c, COUNCIL)),
                "head": ledger.head(c, COUNCIL),
                "bodies": [archive.body(c, COUNCIL, one) for one in archive.message_ids(c, COUNCIL)],
                "councils": councils.everyone(c),
                "council": councils.load(c, COUNCIL),
            }
        )
    finally:
        database.stop()


def test_everything_comes_back_and_verifies(database, url, post, folder, elsewhere):
    taken = take(url, None, folder, NOW)
    assert (taken.waiting, taken.held) == (4, 1)
    before = contents(url)
    restored = restore(folder, elsewhere, LATER)
    assert contents(elsewhere) == before
    assert before["faults"] == []
    assert before["head"][0] == taken.councils[COUNCIL].links == 8
    assert restored.faults == ()


def test_nobody_else_can_read_it(database, url, post, folder):
    settings = folder.parent / "vestry.toml"
    settings.write_text("hostname = 'x'\n")
    take(url, settings, folder, NOW)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    assert (folder / "vestry.toml").read_text() == "hostname = 'x'\n"


async def test_mail_goes_on_meanwhile_and_what_was_acknowledged_before_is_in_it(
    database, url, folder, elsewhere
):
    acknowledged, stop = [], threading.Event()

    def send():
        number = 0
        while not stop.is_set():
            made = numbered(number)
            database.write_blocking(lambda c, made=made: messages.record(c, made))
            acknowledged.append(made.id)
            number += 1

    sending = threading.Thread(target=send)
    sending.start()
    try:
        while len(acknowledged) < 20:
            time.sleep(0.01)
        before = list(acknowledged)
        take(url, None, folder, NOW)
        during = len(acknowledged) - len(before)
    finally:
        stop.set()
        sending.join()
    assert during > 0
    restore(folder, elsewhere, LATER)
    copy = opened(elsewhere)
    there = copy.read_blocking(lambda c: archive.message_ids(c, COUNCIL))
    copy.stop()
    assert set(before) <= set(there)
    # A moment, not a mixture: the first so many, none left out.
    assert set(there) == set(acknowledged[: len(there)])


class TestQueue:
    """What waited at the time of the backup may have been delivered since."""

    async def due(self, copy: Database, now=LATER) -> list[str]:
        return [c.message for c in await copy.write(lambda c: queue.claim(c, "new", now, 9, 60))]

    async def test_what_waited_is_held_back_until_somebody_lets_it_go(
        self, database, url, post, folder, elsewhere
    ):
        take(url, None, folder, NOW)
        restored = restore(folder, elsewhere, LATER)
        assert (restored.waiting, restored.held_back) == (2, True)
        copy = opened(elsewhere)
        try:
            assert await self.due(copy) == []
            assert await self.due(copy, LATER + timedelta(days=3650)) == []
            listed = await copy.read(departures.listing)
            assert {row["message"] for row in listed} == {post["sending"], post["waiting"]}
            assert all("held back" in r["reply"] for row in listed for r in row["recipients"])
            [one] = [row["departure"] for row in listed if row["message"] == post["waiting"]]
            assert await copy.write(lambda c: departures.retry(c, one, LATER)) == 1
            assert await self.due(copy) == [post["waiting"]]
        finally:
            copy.stop()

    async def test_or_is_due_at_once_where_that_is_asked_for(self, database, url, post, folder, elsewhere):
        take(url, None, folder, NOW)
        restored = restore(folder, elsewhere, LATER, resume_queue=True)
        assert (restored.waiting, restored.held_back) == (2, False)
        copy = opened(elsewhere)
        try:
            claims = await copy.write(lambda c: queue.claim(c, "new", LATER, 9, 60))
            unknown = {
                c.message: (await copy.read(lambda k, c=c: queue.load(k, c, LATER))).outcome_unknown
                for c in claims
            }
            assert unknown == {post["sending"]: True, post["waiting"]: False}
            assert len(await copy.write(lambda c: jobs.claim(c, "new", LATER, 9, 60, ("count",)))) == 1
        finally:
            copy.stop()


class TestRefused:
    @pytest.fixture
    def backup(self, database, url, post, folder) -> Path:
        take(url, None, folder, NOW)
        return folder

    def refused(self, backup: Path, address: str, match: str) -> None:
        with pytest.raises(BackupFailed, match=match):
            restore(backup, address, LATER)
        if address.startswith("sqlite"):
            folder = Path(address.removeprefix("sqlite:///")).parent
            assert not folder.exists() or list(folder.iterdir()) == []
        else:
            engine = Database(address).engine
            with engine.connect() as connection:
                found = connection.execute(text("select count(*) from pg_tables where schemaname = 'public'"))
                assert found.scalar_one() == 0
            engine.dispose()

    def data(self, backup: Path) -> Path:
        [path] = [path for path in backup.iterdir() if path.name in {"vestry.sqlite", "vestry.dump"}]
        return path

    def test_a_truncated_one(self, backup, elsewhere):
        os.truncate(self.data(backup), self.data(backup).stat().st_size - 1)
        self.refused(backup, elsewhere, "octets instead of")

    def test_one_with_a_bit_turned_over(self, backup, elsewhere):
        content = bytearray(self.data(backup).read_bytes())
        content[len(content) // 2] ^= 1
        self.data(backup).write_bytes(content)
        self.refused(backup, elsewhere, "content was altered")

    def test_one_with_a_file_missing(self, backup, elsewhere):
        self.data(backup).unlink()
        self.refused(backup, elsewhere, "missing")

    def test_one_that_was_never_finished(self, backup, elsewhere):
        (backup / "manifest.json").unlink()
        self.refused(backup, elsewhere, "not a complete backup")

    @pytest.mark.parametrize("text", ["", "{}", "[1", '{"format": 2}'])
    def test_one_with_another_manifest(self, backup, elsewhere, text):
        (backup / "manifest.json").write_text(text)
        self.refused(backup, elsewhere, "not a manifest")

    def test_one_whose_manifest_names_files_elsewhere(self, backup, elsewhere):
        path = backup / "manifest.json"
        path.write_text(path.read_text().replace(self.data(backup).name, "../" + self.data(backup).name))
        self.refused(backup, elsewhere, "outside its folder")

    def test_one_by_a_newer_version(self, backup, elsewhere):
        self.change(backup, revision="9999")
        self.refused(backup, elsewhere, "newer version")

    def test_one_whose_ledger_goes_on_elsewhere(self, backup, elsewhere):
        """Files and manifest fit each other; the manifest says that the ledger ends otherwise."""
        self.change(backup, councils={COUNCIL: {"links": 8, "hash": "0" * 64}})
        self.refused(backup, elsewhere, "does not end where the manifest says")

    def test_one_that_lacks_a_council(self, backup, elsewhere):
        self.change(backup, councils={COUNCIL: {"links": 0, "hash": "0"}, "other": {"links": 0, "hash": "0"}})
        self.refused(backup, elsewhere, "councils are not those")

    def test_one_of_the_other_kind(self, backup, url, tmp_path, elsewhere):
        other = (
            "postgresql://x@127.0.0.1/x"
            if url.startswith("sqlite")
            else f"sqlite:///{tmp_path}/x/vestry.sqlite"
        )
        with pytest.raises(BackupFailed, match="another kind of database"):
            restore(backup, other, LATER)

    def test_into_a_database_with_a_council(self, backup, url, database):
        before = count(database, "message")
        with pytest.raises(BackupFailed, match="not empty"):
            restore(backup, url, LATER)
        assert count(database, "message") == before

    def change(self, backup: Path, **values) -> None:
        path = backup / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))


class TestEncrypted:
    """An archive with a key, which is not in the backup."""

    KEY = b"\x05" * 32

    @pytest.fixture
    def backup(self, database, url, folder) -> Path:
        keyed = Database(url, key=self.KEY)
        keyed.start()
        keyed.write_blocking(lambda c: messages.record(c, numbered(1)))
        keyed.stop()
        assert take(url, None, folder, NOW).encrypted
        return folder

    def test_comes_back_with_its_key(self, backup, elsewhere):
        assert restore(backup, elsewhere, LATER, key=self.KEY).faults == ()
        copy = Database(elsewhere, key=self.KEY)
        copy.start()
        [message] = copy.read_blocking(lambda c: archive.message_ids(c, COUNCIL))
        assert copy.read_blocking(lambda c: archive.body(c, COUNCIL, message)) == numbered(1).raw
        copy.stop()

    @pytest.mark.parametrize(
        ("key", "said"), [(None, "backup of an encrypted archive"), (b"\x06" * 32, "another key")]
    )
    def test_and_not_without(self, backup, elsewhere, key, said):
        with pytest.raises(StoreError, match=said) as refused:
            restore(backup, elsewhere, LATER, key=key)
        assert "archive.key" in str(refused.value)
        restore(backup, elsewhere, LATER, key=self.KEY)

    def test_the_key_is_nowhere_in_it(self, backup):
        octets = b"".join(path.read_bytes() for path in sorted(backup.iterdir()))
        assert self.KEY not in octets
        assert self.KEY.hex().encode() not in octets

    def test_one_that_is_not_encrypted_says_so(self, database, url, post, folder):
        assert not take(url, None, folder, NOW).encrypted


class TestFaults:
    """An archive that was tampered with before the backup was taken."""

    @pytest.fixture
    def backup(self, database, url, post, folder) -> Path:
        with database.engine.begin() as connection:
            connection.execute(
                update(MessageRow).where(MessageRow.id == post["sent"]).values(subject="Other")
            )
        take(url, None, folder, NOW)
        return folder

    def test_is_refused_and_nothing_put_in_place(self, backup, elsewhere):
        TestRefused().refused(
            backup, elsewhere, "not whole, and nothing was restored: .*was received was altered"
        )

    def test_unless_that_is_better_than_nothing(self, backup, elsewhere, post):
        [fault] = restore(backup, elsewhere, LATER, despite_faults=True).faults
        assert post["sent"] in fault
        assert len(contents(elsewhere)["bodies"]) == 4


def test_an_installation_without_a_council_may_be_written_over(database, url, post, folder, elsewhere):
    from gateway.store.upgrade import upgrade

    take(url, None, folder, NOW)
    if elsewhere.startswith("sqlite"):
        Path(elsewhere.removeprefix("sqlite:///")).parent.mkdir()
    upgrade(elsewhere)
    restore(folder, elsewhere, LATER)
    assert contents(elsewhere) == contents(url)


def test_a_backup_never_goes_on_top_of_anything(database, url, folder):
    folder.mkdir()
    (folder / "precious").write_text("x")
    with pytest.raises(BackupFailed, match="not an empty folder"):
        take(url, None, folder, NOW)
    assert [path.name for path in folder.iterdir()] == ["precious"]


def test_one_that_fails_leaves_nothing_behind(database, url, post, folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(BackupFailed, match="No space left"):
        take(url, folder, folder, NOW)
    assert not folder.exists()


@pytest.mark.neighbour("postgresql")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
class TestPostgresql:
    def test_without_its_programs_it_says_what_to_install(self, database, url, folder, monkeypatch):
        monkeypatch.setenv("PATH", "/nonexistent")
        monkeypatch.setattr("gateway.store.copies._SERVER_PROGRAMS", Path("/nonexistent"))
        with pytest.raises(Unavailable, match="pg_dump is not on this machine: install"):
            take(url, None, folder, NOW)
        assert not folder.exists()

    def test_the_password_is_no_argument_and_no_message(self, database, url, folder, monkeypatch, tmp_path):
        program = tmp_path / "pg_dump"
        program.write_text(
            f'#!/bin/sh\necho "$@" >{tmp_path}/said\necho "$PGPASSWORD" >>{tmp_path}/said\nexit 1\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        with pytest.raises(Unavailable) as raised:
            take(url.replace("vestry@", "vestry:sesame@"), None, folder, NOW)
        arguments, password = (tmp_path / "said").read_text().splitlines()
        assert password == "sesame"
        assert "sesame" not in arguments
        assert "sesame" not in str(raised.value)

    def test_a_node_at_work_keeps_its_database(self, database, url, post, folder, elsewhere):
        take(url, None, folder, NOW)
        node = Database(elsewhere)
        with node.engine.connect() as connection:
            connection.execute(text("select 1"))
            with pytest.raises(BackupFailed, match="a node is at work"):
                restore(folder, elsewhere, LATER)
        node.engine.dispose()


def test_a_backup_of_nothing_is_refused(tmp_path, folder):
    with pytest.raises(SchemaMismatch, match="db upgrade"):
        take(f"sqlite:///{tmp_path}/none.sqlite", None, folder, NOW)
    assert not folder.exists()
