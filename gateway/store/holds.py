"""Held messages: the list of them, and a person's decision, exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from config.council import Council
from filters.finding import Decision
from gateway.store import archive, claims, councils, ledger, messages
from gateway.store.errors import Conflict
from gateway.store.index.entries import found_in
from gateway.store.index.writing import note_found
from gateway.store.kinds import MessageState
from gateway.store.latest import latest, of_people, of_policy
from gateway.store.messages import BY_POLICY
from gateway.store.models import DecisionRow, MessageRow
from gateway.store.remarks import remark


def listing(connection: Connection, council: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The council's held messages, oldest first, with the policy's findings on each; none that is sealed."""
    rows = connection.execute(
        select(
            MessageRow.id,
            MessageRow.received_at,
            MessageRow.person,
            MessageRow.header_from,
            MessageRow.subject,
            MessageRow.size,
            MessageRow.capacity,
            DecisionRow.findings,
        )
        .join(DecisionRow, latest())
        .where(
            MessageRow.council_id == council,
            MessageRow.state == MessageState.HELD.value,
            MessageRow.sealed.is_not(True),
        )
        .order_by(MessageRow.received_at)
    )
    return rows.all()


def counts(connection: Connection) -> dict[str, int]:
    """How many messages each council holds. Those that are sealed are not counted."""
    rows = connection.execute(
        select(MessageRow.council_id, func.count())
        .where(MessageRow.state == MessageState.HELD.value, MessageRow.sealed.is_not(True))
        .group_by(MessageRow.council_id)
    )
    return {row[0]: row[1] for row in rows}


def findings(connection: Connection, council: str, message: str) -> Decision:
    """What the policy found in a message, when it last decided on it. Raises NotFound."""
    archive.message(connection, council, message)
    made = archive.decisions(connection, council, message)
    return Decision.model_validate_json(of_policy(made).findings)


def acts(connection: Connection, council: str, message: str) -> tuple[str, ...]:
    """What people have decided on a message so far, oldest first."""
    return tuple(row.act for row in of_people(archive.decisions(connection, council, message)))


def acts_on_held(connection: Connection, council: str) -> dict[str, tuple[str, ...]]:
    """What people have decided so far on each of the council's held messages, oldest first."""
    rows = connection.execute(
        select(DecisionRow.message_id, DecisionRow.act)
        .join(
            MessageRow,
            (MessageRow.council_id == DecisionRow.council_id) & (MessageRow.id == DecisionRow.message_id),
        )
        .where(
            DecisionRow.council_id == council,
            DecisionRow.by != BY_POLICY,
            MessageRow.state == MessageState.HELD.value,
        )
        .order_by(DecisionRow.message_id, DecisionRow.number)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.message_id] = (*found.get(row.message_id, ()), row.act)
    return found


def decide(
    connection: Connection,
    council: Council,
    version: int,
    message: str,
    *,
    state: MessageState,
    act: str,
    by: str,
    why: str,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Record what a person decided on a held message, and the state that it is in from then on.

    `detail` is what they chose besides, as JSON.

    Raises Conflict where it is held no longer, or the council is no longer at `version`.
    """
    _change_state(connection, council, version, message, state)
    remark(connection, council, version, message, act=act, by=by, why=why, now=now, detail=detail)


def decide_anew(
    connection: Connection,
    council: Council,
    version: int,
    message: str,
    decision: Decision,
    *,
    state: MessageState,
    now: datetime,
) -> None:
    """Record what the policy makes of a held message, now that all of it was looked at, and the state that it is in
    from then on. Raises as `decide`.
    """
    earlier = _change_state(connection, council, version, message, state)
    messages.insert_decision(
        connection,
        {
            "council_id": council.id,
            "message_id": message,
            "number": len(earlier),
            "at": now,
            "by": BY_POLICY,
            "act": decision.verdict.word,
            "verdict": decision.verdict.word,
            "why": "",
            "findings": decision.model_dump_json(),
            "policy_version": council.policy.version,
            "council_version": version,
            "detail": None,
        },
    )
    note_found(connection, council.id, message, found_in(decision), decision.verdict.word)


def _change_state(
    connection: Connection, council: Council, version: int, message: str, state: MessageState
) -> list[Row[Any]]:
    """Put a held message into another state, or the same. Returns the decisions on it so far. Raises Conflict."""
    ledger.lock(connection, council.id)
    if councils.version(connection, council.id) != version:
        raise Conflict(f"{council.id} was changed meanwhile; look again, and decide again")
    archive.message(connection, council.id, message)
    changed = connection.execute(
        update(MessageRow)
        .where(
            MessageRow.council_id == council.id,
            MessageRow.id == message,
            MessageRow.state == MessageState.HELD.value,
        )
        .values(state=state.value)
    )
    if changed.rowcount != 1:
        raise Conflict(
            f"{message} is not held: it is {archive.message(connection, council.id, message).state}"
        )
    if state is not MessageState.HELD:
        claims.drop(connection, council.id, message)
    return archive.decisions(connection, council.id, message)
