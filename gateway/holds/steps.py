"""Who is to be told, by now, that a message waits. Pure: it is given the message and the time.

Time alone never sends a message and never deletes one; all that it does is tell people, and here is whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from config.base import london_day
from config.council import Council
from filters.finding import Decision, Need
from gateway.holds.reviewers import Reviewers, reviewers
from gateway.holds.standing import standing
from gateway.holds.words import Act, given, in_office
from gateway.holds.working_time import after_days, after_hours

OFFICE = frozenset({Need.CLERK, Need.MODERATOR})
_CHECKED_WITHIN = timedelta(minutes=30)


class Step(StrEnum):
    """Something that somebody is told of a message, once."""

    NEW = "new"
    """Who is to look at it: there is one more."""

    HANDED = "handed"
    """Who is to look at it: its sender hands it to the Clerk to send."""

    AGAIN = "again"
    """Who is to look at it: it still waits."""

    ESCALATED = "escalated"
    """Who stands in for them."""

    CHAIR = "chair"
    """The Chair, that mail waits, and nothing of it."""

    SENDER = "sender"
    """Its sender: it still waits for their word."""

    UNANSWERED = "unanswered"
    """The Clerk: its sender has not answered, and can be telephoned."""

    LEFT = "left"
    """The Clerk: its sender's term has ended. It may be cancelled, and is not sent."""


@dataclass(frozen=True, slots=True)
class Held:
    """A held message as far as that depends on it. `acts` are people's decisions so far. `handed_at`: since when it is
    the Clerk's to send, where its sender handed it over.
    """

    id: str
    person: str | None
    received_at: datetime
    decision: Decision
    acts: tuple[str, ...] = ()
    sealed: bool = False
    handed_at: datetime | None = None

    @property
    def needs(self) -> frozenset[Need]:
        """Whose words it still needs."""
        return self.standing.needs - given(self.acts)

    @property
    def with_office_since(self) -> datetime:
        """Since when it has waited for the office."""
        return self.received_at if self.handed_at is None else self.handed_at

    @property
    def standing(self) -> Decision:
        """Its findings as they stand."""
        return standing(self.decision, self.acts)

    def reviewers(self, council: Council, on: date) -> Reviewers:
        """Who is to look at it."""
        alternate = Act.ASKED_SECOND_REVIEW.value in self.acts
        return reviewers(council, self.needs, self.person, on, alternate=alternate)

    def left_behind(self, council: Council, on: date) -> bool:
        """Whether its sender's term has ended."""
        return self.person is not None and not in_office(council, self.person, on)


def due(council: Council, held: Held, now: datetime) -> frozenset[Step]:
    """The steps whose time has come, told of or not. A sealed message is for its sender alone."""
    return frozenset(_due(council, held, now))


def being_checked(held: Held, now: datetime) -> bool:
    """Whether its attachments are still being checked, so that nobody is to decide yet. That comes to an end within
    minutes; of one for which it does not, people are told as of any other.
    """
    return held.decision.pending and now < held.received_at + _CHECKED_WITHIN


def _due(council: Council, held: Held, now: datetime) -> Iterator[Step]:
    if being_checked(held, now):
        return
    today = london_day(now)
    if held.left_behind(council, today):
        if not held.sealed:
            yield Step.LEFT
        return
    if Need.SENDER in held.needs:
        yield from _of_question(council, held, now)
    if held.needs & OFFICE and not held.sealed:
        yield from _of_hold(council, held, now, today)


def _of_question(council: Council, held: Held, now: datetime) -> Iterator[Step]:
    times = council.reminders
    if _passed(after_days(council, held.received_at, times.sender_days), now):
        yield Step.SENDER
    if not held.sealed and _passed(after_days(council, held.received_at, times.unanswered_days), now):
        yield Step.UNANSWERED


def _of_hold(council: Council, held: Held, now: datetime, today: date) -> Iterator[Step]:
    """By the office's hours; the Clerk's leave does not stop the clock, but hands on at once."""
    times = council.reminders
    asked = held.reviewers(council, today)
    if not council.digest.wanted:  # Which reminds of what still waits, too.
        yield Step.HANDED if Act.HANDED_OVER.value in held.acts else Step.NEW
        if _passed(after_hours(council, held.with_office_since, times.clerk_hours), now):
            yield Step.AGAIN
    days_over = _passed(after_days(council, held.with_office_since, times.deputy_days), now)
    first_away = all(council.away(each.login, today) for each in asked.first)
    if days_over or first_away:
        yield Step.ESCALATED
    nobody = all(council.away(each.login, today) for each in (*asked.first, *asked.then))
    if _passed(after_days(council, held.with_office_since, times.chair_days), now) or (nobody and days_over):
        yield Step.CHAIR


def _passed(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def last_digest(council: Council, now: datetime) -> datetime | None:
    """The latest moment up to now at which a digest was due, within a week; None where there was none."""
    latest: datetime | None = None
    following = council.digest.following(now - timedelta(days=8))
    while following is not None and following.timestamp() <= now.timestamp():
        latest = following
        following = council.digest.following(following)
    return latest
