"""The whole process tree is killed at each step of an answer by mail: it is decided once, as was answered, or not yet."""

from __future__ import annotations

import contextlib
import email
import os
import smtplib
import threading
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from gateway.demo.installation import example_council
from gateway.demo.upstream import Upstream
from gateway.store.models import DepartureRow, MessageRow
from tests.conftest import ROOT, TlsFiles
from tests.crash.settle import waiting
from tests.installation import Installation, free_port, until
from tests.policies import SIGNED, only

ME = "cllr.a"
PEOPLE = tuple(f"officer{number}@body{number}.example" for number in range(1, 11))
BEFORE, AFTER = "before the commit", "after the commit, before the 250"
WORDS = b"The grass is cut on Monday."


class Door(Upstream):
    """An upstream that puts off whatever does not come from the post room itself while it is `shut`."""

    shut = False

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender or put it off (called by aiosmtpd)."""
        if self.shut and address not in {None, "", "<>"}:
            return "451 4.3.0 later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"


class Steps:
    """Where the installation halts."""

    def __init__(self, file: Path, installation: Installation) -> None:
        self._file = file
        self.halt_at("")
        installation.environment |= {
            "VESTRY_TEST_HALT": str(file),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/crash/halted")]),
        }

    def halt_at(self, step: str) -> None:
        self._file.write_text(step)

    def reached(self) -> bool:
        return self._file.with_suffix(".reached").exists()


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Door]:
    upstream = Door(free_port(), tmp_path / "mailbox")
    upstream.start()
    yield upstream
    upstream.stop()


@pytest.fixture
def installation(tmp_path: Path, tls_files: TlsFiles, upstream: Door) -> Iterator[Installation]:
    """An installation that asks about long lists, prepared."""
    council = only(example_council(), *SIGNED, "large_list")
    installation = Installation(
        tmp_path / "vestry", tls_files.certificate, tls_files.key, tls_files.ca, council=council
    )
    installation.upstream(upstream.port)
    installation.settings["delivery"] |= {"lease_seconds": 3}
    installation.prepare()
    yield installation
    if installation.process is not None:
        installation.stop()


@pytest.fixture
def steps(tmp_path: Path, installation: Installation) -> Steps:
    return Steps(tmp_path / "step", installation)


def letters(upstream: Upstream) -> list[EmailMessage]:
    """What the post room wrote."""
    return [
        email.message_from_bytes(each.content, policy=policy.default)
        for each in upstream.delivered()
        if each.mail_from == ""
    ]


def asked(installation: Installation, upstream: Upstream) -> EmailMessage:
    """Write to many; the letter that asks about it."""
    sender = installation.address(ME)
    head = f"From: {sender}\r\nTo: {', '.join(PEOPLE)}\r\nSubject: Grass\r\nMessage-ID: <grass@laptop.example>\r\n"
    code, text = installation.send(f"{head}\r\n".encode() + WORDS + b"\r\n", PEOPLE)
    assert code == 250, text
    return until(lambda: letters(upstream))[0]


def answer(installation: Installation, letter: EmailMessage, words: str, number: int = 1) -> bytes:
    head = (
        f"From: {installation.address(ME)}\r\nTo: {letter['Reply-To']}\r\nSubject: Re: {letter['Subject']}\r\n"
        f"Message-ID: <answer{number}@laptop.example>\r\nIn-Reply-To: {letter['Message-ID']}\r\n"
    )
    return f"{head}\r\n{words}\r\n".encode()


def send(installation: Installation, letter: EmailMessage, raw: bytes) -> tuple[int, str]:
    return installation.send(raw, (str(letter["Reply-To"]).strip("<>"),))


def cut_off(installation: Installation, letter: EmailMessage, raw: bytes, steps: Steps) -> None:
    """Send an answer and kill the post room at the step where it halts: nobody hears of a 250."""
    heard: list[tuple[int, str]] = []

    def answering() -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            heard.append(send(installation, letter, raw))

    thread = threading.Thread(target=answering)
    thread.start()
    until(steps.reached)
    installation.kill()
    thread.join(60)
    assert heard == []


def settle(installation: Installation) -> tuple[str, list[str], int, int]:
    """State of the message, what was done to it after it was held, its departures, and how many answers are kept."""
    with installation.database() as database:
        rows = database.read_blocking(lambda c: list(c.execute(select(MessageRow.__table__))))
        [asked] = [row for row in rows if row.kind == "submitted"]
        departures = database.read_blocking(
            lambda c: list(c.execute(select(DepartureRow.id).where(DepartureRow.message_id == asked.id)))
        )
    shown = installation.json("held", "show", asked.id, "--json")
    acts = [each["act"] for each in shown["decisions"][1:]]
    return asked.state, acts, len(departures), sum(row.kind == "answer" for row in rows)


def gone(upstream: Upstream) -> list[tuple[str, ...]]:
    return [tuple(sorted(each.recipients)) for each in upstream.delivered() if each.mail_from]


TOLD = {"SEND": "It has been sent.", "CANCEL": "It was cancelled, and will not be sent."}
OUTCOMES = {"SEND": ("released", ["released"], 1), "CANCEL": ("rejected", ["cancelled"], 0)}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", [BEFORE, AFTER])
@pytest.mark.parametrize("words", OUTCOMES)
def test_an_answer_that_was_cut_off(
    installation: Installation, upstream: Door, steps: Steps, words: str, step: str
):
    installation.start()
    letter = asked(installation, upstream)
    steps.halt_at(step)
    raw = answer(installation, letter, words)
    cut_off(installation, letter, raw, steps)
    outcome = OUTCOMES[words]
    assert settle(installation) == (("held", [], 0, 0) if step == BEFORE else (*outcome, 1))
    assert gone(upstream) == []
    steps.halt_at("")
    installation.start()
    # The mail program heard nothing, and sends the same again.
    assert send(installation, letter, raw)[0] == 250
    assert settle(installation) == (*outcome, 1)
    _stays(installation, upstream, letter, words)


@pytest.mark.timeout(300)
def test_killed_before_it_leaves(installation: Installation, upstream: Door, steps: Steps):
    """The answer was taken and a departure made; nothing has left yet."""
    installation.start()
    letter = asked(installation, upstream)
    upstream.shut = True
    raw = answer(installation, letter, "SEND")
    assert send(installation, letter, raw)[0] == 250
    installation.kill()
    assert settle(installation) == (*OUTCOMES["SEND"], 1)
    assert gone(upstream) == []
    upstream.shut = False
    installation.start()
    assert send(installation, letter, raw)[0] == 250
    _stays(installation, upstream, letter, "SEND")


@pytest.mark.timeout(300)
def test_killed_once_it_has_left(installation: Installation, upstream: Door, steps: Steps):
    installation.start()
    letter = asked(installation, upstream)
    raw = answer(installation, letter, "SEND")
    assert send(installation, letter, raw)[0] == 250
    until(lambda: gone(upstream))
    _drained(installation)
    installation.kill()
    installation.start()
    assert send(installation, letter, raw)[0] == 250
    _stays(installation, upstream, letter, "SEND")


def _drained(installation: Installation) -> None:
    """Wait until nothing is left to be delivered."""
    with installation.database() as database:
        until(lambda: waiting(database) == 0)


def _stays(installation: Installation, upstream: Door, letter: EmailMessage, words: str) -> None:
    """What was decided stands: whoever answers otherwise is told of it, and it leaves once or never."""
    _drained(installation)
    other = "CANCEL" if words == "SEND" else "SEND"
    before = len(letters(upstream))
    assert send(installation, letter, answer(installation, letter, other, number=2))[0] == 250
    until(lambda: len(letters(upstream)) > before)
    told = letters(upstream)[-1].get_body(("plain",)).get_content()
    assert "changes nothing" in told
    assert TOLD[words] in " ".join(told.split())
    _drained(installation)
    assert gone(upstream) == ([tuple(sorted(PEOPLE))] if words == "SEND" else [])
    assert settle(installation) == (*OUTCOMES[words], 2)
    assert installation.vestry("archive", "verify").returncode == 0
    assert installation.stop() == 0
