"""A notice of pages in the council's language or languages, ready to be written into the archive and the queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.council import Council
from gateway.notices import as_html, as_text
from gateway.notices.letter import answered
from gateway.notices.mask import masked
from gateway.notices.own_words import own_words
from gateway.notices.page import Page, Taken, plain
from gateway.notices.render import Letterhead, alternative, one_line
from gateway.notices.wording import Words, languages
from gateway.store.kinds import MessageKind
from gateway.store.messages import Heading, NewMessage, new_id


@dataclass(frozen=True, slots=True)
class Outside:
    """What a notice has on its envelope and in its header.

    `subject` is the key of the words before the colon; after it stands the subject of `heading`, the message that it
    answers, or nothing. `about` is that message's queue id. `threaded`: it belongs under that message, in the
    mailbox of who wrote it. `upstream`: the council's where none is named.
    """

    to: str
    subject: str
    now: datetime
    heading: Heading | None = None
    about: str | None = None
    threaded: bool = False
    answer_to: str | None = None
    upstream: str | None = None


def write(council: Council, outside: Outside, page: Callable[[Words], Page]) -> NewMessage:
    """The notice that `page` makes in each language. It goes out under the null sender, so no bounce of it comes back."""
    spoken = languages(council.language)
    pages = _titled([page(words) for words in spoken])
    subject = _subject(outside, spoken)
    domain = council.notice_sender.rpartition("@")[2]
    parent = answered(outside.heading.message_id) if outside.threaded and outside.heading else None
    head = Letterhead(
        council=council.name,
        sender=council.notice_sender,
        to=outside.to,
        subject=subject,
        date=outside.now,
        message_id=f"<{new_id(outside.now)}@{domain}>",
        in_reply_to=parent,
        reply_to=outside.answer_to,
        unprompted=not outside.threaded,
    )
    raw = alternative(head, as_text.text(pages), as_html.page(pages, subject))
    return NewMessage(
        council=council.id,
        kind=MessageKind.NOTICE,
        raw=raw,
        mail_from="",
        recipients=(outside.to,),
        heading=Heading(head.message_id, head.subject, council.notice_sender, domain),
        upstream=council.upstream if outside.upstream is None else outside.upstream,
        about=outside.about,
        content=own_words(raw),
    )


def _titled(pages: list[Page]) -> list[Page]:
    """The same pages; the title of the first is in every language, so that nobody has to look for theirs."""
    first, *others = pages
    for other in others:
        first = replace(first, title=(*first.title, " / ", Taken(plain(other.title), other.lang)))
    return [first, *others]


def _subject(outside: Outside, spoken: Sequence[Words]) -> str:
    said = " / ".join(words.line(f"subject.{outside.subject}") for words in spoken)
    if outside.heading is None:
        return one_line(said)
    about = masked(outside.heading.subject) or " / ".join(words.line("common.no_subject") for words in spoken)
    return one_line(f"{said}: {about}")
