"""What a sender is told of a message that waits: that it has not been sent, for what, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum

from config.base import london_day
from config.council import Council
from filters.finding import Decision, Need
from gateway.holds.answers.options import Option, offered
from gateway.notices.mask import masked
from gateway.notices.outcomes import Told, after_decision
from gateway.notices.page import Block, Link, Page, Paragraph, Said, Taken, Tone
from gateway.notices.page import Heading as Title
from gateway.notices.parts import (
    NOT_ANSWERED,
    WAITS_FOR,
    Answering,
    Waiting,
    choices,
    council_name,
    graver,
    look_again,
    reference,
    subject_of,
    typed,
    urgent,
    webmail,
    whom,
    why,
)
from gateway.notices.wording import Words
from gateway.notices.writing import Outside, write
from gateway.store.messages import Heading, NewMessage

__all__ = [
    "NotUnderstood",
    "Told",
    "after_decision",
    "asked_again",
    "could_not",
    "expired",
    "reminder",
    "still_checked",
    "when_held",
]

_Opening = Callable[[Words, Waiting], Said]


class NotUnderstood(StrEnum):
    """What was wrong with an answer."""

    NO_WORD = "no_word"
    SEVERAL = "several"
    NUMBERS = "numbers"
    OTHERS = "others"
    NOT_OFFERED = "not_offered"
    NOT_BINDING = "not_binding"
    BASIS = "basis"


def when_held(
    council: Council,
    sender: str,
    heading: Heading,
    message: str,
    decision: Decision,
    now: datetime,
    *,
    recipients: Sequence[str] = (),
    person: str | None = None,
    answer_to: str | None = None,
    answer_until: datetime | None = None,
    options: Sequence[Option] | None = None,
    link: str | None = None,
    reviewer: str | None = None,
    upstream: str | None = None,
) -> NewMessage:
    """The notice that a message waits, for whom, with each reason and what was seen.

    It goes to the address `sender`; `person` is the author's login (the same where none is given). `recipients` are
    those whom the author named, in the archive's order, as written. With `answer_to` it can be answered, with
    `options`, or else with those that are offered for the decision, until `answer_until`. `reviewer` is the login
    of who looks at it, where that is not the Clerk.
    """
    waiting = Waiting(message, heading, person or sender, decision, tuple(recipients), reviewer=reviewer)
    answering = _answering(council, waiting, answer_to, answer_until, options, link, london_day(now))
    return _notice(council, sender, waiting, answering, now, upstream, _opening)


def still_checked(
    council: Council,
    sender: str,
    waiting: Waiting,
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """The notice that the attachments of a message are still being checked: nothing is asked, and nobody decides."""
    on = london_day(now)

    def page(words: Words) -> Page:
        blocks = (
            Paragraph(words("checking.opening", subject=subject_of(waiting.heading, words))),
            *urgent(words, council, on, waiting),
            Title(words("common.what_to_do")),
            Paragraph(words("held.nothing_to_do")),
            Title(words("common.do_nothing")),
            Paragraph(words("checking.if_nothing")),
            *look_again(words, council, on, waiting),
        )
        return Page(
            words.lang,
            Tone.NOT_SENT,
            words("title.not_sent_yet"),
            council_name(council, words),
            blocks,
            reference(words, council, waiting),
        )

    outside = Outside(
        to=sender,
        subject="not_sent_yet",
        now=now,
        heading=waiting.heading,
        about=waiting.reference,
        threaded=True,
        upstream=upstream,
    )
    return write(council, outside, page)


def reminder(
    council: Council,
    sender: str,
    waiting: Waiting,
    now: datetime,
    *,
    answering: Answering = NOT_ANSWERED,
    upstream: str | None = None,
) -> NewMessage:
    """The same again, for somebody who has not answered yet, or whose message still waits for others."""

    def opening(words: Words, waiting: Waiting) -> Said:
        asked = Need.SENDER in waiting.decision.needs
        key = "reminder.opening" if asked else "reminder.opening_held"
        said = words(key, subject=subject_of(waiting.heading, words))
        if waiting.received_at is None:
            return said
        return (*said, " ", *words("reminder.since", since=words.moment(waiting.received_at)))

    return _notice(council, sender, waiting, answering, now, upstream, opening)


def asked_again(
    council: Council,
    sender: str,
    waiting: Waiting,
    wrong: NotUnderstood,
    now: datetime,
    *,
    answering: Answering,
    upstream: str | None = None,
) -> NewMessage:
    """The question once more, for somebody whose answer was not understood: what was wrong, and the words."""

    def opening(words: Words, waiting: Waiting) -> Said:
        said = words("again.opening", subject=subject_of(waiting.heading, words))
        return (*said, " ", *words(f"again.{wrong.value}"))

    return _notice(council, sender, waiting, answering, now, upstream, opening)


def could_not(
    council: Council,
    sender: str,
    waiting: Waiting,
    reason: str,
    now: datetime,
    *,
    answering: Answering,
    upstream: str | None = None,
) -> NewMessage:
    """The question once more, for somebody who chose what cannot be done to this message, for a `reason`."""

    def opening(words: Words, waiting: Waiting) -> Said:
        told = Taken(masked(reason, typed(council, waiting), 500), "en")
        return words("again.could_not", subject=subject_of(waiting.heading, words), reason=told)

    return _notice(council, sender, waiting, answering, now, upstream, opening)


def expired(
    council: Council,
    sender: str,
    waiting: Waiting,
    now: datetime,
    *,
    answering: Answering,
    upstream: str | None = None,
) -> NewMessage:
    """The question afresh, for somebody whose answer came when it had run out."""

    def opening(words: Words, waiting: Waiting) -> Said:
        return words("again.expired", subject=subject_of(waiting.heading, words))

    return _notice(council, sender, waiting, answering, now, upstream, opening)


def _opening(words: Words, waiting: Waiting) -> Said:
    said = words("held.opening", subject=subject_of(waiting.heading, words))
    return (*said, " ", *words(f"held.waits.{WAITS_FOR.get(waiting.decision.needs, 'clerk')}"))


def _answering(
    council: Council,
    waiting: Waiting,
    to: str | None,
    until: datetime | None,
    options: Sequence[Option] | None,
    link: str | None,
    on: date,
) -> Answering:
    if options is None and to is not None:
        options = offered(council, waiting.decision, waiting.recipients, sender=waiting.person, on=on)
    return Answering(to, tuple(options or ()), until, link)


def _notice(
    council: Council,
    sender: str,
    waiting: Waiting,
    answering: Answering,
    now: datetime,
    upstream: str | None,
    opening: _Opening,
) -> NewMessage:
    on, shown = london_day(now), typed(council, waiting)

    def page(words: Words) -> Page:
        blocks = (
            Paragraph(opening(words, waiting)),
            *urgent(words, council, on, waiting),
            *why(words, graver(waiting.decision), shown),
            *_what_to_do(words, council, waiting, answering, on),
            *look_again(words, council, on, waiting),
        )
        return Page(
            words.lang,
            Tone.NOT_SENT,
            words("title.not_sent_yet"),
            council_name(council, words),
            blocks,
            reference(words, council, waiting, answered=answering.to is not None),
        )

    outside = Outside(
        to=sender,
        subject="not_sent_yet",
        now=now,
        heading=waiting.heading,
        about=waiting.reference,
        threaded=True,
        answer_to=answering.to,
        upstream=upstream,
    )
    return write(council, outside, page)


def _what_to_do(
    words: Words, council: Council, waiting: Waiting, answering: Answering, on: date
) -> Iterator[Block]:
    needs = waiting.decision.needs
    asked = Need.SENDER in needs
    answerable = bool(answering.to and answering.options)
    yield Title(words("common.what_to_do"))
    if not asked:
        yield Paragraph(words("held.or_choose" if answerable else "held.nothing_to_do"))
    elif not (answerable or answering.link):
        yield Paragraph(words("held.no_way_to_answer", whom=whom(words, council, on, waiting)))
    if answering.link:
        yield Link(words("common.link"), answering.link)
    if answerable:
        yield from choices(words, waiting, answering)
    yield Title(words("common.do_nothing"))
    nothing = (
        ("question.if_nothing" if needs == {Need.SENDER} else "question.if_nothing_both")
        if asked
        else "held.if_nothing"
    )
    yield Paragraph(words(nothing))
    if answerable:
        yield from webmail(words, council, on, waiting)


def _if_nothing(needs: frozenset[Need]) -> str:
    if Need.SENDER not in needs:
        return "held.if_nothing"
    return "question.if_nothing" if len(needs) == 1 else "question.if_nothing_both"
