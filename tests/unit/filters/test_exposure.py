from __future__ import annotations

import pytest

from filters.answers import Answers, KnownMail
from tests.unit.filters.letters import ANNE, DOMAIN, letter, listed, look, people

NEW = "Subject: Hedges\n"
JILL, TOM, SUE, UNA = "jill@gmail.com", "tom@btinternet.com", "sue@hotmail.co.uk", "una@talktalk.net"


def asks(header: str, body: str = "Hello.\n", **options: object) -> bool:
    return bool(look("exposure", letter(header, body), **options))


@pytest.mark.parametrize(
    ("to", "cc", "bcc", "asked"),
    [
        ([JILL], [TOM], [], False),
        ([JILL], [TOM, SUE], [], True),
        ([JILL, TOM, SUE, UNA], [], [], True),
        # One person twice.
        ([JILL, "j.i.l.l+council@googlemail.com"], [TOM], [], False),
        ([JILL], [JILL, TOM], [], False),
        # Who is in Bcc sees and is seen by nobody.
        ([JILL, TOM], [], [SUE, UNA], False),
        ([ANNE], [], [JILL, TOM, SUE], False),
        # Officers of organisations, and people of the council at its own addresses.
        (["ann@wickhamshire.gov.uk", "bob@nhs.net"], ["cat@police.uk", "dan@trust.example"], [], False),
        ([JILL, TOM], ["officer@wickhamshire.gov.uk"], [], False),
        ([JILL, TOM], [f"brian@{DOMAIN}", "brian.bell@county.example", f"friends@{DOMAIN}"], [], False),
        # What a member has declared is private wherever it is; one's own is one's own affair.
        ([JILL, TOM], ["bb@bell.example"], [], True),
        ([JILL, TOM], ["anne.home@gmail.com"], [], False),
        (["someone@mail.gmail.com.example", JILL], [TOM], [], False),
    ],
)
def test_who_is_exposed(to, cc, bcc, asked):
    fields = f"To: {listed(to)}\n" + (f"Cc: {listed(cc)}\n" if cc else "")
    assert asks(NEW + fields, bcc=bcc) is asked


@pytest.mark.parametrize(("threshold", "asked"), [(2, True), (3, True), (4, False)])
def test_the_boundary_is_the_policys(threshold, asked):
    assert asks(f"{NEW}To: {listed([JILL, TOM, SUE])}\n", thresholds={"recipients": threshold}) is asked


THREAD = (
    "Thank you all.\n\n-----Original Message-----\nFrom: Jill Carter <jill@gmail.com>\nSent: 20 November 2026 14:05\n"
    f"To: Anne Archer <{ANNE}>\nCc: Tom <tom@btinternet.com>; Sue Lamb\nSubject: Hedge\n\nWho cuts it?\n"
)


@pytest.mark.parametrize(
    ("cc", "asked"),
    [
        ([TOM, f"Sue Lamb <{SUE}>"], False),
        ([TOM, f'"Lamb, Sue" <{SUE}>', UNA], False),
        ([TOM, UNA, "vic@sky.com"], False),
        ([TOM, UNA, "vic@sky.com", "will@aol.com"], True),
    ],
)
def test_who_was_together_in_the_conversation_has_seen_the_others(cc, asked):
    header = f"Subject: Re: Hedge\nIn-Reply-To: <1@gmail.com>\nTo: {JILL}\nCc: {listed(cc)}\n"
    assert asks(header, THREAD) is asked


@pytest.mark.parametrize(("hidden", "asked"), [((), False), ((TOM, SUE, UNA), True)])
def test_who_got_an_earlier_message_unseen_has_not(hidden, asked):
    parent = KnownMail(
        message="q", message_id="<1@x.example>", author=ANNE, people=(ANNE, TOM, SUE, UNA), hidden=hidden
    )
    header = f"Subject: Re: Hedge\nIn-Reply-To: <1@x.example>\nTo: {listed([TOM, SUE, UNA])}\n"
    assert asks(header, answers=Answers(parents=(parent,))) is asked


def test_the_reason_suggests_bcc():
    (finding,) = look("exposure", letter(f"{NEW}To: {listed([JILL, TOM, SUE, *people(2)])}\n"))
    assert finding.reason == (
        "3 people outside the council would see each other's private e-mail addresses. Put them in Bcc, or write to "
        "each of them separately; or confirm that they may see them."
    )
    assert finding.about == (JILL, TOM, SUE)
    assert [each.text for each in finding.evidence] == [JILL, TOM, SUE]
