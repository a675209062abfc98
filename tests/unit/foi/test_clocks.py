"""How a clock stands, what is due next, several regimes at once, and what cannot be a history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from gateway.foi.clock import Counting, Matter, State
from gateway.foi.clocks import clock, clocks, due_next, former_clocks
from gateway.foi.history import Event, History, Kind, NotAHistory
from gateway.foi.months import last_day_beginning_with, months_after
from gateway.foi.regimes import Regime
from gateway.foi.reviews import review_to_be_asked_by

FOIA, EIR, SAR = Regime.FOIA, Regime.EIR, Regime.SAR


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)


def event(kind: Kind, day: str, *regimes: Regime, until: str | None = None) -> Event:
    return Event(kind, at(day), frozenset(regimes), date.fromisoformat(until) if until else None)


def received(day: str, *regimes: Regime) -> History:
    return History((event(Kind.RECEIVED, day, *regimes),))


def on(day: str) -> date:
    return date.fromisoformat(day)


def test_the_explanation_of_case_36():
    found = clock(received("2026-03-02", FOIA), FOIA, on("2026-03-18"))
    assert found.steps == (
        "Received on Monday 2 March 2026; counted under the Freedom of Information Act 2000.",
        "Tuesday 17 March 2026 (Saint Patrick's Day, a bank holiday in Northern Ireland) is no working day anywhere "
        "(FOIA s.10(6)).",
        "The day of receipt, Monday 2 March 2026, is not counted; the twentieth working day after it is Tuesday 31 "
        "March 2026 (FOIA s.10(1)).",
    )
    assert (found.due, found.target, found.used) == (on("2026-03-31"), on("2026-03-24"), 11)
    assert found.state is State.RUNNING


def test_the_explanation_of_a_fee_and_an_extension():
    happened = received("2026-09-07", EIR)
    for kind, day in [
        (Kind.FEE_NOTICE, "2026-09-16"),
        (Kind.FEE_PAID, "2026-09-25"),
        (Kind.EXTENDED, "2026-10-15"),
    ]:
        happened = happened.then(event(kind, day))
    assert clock(happened, EIR, on("2026-10-16")).steps[1:] == (
        "A fee was asked on Wednesday 16 September 2026, to be paid by Thursday 10 December 2026. The working days from "
        "then until the fee comes are disregarded, both included (EIR reg 8(6)).",
        "The fee came on Friday 25 September 2026: 8 working days are disregarded.",
        "On Thursday 15 October 2026 the requester was told that the complexity and volume need up to 40 working days "
        "(EIR reg 7(1) and (3)).",
        "The day of receipt, Monday 7 September 2026, is not counted; the fortieth working day after it, those "
        "disregarded apart, is Thursday 12 November 2026 (EIR reg 7(1)).",
    )


def test_the_explanation_of_a_month_that_rolls():
    found = clock(received("2026-01-31", SAR), SAR, on("2026-02-10"))
    assert found.steps[1:] == (
        "It counts as received on the day it arrived, although that is no working day.",
        "From Saturday 31 January 2026 one calendar month ends on Saturday 28 February 2026 (Articles 12(3) and 12A).",
        "February has no day 31, so it is the last day of that month.",
        "Saturday 28 February 2026 is no working day, so the time runs to the end of Monday 2 March 2026 (Regulation "
        "1182/71, Article 3(4)).",
    )


@pytest.mark.parametrize(
    ("answered", "today", "state"),
    [
        (None, "2026-09-29", State.RUNNING),
        (None, "2026-09-30", State.OVERDUE),
        ("2026-09-29", "2026-10-30", State.IN_TIME),
        ("2026-09-30", "2026-10-30", State.LATE),
    ],
)
@pytest.mark.parametrize("regime", [FOIA, EIR])
def test_the_last_day_is_in_time_and_the_next_is_not(regime, answered, today, state):
    happened = received("2026-09-01", regime)
    if answered:
        happened = happened.then(event(Kind.ANSWERED, answered))
    assert clock(happened, regime, on(today)).state is state


def test_the_target_is_a_setting():
    happened = received("2026-03-02", FOIA)
    assert clock(happened, FOIA, on("2026-03-03"), Counting(target_before=0)).target == on("2026-03-31")
    assert clock(happened, FOIA, on("2026-03-03"), Counting(target_before=10)).target == on("2026-03-16")


def test_days_used_stand_still_while_a_fee_is_awaited():
    happened = received("2026-09-07", FOIA).then(event(Kind.FEE_NOTICE, "2026-09-16"))
    assert [clock(happened, FOIA, on(day)).used for day in ("2026-09-15", "2026-09-16", "2026-09-30")] == [
        6,
        6,
        6,
    ]
    assert clock(happened.then(event(Kind.FEE_PAID, "2026-09-25")), FOIA, on("2026-09-28")).used == 7


def test_days_used_of_a_month_stand_still_while_it_is_paused():
    happened = received("2026-09-01", SAR).then(event(Kind.CLARIFICATION_ASKED, "2026-09-10"))
    assert [clock(happened, SAR, on(day)).used for day in ("2026-09-09", "2026-09-10", "2026-09-24")] == [
        8,
        8,
        8,
    ]
    assert (
        clock(happened.then(event(Kind.CLARIFICATION_RECEIVED, "2026-09-24")), SAR, on("2026-09-25")).used
        == 9
    )


def test_no_day_of_the_month_is_used_before_it_begins():
    happened = received("2026-09-07", SAR).then(event(Kind.IDENTITY_ASKED, "2026-09-08"))
    assert clock(happened, SAR, on("2026-09-20")).used == 0
    assert clock(happened.then(event(Kind.IDENTITY_RECEIVED, "2026-09-21")), SAR, on("2026-09-23")).used == 2


def test_an_answer_while_the_clock_waits_is_in_time():
    happened = received("2026-09-01", FOIA).then(event(Kind.CLARIFICATION_ASKED, "2026-09-03"))
    found = clock(happened.then(event(Kind.ANSWERED, "2026-12-01")), FOIA, on("2026-12-02"))
    assert (found.state, found.due) == (State.IN_TIME, None)


def test_until_when_more_time_can_be_told():
    assert clock(received("2026-09-07", EIR), EIR, on("2026-09-08")).tell_by == on("2026-10-05")
    assert clock(received("2026-01-31", SAR), SAR, on("2026-02-01")).tell_by == on("2026-03-02")
    extended = received("2026-09-07", EIR).then(event(Kind.EXTENDED, "2026-09-10"))
    assert clock(extended, EIR, on("2026-09-11")).tell_by is None


def test_a_long_time_for_the_public_interest_is_remarked_on():
    happened = received("2026-09-07", FOIA).then(
        event(Kind.PUBLIC_INTEREST, "2026-10-01", until="2026-11-03")
    )
    assert "expects to be enough" in " ".join(clock(happened, FOIA, on("2026-10-02")).steps)
    # 2 November is the fortieth working day, and so the last without a remark.
    within = received("2026-09-07", FOIA).then(event(Kind.PUBLIC_INTEREST, "2026-10-01", until="2026-11-02"))
    assert "expects to be enough" not in " ".join(clock(within, FOIA, on("2026-10-02")).steps)


def test_a_target_after_the_due_date_is_refused():
    with pytest.raises(ValueError, match="not after"):
        Counting(target_before=-1)


def test_each_regime_has_its_clock_and_the_earliest_is_due_next():
    happened = received("2026-03-03", FOIA, EIR, SAR)
    found = clocks(happened, on("2026-03-04"))
    assert {each.regime: each.due for each in found} == {
        FOIA: on("2026-04-01"),
        EIR: on("2026-04-01"),
        SAR: on("2026-04-07"),
    }
    extended = happened.then(event(Kind.EXTENDED, "2026-03-10", EIR)).then(
        event(Kind.CLARIFICATION_ASKED, "2026-03-10", FOIA)
    )
    later = clocks(extended, on("2026-03-11"))
    assert due_next(later).regime is SAR
    answered = extended.then(event(Kind.ANSWERED, "2026-03-12", SAR))
    assert due_next(clocks(answered, on("2026-03-13"))).regime is EIR


def test_nothing_is_due_next_when_all_is_answered_or_waits():
    happened = received("2026-03-03", FOIA).then(event(Kind.CLARIFICATION_ASKED, "2026-03-04"))
    assert due_next(clocks(happened, on("2026-03-05"))) is None


def test_what_is_overdue_is_due_next():
    assert due_next(clocks(received("2026-03-03", FOIA), on("2026-06-01"))).state is State.OVERDUE


def test_a_pause_of_one_regime_is_none_of_another():
    happened = received("2026-09-01", FOIA, SAR).then(event(Kind.CLARIFICATION_ASKED, "2026-09-03", SAR))
    foia, sar = clocks(happened, on("2026-09-04"))
    assert (foia.state, sar.state) == (State.RUNNING, State.WAITING)


def test_case_37_a_change_of_regime_recounts_and_keeps_what_was_counted():
    happened = (
        received("2026-09-07", FOIA)
        .then(event(Kind.CLARIFICATION_ASKED, "2026-09-15"))
        .then(event(Kind.CLARIFICATION_RECEIVED, "2026-10-01"))
        .then(event(Kind.REGIMES_CHANGED, "2026-10-05", EIR))
        .then(event(Kind.EXTENDED, "2026-10-06"))
    )
    today = on("2026-10-07")
    (now,) = clocks(happened, today)
    # 40 working days from 1 October: 20 by 29 October, 30 (21), 2-6 November (26), 9-13 (31), 16-20 (36), 23-26 (40).
    assert (now.regime, now.due) == (EIR, on("2026-11-26"))
    assert now.steps[0].startswith(
        "Counted under the Environmental Information Regulations 2004 since Monday 5 October"
    )
    (before,) = former_clocks(happened, today)
    assert (before.regime, before.due, before.state) == (FOIA, on("2026-10-29"), State.REPLACED)
    assert "is not handled under the Freedom of Information Act 2000 any more" in before.steps[-1]
    assert [each.regime for each in clocks(happened, on("2026-09-30"))] == [FOIA]
    assert former_clocks(happened, on("2026-09-30")) == ()


def test_a_regime_that_is_added_counts_from_the_receipt():
    happened = received("2026-09-07", FOIA).then(event(Kind.REGIMES_CHANGED, "2026-09-20", FOIA, SAR))
    foia, sar = clocks(happened, on("2026-09-21"))
    assert (foia.due, sar.due) == (on("2026-10-05"), on("2026-10-07"))
    assert former_clocks(happened, on("2026-09-21")) == ()


def test_a_review_is_a_clock_of_its_own():
    happened = (
        received("2026-07-01", FOIA)
        .then(event(Kind.ANSWERED, "2026-07-20"))
        .then(event(Kind.REVIEW_ASKED, "2026-09-01"))
    )
    request, review = clocks(happened, on("2026-09-02"))
    assert (request.matter, request.state) == (Matter.REQUEST, State.IN_TIME)
    assert (review.matter, review.due, review.statutory) == (Matter.REVIEW, on("2026-09-29"), False)
    assert review.tell_by == on("2026-09-29")
    assert due_next(clocks(happened, on("2026-09-02"))) == review
    late = happened.then(event(Kind.REVIEW_ANSWERED, "2026-10-01"))
    assert clocks(late, on("2026-10-02"))[1].state is State.LATE


def test_a_second_letter_is_part_of_the_review_and_a_later_one_is_another():
    happened = received("2026-06-01", EIR).then(event(Kind.ANSWERED, "2026-06-05"))
    for kind, day in [
        (Kind.REVIEW_ASKED, "2026-06-10"),
        (Kind.REVIEW_ASKED, "2026-06-12"),
        (Kind.REVIEW_ANSWERED, "2026-06-20"),
        (Kind.REVIEW_ASKED, "2026-06-22"),
    ]:
        happened = happened.then(event(kind, day))
    _, first, second = clocks(happened, on("2026-06-23"))
    assert (first.since, first.state) == (on("2026-06-10"), State.IN_TIME)
    assert (second.since, second.state) == (on("2026-06-22"), State.RUNNING)
    assert second.statutory


def test_a_review_under_the_eir_cannot_be_extended():
    happened = received("2026-06-01", EIR).then(event(Kind.REVIEW_ASKED, "2026-09-07"))
    _, review = clocks(happened.then(event(Kind.REVIEW_EXTENDED, "2026-09-10")), on("2026-09-11"))
    assert (review.due, review.tell_by) == (on("2026-11-02"), None)
    assert "More time was told on Thursday 10 September 2026: it is not counted." in review.steps


def test_until_when_a_review_may_be_asked_for():
    happened = received("2026-09-01", EIR)
    assert review_to_be_asked_by(happened, EIR) is None
    answered = happened.then(event(Kind.ANSWERED, "2026-09-07"))
    # 40 working days: 8-11 (4), 18 (9), 25 (14), 2 October (19), 9 (24), 16 (29), 23 (34), 30 (39), 2 November (40).
    assert review_to_be_asked_by(answered, EIR) == on("2026-11-02")
    asked = answered.then(event(Kind.REVIEW_ASKED, "2026-11-03"))
    assert any("your decision" in step for step in clocks(asked, on("2026-11-04"))[1].steps)


def test_a_subject_access_request_has_no_review():
    happened = received("2026-06-01", SAR).then(event(Kind.REVIEW_ASKED, "2026-06-10"))
    assert [each.matter for each in clocks(happened, on("2026-06-11"))] == [Matter.REQUEST]
    assert review_to_be_asked_by(happened.then(event(Kind.ANSWERED, "2026-06-12")), SAR) is None


def test_a_request_that_has_lapsed_is_not_revived_by_a_late_payment():
    happened = received("2026-09-07", FOIA).then(event(Kind.FEE_NOTICE, "2026-09-16"))
    found = clock(happened.then(event(Kind.FEE_PAID, "2026-12-16")), FOIA, on("2026-12-20"))
    assert (found.state, found.due, found.open) == (State.LAPSED, None, False)


def test_moments_are_taken_by_the_calendar_of_london():
    east = timezone(timedelta(hours=9))
    late = Event(Kind.RECEIVED, datetime(2026, 7, 2, 7, 30, tzinfo=east), frozenset({FOIA}))
    assert late.day == on("2026-07-01")


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((), "begins with the receipt"),
        (
            (event(Kind.ANSWERED, "2026-01-01"), event(Kind.RECEIVED, "2026-01-02", FOIA)),
            "begins with the receipt",
        ),
        (
            (event(Kind.RECEIVED, "2026-01-01", FOIA), event(Kind.RECEIVED, "2026-01-02", FOIA)),
            "received once",
        ),
        (
            (event(Kind.RECEIVED, "2026-01-01", FOIA, SAR), event(Kind.FEE_NOTICE, "2026-01-02")),
            "say which of them",
        ),
    ],
)
def test_what_cannot_be_a_history_is_refused(events, said):
    with pytest.raises(NotAHistory, match=said):
        History(tuple(events))


def test_an_event_that_says_too_little_is_refused():
    with pytest.raises(NotAHistory, match="time zone"):
        Event(Kind.RECEIVED, datetime(2026, 1, 1), frozenset({FOIA}))  # noqa: DTZ001
    with pytest.raises(NotAHistory, match="one regime at least"):
        Event(Kind.RECEIVED, at("2026-01-01"))
    with pytest.raises(NotAHistory, match="until when"):
        Event(Kind.PUBLIC_INTEREST, at("2026-01-01"))


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2026-02-28", 1, "2026-03-28"),
    ],
)
def test_the_corresponding_date(day, months, end):
    assert months_after(on(day), months) == on(end)


@pytest.mark.parametrize(
    ("day", "end"), [("2026-09-16", "2026-12-15"), ("2026-12-01", "2027-02-28"), ("2026-11-30", "2027-02-28")]
)
def test_three_months_beginning_with_a_day(day, end):
    assert last_day_beginning_with(on(day), 3) == on(end)
