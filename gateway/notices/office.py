"""What those who decide are told: what waits for them, alone or in a list, and that something was not decided in time.

Nothing of what they decide on stands here that a phone on a table should not show: addresses outside the council are
masked, and of a resident's casework not even the subject is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from config.base import london_day
from config.council import Council
from config.person import Person
from filters.finding import Need, Wants
from gateway.holds.statement import wanted_by
from gateway.notices import mask, people
from gateway.notices.kinds import NoticeKind
from gateway.notices.page import Block, Items, Link, Page, Paragraph, Phones, Said, Taken, Tone
from gateway.notices.page import Heading as Title
from gateway.notices.parts import Waiting, council_name, graver, number, reason, reference, subject_of, why
from gateway.notices.wording import Words
from gateway.notices.writing import Outside, write
from gateway.store.messages import NewMessage

_MOST_LISTED = 20
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class _Occasion:
    """The keys of what is said on an occasion: subject and title, the opening, what to do, and what otherwise."""

    title: str
    opening: str
    to_do: str = "to_do"
    if_nothing: str = "if_nothing"


_OCCASIONS = {
    NoticeKind.NEW_HOLD: _Occasion("to_decide", "new"),
    NoticeKind.CONSENT_ASKED: _Occasion("consent", "consent", "to_do_consent"),
    NoticeKind.HANDED_OVER: _Occasion("handed", "handed"),
    NoticeKind.SECOND_REVIEW: _Occasion("second", "second", "to_do_second"),
    NoticeKind.OFFICE_REMINDER: _Occasion("still_to_decide", "reminder"),
    NoticeKind.ESCALATED: _Occasion("to_decide", "escalated"),
    NoticeKind.UNANSWERED: _Occasion("unanswered", "unanswered", "to_do_unanswered", "if_nothing_unanswered"),
    NoticeKind.LEFT_BEHIND: _Occasion("left", "left", "to_do_left", "if_nothing_unanswered"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A message in the list of what waits; `link` goes to where it is decided."""

    waiting: Waiting
    link: str | None = None


def to_decide(
    council: Council,
    officer: Person,
    occasion: NoticeKind,
    waiting: Waiting,
    now: datetime,
    *,
    link: str | None = None,
    upstream: str | None = None,
) -> NewMessage:
    """The notice to somebody who decides, on one of the occasions that there are for an officer to be told.

    `link` goes to a page that shows the message and asks before anything is done. Raises KeyError for a kind of
    notice that is no such occasion.
    """
    said = _OCCASIONS[occasion]
    on = london_day(now)

    def page(words: Words) -> Page:
        return Page(
            words.lang,
            Tone.TOLD,
            words(f"title.{said.title}"),
            council_name(council, words),
            tuple(_one(words, council, said, waiting, link, on)),
            reference(words, council, waiting),
        )

    outside = Outside(
        to=people.address_of(officer, council, on),
        subject=said.title,
        now=now,
        heading=None if waiting.casework else waiting.heading,
        about=waiting.reference,
        upstream=upstream,
    )
    return write(council, outside, page)


def digest(
    council: Council,
    officer: Person,
    listed: Sequence[Listed],
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """The list of what waits for somebody who decides, the oldest first as given."""
    on = london_day(now)

    def page(words: Words) -> Page:
        blocks: list[Block] = [Paragraph(words("digest.opening", count=str(len(listed))), strong=True)]
        for each in listed[:_MOST_LISTED]:
            blocks += _entry(words, council, each, on)
        if len(listed) > _MOST_LISTED:
            blocks.append(Paragraph(words("digest.not_shown", count=str(len(listed) - _MOST_LISTED))))
        blocks += [
            Title(words("common.what_to_do")),
            Paragraph(words("digest.to_do")),
            Title(words("common.do_nothing")),
            Paragraph(words("digest.if_nothing")),
        ]
        return Page(
            words.lang,
            Tone.TOLD,
            words("title.digest"),
            council_name(council, words),
            tuple(blocks),
            reference(words, council, None),
        )

    outside = Outside(
        to=people.address_of(officer, council, on), subject="digest", now=now, upstream=upstream
    )
    return write(council, outside, page)


def mail_waits(
    council: Council,
    chair: Person,
    count: int,
    since: datetime,
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """What the Chair learns: that mail waits, how much of it and since when, and nothing else."""
    on = london_day(now)

    def page(words: Words) -> Page:
        officers = people.in_order(council, on, (chair.login,))
        whom = people.called(words, council, officers[0].login, on) if officers else words("people.nobody")
        phone = number(people.phone_of(officers[0], council)) if officers else ""
        blocks: list[Block] = [
            Paragraph(words("mail_waits.opening", count=str(count), since=words.moment(since))),
            Paragraph(words("mail_waits.privacy")),
            Title(words("common.what_to_do")),
            Paragraph(words("mail_waits.to_do", whom=whom)),
        ]
        if phone:
            blocks.append(Phones((((Taken(officers[0].name),), phone),)))
        blocks += [Title(words("common.do_nothing")), Paragraph(words("mail_waits.if_nothing"))]
        return Page(
            words.lang,
            Tone.TOLD,
            words("title.mail_waits"),
            council_name(council, words),
            tuple(blocks),
            reference(words, council, None),
        )

    outside = Outside(
        to=people.address_of(chair, council, on), subject="mail_waits", now=now, upstream=upstream
    )
    return write(council, outside, page)


def _one(
    words: Words, council: Council, said: _Occasion, waiting: Waiting, link: str | None, on: date
) -> Iterator[Block]:
    sender = people.called(words, council, waiting.person, on)
    if waiting.casework:
        opening = words(f"office.{said.opening}_casework", sender=sender)
    else:
        opening = words(f"office.{said.opening}", sender=sender, subject=subject_of(waiting.heading, words))
    yield Paragraph(opening)
    if waiting.received_at is not None:
        yield Paragraph(words("office.since", since=words.moment(waiting.received_at)))
    if link is not None:
        yield Link(words("common.link"), link)
    yield from why(
        words,
        graver(waiting.decision),
        own_addresses(council),
        casework=waiting.casework,
        no_blame="office.no_blame",
    )
    if waiting.recipients and not waiting.casework:
        yield Title(words("office.for_whom"))
        yield Items(
            tuple(
                (Taken(mask.masked(each, own_addresses(council))),)
                for each in waiting.recipients[:_MOST_NAMED]
            )
        )
        if len(waiting.recipients) > _MOST_NAMED:
            yield Paragraph(words("common.and_more", count=str(len(waiting.recipients) - _MOST_NAMED)))
    yield Paragraph(words("office.casework" if waiting.casework else "office.masked"))
    yield Title(words("common.what_to_do"))
    yield Paragraph(words(f"office.{said.to_do}"))
    if (Need.CLERK, Wants.BASIS) in wanted_by(waiting.decision):
        yield Paragraph(words("office.to_do_basis"))
    yield from _sender_by_phone(words, council, waiting)
    yield Title(words("common.do_nothing"))
    yield Paragraph(words(f"office.{said.if_nothing}"))


def _entry(words: Words, council: Council, each: Listed, on: date) -> Iterator[Block]:
    waiting = each.waiting
    yield Title(words("digest.casework") if waiting.casework else _title(words, waiting))
    sender = people.called(words, council, waiting.person, on)
    since = words.moment(waiting.received_at) if waiting.received_at is not None else ("?",)
    yield Paragraph(words("digest.item", sender=sender, since=since))
    findings = graver(waiting.decision)
    reasons = [reason(finding, own_addresses(council), casework=waiting.casework) for finding in findings]
    if reasons:
        yield Items(tuple((each,) for each in dict.fromkeys(reasons)))
    if each.link is not None:
        yield Link(words("common.link"), each.link)
    yield Paragraph(words("digest.reference", reference=Taken(waiting.reference)))


def _title(words: Words, waiting: Waiting) -> Said:
    return (subject_of(waiting.heading, words),)


def _sender_by_phone(words: Words, council: Council, waiting: Waiting) -> Iterator[Block]:
    person = council.person(waiting.person) if waiting.person else None
    phone = number(person.phone) if person else ""
    if person and phone:
        yield Paragraph(words("office.telephone"))
        yield Phones((((Taken(person.name),), phone),))


def own_addresses(council: Council) -> frozenset[str]:
    """The council's own addresses, which show to those who decide."""
    own = {person.login for person in council.people if council.is_internal(person.login)}
    for person in council.people:
        own |= {identity.address for identity in person.identities}
    return frozenset(own | {each.address for each in council.lists})
