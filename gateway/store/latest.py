"""The policy's decision on a message that stands: its last, where it has decided more than once.

It decides again on what was accepted before its attachments were read (`gateway.holds.checking`). People's decisions
come between and after, and repeat the findings that they were made under.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import aliased

from gateway.store.models import DecisionRow, MessageRow
from gateway.store.sheet import BY_POLICY


def latest() -> ColumnElement[bool]:
    """What joins a message with the policy's decision on it that stands."""
    any_of_them = aliased(DecisionRow)
    last = (
        select(func.max(any_of_them.number))
        .where(
            any_of_them.council_id == MessageRow.council_id,
            any_of_them.message_id == MessageRow.id,
            any_of_them.by == BY_POLICY,
        )
        .correlate(MessageRow)
        .scalar_subquery()
    )
    return and_(
        DecisionRow.council_id == MessageRow.council_id,
        DecisionRow.message_id == MessageRow.id,
        DecisionRow.number == last,
    )


def of_policy(decisions: Sequence[Row[Any]]) -> Row[Any]:
    """The one that stands among all the decisions on a message, oldest first."""
    return [row for row in decisions if row.by == BY_POLICY][-1]


def of_people(decisions: Sequence[Row[Any]]) -> list[Row[Any]]:
    """What people decided, oldest first."""
    return [row for row in decisions if row.by != BY_POLICY]
