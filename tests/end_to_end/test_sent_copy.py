"""A copy of what was sent for who sent it: the real processes, a real Dovecot, and an upstream that keeps every octet."""

from __future__ import annotations

import base64
import json
import random
import signal
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from config.sent_copy import CopyWay, SentCopy
from gateway.clock import now
from gateway.store import councils
from tests.conftest import TlsFiles
from tests.crash.test_clock import Clock
from tests.installation import Installation, queue_id, until
from tests.peers.cut_off import CutOff
from tests.peers.dovecot import MASTER, MASTER_PASSWORD, Dovecot, Filed
from tests.peers.recorder import Recorder

pytestmark = pytest.mark.neighbour("dovecot")

RESIDENT = "j.smith@resident.example"
CLLR_A = "cllr.a@littlewickham-pc.example"
USERS = (CLLR_A, "clerk@littlewickham-pc.example")
HOUR = 3600


@pytest.fixture(scope="module")
def dovecot(tls_files: TlsFiles) -> Iterator[Dovecot]:
    """A Dovecot whose folder for sent mail has a name of its own."""
    with Dovecot.running(tls_files, USERS) as dovecot:
        yield dovecot


@pytest.fixture
def upstream() -> Iterator[Recorder]:
    with Recorder() as upstream:
        yield upstream


@pytest.fixture
def clock(installation: Installation, tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock", installation)


def ask_for(installation: Installation, **wish: Any) -> None:
    """Have the council ask for copies."""
    asked = SentCopy.model_validate({"way": CopyWay.SENT_FOLDER} | wish)
    installation.council = installation.council.model_copy(update={"sent_copy": asked})


def reach(installation: Installation, upstream: Recorder, port: int, **settings: Any) -> None:
    """Name the upstream and the mailbox server."""
    installation.upstream(upstream.port)
    installation.environment["VESTRY_TEST_MASTER"] = MASTER_PASSWORD
    installation.settings["mailboxes"] = {
        "default": {
            "host": "127.0.0.1",
            "port": port,
            "ca": str(installation.ca),
            "login": f"{{address}}*{MASTER}",
            "password": "env:VESTRY_TEST_MASTER",
            "command_seconds": 20,
        }
        | settings
    }


def begin(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prepare and start; the tests read the settings too, and so their secret."""
    for name, value in installation.environment.items():
        if name.startswith("VESTRY_TEST_MASTER"):
            monkeypatch.setenv(name, value)
    installation.prepare()
    installation.start()


def message(
    subject: str = "Potholes", body: bytes = b"Hello.\r\n", extra: bytes = b"", sender: str = CLLR_A
) -> bytes:
    return (
        (
            f"From: {sender}\r\nTo: {RESIDENT}\r\nSubject: {subject}\r\nDate: Mon, 9 Nov 2026 10:00:00 +0000\r\n"
            f"Message-ID: <{random.getrandbits(60)}@pc.example>\r\n"
        ).encode()
        + extra
        + b"\r\n"
        + body
    )


def with_attachment(size: int) -> bytes:
    """8-bit text beside an attachment of `size` bytes."""
    encoded = base64.encodebytes(random.Random(7).randbytes(size)).replace(b"\n", b"\r\n")
    extra = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\nContent-Transfer-Encoding: 8bit\r\n'
    return message(
        extra=extra,
        body=b"Before.\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "Annwyl bawb, tŷ a £5.\r\n.\r\n..two dots  \r\nFrom here\r\n".encode()
        + b"--b\r\nContent-Type: application/octet-stream; name=plan.bin\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n"
        + encoded
        + b"--b--\r\nAfter.\r\n",
    )


def submit(installation: Installation, raw: bytes, to: tuple[str, ...] = (RESIDENT,)) -> str:
    code, reply = installation.send(raw, to)
    assert code == 250, reply
    return queue_id(reply)


def delivered(upstream: Recorder, count: int = 1) -> list[bytes]:
    """What an upstream took of somebody's mail; bounces and notices are left out."""

    def found() -> list[bytes]:
        return [one.content for one in upstream.messages if not one.mail.startswith(b"MAIL FROM:<>")]

    until(lambda: len(found()) >= count)
    return found()


def copies(installation: Installation, name: str = "") -> list[Any]:
    """The rows of jobs for copies."""
    with installation.database() as database:
        return database.read_blocking(
            lambda c: c.execute(
                text("select * from job where kind = 'sent.copy' and (:key = '' or key = :key)"),
                {"key": name},
            ).all()
        )


def made(installation: Installation, name: str) -> None:
    """Wait until nothing more is to be done for the copy of this message."""
    until(lambda: [row for row in copies(installation, name) if row.done_at])


def metric(installation: Installation, name: str, **labels: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{installation.metrics}/metrics") as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(name) and all(f'{key}="{value}"' in line for key, value in labels.items()):
                return float(line.rpartition(" ")[2])
    return 0.0


def logged(installation: Installation, event: str) -> list[dict[str, Any]]:
    return [
        line
        for text in installation.log().splitlines()
        if text.startswith("{") and (line := json.loads(text)).get("event") == event
    ]


def only(filed: list[Filed]) -> Filed:
    [one] = filed
    return one


def of(dovecot: Dovecot, content: bytes) -> list[Filed]:
    """The copies of this very message."""
    return [one for one in dovecot.sent(CLLR_A) if one.content == content]


def test_the_copy_is_what_was_sent_byte_for_byte(installation, upstream, dovecot, monkeypatch):
    reach(installation, upstream, dovecot.port)
    key = installation.folder / "dkim.pem"
    installation.folder.mkdir()
    installation.vestry(
        "dkim", "key", "--domain", "littlewickham-pc.example", "--selector", "s", "--out", str(key)
    )
    installation.settings["dkim"] = [{"domain": "littlewickham-pc.example", "selector": "s", "key": str(key)}]
    ask_for(installation)
    begin(installation, monkeypatch)
    begun = datetime.now(UTC).replace(microsecond=0)
    raws = [
        message(extra=b"Bcc: press@paper.example\r\n"),
        with_attachment(10_000),
        with_attachment(5_000_000),
    ]
    names = [
        submit(installation, raw, (RESIDENT, "press@paper.example", "refused@there.example")) for raw in raws
    ]
    contents = delivered(upstream, 3)
    for name in names:
        made(installation, name)
    filed = dovecot.sent(CLLR_A)
    assert sorted(one.content for one in filed) == sorted(contents)
    for one in filed:
        assert one.content.startswith(b"DKIM-Signature: ")
        assert b"paper.example" not in one.content
        assert "\\Seen" in one.flags
        assert begun <= one.at <= datetime.now(UTC)
    for name, raw in zip(names, raws, strict=True):
        shown = installation.vestry("archive", "show", name, "--as", "sent").stdout
        assert shown in contents
        assert raw.partition(b"octet-stream")[2] in shown
        assert shown.partition(b"\r\n\r\n")[2] != raw.partition(b"\r\n\r\n")[2]  # The waiver stands in it.
    assert metric(installation, "vestry_sent_copies_total", way="sent_folder", result="made") == 3
    assert CLLR_A not in "".join(line for line in installation.log().splitlines() if "copy" in line)
    assert MASTER_PASSWORD not in installation.log()
    assert installation.json("archive", "verify", "--json")["faults"] == []


@pytest.mark.parametrize(
    ("login", "prefix"),
    [(f"{{address}}*{MASTER}", ""), (MASTER, "INBOX/")],
    ids=["mailbox in the login", "mailbox beside the login"],
)
def test_a_folder_is_made_where_the_server_names_none(
    installation, upstream, tls_files, monkeypatch, login, prefix
):
    with Dovecot.running(tls_files, USERS, sent_folder="", prefix=prefix) as dovecot:
        reach(installation, upstream, dovecot.starttls, tls="starttls", login=login)
        ask_for(installation, folder="Anfonwyd: tŷ")
        begin(installation, monkeypatch)
        name = submit(installation, message())
        made(installation, name)
        folder = f"{prefix}Anfonwyd: t&AXc-"
        assert folder in dovecot.folders(CLLR_A)
        assert folder in dovecot.folders(CLLR_A, subscribed=True)
        assert only(dovecot.sent(CLLR_A, folder)).content == only_content(upstream)
        second = submit(installation, message("Another"))
        made(installation, second)
        assert len(dovecot.sent(CLLR_A, folder)) == 2


def only_content(upstream: Recorder) -> bytes:
    [content] = delivered(upstream)
    return content


def test_off_unless_the_council_asks(installation, upstream, dovecot, monkeypatch):
    reach(installation, upstream, dovecot.port)
    begin(installation, monkeypatch)
    before = len(dovecot.sent(CLLR_A))
    submit(installation, message())
    delivered(upstream)
    until(lambda: installation.json("queue", "list", "--json") == [])
    assert copies(installation) == []
    assert len(dovecot.sent(CLLR_A)) == before
    # Asked for, it begins with the next message, without a restart.
    ask_for(installation)
    with installation.database() as database:
        database.write_blocking(lambda c: councils.save(c, installation.council, now(), "test"))
    name = submit(installation, message("Now"))
    made(installation, name)
    assert len(copies(installation)) == 1
    assert len(of(dovecot, delivered(upstream, 2)[1])) == 1


def test_held_mail_has_a_copy_when_it_is_released_and_refused_mail_never(
    installation, upstream, dovecot, monkeypatch
):
    reach(installation, upstream, dovecot.port)
    ask_for(installation)
    begin(installation, monkeypatch)
    before = len(dovecot.sent(CLLR_A))
    refused = message(sender="clerk@littlewickham-pc.example")
    assert installation.send(refused, (RESIDENT,), mail_from=CLLR_A)[0] == 550
    held = submit(installation, message(body=b"Thanks.\r\n\r\nC. Smith\r\nClerk to the Council\r\n"))
    until(lambda: [one for one in upstream.messages if b"NOT SENT YET" in one.content])
    until(lambda: installation.json("queue", "list", "--json") == [])
    assert copies(installation) == []
    installation.vestry("held", "release", held, "--by", "clerk@littlewickham-pc.example", "--why", "Yes")
    made(installation, held)
    until(lambda: installation.json("queue", "list", "--json") == [])
    assert [row.key for row in copies(installation)] == [held]
    assert [one.content for one in dovecot.sent(CLLR_A)[before:]] == [only_content(upstream)]


def test_dovecot_away_nothing_waits_for_it_and_the_copy_comes_when_it_is_back(
    installation, upstream, clock, tls_files, monkeypatch
):
    with Dovecot.running(tls_files, USERS) as dovecot:
        dovecot.stop()
        reach(installation, upstream, dovecot.port)
        ask_for(installation)
        begin(installation, monkeypatch)
        names = [submit(installation, message(f"Number {number}")) for number in range(5)]
        delivered(upstream, 5)
        until(lambda: installation.json("queue", "list", "--json") == [])
        until(lambda: logged(installation, "no copy yet"))
        assert all(row.done_at is None for row in copies(installation))
        assert {line["reason"] for line in logged(installation, "no copy yet")} == {"ConnectionRefusedError"}
        dovecot.start()
        clock.set(300)
        for name in names:
            made(installation, name)
        assert sorted(one.content for one in dovecot.sent(CLLR_A)) == sorted(delivered(upstream, 5))
        assert len(upstream.messages) == 5


def test_a_wrong_master_password_harms_no_delivery_and_is_told(
    installation, upstream, clock, tls_files, monkeypatch
):
    with Dovecot.running(tls_files, USERS) as dovecot:
        reach(installation, upstream, dovecot.port)
        installation.environment["VESTRY_TEST_MASTER"] = "long forgotten"
        ask_for(installation)
        begin(installation, monkeypatch)
        name = submit(installation, message())
        content = only_content(upstream)
        [line] = until(lambda: logged(installation, "no copy yet"))
        assert (line["level"], line["step"], line["message"]) == ("error", "login", name)
        assert metric(installation, "vestry_mailbox_login_refused", mailboxes="default") == 1
        assert metric(installation, "vestry_sent_copies_total", result="failed") == 1
        assert "long forgotten" not in installation.log()
        assert installation.json("queue", "list", "--json") == []
        # The password is put right in the settings.
        (installation.folder / "master").write_text(MASTER_PASSWORD + "\n")
        installation.settings["mailboxes"]["default"]["password"] = "file:master"
        installation.write_settings()
        installation.process.send_signal(signal.SIGHUP)
        until(lambda: logged(installation, "settings reloaded"))
        clock.set(300)
        made(installation, name)
        assert only(dovecot.sent(CLLR_A)).content == content
        until(lambda: metric(installation, "vestry_mailbox_login_refused", mailboxes="default") == 0)


def test_given_up_after_its_time(installation, upstream, clock, dovecot, monkeypatch):
    reach(installation, upstream, dovecot.port, give_up_hours=24)
    installation.environment["VESTRY_TEST_MASTER"] = "long forgotten"
    ask_for(installation)
    begin(installation, monkeypatch)
    name = submit(installation, message())
    until(lambda: logged(installation, "no copy yet"))
    clock.set(25 * HOUR)
    made(installation, name)
    [line] = logged(installation, "copy given up")
    assert line["level"] == "error"
    assert metric(installation, "vestry_sent_copies_total", result="given up") == 1
    assert len(upstream.messages) == 1


def test_dovecot_killed_in_the_middle_of_it(installation, upstream, clock, tls_files, monkeypatch):
    with Dovecot.running(tls_files, USERS) as dovecot, CutOff(dovecot.port) as network:
        reach(installation, upstream, network.port)
        ask_for(installation)
        begin(installation, monkeypatch)
        network.after = 1_000_000
        name = submit(installation, with_attachment(3_000_000))
        content = only_content(upstream)
        assert network.reached.wait(30)
        dovecot.kill()
        until(lambda: logged(installation, "no copy yet"))
        assert installation.json("queue", "list", "--json") == []
        network.after = None
        dovecot.start()
        assert dovecot.sent(CLLR_A) == []
        clock.set(300)
        made(installation, name)
        assert only(dovecot.sent(CLLR_A)).content == content


def test_killed_after_it_was_taken_and_before_that_was_noted(
    installation, upstream, clock, tls_files, monkeypatch
):
    with Dovecot.running(tls_files, USERS) as dovecot, CutOff(dovecot.port) as network:
        reach(installation, upstream, network.port)
        ask_for(installation)
        begin(installation, monkeypatch)
        network.after, network.deaf = 1_000_000, True
        name = submit(installation, with_attachment(3_000_000))
        content = only_content(upstream)
        assert network.reached.wait(30)
        until(lambda: dovecot.sent(CLLR_A))
        installation.kill()
        assert not any(row.done_at for row in copies(installation, name))
        network.after = None
        installation.start()
        clock.set(300)
        made(installation, name)
        assert only(dovecot.sent(CLLR_A)).content == content
        assert metric(installation, "vestry_sent_copies_total", result="there already") == 1


def test_the_clients_own_copy_stays_and_hinders_nothing(installation, upstream, dovecot, monkeypatch):
    reach(installation, upstream, dovecot.port)
    ask_for(installation)
    begin(installation, monkeypatch)
    own = message("Mine", extra=b"Bcc: press@paper.example\r\n")
    dovecot.put(CLLR_A, own)
    name = submit(installation, own)
    made(installation, name)
    assert len(of(dovecot, own)) == 1
    assert len(of(dovecot, only_content(upstream))) == 1


def test_a_stop_in_the_middle_of_it_is_quick_and_loses_nothing(
    installation, upstream, tls_files, monkeypatch
):
    with Dovecot.running(tls_files, USERS) as dovecot, CutOff(dovecot.port) as network:
        reach(installation, upstream, network.port, command_seconds=300)
        ask_for(installation)
        begin(installation, monkeypatch)
        network.after = 1_000_000
        name = submit(installation, with_attachment(3_000_000))
        assert network.reached.wait(30)
        begun = time.monotonic()
        assert installation.stop() == 0
        assert time.monotonic() - begun < 25
        assert dovecot.sent(CLLR_A) == []
        network.after = None
        installation.start()
        made(installation, name)
        assert only(dovecot.sent(CLLR_A)).content == only_content(upstream)


def test_by_mail_it_comes_once_in_a_letter_with_the_message_in_it(installation, upstream, monkeypatch):
    reach(installation, upstream, 1)
    ask_for(installation, way=CopyWay.MAIL)
    begin(installation, monkeypatch)
    names = [
        submit(installation, raw, (RESIDENT, "press@paper.example"))
        for raw in (message(extra=b"Bcc: press@paper.example\r\n"), with_attachment(2_000_000))
    ]
    for name in names:
        made(installation, name)
    until(lambda: len(upstream.messages) == 4 and installation.json("queue", "list", "--json") == [])
    letters = [one for one in upstream.messages if one.mail.startswith(b"MAIL FROM:<>")]
    sent = [one.content for one in upstream.messages if one not in letters]
    assert len(letters) == 2
    for one in letters:
        assert [recipient.split(b"<")[1].split(b">")[0].decode() for recipient in one.recipients] == [CLLR_A]
        assert b"paper.example" not in one.content
        parsed = message_from_bytes(one.content, policy=default)
        assert parsed["Auto-Submitted"] == "auto-replied"
        assert parsed["Subject"] == "As sent: Potholes"
        assert "your council has asked for copies" in parsed.get_body().get_content().replace("\n", " ")
        assert any(content in one.content for content in sent)
    assert {next(c for c in sent if c in one.content) for one in letters} == set(sent)
    # The letters themselves have no copies.
    assert sorted(row.key for row in copies(installation)) == sorted(names)
    assert all(row.done_at for row in copies(installation))
    assert installation.json("archive", "verify", "--json")["faults"] == []
