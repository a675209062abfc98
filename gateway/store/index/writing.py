"""Putting an item's words into its council's index, and taking them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from gateway.store import ledger
from gateway.store.direct import Direct
from gateway.store.errors import NotFound
from gateway.store.index import kept, words
from gateway.store.index.content import Content, ItemState
from gateway.store.models import CouncilRow, FoundRow, ItemRow
from gateway.store.vault import Vault, vault_of

_ADD_ITEMS, _ADD_FOUND = Direct(insert(ItemRow)), Direct(insert(FoundRow))
_INDEX = Direct(select(CouncilRow.number).where(CouncilRow.id == bindparam("council")))
_LAST = Direct(
    select(func.max(ItemRow.number)).where(ItemRow.council_id == bindparam("council"), ItemRow.number > 0)
)
_LAST_SEALED = Direct(
    select(func.min(ItemRow.number)).where(ItemRow.council_id == bindparam("council"), ItemRow.number < 0)
)

_ITEMS = select(ItemRow.__table__).where(
    ItemRow.council_id == bindparam("council"), ItemRow.number.in_(bindparam("numbers", expanding=True))
)


@dataclass(frozen=True, slots=True)
class NewItem:
    """A message to be found, with its `Content`. `found` are the checks that found something, each with its verdict."""

    council: str
    message: str
    at: datetime
    kind: str
    verdict: str
    sealed: bool
    content: Content
    found: tuple[tuple[str, str], ...] = ()
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item worked out before the transaction that writes it: its words for a kind of database, its texts closed."""

    item: NewItem
    dialect: str
    words: words.Words
    texts: tuple[kept.Closed, ...]


@dataclass(frozen=True, slots=True)
class Reread:
    """What was read of an item since, worked out before the transaction that puts it in."""

    content: Content
    dialect: str
    words: words.Words
    texts: tuple[kept.Closed, ...]


def prepared(item: NewItem, vault: Vault, dialect: str = "sqlite") -> Prepared:
    """All that can be worked out of an item without the database. For a database of another kind than `dialect` its
    words are worked out once more as they are written.
    """
    texts = kept.closed(item.council, item.message, item.content, vault)
    return Prepared(item, dialect, words.words_of(item.content, dialect), texts)


def reread(council: str, message: str, content: Content, vault: Vault, dialect: str = "sqlite") -> Reread:
    """The same for `complete`."""
    texts = kept.closed(council, message, content, vault)
    return Reread(content, dialect, words.words_of(content, dialect), texts)


def add(connection: Connection, items: Sequence[Prepared]) -> None:
    """Write items into the indexes of their councils, whose ledgers must be locked: they are numbered on."""
    if not items:
        return
    numbers = _numbers(connection, items)
    rows = list(zip(numbers, items, strict=True))
    _ADD_ITEMS.run(connection, [_item(number, each.item) for number, each in rows])
    found = [
        {"council_id": each.item.council, "item": number, "check": check, "verdict": verdict}
        for number, each in rows
        for check, verdict in dict(each.item.found).items()
    ]
    _ADD_FOUND.run(connection, found)
    kept.keep(
        connection, [(each.item.council, number, each.item.content, each.texts) for number, each in rows]
    )
    indexes: dict[str, dict[int, words.Words]] = {}
    for number, each in rows:
        indexes.setdefault(each.item.council, {})[number] = _fitting(connection, each, each.item.content)
    for council in sorted(indexes):
        [(index,)] = _INDEX.all(connection, {"council": council})
        words.put(connection, index, indexes[council])


def complete(connection: Connection, council: str, number: int, content: Content | Reread) -> None:
    """Put in the place of what was known of an item what has been read of it since. Raises NotFound."""
    ledger.lock(connection, council)
    item, index = _row(connection, council, number)
    if isinstance(content, Content):
        content = reread(council, item.message_id, content, vault_of(connection), connection.dialect.name)
    gone = _taken_out(connection, item, index)
    _mark(connection, item, state=_state(content.content), unread=content.content.unread)
    kept.keep(connection, [(council, number, content.content, content.texts)])
    words.put(connection, index, {number: _fitting(connection, content, content.content)})
    words.forget(connection, index, gone)


def remove(connection: Connection, council: str, number: int) -> None:
    """Take an item's words and texts out of the index. What is left of it is that there was one, and what checks found;
    there is nothing more to be read of it. Raises NotFound.
    """
    ledger.lock(connection, council)
    item, index = _row(connection, council, number)
    words.forget(connection, index, _taken_out(connection, item, index))
    _mark(connection, item, state=ItemState.INDEXED.value)


def content(connection: Connection, council: str, number: int) -> Content:
    """What an item is found by; of one that nothing was read of yet, nothing. Raises NotFound."""
    item, _ = _row(connection, council, number)
    known = kept.content_of(connection, item)
    if known is None:
        return Content(unread=item.unread, pending=item.state == ItemState.PENDING.value)
    return known


def contents(connection: Connection, council: str, numbers: Sequence[int]) -> dict[int, Content]:
    """What items are found by, by their numbers; those of which nothing was read yet are left out."""
    items = connection.execute(_ITEMS, {"council": council, "numbers": list(numbers)}).all()
    return kept.contents_of(connection, council, items)


def note_found(
    connection: Connection, council: str, message: str, found: Sequence[tuple[str, str]], verdict: str
) -> None:
    """Keep what checks found in a message when it was decided on anew, besides what they had found before, and the
    verdict that it came to.
    """
    number = connection.execute(
        select(ItemRow.number).where(ItemRow.council_id == council, ItemRow.message_id == message)
    ).scalar()
    if number is None:
        return
    of_item = (FoundRow.council_id == council, FoundRow.item == number)
    for check, gravest in dict(found).items():
        changed = connection.execute(
            update(FoundRow).where(*of_item, FoundRow.check == check).values(verdict=gravest)
        )
        if not changed.rowcount:
            row = {"council_id": council, "item": number, "check": check, "verdict": gravest}
            _ADD_FOUND.run(connection, [row])
    connection.execute(
        update(ItemRow).where(ItemRow.council_id == council, ItemRow.number == number).values(verdict=verdict)
    )


def _numbers(connection: Connection, items: Sequence[Prepared]) -> list[int]:
    """A number for each item, ascending within its council; those of sealed ones descend below 0."""
    last: dict[tuple[str, bool], int] = {}
    numbers = []
    for each in items:
        of = (each.item.council, each.item.sealed)
        if of not in last:
            statement = _LAST_SEALED if each.item.sealed else _LAST
            [(number,)] = statement.all(connection, {"council": each.item.council})
            last[of] = number or 0
        last[of] += -1 if each.item.sealed else 1
        numbers.append(last[of])
    return numbers


def _item(number: int, item: NewItem) -> dict[str, Any]:
    return {
        "council_id": item.council,
        "number": number,
        "message_id": item.message,
        "at": item.at,
        "person": item.person,
        "kind": item.kind,
        "verdict": item.verdict,
        "state": _state(item.content),
        "unread": item.content.unread,
        "attempts": 0,
    }


def _state(content: Content) -> str:
    return (ItemState.PENDING if content.pending else ItemState.INDEXED).value


def _fitting(connection: Connection, each: Prepared | Reread, content: Content) -> words.Words:
    """Its words for this database."""
    dialect = connection.dialect.name
    return each.words if each.dialect == dialect else words.words_of(content, dialect)


def _row(connection: Connection, council: str, number: int) -> tuple[Row[Any], int]:
    """An item's row and its council's number. Raises NotFound."""
    found = connection.execute(
        select(ItemRow.__table__, CouncilRow.number.label("index"))
        .join(CouncilRow, CouncilRow.id == ItemRow.council_id)
        .where(ItemRow.council_id == council, ItemRow.number == number)
    ).first()
    if found is None or found._mapping["index"] is None:
        raise NotFound(f"{council} has no item {number}")
    return found, int(found._mapping["index"])


def _taken_out(connection: Connection, item: Row[Any], index: int) -> frozenset[str]:
    """Take out what is known of an item. Returns the words that may now be nobody's."""
    known = kept.content_of(connection, item)
    gone = frozenset() if known is None else words.take(connection, index, item.number, known)
    kept.drop(connection, item.council_id, item.number)
    return gone


def _mark(connection: Connection, item: Row[Any], **changes: Any) -> None:
    connection.execute(
        update(ItemRow)
        .where(ItemRow.council_id == item.council_id, ItemRow.number == item.number)
        .values(**changes)
    )
