"""Items that belong together: by the Message-IDs that they have, answer or refer to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Row, Text, column, select, text
from sqlalchemy.orm import InstrumentedAttribute

from gateway.store.models import ItemRow, ReferenceRow

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a thread. `message_id` is its Message-ID, empty where it has none; `references` are those that it
    answers or refers to.
    """

    number: int
    message: str
    at: datetime
    message_id: str
    references: tuple[str, ...]


def of_id(connection: Connection, council: str, known: str) -> frozenset[int]:
    """The items with this queue id or Message-ID (with or without its angle brackets). None that is sealed."""
    bare = known.strip().removeprefix("<").removesuffix(">")
    by_message = select(ItemRow.number).where(
        ItemRow.council_id == council, ItemRow.message_id == known.strip(), ItemRow.number > 0
    )
    by_reference = select(ReferenceRow.item).where(
        ReferenceRow.council_id == council,
        ReferenceRow.ref.in_([bare, f"<{bare}>"]),
        ReferenceRow.item > 0,
        ReferenceRow.own.is_(True),
    )
    found = connection.execute(by_message).scalars().all()
    return frozenset(found) | frozenset(connection.execute(by_reference).scalars())


def connected(connection: Connection, council: str, items: Iterable[int]) -> frozenset[int]:
    """These items and all that are connected with them, however far. No sealed item connects anything.

    Two that refer to the same message are connected, whether or not it is in the archive.
    """
    found = set(items)
    new, asked = set(found), set[str]()
    while new:
        refs = {each.ref for each in _rows(connection, council, ReferenceRow.item, new)} - asked
        asked |= refs
        new = {each.item for each in _rows(connection, council, ReferenceRow.ref, refs)} - found
        found |= new
    return frozenset(found)


def members(connection: Connection, council: str, items: Iterable[int]) -> list[Member]:
    """What is known of items, oldest first. None that is sealed."""
    wanted = sorted(each for each in items if each > 0)
    own: dict[int, str] = {}
    references: dict[int, list[str]] = {}
    for row in _rows(connection, council, ReferenceRow.item, wanted):
        if row.own:
            own[row.item] = row.ref
        else:
            references.setdefault(row.item, []).append(row.ref)
    found = [
        Member(
            row.number,
            row.message_id,
            row.at,
            own.get(row.number, ""),
            tuple(sorted(references.get(row.number, ()))),
        )
        for some in _some(wanted)
        for row in connection.execute(
            select(ItemRow.number, ItemRow.message_id, ItemRow.at).where(
                ItemRow.council_id == council, ItemRow.number.in_(some)
            )
        )
    ]
    return sorted(found, key=lambda each: (each.at, each.number))


def _rows(
    connection: Connection, council: str, of: InstrumentedAttribute[Any], values: Collection[Any]
) -> Iterator[Row[Any]]:
    # Left to itself, SQLite would go through all references of the council to find those of many items.
    by = " INDEXED BY ix_reference_item" if of.key == "item" and connection.dialect.name == "sqlite" else ""
    asked = (
        select(column("ref", Text), column("item", BigInteger), column("own", Boolean))
        .select_from(text(f"reference{by}"))
        .where(column("council_id") == council)
    )
    for some in _some(sorted(values)):
        rows: Iterable[Row[Any]] = connection.execute(asked.where(column(of.key).in_(some)))
        yield from (row for row in rows if row.item > 0)


def _some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
