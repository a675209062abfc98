"""What a sender reads, on a phone, about a message that was held."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from config.policy import BUILT_IN, Stage, Verdict
from filters.finding import Decision, Evidence, Finding
from gateway.notices import held, office
from gateway.notices.held import Told
from gateway.notices.kinds import NoticeKind
from gateway.store.kinds import MessageKind
from gateway.store.messages import Heading
from tests.unit.notices import every
from tests.unit.notices.every import finding
from tests.unit.notices.reading import page, read, words_of_html, words_of_text

NOW = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
JO = "cllr.a@littlewickham-pc.example"


def decision(
    reason: str = "It looks as if it came from the Clerk.", evidence: str = "Parish Clerk"
) -> Decision:
    clause = BUILT_IN.checks["sender_identity"].clause
    shown = (Evidence(where="signature", text=evidence),)
    return Decision(
        findings=(
            Finding(
                check="x",
                verdict=Verdict.HOLD,
                stage=Stage.ENFORCE,
                reason=reason,
                evidence=shown,
                clause=clause,
            ),
            Finding(
                check="y", verdict=Verdict.HOLD, stage=Stage.TRIAL, reason="On trial only.", clause=clause
            ),
        )
    )


def when_held(little_wickham, subject="Grass", message_id="<1@pc.example>", **changes):
    heading = Heading(message_id, subject, JO, "littlewickham-pc.example")
    return held.when_held(little_wickham, JO, heading, "ABC123", decision(**changes), NOW)


def test_it_says_what_why_and_what_to_do(little_wickham):
    notice = when_held(little_wickham)
    assert (notice.kind, notice.mail_from, notice.recipients) == (MessageKind.NOTICE, "", (JO,))
    letter = read(notice)
    assert letter.subject == "NOT SENT YET: Grass"
    assert letter.message["In-Reply-To"] == "<1@pc.example>"
    assert letter.message["Auto-Submitted"] == "auto-replied"
    for said in (
        'Your message "Grass" has not gone to anybody yet',
        "It looks as if",
        "signature: Parish Clerk",
        "do not need",
        "ABC123",
    ):
        assert said in letter.words
    assert "On trial only" not in letter.text


@pytest.mark.parametrize("id", ["<" + "a" * 300 + "@pc.example>", "<x@[1.2.3.4]>"])
def test_a_long_message_id_is_named_as_it_is(little_wickham, id):
    assert f"\r\nIn-Reply-To: {id}\r\n".encode() in when_held(little_wickham, message_id=id).raw


@pytest.mark.parametrize(
    "hostile", ["x\r\nBcc: a@b.example", "\u202eevil\x00", "=?utf-8?q?=0d=0aX:_1?=", "y" * 5000]
)
def test_nothing_the_sender_wrote_becomes_header(little_wickham, hostile):
    notice = when_held(little_wickham, subject=hostile, message_id=f"<{hostile}>", evidence=hostile)
    letter = read(notice)
    message = letter.message
    names = [name.lower() for name in message]
    assert "bcc" not in names
    assert "x" not in names
    assert len(names) == len(set(names))
    assert not message.defects
    assert all(len(line) <= 998 for line in notice.raw.split(b"\r\n"))
    assert notice.raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert not re.search("[\u202e\x00]", letter.text + letter.html + letter.subject)
    assert all(len(line) <= 76 for line in letter.text.splitlines())


@pytest.mark.parametrize(
    "markup", ["<script>x()</script>", "<b onclick=x>", "&lt;", '"><img src=x>', "</bdi></p><h1>"]
)
def test_nothing_the_sender_wrote_becomes_html(little_wickham, markup):
    letter = read(when_held(little_wickham, subject=markup, reason=markup, evidence=markup))
    plain = read(when_held(little_wickham, subject="x", reason="x", evidence="x"))
    tags = [tag for tag, _ in page(letter.html).tags]
    assert tags == [tag for tag, _ in page(plain.html).tags]
    assert words_of_html(letter.html) == words_of_text(letter.text)
    assert markup in letter.words


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ({Verdict.ASK}, "It waits for your answer."),
        ({Verdict.HOLD}, "The Clerk will look at it first."),
        ({Verdict.ASK, Verdict.HOLD}, "your answer, and the Clerk's decision"),
    ],
)
def test_it_says_for_whom_it_waits(little_wickham, needs, said):
    findings = tuple(finding("reply_all", verdict, "Many people.") for verdict in needs)
    heading = Heading("<1@pc.example>", "Grass", JO, "littlewickham-pc.example")
    letter = read(held.when_held(little_wickham, JO, heading, "ABC123", Decision(findings=findings), NOW))
    assert said in letter.words
    # Without an address to answer to, whom to tell is said.
    assert ("Tell Margaret Hale (the Clerk) whether it should go" in letter.words) == (Verdict.ASK in needs)


def test_a_moderator(little_wickham):
    decided = Decision(findings=(finding("moderation", Verdict.HOLD, "Official mail."),))
    heading = Heading("<1@pc.example>", "Grass", JO, "littlewickham-pc.example")
    assert (
        "A moderator will look at it first."
        in read(held.when_held(little_wickham, JO, heading, "A", decided, NOW)).words
    )


def test_many_recipients_and_much_evidence_are_told_in_short(little_wickham):
    people = [f"resident{number}@example.org" for number in range(500)]
    evidence = [("To", address) for address in people]
    decided = Decision(findings=(finding("large_list", Verdict.ASK, "Many people.", *evidence),))
    heading = Heading("<1@pc.example>", "Grass", JO, "littlewickham-pc.example")
    notice = held.when_held(
        little_wickham,
        JO,
        heading,
        "A",
        decided,
        NOW,
        recipients=people,
        answer_to="a@littlewickham-pc.example",
    )
    text = read(notice).text
    assert text.count("* To: resident") == 3
    assert "* and 497 more" in text
    assert "\n300. resident299@example.org\n" in text
    assert "and 200 more" in text
    assert len(notice.raw) < 60_000


def test_the_council_of_somebody_whose_id_is_unknown(little_wickham):
    heading = Heading("", "", "", "")
    letter = read(held.when_held(little_wickham, "no.body@elsewhere.example", heading, "A", Decision(), NOW))
    assert letter.subject == "NOT SENT YET: (no subject)"
    assert letter.message["In-Reply-To"] is None


def test_a_decision_is_told_with_the_clerks_note(little_wickham):
    row = SimpleNamespace(
        id="ABC123",
        mail_from=JO,
        person=JO,
        header_from=JO,
        from_domain="littlewickham-pc.example",
        subject="Grass",
        message_id="<1@x>",
    )
    letter = read(held.after_decision(little_wickham, row, Told.REJECTED, "Not your title\nbut mine", NOW))
    assert "decided that it will not go" in letter.words
    assert "    Not your title\n    but mine\n" in letter.text
    assert "now been sent" in read(held.after_decision(little_wickham, row, Told.RELEASED, "", NOW)).words
    assert held.after_decision(little_wickham, unsent(row), Told.RELEASED, "", NOW) is None


def unsent(row):
    return SimpleNamespace(**(vars(row) | {"mail_from": "", "person": None, "header_from": ""}))


@pytest.mark.parametrize(
    ("by", "told", "said"),
    [
        (None, Told.REJECTED, "Not sent. The Clerk's office has looked at your message"),
        (
            "clerk@littlewickham-pc.example",
            Told.REJECTED,
            "Not sent. Margaret Hale (the Clerk) has looked at",
        ),
        (JO, Told.RELEASED, "This is as you decided."),
        ("deputy@littlewickham-pc.example", Told.RELEASED, "Decided by Thomas Reed (the Deputy Clerk)."),
        (None, Told.CANCELLED, "will not go, as you decided."),
        (
            "clerk@littlewickham-pc.example",
            Told.CANCELLED,
            "Margaret Hale (the Clerk) has cancelled your message",
        ),
        (
            "gone@littlewickham-pc.example",
            Told.RETURNED,
            "gone@littlewickham-pc.example has returned your message",
        ),
    ],
)
def test_it_says_who_decided(little_wickham, by, told, said):
    row = every.row()
    assert said in read(held.after_decision(little_wickham, row, told, "", NOW, by=by)).words


def test_what_is_stated_is_asked_for_in_words_that_can_be_read(little_wickham):
    said = read(every.EVERY["question-stated"][1](little_wickham)).words
    assert "NOT BINDING It does not bind the Council: send it. That you said so is recorded." in said
    assert "BASIS and why It goes to everyone." in said
    assert "CLERK It is handed to the Clerk" in said
    assert "write two lines: NOT BINDING on one, and BASIS with your reason on the other" in said
    assert " SEND " not in said
    assert "attachment list.xlsx in papers.zip: J\u2026 F\u2026" in said
    assert "earlier message: j\u2026" in said
    assert "subject: \u2026 M\u2026 L\u2026" in said
    assert "Fordham" not in said.partition("Who it is for")[0]


def test_who_holds_it_is_told_that_letting_it_go_needs_a_basis(little_wickham):
    held_so = every.PASSED_ON.model_copy(update={"verdict": Verdict.HOLD})
    officer = little_wickham.person(every.CLERK)
    for findings, there in (((held_so,), True), ((every.PASSED_ON,), False)):
        about = every.waiting(Decision(findings=findings))
        notice = office.to_decide(little_wickham, officer, NoticeKind.NEW_HOLD, about, NOW)
        assert ("you have to write down why" in read(notice).words) is there
