"""The check `missing_attachment`, on letters as they are written."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.missing_attachment import check
from signatures.message.anatomy import read
from signatures.message.carried.kinds import Attachment, Earlier, How
from tests.unit.filters.people import context

WORDS = tomllib.loads((Path(__file__).parent / "attachment_words.toml").read_text(encoding="utf-8"))
POLICY = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.ASK, clause=Clause(document="Test policy", item="1")
)
PDF = Attachment(number=1, name="plan.pdf", kind="application/pdf", size=4000)
LOGO = Attachment(number=1, name="image001.png", kind="image/png", size=4000, inline=True)


def anatomy(text: str, **changes):
    raw = f"From: anne@little.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    found = read(raw.replace("\n", "\r\n").encode())
    return found.model_copy(update={"attachments": (), "earlier": (), **changes})


def findings(text: str, **changes):
    return list(check(anatomy(text, **changes), context(), POLICY))


def test_the_table_is_large_enough_and_a_third_of_it_are_near_misses():
    cases = sum(map(len, WORDS.values()))
    assert cases >= 60
    assert len(WORDS["passed"]) >= cases / 3


@pytest.mark.parametrize("text", WORDS["asked"] + WORDS["below"] + WORDS["pictures"])
def test_who_says_that_something_is_attached_is_asked_where_nothing_is(text):
    [finding] = findings(text)
    assert finding.verdict is Verdict.ASK
    assert finding.evidence
    assert all(" ".join(seen.text.split()) in " ".join(text.split()) for seen in finding.evidence)
    assert findings(text, attachments=(PDF,)) == []


@pytest.mark.parametrize("text", WORDS["passed"])
def test_what_only_sounds_alike_passes(text):
    assert findings(text) == []


@pytest.mark.parametrize("text", WORDS["below"])
def test_words_about_earlier_mail_are_true_where_it_is_carried(text):
    assert findings(text, earlier=(Earlier(how=How.QUOTED, author="a@b.example"),)) == []


def test_what_somebody_else_attached_to_what_yahoo_quotes_is_no_claim():
    """Nothing is marked as quoted there, so what stands below counts as the author's in other checks."""
    raw = (Path(__file__).parents[2] / "corpus/clients/yahoo/reply.eml").read_bytes()
    asked = raw.replace(b"Who cuts the hedge by the school?", b"Please find attached my photo.")
    assert asked.count(b"attached my photo") == 2
    assert list(check(read(asked), context(), POLICY)) == []
    said = raw.replace(b"Thank you for writing about the hedge.", b"Please find attached my photo.")
    assert len(list(check(read(said), context(), POLICY))) == 1


def test_a_letter_that_tells_what_somebody_wrote_goes_on():
    assert findings("On 3 May he wrote this:\nyour plan is late.\nI attach it now.\n")


def test_earlier_mail_is_no_attachment_otherwise():
    assert findings(WORDS["asked"][0], earlier=(Earlier(how=How.QUOTED, author="a@b.example"),))


@pytest.mark.parametrize("text", WORDS["pictures"])
def test_words_about_a_picture_are_true_where_one_is_shown(text):
    assert findings(text, attachments=(LOGO,)) == []


def test_a_logo_is_no_attachment():
    assert findings("Please find attached the agenda.", attachments=(LOGO,))


def test_a_document_shown_in_the_text_is_one():
    shown = PDF.model_copy(update={"inline": True})
    assert findings("Please find attached the agenda.", attachments=(shown,)) == []


def test_a_message_that_nobody_can_read_says_nothing():
    assert findings("Please find attached the agenda.", encrypted=True) == []


@pytest.mark.parametrize(
    "host", ["drive.google.com", "council-my.sharepoint.com", "1drv.ms", "WeTransfer.com", "we.tl"]
)
def test_a_link_to_shared_files_is_an_attachment(host):
    assert findings(f"The plan is attached: https://{host}/x/y?z=1") == []
    assert findings(f"The plan is attached: https://{host}.evil.example/x")


def test_the_evidence_is_what_was_seen():
    [finding] = findings("Dear all,\n\nPlease find the\nagenda attached. See you on Monday.")
    assert [(seen.where, seen.text) for seen in finding.evidence] == [
        ("body", "Please find the\nagenda attached.")
    ]
    assert finding.check == "missing_attachment"
    assert finding.clause == POLICY.clause


@pytest.mark.parametrize(
    "piece", ["attached ", "a.", "I attach, to my ", "-- \n> ", "'-’attached", "\n \n", "enclosed:", "From :"]
)
def test_time_grows_with_the_length_of_the_text_only(piece):
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        made = anatomy("x", own_texts=(text,))
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            list(check(made, context(), POLICY))
            best = min(best, time.process_time() - started)
        return best

    assert seconds(400_000) < 8 * seconds(100_000) + 0.05


def real(subtype: str, disposition: str, kind: str) -> bytes:
    """A message with one thing beside its text, as mail programs write it."""
    return (
        (
            f"From: anne@little.example\nMIME-Version: 1.0\nContent-Type: multipart/{subtype}; boundary=b\n\n"
            "--b\nContent-Type: text/html; charset=utf-8\n\n<p>Please find attached the agenda.</p>"
            '<img src="cid:logo@x">\n'
            f"--b\nContent-Type: {kind}; name=file\nContent-Transfer-Encoding: base64\nContent-ID: <logo@x>\n"
            f"Content-Disposition: {disposition}; filename=file\n\nAAAA\n--b--\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )


@pytest.mark.parametrize(
    ("raw", "asked"),
    [
        (real("mixed", "attachment", "application/pdf"), False),
        (real("mixed", "attachment", "application/octet-stream"), False),
        (real("mixed", "attachment", "message/rfc822"), False),
        (real("related", "inline", "image/png"), True),
    ],
)
def test_what_is_attached_is_seen_in_the_message_itself(raw, asked):
    assert bool(list(check(read(raw), context(), POLICY))) is asked
