"""The check `attachments` beside its table."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.policy import Verdict
from filters.attachments import check
from filters.context import Context, Envelope, Profile, Recipient
from filters.extract.document import Document, Documents, Fact
from filters.extract.read import documents_of
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, scan_parts
from tests.files import made, pdf, with_files
from tests.unit.filters.letters import ANNE, COUNCIL, DOMAIN, POLICY

HEADER = f"From: Anne Archer <{ANNE}>\nTo: pat@parish.example\nSubject: Plan"
HOLD = POLICY.model_copy(update={"verdict": Verdict.HOLD})


def found(raw, *to, documents=None, policy=HOLD, person=ANNE):
    anatomy = read(raw)
    told = documents if documents is not None else documents_of(raw, scan_parts(raw), anatomy, CAPS)
    recipients = to or ("pat@parish.example",)
    context = Context(
        council=COUNCIL,
        person=person,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=person, recipients=tuple(Recipient(address=each, canonical=each) for each in recipients)
        ),
        received_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        today=date(2026, 11, 20),
        documents=told or None,
    )
    return list(check(anatomy, context, policy))


def several(count: int, fact: Fact = Fact.MACROS, **changes: object) -> Documents:
    documents = (
        Document(number=2, path=(f"{each}.xlsm",), kind="x/y", size=1, facts=frozenset({fact}), **changes)
        for each in range(count)
    )
    return Documents(found=tuple(documents))


def test_what_nobody_looked_into_could_not_be_checked():
    [finding] = found(with_files(HEADER, ("a.pdf", pdf())), documents=())
    assert finding.incomplete
    assert finding.verdict is Verdict.HOLD


def test_what_is_still_being_read_is_said_elsewhere():
    assert found(with_files(HEADER, ("a.pdf", pdf())), documents=Documents(pending=True)) == []


def test_a_message_without_attachments_needs_no_reading():
    raw = f"{HEADER}\n\nHello.\n".replace("\n", "\r\n").encode()
    assert found(raw, documents=()) == []


@pytest.mark.parametrize(
    ("to", "leaves"),
    [
        ((f"brian@{DOMAIN}",), False),
        ((f"brian@{DOMAIN}", "pat@parish.example"), True),
        ((f"councillors@{DOMAIN}",), False),
        ((f"friends@{DOMAIN}",), True),
        ((f"unknown@{DOMAIN}",), True),
        (("brian.bell@county.example",), False),
    ],
)
def test_a_message_leaves_where_anybody_outside_gets_it_through_a_list_too(to, leaves):
    raw = with_files(HEADER, ("pay.pdf", made("locked PDF")))
    assert bool(found(raw, *to)) is leaves


@pytest.mark.parametrize("verdict", [Verdict.NOTE, Verdict.ASK, Verdict.HOLD, Verdict.REFUSE])
def test_of_a_false_name_the_sender_is_asked_at_most(verdict):
    raw = with_files(HEADER, ("a.pdf", made("Word document")), ("b.exe", made("Windows program")))
    program, misnamed = found(raw, policy=POLICY.model_copy(update={"verdict": verdict}))
    assert program.verdict is verdict
    assert misnamed.verdict is min(verdict, Verdict.ASK)


def test_a_program_under_a_false_name_is_told_of_once():
    [finding] = found(with_files(HEADER, ("a.pdf", made("Windows program"))))
    assert "is a program" in finding.reason


def test_three_are_named_and_the_others_counted():
    raw = with_files(HEADER, ("a.xlsm", b"x"))
    assert '"0.xlsm" and "1.xlsm" have macros' in found(raw, documents=several(2))[0].reason
    [finding] = found(raw, documents=several(30))
    assert '"0.xlsm", "1.xlsm", "2.xlsm" and 27 more have macros' in finding.reason
    assert [each.text for each in finding.evidence] == [f"{each}.xlsm" for each in range(20)]
    assert {each.where for each in finding.evidence} == {"attachment"}


def test_what_could_not_be_read_is_named_with_its_reason():
    raw = with_files(HEADER, ("a.xlsm", b"x"))
    [finding] = found(raw, documents=several(5, Fact.PHOTOGRAPH, unread="it is damaged"))
    assert finding.verdict is Verdict.NOTE
    assert '"0.xlsm": it is damaged; ' in finding.reason
    assert finding.reason.endswith("and 2 more.")


def test_a_message_sent_on_as_it_is_passes_its_papers_on():
    fields = f"From: jo@resident.example\nTo: {ANNE}\nSubject: Plan\nResent-From: {ANNE}\nResent-To: pat@parish.example"
    [finding] = found(with_files(fields, ("plan.pdf", pdf())))
    assert finding.verdict is Verdict.ASK
    assert "came from jo@resident.example" in finding.reason


def test_a_picture_in_the_text_of_what_is_sent_on_is_no_paper():
    below = "---------- Forwarded message ---------\nFrom: Jo <jo@resident.example>\nDate: Mon, 9 Nov 2026\nSubject: x\nTo: a\n\nHi\n"
    raw = with_files(HEADER.replace("Plan", "Fwd: Plan"), ("logo.png", made("logo")), text=below)
    assert len(found(raw)) == 1
    shown = raw.replace(
        b"Content-Disposition: attachment", b"Content-ID: <a@b>\r\nContent-Disposition: inline"
    )
    assert found(shown) == []
