"""Statutory dates, each worked out by hand in `dates.toml` with the reasoning beside it."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from gateway.foi.clock import Clock, Matter
from gateway.foi.clocks import clocks
from gateway.foi.history import Event, History, Kind
from gateway.foi.regimes import Regime

TABLE = tomllib.loads(Path(__file__).with_name("dates.toml").read_text("utf-8"))["date"]
LONG_AFTER = timedelta(days=1)


def moment(text: str) -> datetime:
    """A moment as the table writes it; noon by Greenwich where it names a day only."""
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.combine(date.fromisoformat(text), time(12), UTC)


def history(row: dict) -> History:
    """What happened, as the table has it."""
    events = [Event(Kind.RECEIVED, moment(row["received"]), frozenset({Regime(row["regime"])}))]
    if "changed" in row:
        day, regime = row["changed"]
        events.append(Event(Kind.REGIMES_CHANGED, moment(day), frozenset({Regime(regime)})))
    if "review" in row:
        events.append(Event(Kind.ANSWERED, moment(row["received"]) + timedelta(days=1)))
        events.append(Event(Kind.REVIEW_ASKED, moment(row["review"])))
    for what, when, *until in row.get("events", ()):
        events.append(Event(Kind(what), moment(when), until=date.fromisoformat(until[0]) if until else None))
    return History(tuple(events))


def counted(row: dict) -> Clock:
    """The clock that a line of the table is about."""
    happened = history(row)
    as_of = row.get("as_of")
    today = date.fromisoformat(as_of) if as_of else happened.events[-1].day + LONG_AFTER
    matter = Matter.REVIEW if "review" in row else Matter.REQUEST
    (found,) = (each for each in clocks(happened, today) if each.matter is matter)
    return found


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['regime']}-{row['received']}-due-{row['due']}")
def test_the_date_is_the_one_counted_by_hand(row):
    found = counted(row)
    assert (found.due.isoformat() if found.due else "none") == row["due"], row["why"]
    if "state" in row:
        assert found.state == row["state"], row["why"]


def test_the_table_is_as_long_as_it_has_to_be():
    assert len(TABLE) >= 70
    assert all(len(row["why"]) > 20 for row in TABLE)
