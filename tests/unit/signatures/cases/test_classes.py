"""Cases 43 and 44: calendars, winmail.dat, what machines send, DKIM, sizes, shared mailboxes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.policy import Verdict
from signatures.message.scanner import CAPS
from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import (
    AFTER,
    END,
    SIGNATURE,
    WAIVER,
    client,
    council,
    send,
    with_fallback,
)
from tests.unit.signatures.cases.visible import is_body, leaves, parsed, texts

BOTH = pytest.mark.parametrize("position", [AFTER, END])


def calendar_parts(raw: bytes) -> list[bytes]:
    return [part.as_bytes() for _, part in leaves(parsed(raw)) if not is_body(part)]


@BOTH
@pytest.mark.parametrize("name", ["request", "reply", "cancel", "google"])
def test_case_43_a_calendar_part_is_untouched_and_its_sibling_gets_the_block(name, position):
    sent = send(f"cases/43-calendar-{name}", position)
    expect.own_and_trail(sent, position, trail=False)
    assert calendar_parts(sent.raw) == calendar_parts(sent.received) != []
    assert b"BEGIN:VCALENDAR" in sent.raw


@BOTH
def test_case_43_a_calendar_alone_goes_as_it_came_and_that_is_said(position):
    sent = send("cases/43-calendar-only", position)
    assert sent.raw == sent.received
    assert sent.decision.verdict in {Verdict.PASS, Verdict.NOTE}
    assert "waiver" in sent.notes


@pytest.mark.parametrize(("choice", "verdict"), [("hold", Verdict.HOLD), ("refuse", Verdict.REFUSE)])
def test_case_43_the_council_may_choose_otherwise_for_calendars(choice, verdict):
    sent = send("cases/43-calendar-request", council(AFTER, with_fallback(calendar=choice)))
    assert sent.decision.verdict is verdict
    assert sent.raw == sent.received


@BOTH
def test_case_43_winmail_dat_is_untouched_and_the_text_beside_it_gets_the_block(position):
    sent = send("cases/43-winmail-dat", position)
    expect.own_and_trail(sent, position, trail=False)
    assert "Outlook" in sent.notes or "winmail" in sent.notes, (
        "its readers may not see the waiver, and that is said"
    )


@pytest.mark.parametrize("name", ["cases/44-delivery-report", "cases/44-read-receipt"])
@pytest.mark.parametrize("mail_from", [None, ""])
def test_case_44_reports_and_receipts_go_as_they_came(name, mail_from):
    sent = send(name, mail_from=mail_from)
    assert sent.raw == sent.received
    assert sent.decision.verdict in {Verdict.PASS, Verdict.NOTE}
    assert "waiver" in sent.notes


@pytest.mark.parametrize("name", ["thunderbird/new-plain", "outlook-desktop/new"])
def test_case_44_what_has_the_null_sender_goes_as_it_came(name):
    sent = send(name, mail_from="")
    assert sent.raw == sent.received
    # A login may not use it for a letter; a report may have it.
    assert sent.decision.verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    "name", ["cases/44-out-of-office", "cases/44-vacation-sieve", "cases/44-vacation-gmail"]
)
def test_case_44_an_out_of_office_reply_gets_the_waiver_only_if_configured(name):
    usual = send(name)
    assert usual.raw == usual.received
    assert "waiver" in usual.notes
    asked = send(name, council(AFTER, with_fallback(out_of_office="sign")))
    expect.own_and_trail(asked, trail=False)


@pytest.mark.parametrize("verdict", [Verdict.NOTE, Verdict.HOLD, Verdict.REFUSE])
def test_case_44_a_message_over_the_size_that_is_written_into_is_done_with_as_the_council_chose(verdict):
    choice = {Verdict.NOTE: "record", Verdict.HOLD: "hold", Verdict.REFUSE: "refuse"}[verdict]
    house = council(AFTER, with_fallback(oversize=choice))
    just = len(client("thunderbird/new-plain"))
    sent = send("thunderbird/new-plain", house, caps=replace(CAPS, written_bytes=just - 1))
    assert sent.raw == sent.received
    assert sent.decision.verdict is verdict
    assert "waiver" in sent.notes
    sent = send("thunderbird/new-plain", house, caps=replace(CAPS, written_bytes=just))
    expect.own_and_trail(sent, trail=False)


@BOTH
def test_case_44_a_dkim_signature_that_we_break_is_taken_out(position):
    assert b"DKIM-Signature" in client("cases/44-dkim-signed")
    sent = send("cases/44-dkim-signed", position)
    after = parsed(sent.raw)
    assert after["DKIM-Signature"] is None
    assert b"selector1" not in sent.raw
    assert [name for name, _ in expect.fixed_fields(parsed(sent.received)) if name != "DKIM-Signature"] == [
        name for name, _ in expect.fixed_fields(after)
    ]
    for now in texts(sent.raw):
        expect.block(now, position)
    expect.fit(sent.raw)
    expect.outside(sent)


def test_case_44_a_dkim_signature_that_still_holds_stays():
    raw = client("cases/44-dkim-signed")
    head = raw[: raw.index(b"\r\nFrom:")]
    receipt = head + b"\r\n" + client("cases/44-read-receipt")
    assert send(receipt).raw == receipt


def test_case_44_a_shared_mailbox_signs_with_its_own_signature():
    sent = send("cases/44-shared-mailbox", mail_from="planning@littlewickham-pc.example")
    (now,) = texts(sent.raw)
    expect.block(now, signature=("For the Planning Committee", "Little Wickham Parish Council"), trail=False)
    assert "01632 960001" not in " ".join(now.lines)


def test_case_44_only_for_a_login_that_may_use_it():
    sent = send(
        "cases/44-shared-mailbox",
        login="cllr.b@littlewickham-pc.example",
        mail_from="planning@littlewickham-pc.example",
    )
    assert sent.decision.verdict is Verdict.REFUSE
    assert "For the Planning Committee" not in sent.raw.decode()


def test_case_44_the_same_login_from_its_own_address_signs_in_its_own_name():
    (now,) = texts(send("thunderbird/new-plain").raw)
    expect.block(now, signature=SIGNATURE, trail=False)


def staged(**stages: str):
    """A change: the stages of the two checks."""

    def change(values):
        for check, stage in stages.items():
            values["policy"]["checks"][check]["stage"] = stage

    return change


@BOTH
@pytest.mark.parametrize("stage", ["trial", "warn"])
def test_on_trial_nothing_is_written_and_it_is_recorded_what_would_have_been(stage, position):
    sent = send("owa/reply", council(position, staged(signature=stage, waiver=stage)))
    assert sent.raw == sent.received
    assert "signature note" in sent.notes
    assert "waiver note" in sent.notes
    assert sent.decision.verdict in {Verdict.PASS, Verdict.NOTE}


def test_switched_off_nothing_is_written_nor_said():
    sent = send("owa/reply", council(AFTER, staged(signature="off", waiver="off")))
    assert sent.raw == sent.received
    assert sent.notes == ""


@BOTH
def test_the_waiver_alone_where_only_that_is_enforced(position):
    sent = send("owa/reply", council(position, staged(signature="trial")))
    for now in texts(sent.raw):
        expect.the_only(now.lines, WAIVER)
        assert not expect.found(now.lines, " ".join(SIGNATURE))
    expect.alone(sent)


def test_on_trial_what_cannot_be_written_into_is_not_held():
    sent = send("cases/charset-unknown", council(AFTER, staged(signature="trial", waiver="trial")))
    assert sent.raw == sent.received
    assert sent.decision.verdict in {Verdict.PASS, Verdict.NOTE}
