"""What could not be searched, as somebody sees it: of residents' casework what is attached is not named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sqlalchemy import Connection

from gateway.archive.query.terms import Term
from gateway.notices import mask
from gateway.store import search
from gateway.store.search import Unread
from gateway.store.search.described import casework_among

_AT_ONCE = 500


def unread(connection: Connection, council: str, scope: Term) -> Iterator[Unread]:
    """Each thing within a scope that could not be searched, oldest first. Raises NotFound where there is no such
    council.
    """
    things = search.unread(connection, council, scope)
    while some := list(islice(things, _AT_ONCE)):
        closed = casework_among(connection, council, {each.message for each in some})
        for each in some:
            yield replace(each, name=mask.hidden(each.name)) if each.message in closed else each
