"""Whatever answers arrive, in whatever order, from whomever and whenever: nothing leaves that its sender did not choose."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, example, given, settings

from filters.context import Profile
from gateway.holds.answers.options import Option, Purpose
from gateway.holds.answers.parsing import parse
from gateway.holds.decisions import Act, release
from gateway.holds.ready import ready_with
from gateway.intake.accept import Intake
from gateway.store.errors import Conflict
from tests.unit.holds.answers.conftest import (
    CLERK,
    ID,
    JO,
    MANY,
    PRIVATE,
    SAM,
    reply_to,
    submitted,
)

WORDS = (
    "SEND",
    "Send.",
    "CANCEL",
    "LEAVE OUT 2",
    "leave out 1 and 3",
    "BCC 1",
    "SEND CANCEL",
    "Yes please",
    "leave out 9",
    "Sent from my iPhone",
    "I am out of the office",
    "READ",
    "",
)
EVERY = (Option.SEND, Option.LEAVE_OUT, Option.BCC, Option.CANCEL)
AGE = timedelta(days=14)

answers = st.tuples(
    st.just("answer"),
    st.sampled_from([JO, JO, JO, SAM, CLERK, "outside " + JO, "outside stranger@example.org"]),
    st.sampled_from(WORDS),
    st.sampled_from(["", "", "", "Auto-Submitted: auto-replied\r\n", "List-Id: <l.example>\r\n"]),
    st.sampled_from(["first", "last"]),
)
actions = st.lists(
    st.one_of(
        answers,
        answers,
        st.tuples(st.just("later"), st.sampled_from([0.01, 1.0, 13.9, 15.0])),
        st.tuples(st.just("again")),
        st.tuples(st.just("clerk")),
        st.tuples(st.just("restart")),
    ),
    min_size=1,
    max_size=8,
)


OLD = [("later", 15.0), ("answer", JO, "SEND", "", "first")]
BY_MACHINE = [("answer", JO, "SEND", "Auto-Submitted: auto-replied\r\n", "first")]
TWICE = [("answer", JO, "SEND", "", "first"), ("again",), ("answer", JO, "CANCEL", "", "first")]
THOUGHT_BETTER = [("answer", JO, "CANCEL", "", "first"), ("answer", JO, "SEND", "", "first")]
BOTH = [("clerk",), ("answer", JO, "LEAVE OUT 2", "", "first"), ("restart",), ("clerk",)]


@dataclass
class Seen:
    """What has happened, as somebody who only watches would tell it."""

    message: str
    recipients: tuple[str, ...]
    both: bool
    letters: dict[str, datetime] = field(default_factory=dict)
    chosen: list = field(default_factory=list)
    clerk: bool = False
    last: tuple | None = None


def run(post, both: bool, what: list) -> None:
    asyncio.run(_run(post, both, what))


async def _run(post, both, what):
    recipients = (*MANY, PRIVATE) if both else MANY
    number = next(post.numbers)
    message = await post.ask(
        recipients, words=f"Number {number}. See the {number * 7919} things.", subject=f"{number}"
    )
    seen = Seen(message, recipients, both)
    note(post, seen)
    first = next(iter(seen.letters))
    for each in what:
        await act(post, seen, first, each)
        note(post, seen)
        check(post, seen)


def note(post, seen):
    for letter in post.letters(about=seen.message):
        if letter["Reply-To"]:
            seen.letters.setdefault(str(letter["Reply-To"]).strip("<>"), post.now[0])


async def act(post, seen, first, each):
    match each:
        case ("answer", by, words, more, which):
            address = first if which == "first" else list(seen.letters)[-1]
            outside, _, sender = by.rpartition(" ")
            raw = reply_to(address, words, sender, next(post.numbers), more)
            profile = Profile.REPLIES if outside else Profile.SUBMISSION
            post.later(seconds=1)
            choice = parse(words, Purpose.QUESTION, EVERY, len(seen.recipients))
            young = post.now[0] < seen.letters[address] + AGE - timedelta(seconds=1)
            if sender == JO and not more and choice is not None and young:
                seen.chosen.append((choice, address == first or not seen.both))
            seen.last = (raw, address, profile, sender)
            await hand_in(post, *seen.last)
        case ("again",) if seen.last is not None:
            await hand_in(post, *seen.last)
        case ("later", days):
            post.later(days=days)
        case ("clerk",):
            done = Act(by=CLERK, why="Fine.", now=post.now[0], today=post.now[0].date(), hostname="h.example")
            try:
                ready = await ready_with(post.analyst, post.database.read, ID, seen.message, done)
                await post.database.write(lambda c: release(c, ID, seen.message, done, ready))
                seen.clerk = True
            except Conflict:
                pass
        case ("restart",):
            post.intake = Intake(
                post.settings, post.database, post.analyst, lambda: None, lambda: post.now[0]
            )


async def hand_in(post, raw, address, profile, sender):
    reply = await post.intake.accept(
        submitted(raw, (address,), login=sender, profile=profile, mail_from=sender)
    )
    assert reply.code == 250, reply


def check(post, seen):
    left = post.left(seen.message)
    assert len(left) <= 1
    sends = [choice for choice, _ in seen.chosen if choice.option is not Option.CANCEL]
    if left:
        assert post.state(seen.message) == "released"
        assert sends, "nobody chose to send it"
        assert sorted(left[0]) in [sorted(kept(seen, choice)) for choice in sends]
        assert seen.clerk or not seen.both
    if not seen.both and seen.chosen:
        first = seen.chosen[0][0]
        if first.option is Option.CANCEL:
            assert (left, post.state(seen.message)) == ([], "rejected")
        else:
            assert [sorted(each) for each in left] == [sorted(kept(seen, first))]
    if not seen.chosen:
        assert post.state(seen.message) == "held"
        assert left == []


def kept(seen, choice):
    if choice.option is not Option.LEAVE_OUT:
        return seen.recipients
    return [each for number, each in enumerate(seen.recipients) if number not in choice.numbers]


CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=25, deadline=None, suppress_health_check=CHECKS)
@given(what=actions)
@example(what=OLD)
@example(what=BY_MACHINE)
@example(what=TWICE)
@example(what=THOUGHT_BETTER)
@example(what=BOTH)
def test_what_waits_for_its_sender(post, what):
    run(post, False, what)


@settings(max_examples=25, deadline=None, suppress_health_check=CHECKS)
@given(what=actions)
@example(what=OLD)
@example(what=BY_MACHINE)
@example(what=TWICE)
@example(what=THOUGHT_BETTER)
@example(what=BOTH)
def test_what_waits_for_its_sender_and_the_clerk(post, what):
    run(post, True, what)
