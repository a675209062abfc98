"""What a handler is given: the job, and a way of writing that is good only while the job is ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from gateway.store import jobs
from gateway.store.database import Database
from gateway.store.jobs import Job

T = TypeVar("T")


class LeaseLost(Exception):
    """The job has passed to another, so nothing was written."""


@dataclass(frozen=True, slots=True)
class Task:
    """A job in the hands of its handler. `now` tells the time."""

    job: Job
    database: Database
    now: Callable[[], datetime]

    async def read(self, act: Callable[[Connection], T]) -> T:
        """See `Database.read`."""
        return await self.database.read(act)

    async def write(self, act: Callable[[Connection], T]) -> T:
        """What `act` returns, committed. Raises LeaseLost, and as `Database.write`."""

        def fenced(connection: Connection) -> T:
            if not jobs.held(connection, self.job):
                raise LeaseLost
            return act(connection)

        return await self.database.write(fenced, council=self.job.council)


Handler = Callable[[Task], Awaitable[datetime | None]]
"""Does a job. Returns when it is due again, or None where it is done for good. Whatever it raises makes the
run a failed one."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """What can be done: handlers by kind. Each council has a job of every kind in `everyones`, always."""

    handlers: Mapping[str, Handler]
    everyones: tuple[str, ...] = ()
