"""The words that stand in a council's index."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from gateway.store import councils
from gateway.store.index import tables

_LAST = "\U0010ffff"


def beginning(connection: Connection, council: str, with_: str, shortest: int, longest: int) -> Iterator[str]:
    """The words of so many characters that begin with these. Sealed messages have theirs among them: nobody is shown
    one before a search has found it in what is not sealed. Raises NotFound where there is no such council.
    """
    table = tables.vocabulary(councils.number(connection, council))
    word = "word" if connection.dialect.name == "postgresql" else "term"
    sql = (
        f"SELECT {word} FROM {table} WHERE {word} >= :first AND {word} < :last "
        f"AND length({word}) BETWEEN :shortest AND :longest"
    )
    values = {"first": with_, "last": with_ + _LAST, "shortest": shortest, "longest": longest}
    yield from connection.execute(text(sql), values).scalars()
