"""What could not be searched, within a scope."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from gateway.archive.query.joining import both, either, negated
from gateway.archive.query.terms import (
    EVERYTHING,
    NOTHING,
    And,
    Attribute,
    HasAttachment,
    Is,
    Not,
    Or,
    Term,
    Words,
)
from gateway.archive.query.terms import Unsearched as IsUnsearched
from gateway.store.index.content import ItemState
from gateway.store.search.attributes import UNSEARCHED
from gateway.store.search.paging import moment
from gateway.store.search.plan import Plan, plan
from gateway.store.search.results import Unread, Unsearched

PENDING = "it is still to be read"
"""The reason of what has yet to be read, as a sentence about "it"."""

_READ = frozenset({Attribute.ID, Attribute.THREAD, Attribute.HASH, Attribute.TYPE})
"""What is known of an item once it was read."""


def unsearched(connection: Connection, council: str, scope: Term) -> Unsearched:
    """How much of the items within a scope could not be searched. Each reason comes with how often it is the reason,
    the most frequent first. Raises NotFound where there is no such council.
    """
    made = plan(connection, council, _told_of(scope), few=True)
    rows = made.run(
        f"{_within(made)} SELECT state, '' AS reason, count(*) AS total FROM h GROUP BY state "
        "UNION ALL SELECT '', unread, count(*) FROM h WHERE unread <> '' AND state <> 'pending' GROUP BY unread "
        f"UNION ALL SELECT '', a.unread, count(*) FROM {_attachments(made)} AND h.state <> 'pending' GROUP BY a.unread"
    )
    states: dict[str, int] = {}
    reasons: dict[str, int] = {}
    for row in rows:
        of, name = (states, row.state) if row.state else (reasons, row.reason)
        of[name] = of.get(name, 0) + int(row.total)
    pending = states.pop(ItemState.PENDING.value, 0)
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return Unsearched(sum(states.values()), pending, tuple(ordered))


def unread(connection: Connection, council: str, scope: Term) -> Iterator[Unread]:
    """Each thing within a scope that could not be searched, oldest first; of a message that is still to be read, the
    message. Raises NotFound where there is no such council.
    """
    made = plan(connection, council, _told_of(scope), few=True)
    sql = (
        f"{_within(made)} SELECT h.at, h.number, h.message_id, 0 AS ordinal, '' AS name, "
        "CASE WHEN h.state = 'pending' THEN :pending ELSE h.unread END AS reason "
        "FROM h WHERE h.state = 'pending' OR h.unread <> '' "
        "UNION ALL SELECT h.at, h.number, h.message_id, a.ordinal, a.name, a.unread "
        f"FROM {_attachments(made)} ORDER BY 1, 2, 4"
    )
    for row in made.run(sql, {"pending": PENDING}, stream=True):
        yield Unread(row.message_id, moment(row.at), row.name, row.reason)


def _told_of(scope: Term) -> Term:
    """The scope; of items of which nothing has been read yet, what they might be within."""
    unread = _while_unread(scope)
    return scope if unread == scope else either((scope, both((IsUnsearched(wholly=True), unread))))


def _while_unread(term: Term, sure: bool = False) -> Term:
    """What a term might hold for, or, where `sure`, what it holds for whatever is read of the item. Of one that was in
    the archive before there was an index not even the subject is known, nor whom it is from.
    """
    match term:
        case Not(inner):
            return negated(_while_unread(inner, not sure))
        case And(terms):
            return both(_while_unread(each, sure) for each in terms)
        case Or(terms):
            return either(_while_unread(each, sure) for each in terms)
    if isinstance(term, Words | HasAttachment) or (isinstance(term, Is) and term.attribute in _READ):
        return NOTHING if sure else EVERYTHING
    return term


def _within(made: Plan) -> str:
    """The items, `h`, that could not all be searched and are within the scope: of all that could not, mostly few, each is
    asked whether it is.
    """
    return (
        "WITH h AS MATERIALIZED (SELECT i.number, i.message_id, i.at, i.state, i.unread "
        f"FROM ({UNSEARCHED.select}) u CROSS JOIN item i WHERE i.council_id = :council AND i.number = u.number "
        f"AND {made.interval} AND {made.member})"
    )


def _attachments(made: Plan) -> str:
    """What is attached to them that could not be searched."""
    by = "INDEXED BY ix_attachment_unread " if made.lite else ""
    return f"h CROSS JOIN attachment a {by}WHERE a.council_id = :council AND a.item = h.number AND a.unread <> ''"
