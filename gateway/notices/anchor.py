"""The letter that takes an anchor outside: what it is, that it is to be kept, and the anchor itself."""

from __future__ import annotations

from datetime import datetime

from config.council import Council
from gateway.archive.offline.check import Anchor, printed
from gateway.notices.page import Heading, Page, Paragraph, Taken, Tone
from gateway.notices.parts import council_name, inset, reference
from gateway.notices.wording import Words
from gateway.notices.writing import Outside, write
from gateway.store.messages import NewMessage


def anchored(council: Council, to: str, anchor: Anchor, now: datetime, *, upstream: str) -> NewMessage:
    """The letter to one of the addresses that the council has chosen. `upstream`: where the council's notices go."""

    def page(words: Words) -> Page:
        name = council_name(council, words)
        blocks = (
            Paragraph(words("anchor.opening", council=Taken(name), when=words.moment(now))),
            Paragraph(words("anchor.counts", links=f"{anchor.links:,}", messages=f"{anchor.messages:,}")),
            Heading(words("common.what_to_do")),
            Paragraph(words("anchor.to_do"), strong=True),
            Paragraph(words("anchor.proves")),
            Heading(words("anchor.itself")),
            inset(printed(anchor)),
            Heading(words("common.do_nothing")),
            Paragraph(words("anchor.if_nothing")),
        )
        return Page(
            words.lang, Tone.TOLD, words("title.anchor"), name, blocks, reference(words, council, None)
        )

    return write(council, Outside(to=to, subject="anchor", now=now, upstream=upstream), page)
