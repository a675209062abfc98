"""`vestry backup` while clients send, and `vestry restore` into an empty folder, as a host would do it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.upstream import Upstream
from gateway.store import archive
from tests.conftest import TlsFiles
from tests.end_to_end.test_road import RESIDENT, arrived, below_trace, message
from tests.installation import Installation, free_port, queue_id, until


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.neighbour("postgresql"))])
def databases(request) -> Iterator[list[str | None]]:
    """Where the installation keeps its database, and where another one may: None is in its own folder."""
    if request.param == "sqlite":
        yield [None, None]
        return
    cluster = request.getfixturevalue("cluster")
    names = [cluster.create(), cluster.create()]
    yield [cluster.url(name) for name in names]
    for name in names:
        cluster.drop(name)


@pytest.fixture
def installations(
    databases, tmp_path: Path, tls_files: TlsFiles, upstream: Upstream
) -> Iterator[list[Installation]]:
    """One that is prepared, and one on a new machine, which has its settings file and nothing else."""
    both = []
    for number, url in enumerate(databases):
        one = Installation(tmp_path / f"house{number}", tls_files.certificate, tls_files.key, tls_files.ca)
        one.upstream(upstream.port)
        if url is not None:
            one.settings["database"] = url
        both.append(one)
    both[0].prepare()
    both[1].write_settings()
    yield both
    for one in both:
        if one.process is not None:
            one.stop()


def test_a_backup_while_clients_send_comes_back_whole(installations, upstream: Upstream, tmp_path: Path):
    old, new = installations
    folder = tmp_path / "backup"
    old.start()
    acknowledged: list[tuple[float, str]] = []
    stop = threading.Event()

    def send() -> None:
        number = 0
        while not stop.is_set():
            code, reply = old.send(message(old, text=f"Letter {number}"), (RESIDENT,))
            assert code == 250
            acknowledged.append((time.monotonic(), queue_id(reply)))
            number += 1

    sending = threading.Thread(target=send)
    sending.start()
    try:
        until(lambda: len(acknowledged) >= 5)
        begun = time.monotonic()
        said = old.vestry("backup", str(folder))
        ended = time.monotonic()
        until(lambda: acknowledged[-1][0] > ended)
    finally:
        stop.set()
        sending.join()
    assert b"is a complete backup" in said.stdout
    assert b"keys" in said.stderr
    until(lambda: len(upstream.delivered()) == len(acknowledged))
    # While it runs, nothing is restored over it; nor once it is stopped.
    assert old.vestry("restore", str(folder), check=False).returncode != 0
    old.kill()
    assert old.vestry("restore", str(folder), check=False).returncode == 1
    restored = new.vestry("restore", str(folder)).stdout.decode()
    assert "littlewickham: verified" in restored
    with new.database() as database:
        there = set(database.read_blocking(lambda c: archive.message_ids(c, new.council.id)))
    assert {name for moment, name in acknowledged if moment < begun} <= there
    assert not {name for moment, name in acknowledged if moment > ended + 1} & there
    assert new.json("archive", "verify", "--json")["faults"] == []
    # It goes on where it was, with the passwords that people had.
    new.start()
    before = len(upstream.delivered())
    code, _ = new.send(message(new, text="Afterwards"), (RESIDENT,))
    assert code == 250
    until(lambda: len(upstream.delivered()) > before)
    assert new.json("archive", "verify", "--json")["faults"] == []


def test_what_waited_is_not_sent_again_until_somebody_says_so(installations, tmp_path: Path):
    old, new = installations
    folder = tmp_path / "backup"
    port = free_port()
    for one in installations:
        one.upstream(port)
        one.write_settings()
    old.start()
    raw = message(old, text="Waiting")
    name = queue_id(old.send(raw, (RESIDENT,))[1])
    until(lambda: old.json("queue", "show", name, "--json")[0]["recipients"][0]["reply"])
    old.vestry("backup", str(folder))
    old.kill()
    again = Upstream(port, tmp_path / "again")
    again.start()
    try:
        said = new.vestry("restore", str(folder)).stdout.decode()
        assert "1 departures waited then" in said
        assert "vestry queue retry" in said
        new.start()
        [departure] = new.json("queue", "list", "--json")
        assert departure["recipients"][0]["reply"].startswith("451 4.3.0 held back")
        # What is sent now goes out, and what waited does not.
        code, _ = new.send(message(new, text="New"), (RESIDENT,))
        assert code == 250
        arrived(again)
        time.sleep(1)
        assert [b"New" in one.content for one in again.delivered()] == [True]
        new.vestry("queue", "retry", departure["departure"])
        until(lambda: len(again.delivered()) == 2)
        assert below_trace(again.delivered()[1].content) == new.as_it_leaves(raw)
    finally:
        again.stop()


def test_a_damaged_backup_is_refused_and_nothing_put_in_place(installations, tmp_path: Path):
    old, new = installations
    folder = tmp_path / "backup"
    old.vestry("backup", str(folder))
    [data] = [path for path in folder.iterdir() if path.name in {"vestry.sqlite", "vestry.dump"}]
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 0x10
    data.write_bytes(content)
    done = new.vestry("restore", str(folder), check=False)
    assert done.returncode == 1
    assert b"was altered" in done.stderr
    assert not (new.folder / "data/vestry.sqlite").exists()
    assert new.vestry("council", "list", check=False).returncode != 0
