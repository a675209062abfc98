"""Days as they begin and end in England."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gateway.archive.query import QueryError, explain, parse
from gateway.archive.query.terms import And, Since, Until

TODAY = date(2026, 11, 21)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("after:2026-01-01", Since(_utc(2026, 1, 1))),
        ("after:1/7/2026", Since(_utc(2026, 6, 30, 23))),
        ("after:01/07/2026", Since(_utc(2026, 6, 30, 23))),
        ("after:2025", Since(_utc(2025, 1, 1))),
        ("before:2025-06", Until(_utc(2025, 5, 31, 23))),
        ("before:2026-03-29", Until(_utc(2026, 3, 29))),
        ("before:2026-03-30", Until(_utc(2026, 3, 29, 23))),
        ("on:2025-06", And((Since(_utc(2025, 5, 31, 23)), Until(_utc(2025, 6, 30, 23))))),
        ("on:2026-03-29", And((Since(_utc(2026, 3, 29)), Until(_utc(2026, 3, 29, 23))))),
        ("on:2026-10-25", And((Since(_utc(2026, 10, 24, 23)), Until(_utc(2026, 10, 26))))),
        ("on:2024", And((Since(_utc(2024, 1, 1)), Until(_utc(2025, 1, 1))))),
        ("on:2025-12", And((Since(_utc(2025, 12, 1)), Until(_utc(2026, 1, 1))))),
        ("on:TODAY", And((Since(_utc(2026, 11, 21)), Until(_utc(2026, 11, 22))))),
        ("after:yesterday", Since(_utc(2026, 11, 20))),
    ],
)
def test_dates(query: str, found: object) -> None:
    assert parse(query, TODAY).term == found


def test_case_13_the_last_half_hour_of_a_year_is_not_the_next() -> None:
    since = parse("after:2026-01-01", TODAY).term
    assert isinstance(since, Since)
    assert datetime.fromisoformat("2025-12-31T23:30+00:00") < since.moment
    assert datetime.fromisoformat("2026-01-01T00:00+00:00") >= since.moment


def test_case_13_half_past_midnight_in_summer_is_that_day() -> None:
    on = parse("on:2026-07-01", TODAY).term
    assert isinstance(on, And)
    since, until = on.terms
    assert isinstance(since, Since)
    assert isinstance(until, Until)
    assert since.moment <= datetime.fromisoformat("2026-07-01T00:30+01:00") < until.moment
    assert datetime.fromisoformat("2026-06-30T23:30+01:00") < since.moment
    assert explain(on) == "Mail received on 1 July 2026."


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-30",
        "2025-02-29",
        "31/04/2026",
        "2026-13",
        "13/2026",
        "26",
        "0026",
        "9999",
        "1/2/26",
        "tomorrow",
        "2026*",
    ],
)
@pytest.mark.parametrize("field", ["after", "before", "on"])
def test_what_is_no_date_is_refused(field: str, day: str) -> None:
    with pytest.raises(QueryError, match=r"wants a date.*2026-03-31 or 31/03/2026.*today and yesterday"):
        parse(f"{field}:{day}", TODAY)
