"""Terms of a query as SQL, one kind of database beside the other. Nothing that somebody typed becomes part of it.

A term is made into conditions on the number of an item (`conditions`), its words by `sqlite` and `postgresql`, the rest
by `attributes`. On SQLite, words that stand beside one another become one expression of FTS5, made of quoted words and
names of columns only. Whatever a caller is told in one go is read through one connection, and so from one state of the
archive: a count and its page cannot differ. Sealed items have negative numbers; no condition holds for those.

Nothing here is cut off. Only the order by relevance looks at no more than the newest 20,000 of what is found; the others
follow, newest first.
"""

from __future__ import annotations

from gateway.store.search.counting import count, exists, span
from gateway.store.search.paging import counted, every, page
from gateway.store.search.results import Hit, Order, Span, Unread, Unsearched
from gateway.store.search.unsearched import unread, unsearched

__all__ = [
    "Hit",
    "Order",
    "Span",
    "Unread",
    "Unsearched",
    "count",
    "counted",
    "every",
    "exists",
    "page",
    "span",
    "unread",
    "unsearched",
]
