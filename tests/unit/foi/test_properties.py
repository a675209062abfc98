"""What holds of every count, whatever happens to a request."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.foi import month_clock, working_clock
from gateway.foi.clock import Counting, State
from gateway.foi.clocks import clock, clocks
from gateway.foi.history import Event, History, Kind
from gateway.foi.regimes import Regime
from gateway.foi.working_days import ENGLAND, UNITED_KINGDOM, WorkingDays

DAYS = st.dates(date(2019, 1, 1), date(2031, 1, 1))
REGIMES = st.sampled_from(list(Regime))
HAPPENS = st.sampled_from(
    [
        Kind.CLARIFICATION_ASKED,
        Kind.CLARIFICATION_RECEIVED,
        Kind.FEE_NOTICE,
        Kind.FEE_PAID,
        Kind.IDENTITY_ASKED,
        Kind.IDENTITY_RECEIVED,
        Kind.EXTENDED,
        Kind.ANSWERED,
    ]
)
LATER = timedelta(days=400)


def plain(day: date, regime: Regime) -> History:
    return History((Event(Kind.RECEIVED, datetime.combine(day, time(12), UTC), frozenset({regime})),))


@st.composite
def histories(draw) -> History:
    """A request to which anything may happen, in any order, each thing at a moment of its own."""
    happened = plain(draw(DAYS), draw(REGIMES))
    hours = draw(
        st.lists(st.tuples(st.integers(1, 24 * 80), HAPPENS), max_size=9, unique_by=lambda each: each[0])
    )
    start = happened.received.at
    return reduce(History.then, (Event(kind, start + timedelta(hours=at)) for at, kind in hours), happened)


def regime_of(happened: History) -> Regime:
    return next(iter(happened.regimes))


@given(day=DAYS, more=st.integers(1, 40), regime=REGIMES)
def test_what_comes_later_is_never_due_earlier(day, more, regime):
    first, second = (clock(plain(each, regime), regime, each) for each in (day, day + timedelta(days=more)))
    assert first.due <= second.due


@given(happened=histories())
def test_nothing_is_ever_due_on_a_day_that_is_no_working_day(happened):
    regime = regime_of(happened)
    found = clock(happened, regime, happened.events[-1].day)
    calendar = ENGLAND if regime is Regime.SAR else UNITED_KINGDOM
    assert found.due is None or calendar.is_working_day(found.due)
    assert found.target is None or calendar.is_working_day(found.target)


@settings(max_examples=200)
@given(happened=histories(), added=st.lists(st.integers(0, 200), max_size=6))
def test_one_more_holiday_never_makes_it_due_earlier(happened, added):
    regime = regime_of(happened)
    extra = frozenset(happened.received.day + timedelta(days=ahead) for ahead in added)
    more = Counting(
        united_kingdom=WorkingDays(UNITED_KINGDOM.parts, added=extra),
        england=WorkingDays(ENGLAND.parts, added=extra),
    )
    today = happened.events[-1].day
    before, after = clock(happened, regime, today), clock(happened, regime, today, more)
    if before.due is not None and after.due is not None:
        assert before.due <= after.due


@given(happened=histories(), order=st.randoms(use_true_random=False))
def test_what_is_entered_in_another_order_comes_to_the_same(happened, order):
    later = list(happened.events[1:])
    order.shuffle(later)
    grown = reduce(History.then, later, History((happened.received,)))
    assert grown == happened
    today = happened.events[-1].day
    assert clocks(grown, today) == clocks(happened, today)


@given(happened=histories())
def test_counting_on_from_each_event_comes_to_the_same_as_counting_anew(happened):
    regime, received = regime_of(happened), happened.received.day
    if regime is Regime.SAR:
        begun, taking = month_clock.begin(ENGLAND, received), month_clock.taking
    else:
        begun, taking = working_clock.begin(regime, UNITED_KINGDOM, received), working_clock.taking
    count = begun
    for at, event in enumerate(happened.events[1:], 2):
        count = taking(count, event)
        anew = clock(History(happened.events[:at]), regime, event.day)
        assert anew.since == count.start
        assert anew.due is None or anew.due == count.due


@given(happened=histories(), ahead=st.integers(0, 120))
def test_a_past_day_sees_what_was_known_on_it(happened, ahead):
    day = happened.received.day + timedelta(days=ahead)
    assert clocks(happened, day) == clocks(happened.until(day), day)


@given(happened=histories())
def test_every_event_leaves_a_sentence(happened):
    found = clock(happened, regime_of(happened), happened.events[-1].day)
    before_answer = [event.kind for event in happened.events]
    if Kind.ANSWERED in before_answer:
        before_answer = before_answer[: before_answer.index(Kind.ANSWERED) + 1]
    if not found.state.startswith("lapsed"):
        assert len(found.steps) >= len(before_answer)


@given(happened=histories())
def test_days_used_are_never_more_than_have_passed(happened):
    today = happened.events[-1].day + timedelta(days=10)
    found = clock(happened, regime_of(happened), today)
    assert 0 <= found.used <= (today - found.since).days


@given(happened=histories())
def test_nothing_stays_running_for_ever(happened):
    found = clock(happened, regime_of(happened), happened.events[-1].day + LATER)
    assert found.state is not State.RUNNING
    assert (found.state is State.OVERDUE) == (found.open and found.due is not None)
