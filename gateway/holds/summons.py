"""To whom the letters go by which people are told that mail waits, and which letter it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from config.base import london_day
from config.capacity import Capacity
from config.council import Council
from config.person import Person
from filters.finding import Decision
from gateway.holds.answers import tell, tokens
from gateway.holds.answers.options import Purpose
from gateway.holds.answers.question import question
from gateway.holds.reviewers import chairing
from gateway.holds.steps import Held, Step
from gateway.notices import held as to_sender
from gateway.notices import office, personal
from gateway.notices.kinds import NoticeKind
from gateway.notices.office import Listed
from gateway.notices.parts import Waiting
from gateway.store import archive, messages
from gateway.store.messages import Heading, NewMessage

_NEWS = {Step.NEW: NoticeKind.NEW_HOLD, Step.HANDED: NoticeKind.HANDED_OVER}
"""The steps that are the first news of a message to who is to look at it."""

_DECIDED = frozenset({*_NEWS.values(), NoticeKind.OFFICE_REMINDER, NoticeKind.ESCALATED})
"""The occasions on which an officer's own word is waited for, which can be given by a link."""


class Summons:
    """Writes the letters of one moment for one council, in the caller's transaction."""

    def __init__(
        self,
        connection: Connection,
        council: Council,
        now: datetime,
        upstream: str,
        answer_days: float,
        base_url: str | None = None,
    ) -> None:
        self._connection = connection
        self._council = council
        self._now = now
        self._today = london_day(now)
        self._upstream = upstream
        self._answer_days = answer_days
        self._base_url = base_url

    def of_message(self, held: Held, row: Row[Any], steps: frozenset[Step]) -> Iterator[Step]:
        """Write what these steps ask for. Those that are done by it; one with nobody to be told is not, for there may
        be somebody later.
        """
        if Step.LEFT in steps:
            yield from self._left(held, row)
        if Step.UNANSWERED in steps:
            yield from self._unanswered(held, row)
        if Step.SENDER in steps or Step.UNANSWERED in steps:
            yield from self._sender(row)
        yield from self._office(held, row, steps)

    @property
    def has_chair(self) -> bool:
        """Whether anybody chairs the council and is there."""
        return bool(chairing(self._council, self._today))

    def to_chair(self, held: Sequence[Held]) -> None:
        """Tell the Chair that so many messages wait, and since when."""
        since = min(each.received_at for each in held)
        for chair in chairing(self._council, self._today):
            self._write(
                office.mail_waits(self._council, chair, len(held), since, self._now, upstream=self._upstream)
            )

    def listed(self, held: Iterable[Held], *, standing_in: bool = False) -> list[Held]:
        """To each who is to look at mail now, or who stands in for them, the list of it. Those that are on a list.

        Nobody gets an empty one.
        """
        lists: dict[str, list[Listed]] = {}
        done = []
        for each in held:
            asked = each.reviewers(self._council, self._today)
            officers = self._there(asked.then) if standing_in else self._at_hand(each)
            row = archive.message(self._connection, self._council.id, each.id)
            for officer in officers:
                lists.setdefault(officer.login, []).append(Listed(self._waiting(each, row)))
            done += [each] if officers else []
        for login, some in lists.items():
            person = self._council.person(login)
            if person is not None:
                self._write(office.digest(self._council, person, some, self._now, upstream=self._upstream))
        return done

    def _left(self, held: Held, row: Row[Any]) -> Iterator[Step]:
        if self._officers(self._at_hand(held), NoticeKind.LEFT_BEHIND, held, row):
            yield Step.LEFT

    def _unanswered(self, held: Held, row: Row[Any]) -> Iterator[Step]:
        told = self._officers(self._at_hand(held), NoticeKind.UNANSWERED, held, row)
        if told:
            yield Step.UNANSWERED

    def _sender(self, row: Row[Any]) -> Iterator[Step]:
        """The question once more, with an address of its own to answer to."""
        yield Step.SENDER
        asked = question(self._connection, self._council, row.id, self._today)
        to = tell.address_of(asked)
        if to is None or row.person is None:
            return
        days = self._answer_days
        answer_to = tokens.issue(
            self._connection, self._council, row.id, row.person, asked.purpose, self._now, days
        )
        how = tell.answering(
            asked, asked.purpose, answer_to, self._now + timedelta(days=days), self._base_url
        )
        waiting = tell.waiting(asked)
        monitoring = self._council.monitoring_notice
        if asked.purpose is Purpose.NOTICE and monitoring is not None:
            self._write(
                personal.monitoring(
                    self._council,
                    to,
                    row.person,
                    monitoring.version,
                    monitoring.text,
                    self._now,
                    text_cy=monitoring.text_cy,
                    waiting=waiting,
                    answering=how,
                    upstream=self._upstream,
                )
            )
            return
        self._write(
            to_sender.reminder(self._council, to, waiting, self._now, answering=how, upstream=self._upstream)
        )

    def _office(self, held: Held, row: Row[Any], steps: frozenset[Step]) -> Iterator[Step]:
        """The first news of it; else a reminder. Whoever stands in is told when it is their turn."""
        asked = held.reviewers(self._council, self._today)
        first = self._there(asked.first)
        standing_in = self._there(asked.then)
        first_news = steps & _NEWS.keys()
        if first_news:
            [news] = first_news
            if self._officers(self._at_hand(held), _NEWS[news], held, row):
                yield from (news, Step.AGAIN) if Step.AGAIN in steps else (news,)
                if not first and standing_in:
                    yield Step.ESCALATED
                    return
        elif Step.AGAIN in steps and self._officers(first, NoticeKind.OFFICE_REMINDER, held, row):
            yield Step.AGAIN
        if Step.ESCALATED in steps and self._officers(standing_in, NoticeKind.ESCALATED, held, row):
            yield Step.ESCALATED

    def _officers(self, officers: Sequence[Person], occasion: NoticeKind, held: Held, row: Row[Any]) -> bool:
        waiting = self._waiting(held, row)
        for officer in officers:
            self._write(
                office.to_decide(
                    self._council,
                    officer,
                    occasion,
                    waiting,
                    self._now,
                    link=self._link(officer, waiting) if occasion in _DECIDED else None,
                    upstream=self._upstream,
                )
            )
        return bool(officers)

    def _link(self, officer: Person, waiting: Waiting) -> str | None:
        """A link of the officer's own to decide by. Casework is opened first, for a reason that is written down."""
        if self._base_url is None or waiting.casework:
            return None
        made = tokens.issue(
            self._connection,
            self._council,
            waiting.reference,
            officer.login,
            Purpose.DECIDE,
            self._now,
            self._answer_days,
        )
        return tokens.link(self._base_url, made)

    def _waiting(self, held: Held, row: Row[Any]) -> Waiting:
        listed = archive.recipients(self._connection, self._council.id, row.id)
        open_ = tuple(each for each in held.standing.findings if each.need in held.needs)
        return Waiting(
            reference=row.id,
            heading=Heading(row.message_id, row.subject, row.header_from, row.from_domain),
            person=row.person,
            decision=Decision(findings=open_),
            recipients=tuple(each.address for each in listed if each.added_by is None),
            received_at=row.received_at,
            casework=row.capacity == Capacity.CASEWORK.value,
        )

    def _at_hand(self, held: Held) -> tuple[Person, ...]:
        return held.reviewers(self._council, self._today).at_hand(self._council, self._today)

    def _there(self, some: Sequence[Person]) -> tuple[Person, ...]:
        return tuple(each for each in some if not self._council.away(each.login, self._today))

    def _write(self, new: NewMessage) -> None:
        messages.write_own(self._connection, new, self._now)
