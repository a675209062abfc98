"""What a handler is given: the job, and a way of writing that is good only while the job is ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

from sqlalchemy import Connection

from gateway.store import jobs
from gateway.store.database import Database
from gateway.store.jobs import Job

T = TypeVar("T")


class LeaseLost(Exception):
    """The job has passed to another, so nothing was written."""


class Done(Enum):
    """What a handler returns whose last writing has marked the job done already."""

    DONE = "done"


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

    async def write_last(self, act: Callable[[Connection], object]) -> Done:
        """`write`, and the job is done for good by the same commit: what `act` writes is written once."""

        def last(connection: Connection) -> None:
            act(connection)
            jobs.finish(connection, self.job, self.now())

        await self.write(last)
        return Done.DONE


Handler = Callable[[Task], Awaitable[datetime | Done | None]]
"""Does a job. Returns when it is due again, or None where it is done for good, or what `Task.write_last` gave.
Whatever it raises makes the run a failed one."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """What can be done: handlers by kind. Each council has a job of every kind in `everyones`, always."""

    handlers: Mapping[str, Handler]
    everyones: tuple[str, ...] = ()
