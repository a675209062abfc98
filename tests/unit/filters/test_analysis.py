from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from config.council import Council
from config.policy import Verdict
from filters import form
from filters.analysis import Analysis, Reading, Situation, decide_step, read_step
from filters.context import Envelope, Profile
from signatures.message.scanner import Unscannable
from signatures.message.splices import apply
from tests.unit.signatures.messages import AUTHOR, CHANGED, UNCHANGED, fit_messages

SITUATION = Situation(
    person=AUTHOR,
    authenticated=True,
    profile=Profile.SUBMISSION,
    envelope=Envelope(mail_from=AUTHOR, recipients=()),
    received_at=datetime(2026, 11, 9, 10, 0, tzinfo=UTC),
    today=date(2026, 11, 9),
    message="0123456789ABCDEF",
    hostname="post.test.example",
)


def analysed(raw: bytes, council: Council) -> Analysis:
    """Both steps, each result through JSON as between processes."""
    reading = Reading.model_validate_json(read_step(raw).model_dump_json())
    situation = Situation.model_validate_json(SITUATION.model_dump_json())
    analysis = decide_step(raw, reading, situation, council)
    return Analysis.model_validate_json(analysis.model_dump_json())


@pytest.mark.parametrize("file", UNCHANGED, ids=lambda file: file.stem)
def test_an_odd_but_legal_message_passes_without_a_change(file, unsigned_wickham):
    raw = file.read_bytes()
    analysis = analysed(raw, unsigned_wickham)
    assert analysis.decision.findings == ()
    assert analysis.rewrite == ()
    assert apply(raw, analysis.rewrite) is raw


@given(raw=fit_messages())
def test_any_message_that_needs_no_change_gets_none(raw, unsigned_wickham):
    analysis = analysed(raw, unsigned_wickham)
    assert analysis.decision.findings == ()
    assert analysis.rewrite == ()


@pytest.mark.parametrize("file", CHANGED, ids=lambda file: file.stem)
def test_a_change_is_a_list_of_splices_and_once_is_enough(file, unsigned_wickham):
    raw = file.read_bytes()
    analysis = analysed(raw, unsigned_wickham)
    assert analysis.decision.findings == ()
    out = apply(raw, analysis.rewrite)
    assert out != raw
    assert max(map(len, out.split(b"\r\n"))) <= 998
    assert b"paper.example" not in out.partition(b"\r\n\r\n")[0]
    position, kept = 0, []
    for splice in analysis.rewrite:
        kept.append(raw[position : splice.offset])
        position = splice.offset + splice.length
    for piece in [*kept, raw[position:]]:
        assert piece in out
    assert analysed(out, unsigned_wickham).rewrite == ()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (f"From: {AUTHOR}\r\nnot a field\r\n\r\n", "no header line"),
        (f"From someone Mon Nov 9\r\nFrom: {AUTHOR}\r\n\r\n", "no header line"),
        (f"From: {AUTHOR}\r\nHello, this is the text\r\nBcc: secret@b.example\r\n", "no header line"),
        (f" leading\r\nFrom: {AUTHOR}\r\n\r\n", "no header line"),
        (f"From: {AUTHOR}\r\nX: " + "x" * 1000 + "\r\n\r\n", "too long to be sent, in the header, in x"),
        (
            f"From: {AUTHOR}\r\nContent-Type: application/pkcs7-mime\r\n\r\n" + "x" * 1000,
            "signed or encrypted",
        ),
    ],
)
def test_what_cannot_be_made_fit_is_refused_with_the_reason(raw, why, unsigned_wickham):
    analysis = analysed(raw.encode(), unsigned_wickham)
    assert analysis.decision.verdict is Verdict.REFUSE
    [finding] = analysis.decision.findings
    assert finding.check == form.NAME
    assert why in finding.reason
    assert analysis.rewrite == ()


def test_what_the_policy_says_is_said_beside_it(unsigned_wickham):
    analysis = analysed(b"From: clerk@littlewickham-pc.example\r\nnot a field\r\n\r\n", unsigned_wickham)
    assert [finding.check for finding in analysis.decision.findings] == ["sender_identity", form.NAME]


def test_what_is_added_is_of_the_moment_and_the_queue_id(unsigned_wickham):
    raw = f"From: {AUTHOR}\r\n\r\n".encode()
    out = apply(raw, analysed(raw, unsigned_wickham).rewrite)
    assert out == (
        b"Date: Mon, 09 Nov 2026 10:00:00 +0000\r\nMessage-ID: <0123456789ABCDEF@post.test.example>\r\n" + raw
    )


def test_questions_name_parents_and_addresses():
    raw = f"From: {AUTHOR}\r\nTo: a@b.example\r\nCc: nonsense\r\nReferences: <1@x> <2@x>\r\n\r\n".encode()
    questions = read_step(raw).questions
    assert questions.parents == ("<1@x>", "<2@x>")
    assert questions.addresses == ("a@b.example", AUTHOR)


def test_beyond_the_caps_both_steps_say_so(unsigned_wickham):
    raw = b"A: 1\r\n" * 2000 + b"\r\n"
    with pytest.raises(Unscannable):
        read_step(raw)
    reading = read_step(f"From: {AUTHOR}\r\n\r\n".encode())
    with pytest.raises(Unscannable):
        decide_step(raw, reading, SITUATION, unsigned_wickham)
