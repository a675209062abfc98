"""Messages as search knows them: which number each has, and how many are still to be read."""

from __future__ import annotations

from sqlalchemy import Connection, func, literal_column, select

from gateway.store.errors import NotFound
from gateway.store.index.content import ItemState
from gateway.store.models import AttachmentRow, ItemRow


def number_of(connection: Connection, council: str, message: str) -> int:
    """The number of a message in its council's index. Raises NotFound where it has none, or is sealed."""
    number = connection.execute(
        select(ItemRow.number).where(
            ItemRow.council_id == council, ItemRow.message_id == message, ItemRow.number > 0
        )
    ).scalar()
    if number is None:
        raise NotFound(f"{council} has no message {message}")
    return int(number)


def pending(connection: Connection) -> dict[str, int]:
    """How many messages of each council are still to be read; councils with none are left out. None is sealed."""
    rows = connection.execute(
        select(ItemRow.council_id, func.count())
        .where(ItemRow.state == ItemState.PENDING.value, ItemRow.number > 0)
        .group_by(ItemRow.council_id)
    )
    return {row[0]: row[1] for row in rows}


def unread(connection: Connection) -> dict[str, int]:
    """Of how many messages of each council not all could be read; councils with none are left out. None is sealed."""
    own = select(ItemRow.council_id, ItemRow.number.label("item")).where(
        ItemRow.unread != literal_column("''"), ItemRow.number > 0
    )
    attached = select(AttachmentRow.council_id, AttachmentRow.item).where(
        AttachmentRow.unread != literal_column("''"), AttachmentRow.item > 0
    )
    both = own.union(attached).subquery()
    rows = connection.execute(select(both.c.council_id, func.count()).group_by(both.c.council_id))
    return {row[0]: row[1] for row in rows}
