"""Which messages that left are somebody's own, so that a copy of them can be somebody's."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from gateway.store.kinds import MessageKind
from gateway.store.models import MessageRow


def somebodys(connection: Connection, council: str, messages: Collection[str]) -> list[str]:
    """Those of the council's messages that a person submitted, in the order of their ids."""
    rows = connection.execute(
        select(MessageRow.id)
        .where(
            MessageRow.council_id == council,
            MessageRow.id.in_(sorted(messages)),
            MessageRow.kind == MessageKind.SUBMITTED.value,
            MessageRow.person.is_not(None),
        )
        .order_by(MessageRow.id)
    )
    return list(rows.scalars())
