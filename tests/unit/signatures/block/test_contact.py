from __future__ import annotations

import pytest

from signatures.block.contact import facts, is_tag_line
from tests.quick import within

FACTS = facts(
    [
        "Anne Archer",
        "Councillor",
        "Little Wickham Parish Council",
        "cllr.a@littlewickham-pc.example",
        "01632 960001",
        "https://www.littlewickham-pc.example/",
        "The Hall, Mill Lane, Little Wickham",
    ]
)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my iPad",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from my Galaxy",
        "Anfonwyd o fy iPhone",
        "Get Outlook for iOS",
        "Get Outlook for Android",
        "Sent from Mail for Windows",
        "Sent from Mail for Windows 10",
        "Sent from Outlook for iOS",
        "Sent from Outlook",
        "Sent from Yahoo Mail on Android",
        "Sent from Yahoo Mail for iPhone",
        "Sent with Proton Mail secure email.",
        "Sent from Proton Mail for iOS",
        "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
        "Gesendet mit der GMX Mail App",
        "sent from my iphone",
    ],
)
def test_a_tag_line_is_one_of_those_listed(line):
    assert is_tag_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Sent from my office",
        "Sent from my iPhone, so please excuse the spelling of Llanfair",
        "The letter was sent from my iPhone",
        "Get Outlook for iOS and try it",
        "Sent from the Clerk",
        "Sent from my iPhone " * 20,
    ],
)
def test_an_authors_sentence_is_none(line):
    assert not is_tag_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Anne Archer",
        "Cllr Anne Archer",
        "Cllr. Anne Archer MBE",
        "Councillor | Little Wickham Parish Council",
        "Tel: 01632 960001",
        "T: +44 1632 960001",
        "Phone: (01632) 960 001",
        "Email: cllr.a@littlewickham-pc.example",
        "www.littlewickham-pc.example",
        "http://littlewickham-pc.example",
        "The Hall, Mill Lane, Little Wickham",
        "Mill Lane",
    ],
)
def test_a_line_of_known_facts_is_accounted_for(line):
    assert FACTS.account_for(line)


@pytest.mark.parametrize(
    "line",
    [
        "Brian Bell",
        "Tel: 01632 960002",
        "Anne Archer, who wishes you a merry Christmas",
        "Please consider the environment",
        "me@elsewhere.example",
        "Anne Archer " * 100,
    ],
)
def test_a_line_with_anything_else_is_not(line):
    assert not FACTS.account_for(line)


def test_lines_that_are_almost_something_cost_little():
    with within(1):
        for text in ("Sent from my " + "Samsung phone " * 9, "Tel: " + "1-" * 300, "a | " * 150, "0" * 600):
            is_tag_line(text)
            FACTS.account_for(text)
