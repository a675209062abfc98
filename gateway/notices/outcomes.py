"""What a sender is told at the end: what was decided about a message, by whom, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from config.base import london_day
from config.council import Council
from filters.finding import Decision
from gateway.holds.change import Change
from gateway.notices import people
from gateway.notices.page import Block, Items, Page, Paragraph, Said, Taken, Tone
from gateway.notices.page import Heading as Title
from gateway.notices.parts import (
    Waiting,
    council_name,
    graver,
    look_again,
    note,
    reference,
    subject_of,
    typed,
    urgent,
)
from gateway.notices.parts import why as reasons
from gateway.notices.wording import Words
from gateway.notices.writing import Outside, write
from gateway.store.messages import Heading, NewMessage


class Told(StrEnum):
    """What became of a held message."""

    RELEASED = "released"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    SENT_AS_CLERK = "sent_as_clerk"


_TONES = {Told.RELEASED: Tone.SENT, Told.SENT_AS_CLERK: Tone.SENT}
_TITLES = {Told.RELEASED: "sent", Told.SENT_AS_CLERK: "sent", Told.RETURNED: "returned"}


def after_decision(
    council: Council,
    row: Row[Any],
    told: Told,
    why: str,
    now: datetime,
    *,
    by: str | None = None,
    recipients: Sequence[str] = (),
    change: Change | None = None,
    reviewer: str | None = None,
    upstream: str | None = None,
) -> NewMessage | None:
    """The notice of what was decided; None where the message had no sender to tell.

    `row` is the message's in the archive, `why` the note on the decision and `by` the login of who decided.
    `recipients` are all whom its author named, in the archive's order, and `change` what was changed of it.
    """
    sender = row.mail_from or row.person or row.header_from
    if not sender:
        return None
    heading = Heading(row.message_id, row.subject, row.header_from, row.from_domain)
    on = london_day(now)
    again = reviewer or _who_looks_again(council, told, by, row.person, on)
    waiting = Waiting(row.id, heading, row.person, recipients=tuple(recipients), reviewer=again)
    change = change or Change()
    decided = _Decided(council, waiting, told, why, by, change, on)
    title = "sent_to_some" if told is Told.RELEASED and change.left_out else _TITLES.get(told, "not_sent")

    def page(words: Words) -> Page:
        return Page(
            words.lang,
            _TONES.get(told, Tone.NOT_SENT),
            words(f"title.{title}"),
            council_name(council, words),
            tuple(decided.blocks(words)),
            reference(words, council, waiting),
        )

    outside = _outside(sender, title, waiting, now, upstream)
    return write(council, outside, page)


def refused(
    council: Council,
    sender: str,
    waiting: Waiting,
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """The notice that a message was taken in, and refused when all of it had been looked at."""
    on = london_day(now)

    def page(words: Words) -> Page:
        blocks = (
            Paragraph(words("refused.opening", subject=subject_of(waiting.heading, words))),
            *urgent(words, council, on, waiting),
            *why_of(words, waiting.decision, council, waiting),
            Title(words("common.what_to_do")),
            Paragraph(words("refused.to_do")),
            Title(words("common.do_nothing")),
            Paragraph(words("refused.if_nothing")),
            *look_again(words, council, on, waiting),
        )
        return Page(
            words.lang,
            Tone.NOT_SENT,
            words("title.not_sent"),
            council_name(council, words),
            blocks,
            reference(words, council, waiting),
        )

    return write(council, _outside(sender, "not_sent", waiting, now, upstream), page)


def already_decided(
    council: Council,
    sender: str,
    waiting: Waiting,
    outcome: Told,
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """The notice that an answer changes nothing, as the message has been decided on."""
    on = london_day(now)
    became = Told.RELEASED if outcome is Told.SENT_AS_CLERK else outcome

    def page(words: Words) -> Page:
        blocks = (
            Paragraph(
                (
                    *words("already.opening", subject=subject_of(waiting.heading, words)),
                    " ",
                    *words(f"already.{became.value}"),
                )
            ),
            Title(words("common.what_to_do")),
            Paragraph(words("already.nothing")),
            *look_again(words, council, on, waiting, only_ask=True),
        )
        return Page(
            words.lang,
            Tone.TOLD,
            words("title.already_decided"),
            council_name(council, words),
            blocks,
            reference(words, council, waiting),
        )

    return write(council, _outside(sender, "already_decided", waiting, now, upstream), page)


def why_of(words: Words, decision: Decision, council: Council, waiting: Waiting) -> Iterator[Block]:
    """The reasons for which a message waited, or was refused."""
    return reasons(words, graver(decision), typed(council, waiting))


class _Decided:
    """What is said of one decision."""

    def __init__(
        self,
        council: Council,
        waiting: Waiting,
        told: Told,
        why: str,
        by: str | None,
        change: Change,
        on: date,
    ) -> None:
        self._council = council
        self._waiting = waiting
        self._told = told
        self._why = why
        self._by = by
        self._change = change
        self._on = on

    @property
    def _own(self) -> bool:
        return self._by is None or self._by == self._waiting.person

    def blocks(self, words: Words) -> Iterator[Block]:
        yield Paragraph(self._opening(words))
        if self._told in {Told.RETURNED, Told.REJECTED} or (self._told is Told.CANCELLED and not self._own):
            yield from urgent(words, self._council, self._on, self._waiting)
        yield from note(words, self._why)
        match self._told:
            case Told.RELEASED:
                yield from self._who_got_it(words)
            case Told.SENT_AS_CLERK:
                yield Paragraph(words("sent_as_clerk.how"))
        yield Title(words("common.what_to_do"))
        yield Paragraph(self._to_do(words))
        if self._told in {Told.RETURNED, Told.REJECTED}:
            yield Title(words("common.do_nothing"))
            yield Paragraph(words(f"{self._told.value}.if_nothing"))
        if self._told is not Told.RELEASED and not (self._told is Told.CANCELLED and self._own):
            only_ask = self._told is Told.SENT_AS_CLERK
            yield from look_again(words, self._council, self._on, self._waiting, only_ask=only_ask)

    def _opening(self, words: Words) -> Said:
        subject = subject_of(self._waiting.heading, words)
        by = people.called(words, self._council, self._by, self._on)
        match self._told:
            case Told.RELEASED:
                key = "released.opening_some" if self._change.left_out else "released.opening"
                who = words("released.by_you") if self._own and self._by else words("released.by", by=by)
                return (*words(key, subject=subject), " ", *who) if self._by else words(key, subject=subject)
            case Told.CANCELLED:
                if self._own:
                    return words("cancelled.opening_you", subject=subject)
                return words("cancelled.opening_by", subject=subject, by=by)
        return words(f"{self._told.value}.opening", subject=subject, by=_first(by))

    def _to_do(self, words: Words) -> Said:
        if self._told is not Told.RELEASED:
            return words(f"{self._told.value}.to_do")
        return words(
            "released.tell_others" if self._change.left_out and not self._own else "released.nothing"
        )

    def _who_got_it(self, words: Words) -> Iterator[Block]:
        change, everyone = self._change, self._waiting.recipients
        if change.without_trail:
            yield Paragraph(words("released.without_trail"))
        if not (change.left_out or change.blind):
            return
        named = [*change.left_out, *change.blind]
        for key, numbers in (
            ("went_to", [number for number in range(len(everyone)) if number not in named]),
            ("hidden", [number for number in change.blind if number not in change.left_out]),
            ("left_out", list(change.left_out)),
        ):
            there = [everyone[number] for number in numbers if number < len(everyone)]
            if there:
                yield Title(words(f"released.{key}"))
                yield Items(tuple((Taken(address),) for address in there))


def _first(said: Said) -> Said:
    """The same as the beginning of a sentence."""
    if said and isinstance(said[0], str):
        return (said[0][:1].upper() + said[0][1:], *said[1:])
    return said


def _who_looks_again(
    council: Council, told: Told, by: str | None, sender: str | None, on: date
) -> str | None:
    """After a rejection another officer than who rejected it, where there is one; else who decided."""
    if told is Told.REJECTED:
        others = people.in_order(council, on, [login for login in (by, sender) if login is not None])
        if others:
            return others[0].login
    return by


def _outside(sender: str, subject: str, waiting: Waiting, now: datetime, upstream: str | None) -> Outside:
    return Outside(
        to=sender,
        subject=subject,
        now=now,
        heading=waiting.heading,
        about=waiting.reference,
        threaded=True,
        upstream=upstream,
    )
