"""What somebody is told as a person of the council: how mail is checked, who opened theirs, what was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

from config.base import london_day
from config.council import Council
from gateway.holds.answers.options import Option
from gateway.notices import people
from gateway.notices.page import Block, Items, Link, Page, Paragraph, Taken, Tone
from gateway.notices.page import Heading as Title
from gateway.notices.parts import (
    NOT_ANSWERED,
    Answering,
    Waiting,
    choices,
    council_name,
    inset,
    look_again,
    reference,
    subject_of,
    urgent,
    webmail,
)
from gateway.notices.wording import Words
from gateway.notices.writing import Outside, write
from gateway.store.messages import Heading, NewMessage

_NOBODYS = Heading("", "", "", "")


def monitoring(
    council: Council,
    to: str,
    person: str,
    version: str,
    text: str,
    now: datetime,
    *,
    text_cy: str = "",
    waiting: Waiting | None = None,
    answering: Answering = NOT_ANSWERED,
    upstream: str | None = None,
) -> NewMessage:
    """The council's notice on how mail is checked, for `person` (a login) at the address `to` to say they have read.

    `waiting` is their message that waits for it, if there is one. `answering` has the option READ.
    """
    on = london_day(now)
    about = waiting or Waiting("", _NOBODYS, person)
    answering = Answering(answering.to, answering.options or (Option.READ,), answering.until, answering.link)

    def page(words: Words) -> Page:
        return Page(
            words.lang,
            Tone.TOLD if waiting is None else Tone.NOT_SENT,
            words("title.monitoring" if waiting is None else "title.not_sent_yet"),
            council_name(council, words),
            tuple(blocks(words)),
            reference(words, council, waiting, answered=answering.to is not None),
        )

    def blocks(words: Words) -> Iterator[Block]:
        if waiting is not None:
            yield Paragraph(words("monitoring.opening_waits", subject=subject_of(waiting.heading, words)))
            yield from urgent(words, council, on, waiting)
        yield Paragraph(words("monitoring.opening", version=Taken(version)))
        yield Title(words("monitoring.notice"))
        shown, lang = (text_cy, "cy") if words.lang == "cy" and text_cy else (text, "en")
        yield inset(shown, lang)
        yield Paragraph(words("monitoring.law"))
        yield Title(words("common.what_to_do"))
        yield Paragraph(words("monitoring.to_do"))
        if answering.link:
            yield Link(words("common.link"), answering.link)
        if answering.to:
            yield from choices(words, about, answering)
        yield Title(words("common.do_nothing"))
        yield Paragraph(words("monitoring.if_nothing"))
        if answering.to:
            yield from webmail(words, council, on, about)
        yield from look_again(words, council, on, about, only_ask=True)

    outside = Outside(
        to=to,
        subject="monitoring" if waiting is None else "not_sent_yet",
        now=now,
        heading=None if waiting is None else waiting.heading,
        about=None if waiting is None else waiting.reference,
        threaded=waiting is not None,
        answer_to=answering.to,
        upstream=upstream,
    )
    return write(council, outside, page)


def acknowledged(
    council: Council,
    to: str,
    version: str,
    now: datetime,
    *,
    sent: int = 0,
    upstream: str | None = None,
) -> NewMessage:
    """The confirmation that somebody has read the notice, and how many messages of theirs waited only for that."""

    def blocks(words: Words) -> Iterator[Block]:
        yield Paragraph(words("acknowledged.opening", version=Taken(version)))
        if sent:
            yield Paragraph(words("acknowledged.goes", count=str(sent)))
        yield Paragraph(words("acknowledged.nothing"))

    return _told(council, to, "acknowledged", blocks, now, upstream)


def casework_opened(
    council: Council,
    to: str,
    waiting: Waiting,
    by: str,
    why: str,
    opened_at: datetime,
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """What a member is told when `by` (a login) has opened casework of theirs, and the reason that was given."""
    on = london_day(now)

    def page(words: Words) -> Page:
        by_whom = people.called(words, council, by, on)
        blocks = (
            Paragraph(words("casework.opening", by=by_whom, subject=subject_of(waiting.heading, words))),
            Paragraph(words("casework.when", when=words.moment(opened_at))),
            Title(words("casework.reason")),
            inset(why),
            Title(words("common.what_to_do")),
            Paragraph(words("casework.to_do")),
            *look_again(words, council, on, waiting, only_ask=True),
        )
        return Page(
            words.lang,
            Tone.TOLD,
            words("title.casework"),
            council_name(council, words),
            blocks,
            reference(words, council, waiting),
        )

    outside = Outside(
        to=to,
        subject="casework",
        now=now,
        heading=waiting.heading,
        about=waiting.reference,
        threaded=True,
        upstream=upstream,
    )
    return write(council, outside, page)


def forwarding_refused(
    council: Council,
    to: str,
    person: str,
    targets: Sequence[str],
    count: int,
    day: date,
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """What the owner of a mailbox is told, once a day, of a rule of theirs that sends council mail to `targets`."""
    on = london_day(now)
    about = Waiting("", _NOBODYS, person)

    def blocks(words: Words) -> Iterator[Block]:
        yield Paragraph(words("forwarding.opening"))
        yield from urgent(words, council, on, about)
        yield Paragraph(words("forwarding.count", count=str(count), day=words.day(day)))
        yield Title(words("forwarding.to"))
        yield Items(tuple((Taken(target),) for target in targets[:20]))
        yield Title(words("common.what_to_do"))
        yield Paragraph(words("forwarding.to_do"))
        yield Title(words("common.do_nothing"))
        yield Paragraph(words("forwarding.if_nothing"))
        yield from look_again(words, council, on, about)

    return _told(council, to, "forwarding", blocks, now, upstream, Tone.NOT_SENT)


def not_counted(council: Council, to: str, now: datetime, *, upstream: str | None = None) -> NewMessage:
    """What somebody is told whose answer was to nothing that they were asked. Nothing is said of what was asked."""

    def blocks(words: Words) -> Iterator[Block]:
        yield Paragraph(words("not_counted.opening"))
        yield Title(words("common.what_to_do"))
        yield Paragraph(words("not_counted.to_do"))
        yield Title(words("common.do_nothing"))
        yield Paragraph(words("not_counted.if_nothing"))

    return _told(council, to, "not_counted", blocks, now, upstream)


def _told(
    council: Council,
    to: str,
    subject: str,
    blocks: Callable[[Words], Iterable[Block]],
    now: datetime,
    upstream: str | None,
    tone: Tone = Tone.TOLD,
) -> NewMessage:
    """A notice that is about no message in particular."""

    def page(words: Words) -> Page:
        return Page(
            words.lang,
            tone,
            words(f"title.{subject}"),
            council_name(council, words),
            tuple(blocks(words)),
            reference(words, council, None),
        )

    return write(council, Outside(to=to, subject=subject, now=now, upstream=upstream), page)
