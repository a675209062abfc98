from __future__ import annotations

import pytest

from signatures.message.division import Confidence, Style, Zone, divide_plain
from signatures.message.division.own import read_plain
from tests.unit.signatures.division.clients import ANNOUNCEMENTS, BLOCKS, LANGUAGES, PLAIN


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


@pytest.mark.parametrize("sample", PLAIN, ids=str)
def test_what_clients_write(sample):
    division = divide_plain(sample.source)
    assert division.end_of_own == sample.place
    assert division.end_of_text == len(sample.source)
    assert (division.style, division.rule) == (sample.style, sample.rule)
    assert read_plain(sample.source).own.replace("\r", "") == sample.own


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wrapped", [False, True])
def test_attributions(language, wrapped):
    line = LANGUAGES[language]
    line = line.replace(" <", "\r\n<") if wrapped and " <" in line else line
    text = f"Diolch.\r\n\r\n{line}\r\n\r\n> Old.\r\n"
    division = divide_plain(text)
    assert text[division.end_of_own :].startswith(line)
    assert (division.style, division.confidence) == (Style.TOP, Confidence.CERTAIN)
    assert read_plain(text).own == "Diolch."
    assert read_plain(text + "Mine.").own == "Diolch.\nMine."


@pytest.mark.parametrize("language", BLOCKS)
def test_header_blocks(language):
    sender, date, to, subject = BLOCKS[language]
    block = f"{sender}: Margaret\r\n{date}: 8.11.2026 18:02\r\n{to}: Anne\r\n{subject}: Bench\r\n\r\nOld.\r\n"
    text = f"Diolch.\r\n\r\n{block}"
    division = divide_plain(text)
    assert text[division.end_of_own :] == block
    assert (division.rule, division.style) == ("header_block", Style.TOP)
    assert read_plain(text).own == "Diolch."


@pytest.mark.parametrize("language", ANNOUNCEMENTS)
@pytest.mark.parametrize("number", [0, 1])
def test_announcements(language, number):
    sender, date, to, subject = BLOCKS[language]
    announcement = ANNOUNCEMENTS[language][number]
    block = f"{announcement}\r\n{subject}: Bench\r\n{date}: 8.11.2026\r\n{sender}: Margaret\r\n{to}: Anne\r\n\r\nOld.\r\n"
    text = f"Diolch.\r\n\r\n{block}"
    division = divide_plain(text)
    assert text[division.end_of_own :] == block
    assert division.style is (Style.FORWARD if number else Style.TOP)
    assert division.confidence is Confidence.CERTAIN
    assert [span.zone for span in division.spans] == [Zone.OWN, Zone.FORWARDED if number else Zone.TRAIL]
    assert read_plain(text).own == "Diolch."


def test_prose_that_says_wrote_is_own_text():
    text = crlf("Hello.\n\nOn Monday the contractor wrote:\n\nhe would come.\n")
    division = divide_plain(text)
    assert (division.style, division.end_of_own) == (Style.NEW, len(text))


def test_below_a_quotation_the_block_goes_to_the_end():
    text = crlf("On 8 Nov 2026, M wrote:\n> Old.\n\nMine.\n")
    division = divide_plain(text)
    assert division.style is Style.BOTTOM
    assert division.end_of_own == division.end_of_text == len(text)
    assert [span.zone for span in division.spans] == [Zone.TRAIL, Zone.OWN]


def test_answers_between_quotations():
    text = crlf("On 8 Nov 2026, M wrote:\n> One?\nYes.\n> Two?\nNo.\n> Three\n")
    division = divide_plain(text)
    assert (division.style, division.end_of_own) == (Style.INTERLEAVED, len(text))
    assert [span.zone for span in division.spans] == [Zone.TRAIL, Zone.OWN] * 2 + [Zone.TRAIL]


def test_a_greeting_above_and_an_answer_below_is_bottom_posted():
    assert divide_plain("Hello.\n\nOn 8 Nov 2026, M wrote:\n> Old.\n\nMine.\n").style is Style.BOTTOM


def test_the_signature_above_the_trail_is_above_the_place():
    text = crlf("Mine.\n\n-- \nAnne Archer\nCouncillor\n\nOn 8 Nov 2026, M wrote:\n> Old.\n> -- \n> M\n")
    division = divide_plain(text)
    assert [(span.zone, text[span.start : span.end]) for span in division.spans[:2]] == [
        (Zone.OWN, "Mine.\r\n\r\n"),
        (Zone.SIGNATURE, "-- \r\nAnne Archer\r\nCouncillor\r\n\r\n"),
    ]
    assert text[division.end_of_own :].startswith("On 8 Nov")
    assert "Councillor" in read_plain(text).own


def test_a_signature_below_the_trail_does_not_make_it_bottom_posted():
    text = "Mine.\n\nOn 8 Nov 2026, M wrote:\n> Old.\n\n-- \nAnne Archer\n"
    division = divide_plain(text)
    assert division.style is Style.TOP
    assert text[division.end_of_own :].startswith("On 8 Nov")
    assert [span.zone for span in division.spans] == [Zone.OWN, Zone.TRAIL, Zone.SIGNATURE]


def test_a_delimiter_with_its_blank_goes_before_one_without():
    text = "Mine.\n--\nstill mine\n-- \nAnne\n"
    assert [text[span.start : span.end] for span in divide_plain(text).spans][1] == "-- \nAnne\n"


def test_a_delimiter_without_its_blank_counts_alone():
    assert [span.zone for span in divide_plain("Mine.\n--\nAnne\n").spans] == [Zone.OWN, Zone.SIGNATURE]


@pytest.mark.parametrize(
    "text",
    [
        "Mine.\n\n> he will come\n",
        "> Clerk to the Council",
        "As they say:\n\n> Festina lente\n",
        "To: all\nFrom: Anne\nSubject: memo\n\nMine.",
        "From: me\nTo: you\n",
        "Original Message\nParish Clerk\n",
        "Mine.\n____________\nmine too\n",
    ],
)
def test_what_is_no_trail(text):
    division = divide_plain(text)
    assert (division.style, division.rule, division.end_of_own) == (Style.NEW, "no_trail", len(text))


@pytest.mark.parametrize(
    ("trail", "rule"),
    [
        ("Margaret Hale kirjoitti 8.11.2026 klo 18.02:\n> Parish Clerk\n", "unknown_attribution"),
        ("-----Original Message-----\nParish Clerk\n", "announced_message"),
        ("Subject: x\nDate: 8 Nov 2026\nFrom: M\nTo: a\n\nParish Clerk\n", "header_block"),
        ("On 8 Nov 2026 at 18:02, M <m@x.example> wrote:\n\nParish Clerk\n", "full_attribution"),
    ],
)
def test_a_trail_for_the_place_that_the_checks_still_read(trail, rule):
    text = f"Mine.\n\n{trail}"
    division = divide_plain(text)
    assert (division.style, division.rule) == (Style.TOP, rule)
    assert division.confidence is not Confidence.CERTAIN
    assert text[division.end_of_own :] == trail
    assert "Parish Clerk" in read_plain(text).own


def test_words_made_to_look_like_a_trail_are_read():
    hidden = "On 8 Nov 2026, M wrote:\n> Old.\nParish Clerk\n> Old.\n"
    assert read_plain(hidden).own == "Parish Clerk"


def test_no_text():
    division = divide_plain("")
    assert (division.spans, division.end_of_own, division.end_of_text) == ((), 0, 0)
    assert [span.zone for span in divide_plain("\r\n\r\n").spans] == [Zone.OWN]
