"""What a sender reads, on a phone, about a message that was held."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace

import pytest

from config.policy import BUILT_IN, Stage, Verdict
from filters.finding import Decision, Evidence, Finding
from gateway.notices import held
from gateway.notices.held import Told
from gateway.store.kinds import MessageKind
from gateway.store.messages import Heading

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


def read(notice):
    return message_from_bytes(notice.raw, policy=default)


def test_it_says_what_why_and_what_to_do(little_wickham):
    notice = when_held(little_wickham)
    assert (notice.kind, notice.mail_from, notice.recipients) == (MessageKind.NOTICE, "", (JO,))
    message = read(notice)
    assert message["Subject"] == "Waiting for the Clerk: Grass"
    assert message["In-Reply-To"] == "<1@pc.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    text = message.get_content()
    for said in (
        "has not been sent yet",
        "It looks as if",
        "signature: Parish Clerk",
        "do not need",
        "ABC123",
    ):
        assert said in text
    assert "On trial only" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


@pytest.mark.parametrize("id", ["<" + "a" * 300 + "@pc.example>", "<x@[1.2.3.4]>"])
def test_a_long_message_id_is_named_as_it_is(little_wickham, id):
    assert f"\r\nIn-Reply-To: {id}\r\n".encode() in when_held(little_wickham, message_id=id).raw


@pytest.mark.parametrize(
    "hostile", ["x\r\nBcc: a@b.example", "\u202eevil\x00", "=?utf-8?q?=0d=0aX:_1?=", "y" * 5000]
)
def test_nothing_the_sender_wrote_becomes_header(little_wickham, hostile):
    notice = when_held(little_wickham, subject=hostile, message_id=f"<{hostile}>", evidence=hostile)
    message = read(notice)
    names = [name.lower() for name in message]
    assert "bcc" not in names
    assert "x" not in names
    assert len(names) == len(set(names))
    assert not message.defects
    assert all(len(line) <= 998 for line in notice.raw.split(b"\r\n"))
    assert notice.raw.replace(b"\r\n", b"").count(b"\n") == 0


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
    text = read(held.after_decision(little_wickham, row, Told.REJECTED, "Not your title", NOW)).get_content()
    assert "will not be sent" in " ".join(text.split())
    assert "Not your title" in text
    assert (
        "now been sent"
        in read(held.after_decision(little_wickham, row, Told.RELEASED, "", NOW)).get_content()
    )
