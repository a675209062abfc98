"""What a council's file says of its office, of people written to in confidence, and of the monitoring notice."""

from __future__ import annotations

from datetime import date, time

import pytest

from config.council_file import dump, loads
from config.errors import ConfigError

START = """
id = "stoke"
name = "Stoke"
domains = ["stoke.example"]
people = [{ login = "ann@stoke.example", name = "Ann" }]
"""


def told(text: str) -> str:
    with pytest.raises(ConfigError) as error:
        loads(START + text, "stoke.toml")
    return str(error.value)


def test_what_is_left_out_is_the_ordinary_week():
    council = loads(START, "stoke.toml")
    [hours] = council.working_hours
    assert ([day.value for day in hours.days][0::4], hours.from_, hours.until) == (
        ["monday", "friday"],
        time(9),
        time(17),
    )
    assert council.reminders.deputy_days == 1
    assert council.monitoring_notice is None


def test_an_address_or_a_domain_may_stand_alone():
    council = loads(START + 'protected = ["mo@district.example", "union.example"]\n', "stoke.toml")
    assert council.is_protected("mo@district.example")
    assert council.is_protected("anybody@union.example")
    assert not council.is_protected("other@district.example")
    assert not council.is_protected("a@sub.union.example")
    assert not council.is_emergency("mo@district.example")


def test_the_file_is_written_as_it_was_read():
    text = """
protected = [{ domain = "ico.example", kind = "ico", name = "the ICO" }]
emergency = ["police.example"]
bank_holidays = false
working_hours = [{ days = ["monday"], from = 10:00:00, until = 12:30:00 }]
leave = [{ login = "ann@stoke.example", from = 2026-05-11, until = 2026-05-15 }]
[reminders]
deputy_days = 2
[monitoring_notice]
version = "2"
text = "We read mail."
"""
    council = loads(START + text, "stoke.toml")
    assert loads(dump(council), "again") == council
    assert council.away("ann@stoke.example", date(2026, 5, 15))
    assert not council.away("ann@stoke.example", date(2026, 5, 16))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('protected = [{ address = "a@b.example", domain = "b.example" }]', "not both"),
        ('protected = [{ name = "nobody" }]', "either an address or a domain"),
        ('protected = ["stoke.example"]', "not the council's own"),
        ('emergency = ["a@b.example", "a@b.example"]', "each once"),
        ('emergency = [{ domain = "b.example", kind = "friend" }]', "kind"),
        ("working_hours = []", "working_hours"),
        ("working_hours = [{ from = 17:00:00, until = 09:00:00 }]", "a time after `from`"),
        ("working_hours = [{ from = 9, until = 17 }]", "a time of day"),
        ('leave = [{ login = "bea@stoke.example", from = 2026-05-11, until = 2026-05-12 }]', "somebody"),
        ('leave = [{ login = "ann@stoke.example", from = 2026-05-12, until = 2026-05-11 }]', "on or after"),
        ("[reminders]\ndeputy_days = 3\nchair_days = 2", "no fewer than"),
        ("[reminders]\nunanswered_days = 0", "unanswered_days"),
        ('[monitoring_notice]\nversion = "a b"\ntext = "T"', "letters, digits"),
    ],
)
def test_a_fault_is_named(text, said):
    assert said in told(text)
