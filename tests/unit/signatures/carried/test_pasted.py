"""A copied header without a date, as somebody pastes it by hand."""

from __future__ import annotations

import pytest

from signatures.message.anatomy import read
from signatures.message.carried.kinds import How
from tests.quick import within

CLERK, JANE = "clerk@little.example", "jane@resident.example"


def carried(text: str, *, page: bool = False):
    raw = (
        "From: Anne Archer <anne@little.example>\nTo: sam@friend.example\nSubject: Bins\nMIME-Version: 1.0\n"
        f"Content-Type: text/{'html' if page else 'plain'}; charset=utf-8\n\n{text}\n"
    )
    return read(raw.replace("\n", "\r\n").encode()).earlier


@pytest.mark.parametrize(
    "header",
    [
        f"From: Margaret Hale <{CLERK}>\nTo: Anne Archer\nSubject: Budget",
        f"From: {CLERK}\nTo: anne@little.example\nSubject: Budget\nDate: Monday",
        f"Subject: Budget\nFrom: {CLERK}\nTo: Anne Archer",
        f"*From:* Margaret Hale <{CLERK}>\n*To:* Anne Archer\n*Subject:* Budget",
        f"    From: {CLERK}\n    To: Anne Archer\n    Subject: Budget",
        f"> From: {CLERK}\n> To: Anne Archer\n> Subject: Budget",
        f"Oddi wrth: {CLERK}\nAt: Anne Archer\nPwnc: Cyllideb",
    ],
)
@pytest.mark.parametrize("above", ["", "Please see what the Clerk says.\n\n"])
def test_an_address_of_its_sender_and_two_more_fields_tell_of_earlier_mail(above, header):
    [earlier] = carried(f"{above}{header}\n\nThe precept is 41,000.")
    assert (earlier.how, earlier.author) == (How.QUOTED, CLERK)
    assert not earlier.attested


def test_in_html_too():
    page = f"<p>See below</p><div>From: {CLERK}<br>To: {JANE}<br>Subject: Budget</div><p>41,000</p>"
    [earlier] = carried(page, page=True)
    assert earlier.people == (CLERK, JANE)


@pytest.mark.parametrize(
    "text",
    [
        "From: Margaret Hale\nTo: all members\nSubject: Keys\n\nPlease hand them in.",
        f"From: {CLERK}\nTo: all members\n\nPlease hand the keys in.",
        f"From: {CLERK}\n\nTo: all members\nSubject: Keys",
        f"The bus goes from: Church Lane\nto: Market Square\nsubject: to change\nAsk {CLERK}",
        "From: Anne Archer, anne@little.example\nTo: Sam Green\nSubject: Bins\n\nDear Sam,",
    ],
)
def test_a_memo_or_the_head_of_the_letter_itself_is_none(text):
    assert carried(text) == ()


def test_many_such_lines_take_time_in_proportion():
    with within(2):
        assert carried("From: x\nTo: y\n\n" * 20_000 + "> From:" + " >" * 100_000) != ()
