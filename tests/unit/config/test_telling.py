"""How people are told: the language, the telephone numbers, and when a list of what waits is due."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from config.council_file import dump, loads
from config.errors import ConfigError
from config.telling import Digest, Language, Telephone, Weekday
from tests.conftest import LITTLE_WICKHAM

COUNCIL = """
id = "nether"
name = "Nether Council"
domains = ["nether.example"]
"""
TOLD = """
language = "both"
telephones = [{ name = "The office", number = "01632 960100" }]

[digest]
days = ["monday", "thursday"]
at = [09:00:00, 16:30:00]
"""


def test_it_is_read_and_written_back():
    council = loads(COUNCIL + TOLD, "x")
    assert council.language is Language.BOTH
    assert council.telephones == (Telephone(name="The office", number="01632 960100"),)
    assert council.digest == Digest(days=(Weekday.MONDAY, Weekday.THURSDAY), at=(time(9), time(16, 30)))
    assert loads(dump(council), "x") == council
    assert type(council).model_validate_json(council.model_dump_json(by_alias=True)) == council


def test_nothing_said():
    council = loads(COUNCIL, "x")
    assert (council.language, council.telephones, council.digest.wanted) == (Language.ENGLISH, (), False)
    assert council.digest.following(datetime(2026, 5, 11, tzinfo=UTC)) is None


def test_the_demo_council_has_invented_numbers():
    council = loads(LITTLE_WICKHAM.read_text(encoding="utf-8"), "x")
    assert council.telephones
    # 01632 960000 to 960999 are for drama (Ofcom): nobody is rung by mistake.
    assert all(each.number.startswith("01632 960") for each in council.telephones)


@pytest.mark.parametrize(
    "wrong",
    [
        'language = "fr"',
        'telephones = [{ name = "", number = "01632 960100" }]',
        'telephones = [{ name = "x", number = "call me" }]',
        'telephones = [{ name = "x", number = "01632 960100 ext" }]',
        'telephones = [{ name = "x", number = "12" }]',
        'telephones = [{ name = "x", number = "1234567890123456" }]',
        'telephones = [{ name = "x", number = "٠١٦٣٢ ٩٦٠١٠٠" }]',
        '[digest]\ndays = ["Monday"]',
        '[digest]\ndays = ["monday"]\nat = []',
        '[digest]\ndays = ["monday"]\nat = [9]',
        '[digest]\ndays = ["monday"]\nat = ["25:00"]',
        '[digest]\ndays = ["monday"]\nat = ["09:00Z"]',
    ],
)
def test_what_is_refused(wrong):
    with pytest.raises(ConfigError):
        loads(f"{COUNCIL}\n{wrong}\n", "x")


@pytest.mark.parametrize("number", ["101", "999", "+44 1632 960100", "01632960100"])
def test_numbers(number):
    assert Telephone(name="x", number=number).number == number


WEEK = Digest(days=(Weekday.MONDAY, Weekday.FRIDAY), at=(time(16), time(9)))
DAILY = Digest(days=tuple(Weekday), at=(time(1, 30),))


@pytest.mark.parametrize(
    ("digest", "moment", "due"),
    [
        # Monday 11 May 2026; London is an hour ahead of UTC.
        (WEEK, "2026-05-11 07:59", "2026-05-11 08:00"),
        (WEEK, "2026-05-11 08:00", "2026-05-11 15:00"),
        (WEEK, "2026-05-11 15:00", "2026-05-15 08:00"),
        (WEEK, "2026-05-15 15:00", "2026-05-18 08:00"),
        (Digest(days=(Weekday.MONDAY,)), "2026-05-11 08:00", "2026-05-18 08:00"),
        # Winter, and the two Sundays on which the clocks change: 01:30 twice, and never.
        (WEEK, "2026-11-20 08:59", "2026-11-20 09:00"),
        (DAILY, "2026-10-25 00:00", "2026-10-25 00:30"),
        (DAILY, "2026-10-25 00:30", "2026-10-26 01:30"),
        (DAILY, "2026-03-28 01:30", "2026-03-29 01:30"),
        (DAILY, "2026-03-29 01:30", "2026-03-30 00:30"),
    ],
)
def test_when_a_list_is_due(digest, moment, due):
    found = digest.following(datetime.fromisoformat(f"{moment}+00:00"))
    assert found is not None
    assert found.astimezone(UTC).isoformat(" ", "minutes") == f"{due}+00:00"
