"""Whether what a council is searched by is of its messages, of each of them, and of nothing else."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from gateway.store.index.content import ItemState
from gateway.store.ledger import Event
from gateway.store.models import ItemRow, LedgerRow, MessageRow, TextRow


def faults(connection: Connection, council: str) -> list[tuple[str, str]]:
    """Message, and what is not as it should be. Each is looked for by one statement, whatever the archive's size."""
    return [
        *_without_item(connection, council),
        *_without_message(connection, council),
        *_unlike(connection, council),
        *_without_text(connection, council),
    ]


def _without_item(connection: Connection, council: str) -> list[tuple[str, str]]:
    item = select(ItemRow.number).where(
        ItemRow.council_id == MessageRow.council_id, ItemRow.message_id == MessageRow.id
    )
    wanted = select(MessageRow.id).where(MessageRow.council_id == council, ~item.exists())
    return [
        (each, "the message is not among those that are searched") for each in _sorted(connection, wanted)
    ]


def _without_message(connection: Connection, council: str) -> list[tuple[str, str]]:
    message = select(MessageRow.id).where(_its_message())
    wanted = select(ItemRow.message_id).where(ItemRow.council_id == council, ~message.exists())
    return [(each, "what is searched is of no message that is there") for each in _sorted(connection, wanted)]


def _unlike(connection: Connection, council: str) -> list[tuple[str, str]]:
    """Items that are hidden though their messages are not, or the other way about, or that another day finds."""
    sealed = MessageRow.sealed.is_(True)
    hidden = or_(and_(sealed, ItemRow.number >= 0), and_(~sealed, ItemRow.number <= 0))
    wanted = (
        select(ItemRow.message_id)
        .join(MessageRow, _its_message())
        .where(
            ItemRow.council_id == council,
            or_(hidden, ItemRow.at != MessageRow.received_at, ItemRow.kind != MessageRow.kind),
        )
    )
    return [(each, "it is not searched as what it is") for each in _sorted(connection, wanted)]


def _without_text(connection: Connection, council: str) -> list[tuple[str, str]]:
    """Items that were read and whose words are gone. Where a message was lawfully disposed of, its salt is gone too."""
    text = select(TextRow.item).where(
        TextRow.council_id == ItemRow.council_id, TextRow.item == ItemRow.number, TextRow.ordinal == 0
    )
    kept = select(LedgerRow.sequence).where(
        LedgerRow.council_id == ItemRow.council_id,
        LedgerRow.message_id == ItemRow.message_id,
        LedgerRow.event == Event.RECEIVED.value,
        LedgerRow.salt.is_not(None),
    )
    wanted = select(ItemRow.message_id).where(
        ItemRow.council_id == council,
        ItemRow.state == ItemState.INDEXED.value,
        ~text.exists(),
        kept.exists(),
    )
    return [(each, "the words that it is found by are missing") for each in _sorted(connection, wanted)]


def _its_message() -> ColumnElement[bool]:
    return and_(MessageRow.council_id == ItemRow.council_id, MessageRow.id == ItemRow.message_id)


def _sorted(connection: Connection, wanted: Select[str]) -> list[str]:
    return sorted(connection.execute(wanted).scalars())
