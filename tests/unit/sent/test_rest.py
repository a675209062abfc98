from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.sent.rest import Rest

NOW = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_it_is_left_in_peace_for_as_long_as_said():
    rest = Rest()
    rest.begin(("a",), NOW, MINUTE)
    assert rest.until(("a",), NOW) == NOW + MINUTE
    assert rest.until(("a",), NOW + MINUTE) is None
    assert rest.until(("a", "jo"), NOW) is None
    rest.begin(("a", "jo"), NOW + MINUTE, MINUTE)
    assert rest.until(("a", "jo"), NOW + MINUTE) == NOW + 2 * MINUTE


def test_a_clock_set_back_ends_it():
    rest = Rest()
    rest.begin(("a",), NOW, MINUTE)
    assert rest.until(("a",), NOW - MINUTE) is None


def test_what_is_over_is_forgotten():
    rest = Rest()
    for number in range(1000):
        rest.begin((str(number),), NOW + number * MINUTE, MINUTE)
    assert len(rest._spans) == 1
