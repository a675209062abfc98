"""What content checks read: the author's own words, and others' where they go to somebody new, without what says
nothing: the council's own waiver, the confidentiality notices that mail programs put below everything, and the line in
which they name themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from config.council import Council
from filters.context import Context
from filters.conversation import conversation
from signatures.block.contact import is_tag_line
from signatures.message.anatomy import Anatomy
from signatures.message.division.lines import bare_lines

MOST_OWN = 262_144
"""Characters of own words that are read. Nobody writes more; what is longer was pasted, and is not checked in time."""

MOST_OTHERS = 2_097_152
"""Characters of earlier messages and of attachments that are read."""

SUBJECT, BODY, EARLIER = "subject", "body", "earlier message"

_WORD = re.compile(r"[^\W_]+")
_BLANK = re.compile(r"\n[ \t\u00a0>]*\n")
_FIELD = re.compile(r"\{\{[^{}]{0,200}\}\}|\{%[^{}]{0,200}%\}")
_DISCLAIMER = re.compile(
    r"""(?:this|the\ information\ (?:contained\ )?in\ this|the\ contents?\ of\ this)\ (?:e-?mail|message|communication)
        (?:\ (?:and\ any|together\ with\ any|including\ any)\ (?:attachments?|files?)[a-z\ ]{0,60})?
        \ (?:is|are|may\ be|may\ contain|contains?|was\ sent|has\ been\ scanned|and\ its)
      | if\ you\ (?:are\ not\ the\ (?:intended|named)|have\ received\ this\ (?:e-?mail|message)\ in\ error)
      | (?:disclaimer|confidentiality\ notice|cyfrinachedd)\b
      | please\ consider\ the\ environment
      | mae'r\ (?:neges|e-?bost)\ (?:hon|hwn)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TELLTALE = re.compile(
    r"intended\ (?:solely|only|for\ the|recipient)|in\ error|addressee|legally\ privileged|unauthori[sz]ed"
    r"|disclaimer|views\ expressed|scanned\ for\ viruses|virus(?:es)?\b|before\ printing"
    r"|freedom\ of\ information\ act|derbynnydd",
    re.IGNORECASE | re.VERBOSE,
)


_LONGEST_TAG_LINE = 200
_OWN_LINK = re.compile(r"<https://aka\.ms/\w{1,20}>|\(https://proton\.me/[\w/]{0,40}\)|[\[\]]")
"""What mail programs put behind their name in plain text. Another link may say something."""


class TooMuch(Exception):
    """There is more than can be read in time; the text ends a sentence."""


class Passage(NamedTuple):
    """A paragraph, its lines as they stand, and where it stands, as in `Evidence`."""

    where: str
    text: str


def own_words(anatomy: Anatomy, context: Context) -> tuple[Passage, ...]:
    """The subject, and the author's own paragraphs, signature included, each once. Raises TooMuch."""
    if sum(map(len, anatomy.own_texts)) > MOST_OWN:
        raise TooMuch(f"it has more than {MOST_OWN} characters of its author's own")
    return _own(anatomy.subject, anatomy.own_texts, _waivers(context.council))


@lru_cache(maxsize=4)
def _own(subject: str, texts: tuple[str, ...], waivers: frozenset[str]) -> tuple[Passage, ...]:
    """See `own_words`. Each check asks for the same message's."""
    found = [Passage(SUBJECT, subject)] if subject.strip() else []
    found += (
        Passage(BODY, paragraph) for paragraph in _each_once(texts) if not _says_nothing(paragraph, waivers)
    )
    return tuple(found)


def others_words(anatomy: Anatomy, context: Context) -> tuple[Passage, ...]:
    """The paragraphs of earlier messages that go along, each once, where anybody outside the council gets the
    message who is new to the conversation. Raises TooMuch.
    """
    if not anatomy.trail_texts or not new_people(anatomy, context):
        return ()
    if sum(map(len, anatomy.trail_texts)) > MOST_OTHERS:
        raise TooMuch(f"it carries more than {MOST_OTHERS} characters of earlier messages")
    waivers = _waivers(context.council)
    return tuple(
        Passage(EARLIER, "\n".join(bare_lines(paragraph.split("\n"))))
        for paragraph in _each_once(anatomy.trail_texts)
        if not _says_nothing(paragraph, waivers)
    )


def attached_words(context: Context) -> tuple[Passage, ...]:
    """The paragraphs of what is attached, as far as it could be read. Raises TooMuch."""
    documents = context.documents
    if documents is None:
        return ()
    if sum(len(each.text) for each in documents.found) > MOST_OTHERS:
        raise TooMuch(f"its attachments have more than {MOST_OTHERS} characters of text")
    return tuple(
        Passage(f"attachment {each.name}", paragraph)
        for each in documents.found
        for paragraph in _each_once((each.text,))
    )


def new_people(anatomy: Anatomy, context: Context) -> tuple[str, ...]:
    """The recipients outside the council, canonical, who are in nothing that is told of the conversation."""
    known = conversation(anatomy, context)
    recipients = dict.fromkeys(each.canonical for each in context.envelope.recipients)
    return tuple(each for each in recipients if not context.council.is_internal(each) and not known.has(each))


def words_of(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return _WORD.findall(text.casefold())


def _each_once(texts: Iterable[str]) -> Iterator[str]:
    """Paragraphs; one that says what an earlier one said in the same words, as HTML beside plain text does, is left
    out.
    """
    seen: set[str] = set()
    for text in texts:
        for paragraph in _BLANK.split(text):
            key = " ".join(words_of(paragraph)) or paragraph.strip()
            if key and key not in seen:
                seen.add(key)
                yield paragraph.strip("\n")


def _says_nothing(paragraph: str, waivers: frozenset[str]) -> bool:
    """Whether it is a waiver of the council, somebody's notice of confidentiality, or a mail program's own line."""
    if len(paragraph) > 5000:
        return False
    if len(paragraph) <= _LONGEST_TAG_LINE and is_tag_line(_OWN_LINK.sub("", paragraph).strip()):
        return True
    if waivers and not waivers.isdisjoint({" ".join(words_of(paragraph))}):
        return True
    flat = " ".join(paragraph.split())
    return _DISCLAIMER.match(flat.lstrip("*_-= ")) is not None and _TELLTALE.search(flat) is not None


def _waivers(council: Council) -> frozenset[str]:
    """The words of the paragraphs of every version of the council's waivers, where they hold no fields."""
    return _said_by(
        tuple(
            text
            for version in council.signatures.waivers
            for variant in version.variants
            for text in (variant.text, variant.text_cy, variant.text_bilingual)
            if text
        )
    )


@lru_cache(maxsize=64)
def _said_by(waivers: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        " ".join(words_of(paragraph))
        for text in waivers
        for paragraph in _BLANK.split(text)
        if paragraph.strip() and not _FIELD.search(paragraph)
    )
