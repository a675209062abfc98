"""The whole life of a question, driven by mail alone: a client sends, reads the letter of the post room, and replies."""

from __future__ import annotations

import email
import smtplib
import subprocess
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from gateway.demo.installation import example_council
from gateway.demo.upstream import Delivered, Upstream
from gateway.store import archive
from tests.installation import PASSWORD, Installation, free_port, until
from tests.policies import SIGNED, only

pytestmark = pytest.mark.neighbour("msmtp")

ME = "cllr.a"
PEOPLE = tuple(f"officer{number}@body{number}.example" for number in range(1, 11))


@pytest.fixture
def at_work(installation: Installation, upstream: Upstream) -> Installation:
    """An installation that asks about long lists, with a door for replies from outside."""
    council = only(example_council(), *SIGNED, "large_list", "exposure", "forwarding")
    installation.council = council
    installation.replies = free_port()
    door = {"kind": "replies", "address": "127.0.0.1", "port": installation.replies}
    installation.settings["listeners"].append(door)
    installation.upstream(upstream.port)
    installation.prepare()
    installation.start()
    return installation


def msmtp(at_work: Installation, folder: Path, raw: bytes, to: tuple[str, ...], login: str = ME):
    """Send as a mail program would that is set up for the post room."""
    address = at_work.address(login)
    settings = folder / f"msmtprc-{login}"
    settings.write_text(
        f"account default\nhost localhost\nport {at_work.starttls}\nfrom {address}\nauth plain\nuser {address}\n"
        f"password {PASSWORD}\ntls on\ntls_starttls on\ntls_trust_file {at_work.ca}\n"
    )
    settings.chmod(0o600)
    return subprocess.run(
        ["msmtp", "-C", str(settings), "--", *to], input=raw, capture_output=True, timeout=60, check=False
    )


def written(at_work: Installation, to: tuple[str, ...], words: str, **fields: str) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = at_work.address(ME)
    message["To"] = ", ".join(to)
    message["Subject"] = fields.pop("subject", "Grass cutting")
    message["Message-ID"] = fields.pop("id", "<first@laptop.example>")
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message.as_bytes()


def replied(at_work: Installation, letter: EmailMessage, words: str, sender: str | None = None) -> bytes:
    """A reply to a letter as Thunderbird writes it: the words, and the letter quoted below."""
    quoted = "".join(f"> {line}\n" for line in letter.get_body(("plain",)).get_content().splitlines())
    reply = EmailMessage(policy=policy.SMTP)
    reply["From"] = sender or at_work.address(ME)
    reply["To"] = letter["Reply-To"]
    reply["Subject"] = f"Re: {letter['Subject']}"
    reply["In-Reply-To"] = letter["Message-ID"]
    reply["References"] = f"{letter['In-Reply-To']} {letter['Message-ID']}"
    reply["Message-ID"] = f"<r{abs(hash(words + str(letter['Message-ID'])))}@laptop.example>"
    reply.set_content(f"{words}\n\nOn 21/11/2026 12:00, {letter['From']} wrote:\n{quoted}")
    return reply.as_bytes()


def letters(upstream: Upstream, to: str) -> list[EmailMessage]:
    """The letters of the post room in somebody's mailbox."""
    return [
        email.message_from_bytes(each.content, policy=policy.default)
        for each in upstream.delivered()
        if each.recipients == (to,) and each.mail_from == ""
    ]


def mail(upstream: Upstream) -> list[Delivered]:
    """What people's mail programs sent that has left."""
    return [each for each in upstream.delivered() if each.mail_from]


def to_answer(letter: EmailMessage) -> tuple[str, ...]:
    return (str(letter["Reply-To"]).strip("<>"),)


def asked(at_work: Installation, upstream: Upstream, folder: Path, **fields: str) -> EmailMessage:
    """Send to many; the letter that comes of it."""
    before = len(letters(upstream, at_work.address(ME)))
    raw = written(at_work, PEOPLE, fields.pop("words", "The grass is cut on Monday."), **fields)
    sent = msmtp(at_work, folder, raw, PEOPLE)
    assert sent.returncode == 0, sent.stderr
    until(lambda: len(letters(upstream, at_work.address(ME))) > before)
    return letters(upstream, at_work.address(ME))[-1]


def test_a_question_is_answered_by_mail(at_work, upstream, tmp_path):
    letter = asked(at_work, upstream, tmp_path)
    assert letter["Subject"] == "NOT SENT YET: Grass cutting"
    assert letter["In-Reply-To"] == "<first@laptop.example>"
    assert mail(upstream) == []
    sent = msmtp(at_work, tmp_path, replied(at_work, letter, "SEND"), to_answer(letter))
    assert sent.returncode == 0, sent.stderr
    [gone] = until(lambda: mail(upstream))
    assert sorted(gone.recipients) == sorted(PEOPLE)
    assert b"The grass is cut on Monday." in gone.content
    assert not any(b"SEND" in each.content for each in mail(upstream))
    # The same thread and people again: nobody is asked.
    more = {"id": "<second@laptop.example>", "words": "And the hedge on Tuesday."}
    raw = written(
        at_work, PEOPLE, more["words"], id=more["id"], References="<first@laptop.example>", subject="Hedge"
    )
    assert msmtp(at_work, tmp_path, raw, PEOPLE).returncode == 0
    until(lambda: len(mail(upstream)) == 2)
    assert at_work.vestry("archive", "verify").returncode == 0


def test_some_are_left_out_or_moved_to_bcc(at_work, upstream, tmp_path):
    letter = asked(at_work, upstream, tmp_path)
    sent = msmtp(at_work, tmp_path, replied(at_work, letter, "Leave out 2, 3"), to_answer(letter))
    assert sent.returncode == 0, sent.stderr
    [gone] = until(lambda: mail(upstream))
    assert sorted(gone.recipients) == sorted((PEOPLE[0], *PEOPLE[3:]))
    for each in PEOPLE[1:3]:
        assert each.encode() not in gone.content
    assert PEOPLE[4].encode() in gone.content
    letter = asked(
        at_work, upstream, tmp_path, words="And the hedge.", id="<other@laptop.example>", subject="Hedge"
    )
    sent = msmtp(at_work, tmp_path, replied(at_work, letter, "BCC 2-10"), to_answer(letter))
    assert sent.returncode == 0, sent.stderr
    until(lambda: len(mail(upstream)) == 2)
    gone = mail(upstream)[-1]
    assert sorted(gone.recipients) == sorted(PEOPLE)
    assert PEOPLE[0].encode() in gone.content
    assert not any(each.encode() in gone.content for each in PEOPLE[1:])


def test_what_does_not_count_sends_nothing(at_work, upstream, tmp_path):
    letter = asked(at_work, upstream, tmp_path)
    mine = at_work.address(ME)
    # Not understood.
    words = replied(at_work, letter, "Yes, please do.")
    assert msmtp(at_work, tmp_path, words, to_answer(letter)).returncode == 0
    until(lambda: len(letters(upstream, mine)) == 2)
    again = letters(upstream, mine)[-1]
    assert again["Reply-To"] == letter["Reply-To"]
    # Not alone, and not genuine.
    for to in (*to_answer(letter), PEOPLE[0]), (to_answer(letter)[0].replace("answer-", "answer-aa"),):
        sent = msmtp(at_work, tmp_path, replied(at_work, letter, "SEND"), to)
        assert sent.returncode != 0
        assert b"550" in sent.stderr
    # Not theirs.
    stranger = replied(at_work, letter, "SEND")
    assert msmtp(at_work, tmp_path, stranger, to_answer(letter), "cllr.b").returncode == 0
    until(lambda: letters(upstream, at_work.address("cllr.b")))
    assert mail(upstream) == []
    # And cancelled for good.
    assert msmtp(at_work, tmp_path, replied(at_work, again, "Cancel."), to_answer(again)).returncode == 0
    until(lambda: len(letters(upstream, mine)) == 3)
    assert msmtp(at_work, tmp_path, replied(at_work, letter, "send"), to_answer(letter)).returncode == 0
    until(lambda: len(letters(upstream, mine)) == 4)
    assert "changes nothing" in letters(upstream, mine)[-1].get_body(("plain",)).get_content()
    assert mail(upstream) == []


def test_consent_is_asked_for_by_mail_and_given(at_work, upstream, tmp_path):
    clerk = at_work.address("clerk")
    private = next(each.address for person in at_work.council.people for each in person.personal_addresses)
    raw = written(
        at_work, (private,), "For your file.", References="<old@resident.example>", subject="Re: Grass"
    )
    assert msmtp(at_work, tmp_path, raw, (private,)).returncode == 0
    mine = until(lambda: letters(upstream, at_work.address(ME)))[-1]
    before = len(letters(upstream, clerk))
    assert msmtp(at_work, tmp_path, replied(at_work, mine, "Consent"), to_answer(mine)).returncode == 0
    until(lambda: len(letters(upstream, clerk)) > before)
    [held] = at_work.json("held", "list", "--json")
    at_work.vestry("held", "release", held["id"], "--by", clerk, "--why", "For this once.")
    [gone] = until(lambda: mail(upstream))
    assert gone.recipients == (private,)


def test_an_answer_from_outside(at_work, upstream, tmp_path):
    letter = asked(at_work, upstream, tmp_path)
    [to] = to_answer(letter)
    with smtplib.SMTP("127.0.0.1", at_work.replies, timeout=30) as outside:
        outside.ehlo("mx.example.org")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            outside.sendmail("x@example.org", [at_work.address("clerk")], b"Subject: x\r\n\r\nx\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            outside.sendmail("x@example.org", [to.replace("answer-", "answer-b")], b"Subject: x\r\n\r\nx\r\n")
        stranger = replied(at_work, letter, "SEND", "stranger@example.org")
        outside.sendmail("stranger@example.org", [to], stranger)
        assert mail(upstream) == []
        outside.mail(at_work.address(ME))
        outside.rcpt(to)
        code, said = outside.data(replied(at_work, letter, "SEND"))
        assert code == 250
    until(lambda: mail(upstream))
    with at_work.database() as database:
        taken = said.decode().rpartition(" ")[2]
        row = database.read_blocking(lambda c: archive.message(c, at_work.council.id, taken))
    assert (row.kind, row.state, row.profile) == ("answer", "taken", "replies")


def test_it_survives_being_killed(at_work, upstream, tmp_path):
    letter = asked(at_work, upstream, tmp_path)
    at_work.kill()
    at_work.start()
    reply = replied(at_work, letter, "SEND")
    assert msmtp(at_work, tmp_path, reply, to_answer(letter)).returncode == 0
    at_work.kill()
    at_work.start()
    # The client saw no reply, say, and sends it once more.
    assert msmtp(at_work, tmp_path, reply, to_answer(letter)).returncode == 0
    until(lambda: mail(upstream))
    assert at_work.vestry("archive", "verify").returncode == 0
    assert len({each.content.partition(b"Message-ID")[2] for each in mail(upstream)}) == 1
