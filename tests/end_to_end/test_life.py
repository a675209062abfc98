"""The whole life of a question and of a hold by mail: msmtp sends, Dovecot keeps what comes, and it is read by IMAP."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.demo.installation import example_council
from gateway.demo.upstream import Delivered, Upstream
from tests.conftest import TlsFiles
from tests.end_to_end.test_answers import ME, msmtp, replied, to_answer, written
from tests.installation import Installation, free_port, until
from tests.peers.dovecot import Dovecot

pytestmark = [pytest.mark.neighbour("msmtp", "dovecot"), pytest.mark.timeout(300)]

DOMAIN = "littlewickham-pc.example"
MINE, CLERK = f"{ME}@{DOMAIN}", f"clerk@{DOMAIN}"
HOME = "cllr.a.home@gmail.com"
PEOPLE = tuple(f"officer{number}@body{number}.example" for number in range(1, 11))
WORDS = "The grass is cut on Monday."


class MailServer(Upstream):
    """A mail server that delivers into the mailboxes that Dovecot has, and files everything besides."""

    def __init__(self, folder: Path, dovecot: Dovecot) -> None:
        super().__init__(free_port(), folder)
        self._dovecot = dovecot

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Deliver a message (called by aiosmtpd)."""
        for recipient in envelope.rcpt_tos:
            if recipient in self._dovecot.users:
                self._dovecot.put(recipient, envelope.original_content or b"", "INBOX")
        return await super().handle_DATA(server, session, envelope)

    def left(self) -> list[Delivered]:
        """What left in somebody's name, which the post room's letters do not."""
        return [each for each in self.delivered() if each.mail_from]


@pytest.fixture
def dovecot(tls_files: TlsFiles) -> Iterator[Dovecot]:
    with Dovecot.running(tls_files, (MINE, CLERK, HOME, *PEOPLE[:3])) as dovecot:
        yield dovecot


@pytest.fixture
def server(tmp_path: Path, dovecot: Dovecot) -> Iterator[MailServer]:
    server = MailServer(tmp_path / "mailbox", dovecot)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def at_work(installation: Installation, server: MailServer) -> Installation:
    """The demonstration council with all its checks."""
    installation.council = example_council()
    installation.upstream(server.port)
    installation.prepare()
    installation.start()
    return installation


def inbox(dovecot: Dovecot, user: str) -> list[EmailMessage]:
    """What somebody finds in their mailbox, by IMAP."""
    return [
        email.message_from_bytes(each.content, policy=policy.default) for each in dovecot.sent(user, "INBOX")
    ]


def comes(dovecot: Dovecot, user: str, subject: str) -> EmailMessage:
    """The message of this subject, once it is in somebody's mailbox."""
    return until(lambda: [each for each in inbox(dovecot, user) if each["Subject"] == subject])[-1]


def sends(at_work: Installation, folder: Path, raw: bytes, to: tuple[str, ...]) -> None:
    done = msmtp(at_work, folder, raw, to)
    assert done.returncode == 0, done.stderr


def answers(at_work: Installation, folder: Path, letter: EmailMessage, words: str) -> None:
    sends(at_work, folder, replied(at_work, letter, words), to_answer(letter))


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def test_a_question_answered_with_send(at_work, server, dovecot, tmp_path):
    sends(at_work, tmp_path, written(at_work, PEOPLE, WORDS), PEOPLE)
    letter = comes(dovecot, MINE, "NOT SENT YET: Grass cutting")
    assert letter["In-Reply-To"] == "<first@laptop.example>"
    assert "SEND" in text_of(letter)
    assert server.left() == []
    answers(at_work, tmp_path, letter, "SEND")
    got = comes(dovecot, PEOPLE[0], "Grass cutting")
    assert WORDS in text_of(got)
    assert got["Message-ID"] == "<first@laptop.example>"
    assert all(each in got["To"] for each in PEOPLE)
    assert "SEND" not in text_of(got)
    [left] = until(server.left)
    assert left.recipients == (*PEOPLE, CLERK)
    # What is chosen later changes nothing, and is told so.
    answers(at_work, tmp_path, letter, "CANCEL")
    until(lambda: any("changes nothing" in text_of(each) for each in inbox(dovecot, MINE)))
    assert len(server.left()) == 1
    assert at_work.vestry("archive", "verify").returncode == 0


def test_a_question_answered_with_leave_out(at_work, server, dovecot, tmp_path):
    sends(at_work, tmp_path, written(at_work, PEOPLE, WORDS), PEOPLE)
    letter = comes(dovecot, MINE, "NOT SENT YET: Grass cutting")
    assert PEOPLE[1] in text_of(letter)
    answers(at_work, tmp_path, letter, "LEAVE OUT 2")
    got = comes(dovecot, PEOPLE[0], "Grass cutting")
    assert WORDS in text_of(got)
    assert PEOPLE[1] not in str(got)
    [left] = until(server.left)
    assert left.recipients == (PEOPLE[0], *PEOPLE[2:], CLERK)
    assert comes(dovecot, PEOPLE[2], "Grass cutting")["To"] == got["To"]
    assert inbox(dovecot, PEOPLE[1]) == []
    assert at_work.vestry("archive", "verify").returncode == 0


def test_a_hold_for_which_consent_is_asked_and_granted(at_work, server, dovecot, tmp_path):
    resident = "-------- Forwarded Message --------\nFrom: Anna Reed <anna.reed@resident.example>\n"
    words = f"To read tonight.\n\n{resident}To: {MINE}\nSubject: Noise\n\nThe dogs bark all night.\n"
    raw = written(at_work, (HOME, CLERK), words, subject="Fwd: Noise")
    sends(at_work, tmp_path, raw, (HOME, CLERK))
    letter = comes(dovecot, MINE, "NOT SENT YET: Fwd: Noise")
    assert "CONSENT" in text_of(letter)
    assert server.left() == []
    before = len(inbox(dovecot, CLERK))
    answers(at_work, tmp_path, letter, "CONSENT")
    until(lambda: len(inbox(dovecot, CLERK)) > before)
    [held] = at_work.json("held", "list", "--json")
    assert held["id"] in str(inbox(dovecot, CLERK)[-1])
    assert server.left() == []
    why = ("--why", "For tonight's meeting")
    said = at_work.json("held", "release", held["id"], "--by", CLERK, "--consent", *why, "--json")
    assert len(said["consents"]) == 1
    got = comes(dovecot, HOME, "Fwd: Noise")
    assert "The dogs bark all night." in text_of(got)
    assert "CONSENT" not in text_of(got)
    [left] = until(server.left)
    assert (left.mail_from, left.recipients) == (MINE, (HOME, CLERK))
    assert b"X-Vestry" not in left.content.partition(b"\r\n\r\n")[0]
    # The consent stands: the next is not asked about.
    raw = written(at_work, (HOME, CLERK), words, subject="Fwd: More noise", id="<second@laptop.example>")
    sends(at_work, tmp_path, raw, (HOME, CLERK))
    assert comes(dovecot, HOME, "Fwd: More noise")
    assert at_work.json("held", "list", "--json") == []
    assert at_work.vestry("archive", "verify").returncode == 0
