"""The statements that every departure needs, made once: making one anew costs more than carrying it out.

Parameters in their conditions are `departure`, `token`, `council`, `message`, `now` (the process's clock) and
`moment` (the clock of leases, by which some differ from one kind of database to another); whatever else is
given when they are carried out is the name of a column to be set.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from gateway.store.clock import lease_parameter
from gateway.store.direct import Direct
from gateway.store.kinds import RecipientState
from gateway.store.models import DeliveryRow, DepartureRow, MessageBody, MessageRow, RecipientRow

ADD_DEPARTURES, ADD_DELIVERIES = Direct(insert(DepartureRow)), Direct(insert(DeliveryRow))

_THIS = DepartureRow.id == bindparam("departure")
_HELD = and_(_THIS, DepartureRow.lease_token == bindparam("token"))
_ITS_DELIVERIES = and_(
    DeliveryRow.council_id == bindparam("council"), DeliveryRow.departure_id == bindparam("departure")
)
_ITS_QUEUED = and_(_ITS_DELIVERIES, DeliveryRow.state == RecipientState.QUEUED.value)

STILL_HELD = select(true()).select_from(DepartureRow).where(_HELD).with_for_update()
"""Whether the lease is ours; if so, nobody takes it over before the transaction ends."""


@cache
def held(dialect: str) -> Select[str, str | None, bool, bool, str]:
    """Who holds `departures`, whether that lease lasts (`moment`), and what is prepared; locked as above."""
    return (
        select(
            DepartureRow.id,
            DepartureRow.lease_token,
            (DepartureRow.lease_until >= lease_parameter(dialect, "moment")).label("lasts"),
            DepartureRow.prepended.is_(None).label("unprepared"),
            DepartureRow.splices,
        )
        .where(DepartureRow.id.in_(bindparam("departures", expanding=True)))
        .order_by(DepartureRow.id)
        .with_for_update()
    )


LOAD = (
    select(
        DepartureRow,
        MessageRow.kind,
        MessageRow.mail_from,
        MessageRow.ret,
        MessageRow.envid,
        MessageRow.smtputf8,
        MessageRow.body,
        MessageRow.header_from,
        MessageRow.received_at,
        MessageBody.form.label("form"),
        MessageBody.raw,
    )
    .join_from(
        DepartureRow,
        MessageRow,
        and_(MessageRow.council_id == DepartureRow.council_id, MessageRow.id == DepartureRow.message_id),
    )
    .join(
        MessageBody,
        and_(MessageBody.council_id == MessageRow.council_id, MessageBody.message_id == MessageRow.id),
    )
    .where(DepartureRow.id.in_(bindparam("departures", expanding=True)))
)

DUE_RECIPIENTS = (
    select(
        DeliveryRow.departure_id,
        RecipientRow.number,
        RecipientRow.address,
        RecipientRow.notify,
        RecipientRow.orcpt,
    )
    .join_from(
        DepartureRow,
        DeliveryRow,
        and_(DeliveryRow.council_id == DepartureRow.council_id, DeliveryRow.departure_id == DepartureRow.id),
    )
    .join(
        RecipientRow,
        and_(
            RecipientRow.council_id == DepartureRow.council_id,
            RecipientRow.message_id == DepartureRow.message_id,
            RecipientRow.number == DeliveryRow.number,
        ),
    )
    .where(
        DepartureRow.id.in_(bindparam("departures", expanding=True)),
        DeliveryRow.state == RecipientState.QUEUED.value,
        DeliveryRow.next_attempt <= bindparam("now"),
    )
    .order_by(DeliveryRow.departure_id, RecipientRow.number)
)

PREPARE = update(DepartureRow).where(_HELD, DepartureRow.prepended.is_(None))

NUMBERS = (
    select(DeliveryRow.departure_id, DeliveryRow.number)
    .where(
        DeliveryRow.council_id.in_(bindparam("councils", expanding=True)),
        DeliveryRow.departure_id.in_(bindparam("departures", expanding=True)),
    )
    .order_by(DeliveryRow.departure_id, DeliveryRow.number)
)

NOTE = update(DeliveryRow).where(_ITS_DELIVERIES, DeliveryRow.number == bindparam("recipient"))

PUT_OFF = update(DeliveryRow).where(_ITS_QUEUED, DeliveryRow.next_attempt < bindparam("until"))

GIVE_BACK = (
    update(DepartureRow)
    .where(_HELD)
    .values(
        # Due when its next recipient is, and done when none is left.
        done=~exists().where(_ITS_QUEUED),
        next_attempt=func.coalesce(
            select(func.min(DeliveryRow.next_attempt)).where(_ITS_QUEUED).scalar_subquery(),
            DepartureRow.next_attempt,
        ),
        lease_owner=None,
        lease_token=None,
        lease_until=None,
        starts=0,
    )
)

END_ATTEMPT = GIVE_BACK.values(attempts=DepartureRow.attempts + 1)


@cache
def renew(dialect: str) -> Update:
    """The lease lasts until the moment `until`, or longer where it does already."""
    return update(DepartureRow).where(_HELD).values(lease_until=_at_least(dialect))


@cache
def claim(dialect: str, councils: int) -> ReturningUpdate[str, str, str, int, int, str, datetime]:
    """Take up to `limit` due departures under a lease until the moment `until`.

    None for the upstreams in `excluding`, none in `in_hand`. The longest due of each council have the first
    turns; `turns_N`, for N below `councils`, are the turns that the council `council_N` has had already.
    """
    waiting = and_(
        DepartureRow.done == false(),
        DepartureRow.next_attempt <= bindparam("now"),
        or_(
            DepartureRow.lease_until.is_(None),
            DepartureRow.lease_until < lease_parameter(dialect, "moment"),
        ),
        DepartureRow.upstream.not_in(bindparam("excluding", expanding=True)),
        DepartureRow.id.not_in(bindparam("in_hand", expanding=True)),
    )
    turn: ColumnElement[int] = func.row_number().over(
        partition_by=DepartureRow.council_id, order_by=(DepartureRow.next_attempt, DepartureRow.id)
    )
    if councils:
        had = [
            (
                DepartureRow.council_id == bindparam(f"council_{n}"),
                bindparam(f"turns_{n}", type_=BigInteger()),
            )
            for n in range(councils)
        ]
        turn = turn + case(*had, else_=0)
    ranked = select(DepartureRow.id, turn.label("turn")).where(waiting).subquery()
    due = (
        select(DepartureRow.id)
        .join(ranked, ranked.c.id == DepartureRow.id)
        .where(waiting)  # Again, for a row that another node took between the ranking and the lock.
        .order_by(ranked.c.turn, DepartureRow.next_attempt, DepartureRow.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=DepartureRow)
        .cte("due")  # PostgreSQL carries this out once; a sub-select it might repeat, and lock more.
    )
    return (
        update(DepartureRow)
        .where(DepartureRow.id.in_(select(due.c.id)))
        .values(
            lease_owner=bindparam("owner"),
            lease_token=bindparam("token"),
            lease_until=lease_parameter(dialect, "until"),
            starts=DepartureRow.starts + 1,
            outcome_unknown=or_(DepartureRow.outcome_unknown, DepartureRow.data_sent),
            data_sent=False,
        )
        .returning(
            DepartureRow.id,
            DepartureRow.council_id,
            DepartureRow.message_id,
            DepartureRow.attempts,
            DepartureRow.starts,
            DepartureRow.upstream,
            DepartureRow.next_attempt,
        )
    )


def _at_least(dialect: str) -> ColumnElement[datetime]:
    until = lease_parameter(dialect, "until")
    return case((DepartureRow.lease_until > until, DepartureRow.lease_until), else_=until)
