from __future__ import annotations

from datetime import datetime

import pytest

from config.capacity import Capacity
from config.council import Council
from config.message_class import Fallback, MessageClass
from config.person import Role
from config.policy import Stage, Verdict
from filters import block
from filters.analysis import Analysis
from filters.decide import could_not_be_checked
from signatures.block.changes import changes
from signatures.block.refused import TemplateError
from signatures.block.render import render
from signatures.message.splices import apply
from tests.policies import SIGNED, only
from tests.unit.filters.test_analysis import SITUATION, analysed
from tests.unit.signatures.messages import AUTHOR

HEAD = (
    f"From: {AUTHOR}\r\nTo: j.smith@resident.example\r\nDate: Mon, 9 Nov 2026 10:00:00 +0000\r\n"
    f"Message-ID: <1@littlewickham-pc.example>\r\n"
)
PLAIN = f"{HEAD}\r\nHello\r\n".encode()
ENCRYPTED = f"{HEAD}Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx\r\n".encode()


@pytest.fixture(scope="session")
def little_wickham(little_wickham: Council) -> Council:
    """The demo council, with a policy that looks at nothing but who writes, and writes into messages."""
    return only(little_wickham, *SIGNED)


def at(council: Council, **stages: Stage) -> Council:
    """The council with these checks at these stages."""
    checks = {
        name: each.model_copy(update={"stage": stages[name]}) if name in stages else each
        for name, each in council.policy.checks.items()
    }
    return council.model_copy(update={"policy": council.policy.model_copy(update={"checks": checks})})


def exempting(council: Council, role: Role) -> Council:
    """The council, whose policy asks no waiver of who holds a role."""
    waiver = council.policy.checks["waiver"].model_copy(update={"exempt": (role,)})
    policy = council.policy.model_copy(update={"checks": {**council.policy.checks, "waiver": waiver}})
    return council.model_copy(update={"policy": policy})


def choosing(council: Council, **classes: Fallback) -> Council:
    chosen = {MessageClass(name): choice for name, choice in classes.items()}
    policy = council.policy.model_copy(update={"message_classes": chosen})
    return council.model_copy(update={"policy": policy})


def texts(council: Council, login: str = AUTHOR, capacity: Capacity = Capacity.COUNCIL) -> tuple[str, str]:
    found = render(council, council.person(login), login, capacity, SITUATION.today)
    return found.signature.text.replace("\n", "\r\n"), found.waiver.text.replace("\n", "\r\n")


def out(raw: bytes, council: Council) -> tuple[str, Analysis]:
    analysis = analysed(raw, council)
    return apply(raw, analysis.rewrite).decode(), analysis


def test_who_is_exempt_from_the_waiver_writes_without(little_wickham):
    signature, waiver = texts(little_wickham)
    sent, analysis = out(PLAIN, exempting(little_wickham, Role.COUNCILLOR))
    assert sent.endswith(f"\r\n\r\nHello\r\n\r\n-- \r\n{signature}\r\n")
    assert analysis.record.without == ()
    sent, _ = out(PLAIN, exempting(little_wickham, Role.CLERK))
    assert sent.endswith(f"{waiver}\r\n")


def test_what_is_enforced_is_written_and_nothing_is_remarked(little_wickham):
    sent, analysis = out(PLAIN, little_wickham)
    signature, waiver = texts(little_wickham)
    assert sent.endswith(f"\r\n\r\nHello\r\n\r\n-- \r\n{signature}\r\n\r\n{waiver}\r\n")
    assert analysis.decision.findings == ()
    assert analysis.record.without == ()


@pytest.mark.parametrize("stage", [Stage.TRIAL, Stage.WARN])
def test_before_it_is_enforced_nothing_is_written_and_it_is_said_what_would_be(stage, little_wickham):
    sent, analysis = out(PLAIN, at(little_wickham, signature=stage, waiver=stage))
    assert sent == PLAIN.decode()
    assert [(f.check, f.effect, f.stage) for f in analysis.decision.findings] == [
        ("signature", Verdict.NOTE, stage),
        ("waiver", Verdict.NOTE, stage),
    ]
    assert "would have been written" in analysis.decision.findings[0].reason
    assert analysis.record.placed == analysis.record.without == ()


def test_each_of_the_two_has_a_stage_of_its_own(little_wickham):
    sent, analysis = out(PLAIN, at(little_wickham, signature=Stage.TRIAL))
    signature, waiver = texts(little_wickham)
    assert waiver in sent
    assert signature not in sent
    assert [f.check for f in analysis.decision.findings] == ["signature"]
    assert analysis.record.placed[0].what == ("waiver",)


def test_off_is_as_if_there_were_no_such_check(little_wickham):
    sent, analysis = out(PLAIN, at(little_wickham, signature=Stage.OFF, waiver=Stage.OFF))
    assert sent == PLAIN.decode()
    assert analysis.decision.findings == ()


def test_a_tag_line_that_goes_is_a_note_with_its_words(little_wickham):
    _, analysis = out(PLAIN + b"\r\nSent from my iPhone\r\n", little_wickham)
    [finding] = analysis.decision.findings
    assert (finding.check, finding.verdict) == ("signature", Verdict.NOTE)
    assert finding.evidence[0].text == "Sent from my iPhone"


@pytest.mark.parametrize(
    ("fallback", "verdict"),
    [(Fallback.RECORD, Verdict.NOTE), (Fallback.HOLD, Verdict.HOLD), (Fallback.REFUSE, Verdict.REFUSE)],
)
def test_what_cannot_carry_it_is_done_with_as_the_council_chose(fallback, verdict, little_wickham):
    sent, analysis = out(ENCRYPTED, choosing(little_wickham, smime_encrypted=fallback))
    assert sent == ENCRYPTED.decode()
    assert analysis.decision.verdict is verdict
    assert {f.check for f in analysis.decision.findings} == {"signature", "waiver"}
    assert all("it is encrypted" in f.reason for f in analysis.decision.findings)
    assert analysis.record.without_waiver == "smime_encrypted"


def test_in_trial_a_class_that_would_be_held_passes_and_is_not_counted(little_wickham):
    council = at(little_wickham, signature=Stage.TRIAL, waiver=Stage.TRIAL)
    _, analysis = out(ENCRYPTED, council)
    assert analysis.decision.verdict is Verdict.NOTE
    assert {f.verdict for f in analysis.decision.findings} == {Verdict.HOLD}
    assert analysis.record.without_waiver is None


@pytest.mark.parametrize("error", [TemplateError("text", "x", "y"), ValueError("secret"), KeyError()])
def test_an_error_holds_where_it_is_enforced_and_says_no_more_than_its_name(
    error, little_wickham, monkeypatch
):
    def broken(*_):
        raise error

    monkeypatch.setattr(block, "render", broken)
    sent, analysis = out(PLAIN, little_wickham)
    assert sent == PLAIN.decode()
    assert analysis.decision.verdict is Verdict.HOLD
    assert all(f.incomplete and "secret" not in f.reason for f in analysis.decision.findings)
    assert analysis.record.without_waiver == "other"
    passed = analysed(PLAIN, at(little_wickham, signature=Stage.TRIAL, waiver=Stage.TRIAL))
    assert passed.decision.verdict is Verdict.NOTE


def test_what_could_not_be_read_could_not_be_written_into(little_wickham):
    decision = could_not_be_checked(little_wickham, datetime.fromisoformat("2026-11-09T10:00Z"), "x")
    assert {"signature", "waiver"} <= {f.check for f in decision.findings if f.incomplete}


def test_anothers_message_sent_on_goes_as_it_came_and_is_recorded(little_wickham):
    raw = f"Resent-From: {AUTHOR}\r\nResent-To: a@b.example\r\n".encode() + PLAIN.replace(
        AUTHOR.encode(), b"j.smith@resident.example"
    )
    sent, analysis = out(raw, little_wickham)
    assert sent == raw.decode()
    assert analysis.record.without_waiver == "resent"
    assert analysis.decision.verdict is Verdict.NOTE


def test_a_shared_mailbox_has_the_signature_of_who_writes_from_it(little_wickham):
    shared = "planning@littlewickham-pc.example"
    brian = "cllr.b@littlewickham-pc.example"
    situation = SITUATION.model_copy(
        update={
            "person": brian,
            "envelope": SITUATION.envelope.model_copy(update={"mail_from": shared}),
        }
    )
    raw = PLAIN.replace(AUTHOR.encode(), shared.encode())
    from filters.analysis import decide_step, read_step

    analysis = decide_step(raw, read_step(raw), situation, little_wickham)
    assert "Brian Bell" in apply(raw, analysis.rewrite).decode()
    refused = decide_step(
        raw, read_step(raw), situation.model_copy(update={"person": AUTHOR}), little_wickham
    )
    assert refused.decision.verdict is Verdict.REFUSE
    assert refused.record.placed == ()


class TestDkim:
    FIELD = "DKIM-Signature: v=1; a=rsa-sha256; d=x.example;\r\n\th=From:To:Date; bh=x; b=y\r\n"

    def test_a_signature_that_the_block_breaks_goes(self, little_wickham):
        sent, analysis = out(self.FIELD.encode() + PLAIN, little_wickham)
        assert "DKIM-Signature" not in sent
        assert analysis.record.dkim_removed == 1

    def test_without_a_change_it_stays(self, unsigned_wickham):
        raw = self.FIELD.encode() + PLAIN
        assert out(raw, unsigned_wickham)[0] == raw.decode()

    @pytest.mark.parametrize(("field", "stays"), [("From:To:Date", True), ("From:Bcc", False)])
    def test_a_field_that_goes_breaks_it_only_where_it_is_signed(self, field, stays, unsigned_wickham):
        raw = (self.FIELD.replace("From:To:Date", field) + "Bcc: a@b.example\r\n").encode() + PLAIN
        sent, analysis = out(raw, unsigned_wickham)
        assert ("DKIM-Signature" in sent) is stays
        assert analysis.record.dkim_removed == (not stays)


class TestWhatVestryChanged:
    def told(self, raw: bytes, council: Council) -> list[str]:
        analysis = analysed(raw, council)
        return [each.sentence for each in changes(raw, analysis.rewrite, analysis.record)]

    def test_it_is_told_in_sentences(self, little_wickham):
        trail = "\r\nOn Mon, 9 Nov 2026 at 10:12, Bob wrote:\r\n> Hello\r\n"
        raw = (TestDkim.FIELD + "Bcc: secret@b.example\r\n").encode() + PLAIN
        raw = raw.replace(b"Date: Mon, 9 Nov 2026 10:00:00 +0000\r\n", b"")
        raw += b"\r\nSent from my iPhone\r\n" + trail.encode()
        told = self.told(raw, little_wickham)
        assert "Took out the header field Bcc." in told
        assert "Added the header field Date, which was missing." in told
        assert (
            "Added the agreed signature (version 2024-1) below the author's text, above the quoted message."
            in told
        )
        assert "Added the waiver (version 2024-1) at the end of the message." in told
        assert "Removed the line “Sent from my iPhone”." in told
        assert any("DKIM" in sentence for sentence in told)
        assert not any("secret" in sentence for sentence in told)

    def test_the_words_are_those_that_came_in_and_went_out(self, little_wickham):
        raw = PLAIN + b"\r\nSent from my iPhone\r\n"
        analysis = analysed(raw, little_wickham)
        [words] = [c for c in changes(raw, analysis.rewrite, analysis.record) if c.added]
        assert words.removed == "Sent from my iPhone"
        signature, waiver = texts(little_wickham)
        assert words.added == f"-- \r\n{signature}\r\n\r\n{waiver}".replace("\r\n", "\n")

    def test_what_went_without_is_told_with_the_reason(self, little_wickham):
        [signature, waiver] = self.told(ENCRYPTED, little_wickham)
        assert signature == "Did not add the agreed signature: it is encrypted (S/MIME)."
        assert waiver == "Did not add the waiver: it is encrypted (S/MIME)."

    def test_no_change_is_nothing_to_tell(self, unsigned_wickham):
        assert self.told(PLAIN, unsigned_wickham) == []
