"""Anchors: the head of each council's ledger, signed every day and mailed to the addresses that the council has chosen.

Whoever owns the database can make its chain anew, and sign it. So the proof is not here: it is the letters, which lie
where nobody of this host can change them. An anchor says how long the chain was at a moment, and what its last link
was; a chain that was altered, cut or made anew since does not have that link in that place.

How it fails and what survives: each council has one job, due at six every morning. The anchor, the letters and the
record of both are written in one transaction, so an anchor is mailed once or not at all, whatever dies meanwhile; a
host that was off at six makes it up when it is back. Where nothing was added since the last anchor there is none, but
one a week in any case, so that silence means that something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gateway.archive.offline.check import Anchor, printed
from gateway.jobs.task import Handler, Task
from gateway.notices.anchor import anchored
from gateway.store import anchors, audit, councils, messages
from gateway.store.audit import Act, Audited

__all__ = ["KIND", "Anchor", "anchoring", "make_anchor", "printed"]

KIND = "archive.anchor"

_LONDON = ZoneInfo("Europe/London")
_AT = time(6)
_IN_ANY_CASE = timedelta(days=6, hours=12)
"""A week, looked at once a day, on either side of a change of clocks."""

_BY = "postroom"


def make_anchor(
    connection: Connection,
    council: str,
    now: datetime,
    by: str = _BY,
    why: str = "made by hand",
    letters: Callable[[Anchor], tuple[str, ...]] = lambda _: (),
) -> Anchor:
    """Sign the head of the council's ledger, and record that. Raises NotFound.

    `letters` may write it to people, in the same transaction: it returns the queue ids of what it wrote.
    """
    councils.version(connection, council)
    anchor = anchors.make(connection, council, now)
    detail = {"links": anchor.links, "head": anchor.head, "letters": list(letters(anchor))}
    audit.record(connection, council, Audited(Act.ANCHORED, by, why, now, detail=detail))
    return anchor


def anchoring(route: Callable[[str], str]) -> Handler:
    """The job that makes the day's anchor. `route` names the upstream for a council's notices, by its own upstream."""

    async def run(task: Task) -> datetime:
        now = task.now()
        await task.write(lambda connection: _daily(connection, task, now, route))
        return after(now)

    return run


def after(moment: datetime) -> datetime:
    """The next time that anchors are made, by the clocks of Europe/London."""
    day = moment.astimezone(_LONDON).date()
    today = datetime.combine(day, _AT, _LONDON)
    return today if today > moment else datetime.combine(day + timedelta(days=1), _AT, _LONDON)


def _daily(connection: Connection, task: Task, now: datetime, route: Callable[[str], str]) -> None:
    if not _is_due(connection, task, now):
        return
    _, council = councils.load(connection, task.job.council)

    def letters(anchor: Anchor) -> tuple[str, ...]:
        way = route(council.upstream)
        written = (anchored(council, to, anchor, now, upstream=way) for to in council.archive.anchors)
        return tuple(messages.write_own(connection, letter, now) for letter in written)

    make_anchor(connection, council.id, now, why="the anchor of the day", letters=letters)


def _is_due(connection: Connection, task: Task, now: datetime) -> bool:
    """Whether the day's anchor is still to be made, and there is something to anchor."""
    council = task.job.council
    latest = anchors.latest(connection, council)
    if latest is None:
        # A council's job is made with the council, at any hour: the first anchor has time until the hour comes.
        return after(task.job.run_at - timedelta(seconds=1)) == task.job.run_at
    made, anchor = latest
    if after(made) > now:
        return False
    return now - made > _IN_ANY_CASE or _anything_new(connection, council, anchor)


def _anything_new(connection: Connection, council: str, anchor: Anchor) -> bool:
    """Whether anything was chained since, besides the letters of the last anchor and the record of them."""
    row = audit.last(connection, council, Act.ANCHORED)
    detail = {} if row is None else row.done.detail or {}
    letters = tuple(each for each in detail.get("letters", ()) if isinstance(each, str))
    return anchors.happened_since(connection, council, anchor, letters, 0 if row is None else row.number)
