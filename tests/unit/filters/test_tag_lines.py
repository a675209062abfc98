"""The lines in which mail programs name themselves are nobody's words; whatever else stands there is."""

from __future__ import annotations

import pytest

from filters.matter import own_words
from signatures.message.anatomy import read
from tests.bench.bench_content import letter
from tests.evaluation.everyday import situation_of, strict

HOUSE = strict(only_content=True)


def said(words: str) -> list[str]:
    mail = letter(words)
    passages = own_words(read(mail.raw), situation_of(mail).within(HOUSE))
    return [each.text for each in passages if each.where == "body"]


@pytest.mark.parametrize(
    "line",
    [
        "Get Outlook for iOS",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Sent from my iPhone",
        "Sent with [Proton Mail](https://proton.me/mail/home) secure email.",
    ],
)
def test_a_mail_programs_own_line_is_left_out(line):
    assert said(f"The hedge is cut.\n\n{line}") == ["The hedge is cut."]


@pytest.mark.parametrize(
    "line",
    [
        "Get Outlook for iOS<https://shop.example/o0ukef>",
        "Get Outlook for iOS<https://aka.ms/o0ukef?password=Hunter22>",
        "Get Outlook for iOS and order ten benches",
        "Get Outlook for iOS\nWe accept your quotation.",
        "Sent from my iPhone by order of the Council",
    ],
)
def test_anything_else_is_read(line):
    assert said(f"The hedge is cut.\n\n{line}") == ["The hedge is cut.", line]
