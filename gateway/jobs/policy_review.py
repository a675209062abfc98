"""Telling the Clerk that the review date of the policy has passed, and again every four weeks.

How it fails and what survives: each council has one job that looks every day. Where the date has passed it makes
another job, one for each version of the policy and review date, which writes the letters and puts itself off for
four weeks in the same transaction. So each letter is written once, whatever dies meanwhile; and a new version whose
date has passed is told of at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.council import Council
from gateway.clock import today_in_london
from gateway.jobs.task import Done, Handler, Task
from gateway.notices.review import review_due
from gateway.store import councils, jobs, messages

KIND = "policy.review"
LETTER = "policy.review.letter"
EVERY = timedelta(days=28)

_LOOKS = timedelta(days=1)


async def look(task: Task) -> datetime:
    """See whether the review date has passed; if so, have it told. Looks again the next day."""
    now = task.now()

    def act(connection: Connection) -> None:
        _, council = councils.load(connection, task.job.council)
        if council.review_passed(today_in_london(now)):
            jobs.add(connection, council.id, LETTER, now, key=_key(council))

    await task.write(act)
    return now + _LOOKS


def telling(route: Callable[[str], str]) -> Handler:
    """The job that writes the letters. `route` names the upstream for a council's notices, by its own upstream."""

    async def tell(task: Task) -> Done:
        now = task.now()
        today = today_in_london(now)

        def act(connection: Connection) -> None:
            _, council = councils.load(connection, task.job.council)
            if not council.review_passed(today) or _key(council) != task.job.key:
                jobs.finish(connection, task.job, now)
                return
            letters = review_due(council, now, today, upstream=route(council.upstream))
            for letter in letters:
                messages.write_own(connection, letter, now)
            # Where nobody acts as Clerk there is nobody to write to; there may be tomorrow.
            jobs.finish(connection, task.job, now, now + (EVERY if letters else _LOOKS))

        await task.write(act)
        return Done.DONE

    return tell


def _key(council: Council) -> str:
    return f"{council.policy.version} {council.policy.review}"
