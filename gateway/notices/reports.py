"""What is told of a report: to who looks at it, and to who made it.

A reported message is a resident's letter as often as not, so of what it says only first letters are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.base import london_day
from config.council import Council
from config.person import Person
from gateway.notices import mask, people
from gateway.notices.office import own_addresses
from gateway.notices.page import Block, Page, Paragraph, Phones, Taken, Tone
from gateway.notices.page import Heading as Title
from gateway.notices.parts import Waiting, council_name, inset, number, reference, subject_of
from gateway.notices.wording import Words
from gateway.notices.writing import Outside, write
from gateway.store.messages import Heading, NewMessage


@dataclass(frozen=True, slots=True)
class Case:
    """A report as notices tell of it. `reference` is its queue id, `heading` its own, `by` the login of who made it.

    `author` and `subject` are those of what was reported, `note` and `extract` masked beginnings of what was written
    with it and in it. `alternate` says why it does not go to the Clerk: "asked", "own", or nothing where it does.
    """

    reference: str
    heading: Heading
    by: str
    at: datetime
    author: str = ""
    subject: str = ""
    note: str = ""
    extract: str = ""
    alternate: str = ""


def reported(
    council: Council, officer: Person, case: Case, now: datetime, *, upstream: str | None = None
) -> NewMessage:
    """The notice to somebody who looks at reports that there is one."""
    on = london_day(now)

    def page(words: Words) -> Page:
        return _page(words, council, "reported", case, tuple(blocks(words)))

    def blocks(words: Words) -> Iterator[Block]:
        yield Paragraph(words("report.opening", sender=people.called(words, council, case.by, on)))
        if case.alternate:
            yield Paragraph(words(f"report.alternate_{case.alternate}"))
        yield Paragraph(words("office.since", since=words.moment(case.at)))
        yield Title(words("report.what"))
        subject = mask.hidden(case.subject) or words.line("common.no_subject")
        yield Paragraph(words("report.about", subject=Taken(subject)))
        if case.author:
            author = mask.masked(case.author, own_addresses(council))
            yield Paragraph(words("report.author", author=Taken(author)))
        for key, text in (("extract", case.extract), ("note", case.note)):
            if text:
                yield Title(words(f"report.{key}"))
                yield inset(text)
        yield Paragraph(words("report.masked"))
        yield Title(words("common.what_to_do"))
        yield Paragraph(words("report.to_do"))
        yield Title(words("common.do_nothing"))
        yield Paragraph(words("report.if_nothing"))

    outside = Outside(
        to=people.address_of(officer, council, on),
        subject="reported",
        now=now,
        about=case.reference,
        upstream=upstream,
    )
    return write(council, outside, page)


def taken(
    council: Council,
    to: str,
    case: Case,
    lookers: Sequence[Person],
    now: datetime,
    *,
    upstream: str | None = None,
) -> NewMessage:
    """The receipt to the address of who made a report: that it was taken, and who looks at it."""
    on = london_day(now)

    def page(words: Words) -> Page:
        return _page(words, council, "report_taken", case, tuple(blocks(words)))

    def blocks(words: Words) -> Iterator[Block]:
        yield Paragraph(words("report_taken.opening", subject=subject_of(case.heading, words)))
        rows = []
        for each in lookers:
            name = people.called(words, council, each.login, on)
            yield Paragraph(words("report_taken.who", name=name))
            phone = number(people.phone_of(each, council))
            rows += [((Taken(each.name),), phone)] if phone else []
        if rows:
            yield Phones(tuple(rows))
        if not lookers:
            yield Paragraph(words("report_taken.nobody"))
        yield Title(words("common.what_to_do"))
        yield Paragraph(words("report_taken.to_do"))

    outside = Outside(
        to=to,
        subject="report_taken",
        now=now,
        heading=case.heading,
        about=case.reference,
        threaded=True,
        upstream=upstream,
    )
    return write(council, outside, page)


def _page(words: Words, council: Council, title: str, case: Case, blocks: tuple[Block, ...]) -> Page:
    about = Waiting(case.reference, case.heading, case.by)
    return Page(
        words.lang,
        Tone.TOLD,
        words(f"title.{title}"),
        council_name(council, words),
        blocks,
        reference(words, council, about),
    )
