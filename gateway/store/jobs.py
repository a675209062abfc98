"""The job table: what is to be done later, once, by whoever claims it, under a lease and fenced by a token."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store.clock import lease_moment
from gateway.store.models import CouncilRow, JobRow

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """A job that this process may do while its lease lasts. Every update is fenced by `token`.

    `attempts` counts runs that failed. `starts` counts claims since a run last came to an end, raised before
    any work: where it grows, the job brings down whoever does it.
    """

    id: str
    council: str
    kind: str
    key: str
    payload: Mapping[str, Any]
    run_at: datetime
    attempts: int
    starts: int
    token: str


def add(
    connection: Connection,
    council: str,
    kind: str,
    now: datetime,
    *,
    run_at: datetime | None = None,
    key: str = "",
    payload: Mapping[str, Any] | None = None,
) -> bool:
    """Have a job done, at `run_at` or as soon as may be. False where the council has this very one already.

    `payload` is kept as JSON. It holds ids and settings, never anything that only the archive may keep.
    """
    values = {
        "id": secrets.token_hex(8),
        "council_id": council,
        "kind": kind,
        "key": key,
        "payload": json.dumps(payload or {}),
        "created_at": now,
        "run_at": run_at or now,
        "attempts": 0,
        "starts": 0,
        "done_at": None,
        "last_error": "",
    }
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    added = connection.execute(insert(JobRow).values(**values).on_conflict_do_nothing().returning(JobRow.id))
    return added.first() is not None


def hasten(connection: Connection, council: str, kind: str, now: datetime) -> None:
    """Have a council's job of this kind done as soon as may be, where it has one that is not due yet.

    One that is being done is left alone and not waited for: whoever does it may be waiting for the caller.
    """
    wanted = (
        select(JobRow.id)
        .where(
            JobRow.council_id == council,
            JobRow.kind == kind,
            JobRow.key == "",
            JobRow.done_at.is_(None),
            JobRow.run_at > now,
        )
        .with_for_update(skip_locked=True)
    )
    connection.execute(
        update(JobRow).where(JobRow.id.in_(wanted.scalar_subquery()), JobRow.run_at > now).values(run_at=now)
    )


def add_for_everyone(connection: Connection, kind: str, now: datetime) -> int:
    """Have every council have a job of this kind. Returns for how many that was new."""
    has_it = select(JobRow.id).where(
        JobRow.council_id == CouncilRow.id, JobRow.kind == kind, JobRow.key == ""
    )
    lacking = connection.execute(select(CouncilRow.id).where(~has_it.exists())).scalars().all()
    return sum(add(connection, council, kind, now) for council in lacking)


def claim(
    connection: Connection,
    owner: str,
    now: datetime,
    limit: int,
    lease_seconds: float,
    kinds: Collection[str],
    in_hand: Iterable[str] = (),
) -> list[Job]:
    """Take up to `limit` due jobs of these kinds under a lease, the longest due first.

    An expired lease is taken over, but none of `in_hand`, which `owner` is at work on.
    """
    due = (
        select(JobRow.id)
        .where(
            JobRow.done_at.is_(None),
            JobRow.run_at <= now,
            JobRow.kind.in_(kinds),
            JobRow.id.not_in(list(in_hand)),
            or_(JobRow.lease_until.is_(None), JobRow.lease_until < lease_moment(connection, now)),
        )
        .order_by(JobRow.run_at, JobRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    token = secrets.token_hex(8)
    rows = connection.execute(
        update(JobRow)
        .where(JobRow.id.in_(select(due.c.id)))
        .values(
            lease_owner=owner,
            lease_token=token,
            lease_until=lease_moment(connection, now, lease_seconds),
            starts=JobRow.starts + 1,
        )
        .returning(JobRow.__table__)
    )
    return [
        Job(
            id=row.id,
            council=row.council_id,
            kind=row.kind,
            key=row.key,
            payload=json.loads(row.payload),
            run_at=row.run_at,
            attempts=row.attempts,
            starts=row.starts,
            token=token,
        )
        for row in sorted(rows, key=lambda row: (row.run_at, row.id))
    ]


def held(connection: Connection, job: Job) -> bool:
    """Whether the lease is ours; if so, nobody takes it over before the transaction ends."""
    lease = select(true()).select_from(JobRow).where(_held_by(job)).with_for_update()
    return connection.execute(lease).first() is not None


def renew(connection: Connection, job: Job, now: datetime, lease_seconds: float) -> bool:
    """Have the lease last `lease_seconds` from now. False when it is no longer ours."""
    until = lease_moment(connection, now, lease_seconds)
    longer = case((JobRow.lease_until > until, JobRow.lease_until), else_=until)
    return _update(connection, job, lease_until=longer)


def finish(connection: Connection, job: Job, now: datetime, again: datetime | None = None) -> bool:
    """Note that the job is done, or done for now and due again then. False when it is no longer ours."""
    if again is None:
        return _give_back(connection, job, done_at=now, last_error="")
    return _give_back(connection, job, run_at=again, attempts=0, last_error="")


def fail(connection: Connection, job: Job, again: datetime, error: str) -> bool:
    """Note that the run failed, and try again then. False when it is no longer ours.

    `error` says what kind of trouble it was, and nothing that was in the data.
    """
    return _give_back(connection, job, run_at=again, attempts=JobRow.attempts + 1, last_error=error)


def put_back(connection: Connection, job: Job) -> bool:
    """Give the job back as it was, for whoever comes next. False when it is no longer ours."""
    return _give_back(connection, job)


def end_leases(connection: Connection, owner: str) -> int:
    """Let the jobs of a process that is known to be dead be taken over at once. Returns how many."""
    ended = connection.execute(
        update(JobRow)
        .where(JobRow.done_at.is_(None), JobRow.lease_owner == owner)
        .values(lease_until=_LONG_AGO)
    )
    return ended.rowcount


def end_all_leases(connection: Connection) -> None:
    """Free every job. Nobody may be at work on them."""
    connection.execute(update(JobRow).values(starts=0, lease_owner=None, lease_token=None, lease_until=None))


def forget_done(connection: Connection, before: datetime) -> int:
    """Remove jobs that were done before then. Returns how many."""
    return connection.execute(delete(JobRow).where(JobRow.done_at < before)).rowcount


def _held_by(job: Job) -> ColumnElement[bool]:
    return and_(JobRow.id == job.id, JobRow.lease_token == job.token)


def _give_back(connection: Connection, job: Job, **changes: Any) -> bool:
    return _update(connection, job, starts=0, lease_owner=None, lease_token=None, lease_until=None, **changes)


def _update(connection: Connection, job: Job, **changes: Any) -> bool:
    changed = connection.execute(update(JobRow).where(_held_by(job)).values(**changes))
    return changed.rowcount == 1
