from __future__ import annotations

import pytest

from signatures.message.division.own import read_plain
from tests.quick import within


def own_text(text: str) -> str:
    return read_plain(text).own


QUOTED = "> The bench is ordered.\n>\n> Margaret Hale\n> Parish Clerk"
OUTLOOK = (
    "From: Margaret Hale <clerk@littlewickham-pc.example>\nSent: 08 November 2026 18:02\n"
    "To: Anne Archer\nSubject: Bench\n\nThe bench is ordered.\n\nMargaret Hale\nParish Clerk"
)


@pytest.mark.parametrize(
    "trail",
    [
        "On Sun, 8 Nov 2026 at 18:02, Margaret Hale <clerk@x.example> wrote:\n" + QUOTED,
        "On Sun, 8 Nov 2026 at 18:02, Margaret Hale <clerk@x.example>\nwrote:\n\n" + QUOTED,
        "On Sunday, 8 November 2026 at 18:02:00 GMT, Margaret\nHale <clerk@littlewickham-pc.example>\nwrote:\n"
        + QUOTED,
        "On 08/11/2026 18:02, Margaret Hale wrote:\n" + QUOTED,
        "> On 8 Nov 2026, at 18:02, Margaret Hale <clerk@x.example> wrote:\n>\n" + QUOTED,
        "Ar 8 Tach 2026, ysgrifennodd Margaret Hale:\n" + QUOTED,
        "Am 08.11.2026 um 18:02 schrieb Margaret Hale:\n" + QUOTED,
        "Le 8 nov. 2026 à 18:02, Margaret Hale a écrit :\n" + QUOTED,
        OUTLOOK,
        "________________________________\n" + OUTLOOK,
        "-----Original Message-----\n" + OUTLOOK,
        "-----Original Message-----\n\n" + OUTLOOK,
        "---------- Forwarded message ---------\nFrom: M <m@x>\nDate: Sun, 8 Nov 2026\nSubject: B\nTo: <a@x>\n\nText",
        "Begin forwarded message:\n\nFrom: M <m@x>\nSubject: Bench\nDate: 8 November 2026\nTo: a@x\n\nText",
        "-------- Forwarded Message --------\nSubject: \tBench\nDate: \tSun, 8 Nov 2026\nFrom: \tM\nTo: \ta\n\nText",
        "-------- Original message --------\nFrom: M\nDate: 08/11/2026 18:02 (GMT+00:00)\nTo: a@x\nSubject: B\n\nText",
        "Oddi wrth: Margaret\nAnfonwyd: 08 Tachwedd 2026\nAt: Anne\nPwnc: Mainc\n\nTestun",
        "*From:* Margaret\n*Sent:* 08 November 2026\n*To:* Anne\n*Subject:* Bench\n\nText",
        "From: Margaret\nSent: 08 November 2026\nTo: a very long list of people, who\nare many\nSubject: B\n\nText",
        "> ---------- Forwarded message ---------\n> From: M\n> Date: 8 Nov 2026\n> To: a\n>\n" + QUOTED,
    ],
)
def test_the_trail_goes_and_the_authors_text_stays(trail):
    assert own_text(f"Thank you.\n\nAnne\n\n{trail}\n") == "Thank you.\n\nAnne"


def test_text_below_and_between_quotations_is_the_authors():
    text = f"Hello.\nOn 8 Nov 2026, M wrote:\n{QUOTED}\nFirst answer.\n{QUOTED}\nSecond answer.\n"
    assert own_text(text) == "Hello.\nFirst answer.\nSecond answer."


@pytest.mark.parametrize(
    "text",
    [
        "> Clerk to the Council",
        "On Monday the contractor wrote:\n> he will come",
        "On Monday 8 Nov the contractor wrote:\nhe will come",
        "Original Message\nParish Clerk",
        "-----Original Message-----\nParish Clerk",
        "From: me\nTo: you\nAnd so on",
        "From: me\nDate: soon\nTo: you\nAnd so on",
        "To: all\nFrom: Anne\nDate: 9 Nov 2026\nSubject: memo\n\nMine.",
        "From: me\n\nDate: 9 Nov 2026\n\nTo: you",
        "Sent from my phone on 8 Nov",
        "",
        "  indented\n\n\nand spaced",
    ],
)
def test_what_is_not_surely_a_trail_is_the_authors(text):
    assert own_text(text) == text


def test_blanks_at_line_ends_and_lines_around_go():
    assert own_text("\n\na  \nb\t\n\n") == "a\nb"


@pytest.mark.parametrize(
    "text",
    [
        "On " * 300_000,
        "On 1 x:\n" * 120_000,
        ("On 1 " + "wrote " * 60 + "x:\n") * 2500,
        ("On 1 " + "wrote " + "x" * 60 + ":\n") * 12_000,
        ("> On 1 May, X wrote:\n" * 50_000),
        "From: x\n" * 120_000,
        "From: x\nDate: 1\n" * 60_000,
        "From: x\n> From: x\n" * 60_000,
        "To: x\n" * 160_000,
        "-----Original Message-----\nTo: x\n" * 30_000,
        "-" * 1_000_000,
        " " * 1_000_000 + "x",
        ("-" * 119 + "\n") * 8000 + "From: x\nDate: 1\nTo: y\n",
        "> " * 500_000,
        "> > > > x\n" * 100_000,
        "\n" * 1_000_000,
        "x" * 1_000_000,
        "Date: " + "x" * 1_000_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_hostile_text_takes_time_in_proportion(text):
    with within(2):
        own_text(text)


@pytest.mark.parametrize(
    "lines",
    [
        "From: 7 pm\nTo: 11 pm\nDate: 12 December 2026",
        "Date: 12 December 2026\nFrom: 19.00\nTo: 23.00\nSubject: Yoga",
        "From: Monday\nTo: Friday\nDate: 12 to 16 December",
        "From: Church Lane\nTo: Mill Lane\nDate: 12 December 2026",
    ],
)
def test_when_a_hall_is_booked_and_where_a_road_is_closed_is_the_authors(lines):
    text = f"Dear Jane,\n\nIt is as follows:\n\n{lines}\n\nMargaret"
    assert own_text(text) == text
    forwarded = f"See below.\n\n-----Original Message-----\nFrom: M\nDate: 8 Nov 2026\nTo: a\n\n{lines}"
    assert own_text(forwarded) == "See below."
