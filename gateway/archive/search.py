"""A search as somebody sees it: what was asked, in plain English, how much was found, and what could not be searched.

All of it is read through the one connection that is given, and so from one state of the archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from gateway.archive.query import explain, parse, positive_words, scope
from gateway.archive.query.terms import Words
from gateway.archive.result import Found, Result, Snippet
from gateway.archive.snippets import snippets
from gateway.archive.suggestions import suggestions
from gateway.holds.casework import is_casework
from gateway.holds.words import Act
from gateway.notices import mask
from gateway.store import search as store
from gateway.store.index import writing
from gateway.store.index.content import Content
from gateway.store.search import Order
from gateway.store.search.described import Described, described

__all__ = ["Found", "Result", "Snippet", "search"]

_DECIDE_NOTHING = frozenset(
    {
        Act.OPENED,
        Act.WRONGLY_HELD,
        Act.SHOULD_HAVE_BEEN_HELD,
        Act.ASKED_SECOND_REVIEW,
        Act.ASKED_CONSENT,
    }
)


def search(
    connection: Connection,
    council: str,
    query: str,
    today: date,
    order: Order = Order.NEWEST,
    limit: int = 20,
    offset: int = 0,
) -> Result:
    """Search a council's archive. Raises QueryError where the query says nothing that can be looked for, and NotFound
    where there is no such council.
    """
    asked = parse(query, today)
    total, hits = store.counted(connection, council, asked.term, order, limit, offset)
    words = positive_words(asked.term)
    about = described(connection, council, [hit.number for hit in hits], frozenset(_DECIDE_NOTHING))
    texts = writing.contents(connection, council, [hit.number for hit in hits]) if hits and words else {}
    return Result(
        query=query,
        meaning=explain(asked.term),
        remarks=asked.remarks,
        total=total,
        found=tuple(_found(about[hit.number], texts.get(hit.number), words) for hit in hits),
        unsearched=store.unsearched(connection, council, scope(asked.term)),
        suggestions=suggestions(connection, council, asked.term),
    )


def _found(each: Described, content: Content | None, words: Sequence[Words]) -> Found:
    hide = is_casework(each.row)
    return Found(
        message=each.row.id,
        at=each.row.received_at,
        kind=each.row.kind,
        state=each.row.state,
        verdict=each.verdict,
        person=each.row.person,
        author=each.author,
        subject=mask.hidden(each.row.subject) if hide else each.row.subject,
        recipients=tuple(mask.address(to) if hide else to for to in each.recipients),
        decided_by=each.decided_by,
        act=each.act,
        why=each.why,
        attachments=tuple(mask.hidden(name) if hide else name for name in each.attachments),
        snippets=() if hide or content is None else tuple(snippets(content, words)),
    )
