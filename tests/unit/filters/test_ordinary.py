"""What people write every day passes the demo council's strict union without a word from these checks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.address import canonical
from config.policy import Verdict
from filters.analysis import Analysis, Situation, decide_step, read_step
from filters.answers import Answers, KnownMail
from filters.context import Envelope, Profile, Recipient
from filters.extract.read import documents_of
from filters.registry import CHECKS
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, scan_parts
from tests.ordinary import ASKED, FOLDER, WHO_GETS_WHAT, Ordinary, ordinary

ORDINARY = ordinary()
PRIVATE = "cllr.a.home@gmail.com"
"""Declared by a member of the demo council."""


def archived() -> dict[str, KnownMail]:
    """The messages as the archive has them, by Message-ID."""
    found = {}
    for each in ORDINARY:
        anatomy = read(each.raw)
        author = anatomy.authors[0].address
        people = (author, *map(canonical, each.to))
        found[anatomy.message_id] = KnownMail(
            message=str(each), message_id=anatomy.message_id, author=author, people=people
        )
    return found


ARCHIVE = archived()


def analysed(message: Ordinary, council, *besides: str) -> Analysis:
    """What becomes of a message, whoever is in its envelope `besides`."""
    reading = read_step(message.raw)
    parents = tuple(ARCHIVE[each] for each in reading.questions.parents if each in ARCHIVE)
    recipients = tuple(Recipient(address=each, canonical=canonical(each)) for each in (*message.to, *besides))
    situation = Situation(
        person=message.login,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(mail_from=message.mail_from, recipients=recipients),
        received_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        today=date(2026, 11, 20),
        message="0123456789ABCDEF",
        hostname="post.test.example",
        answers=Answers(parents=parents),
        documents=documents_of(message.raw, scan_parts(message.raw), reading.anatomy, CAPS),
    )
    return decide_step(message.raw, reading, situation, council)


@pytest.mark.parametrize("message", ORDINARY, ids=str)
def test_nothing_is_found(message, little_wickham):
    analysis = analysed(message, little_wickham)
    found = [each for each in analysis.decision.findings if each.check in WHO_GETS_WHAT]
    assert [(each.check, each.reason, each.evidence) for each in found] == []
    asked = {each.check for each in analysis.decision.findings if each.effect > Verdict.NOTE}
    assert asked == ({ASKED[message.file[:2]]} if message.file[:2] in ASKED else set())
    assert analysis.added == ()


@pytest.mark.parametrize("message", ORDINARY, ids=str)
def test_it_is_not_ordinary_with_a_members_private_address_besides(message, little_wickham):
    analysis = analysed(message, little_wickham, PRIVATE)
    found = [each for each in analysis.decision.findings if each.check == "forwarding"]
    assert PRIVATE in {address for each in found for address in each.about}
    personal = b"[personal]" in message.raw
    assert any(each.verdict >= (Verdict.NOTE if personal else Verdict.HOLD) for each in found)


def test_the_checks_are_there_and_in_force(little_wickham):
    checks = little_wickham.policy.checks
    assert set(WHO_GETS_WHAT) <= set(CHECKS) & set(checks)
    assert [name for name in WHO_GETS_WHAT if checks[name].stage.value != "enforce"] == ["moderation"]


def test_there_are_fifty_and_every_file_has_its_envelope():
    assert len(ORDINARY) >= 50
    assert sorted(each.file for each in ORDINARY) == sorted(path.name for path in FOLDER.glob("*.eml"))
    assert len({read(each.raw).message_id for each in ORDINARY}) == len(ORDINARY)


@pytest.mark.parametrize("message", ORDINARY, ids=str)
def test_it_is_whole(message):
    assert message.raw.count(b"\r") == message.raw.count(b"\n") == message.raw.count(b"\r\n")
    anatomy = read(message.raw)
    assert anatomy.defects == ()
    shown = {mailbox.address for mailbox in anatomy.recipients}
    assert shown <= {canonical(each) for each in message.to}
    assert message.what.endswith(".")
