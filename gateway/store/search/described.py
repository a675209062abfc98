"""What is told of items that were found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, func, select
from sqlalchemy.orm import aliased

from config.capacity import Capacity
from gateway.store.index.envelope import without_tokens
from gateway.store.kinds import MessageKind
from gateway.store.models import AttachmentRow, DecisionRow, ItemRow, MessageRow, RecipientRow


@dataclass(frozen=True, slots=True)
class Described:
    """An item with the row of its message, and what was last decided on it, by whom and why. `author` and `recipients`
    are without tokens.
    """

    number: int
    row: Row[*tuple[Any, ...]]
    verdict: str
    author: str
    recipients: tuple[str, ...]
    attachments: tuple[str, ...]
    decided_by: str = ""
    act: str = ""
    why: str = ""


_ABOUT = aliased(MessageRow)
# What the post room writes about somebody's casework is no more to be told than that.
_CAPACITY = case(
    (MessageRow.kind == MessageKind.SUBMITTED.value, MessageRow.capacity),
    else_=func.coalesce(MessageRow.capacity, _ABOUT.capacity),
)
_MESSAGE = (
    MessageRow.id,
    MessageRow.kind,
    MessageRow.state,
    MessageRow.received_at,
    MessageRow.person,
    MessageRow.header_from,
    MessageRow.subject,
    MessageRow.message_id,
    _CAPACITY.label("capacity"),
)


def described(
    connection: Connection, council: str, numbers: Sequence[int], beside: Collection[str] = ()
) -> dict[int, Described]:
    """What is known of items, by their numbers. None that is sealed. `beside`: acts that decide nothing."""
    rows = connection.execute(
        select(ItemRow.number, ItemRow.verdict, *_MESSAGE)
        .join(MessageRow, (MessageRow.council_id == council) & (MessageRow.id == ItemRow.message_id))
        .outerjoin(_ABOUT, (_ABOUT.council_id == council) & (_ABOUT.id == MessageRow.about))
        .where(ItemRow.council_id == council, ItemRow.number.in_([each for each in numbers if each > 0]))
    ).all()
    messages = [row.id for row in rows]
    recipients = _grouped(
        connection.execute(
            select(RecipientRow.message_id, RecipientRow.address)
            .where(RecipientRow.council_id == council, RecipientRow.message_id.in_(messages))
            .order_by(RecipientRow.message_id, RecipientRow.number)
        ).all()
    )
    attachments = _grouped(
        connection.execute(
            select(AttachmentRow.item, AttachmentRow.name)
            .where(AttachmentRow.council_id == council, AttachmentRow.item.in_(numbers))
            .order_by(AttachmentRow.item, AttachmentRow.ordinal)
        ).all()
    )
    decided = _decided(connection, council, messages, beside)
    return {
        row.number: Described(
            row.number,
            row,
            row.verdict,
            without_tokens(row.header_from),
            tuple(map(without_tokens, recipients.get(row.id, ()))),
            attachments.get(row.number, ()),
            *decided.get(row.id, ("", "", "")),
        )
        for row in rows
    }


def casework_among(connection: Connection, council: str, messages: Collection[str]) -> frozenset[str]:
    """Those of a council's messages that are residents' casework, or what the post room wrote about that."""
    rows = connection.execute(
        select(MessageRow.id)
        .outerjoin(_ABOUT, (_ABOUT.council_id == council) & (_ABOUT.id == MessageRow.about))
        .where(
            MessageRow.council_id == council,
            MessageRow.id.in_(sorted(set(messages))),
            _CAPACITY.in_([Capacity.CASEWORK.value]),
        )
    )
    return frozenset(rows.scalars())


def _decided(
    connection: Connection, council: str, messages: Sequence[str], beside: Collection[str]
) -> dict[str, tuple[str, str, str]]:
    rows = connection.execute(
        select(DecisionRow.message_id, DecisionRow.by, DecisionRow.act, DecisionRow.why)
        .where(DecisionRow.council_id == council, DecisionRow.message_id.in_(messages))
        .order_by(DecisionRow.message_id, DecisionRow.number)
    )
    return {row.message_id: (row.by, row.act, row.why) for row in rows if row.act not in beside}


def _grouped(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[Any, tuple[str, ...]]:
    found: dict[Any, list[str]] = {}
    for row in rows:
        key, value = tuple(row)
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
