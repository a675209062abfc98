"""What was not read by the time it was accepted, read for the archive: a durable job of each council.

How it fails and what survives. An item that is pending is so from the transaction that wrote its message until the
one that puts in its place what was read of it, which is fenced by the job's lease; in between it is counted as
pending in every search. Reading changes nothing, so whatever dies meanwhile is done again from the start, by whoever
has the job next. That an item was begun is committed before it is: one that brings down its reader is known by that,
and after the third time it is in the index without what is attached, and on every list of what could not be searched.
So no message keeps others waiting, and none is pending for ever. What comes in is read before what was there.

It is read in a worker of its own, which has ten minutes for each, as what is attached may be a year's papers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.settings import Settings
from filters.archived import Archived, attachments_unread
from filters.extract.document import Documents
from filters.indexed import heading_alone
from gateway import logs
from gateway.holds.checking import Analysts, patient
from gateway.intake.found_by import content_of
from gateway.jobs.task import Done, Handler, Task
from gateway.store import jobs, ledger, reading
from gateway.store.index import writing
from gateway.store.index.content import Content, Said
from gateway.store.index.envelope import with_envelope
from gateway.store.reading import KIND, Pending
from gateway.workers.analysis import Analyst, Unreadable
from gateway.workers.pool import Cause, WorkerFailed

__all__ = ["KIND", "reading_archive"]

WITHIN = 600.0
"""Seconds that a message may take, attachments and all."""

MOST_ATTEMPTS = 3
"""How often a worker may fail with an item before that is given up."""

MOST_BEGUN = 6
"""How often an item may be begun without any end: more, as the database or the host may be what went down."""

_SHARE = 60.0
"""Seconds after which another council has its turn."""

_AGAIN = timedelta(hours=1)
"""How often is looked, unasked, whether anything is pending."""

_NOT_KEPT = "it was refused, so its text was not kept"
_NICENESS = 10
_ALTERED = "the archive holds it no longer as it came in"
_UNREADABLE = "it could not be read: {}"

_log = logs.get("archive")


def _at_leisure(settings: Settings) -> AbstractAsyncContextManager[Analyst]:
    """An analyst whose worker lets mail go first: who hands in a message waits for the decision, and nobody for this."""
    return patient(settings, _NICENESS)


def reading_archive(settings: Callable[[], Settings], analysts: Analysts = _at_leisure) -> Handler:
    """The job."""

    async def read(task: Task) -> datetime | Done:
        council = task.job.council
        if not await task.read(lambda c: reading.count(c, council)):
            return await _finished(task)
        loop = asyncio.get_running_loop()
        until = loop.time() + _SHARE
        async with analysts(settings()) as analyst:
            while (item := await _begun(task)) is not None:
                await _read(task, analyst, item)
                if loop.time() >= until:
                    return task.now()
        return await _finished(task)

    return read


async def _begun(task: Task) -> Pending | None:
    council = task.job.council
    return await task.write(lambda c: reading.begin(c, council))


async def _finished(task: Task) -> Done:
    """Nothing is pending: due again later. What comes in from then on hastens it, and nothing does so in between, as
    whoever makes an item pending has locked the ledger too.
    """

    def last(connection: Connection) -> None:
        council, now = task.job.council, task.now()
        ledger.lock(connection, council)
        again = now if reading.count(connection, council) else now + _AGAIN
        jobs.finish(connection, task.job, now, again)

    await task.write(last)
    return Done.DONE


async def _read(task: Task, analyst: Analyst, item: Pending) -> None:
    """Read an item, and put in the index what came of it; where it is to be tried again, nothing."""
    if item.raw is None:
        said = Said(subject=item.heading.subject, author=item.heading.from_address)
        content = Content(said=said, message_id=item.heading.message_id, unread=_NOT_KEPT)
        if item.altered:
            known = await task.read(lambda c: writing.content(c, item.council, item.number))
            content = known.model_copy(update={"unread": _ALTERED, "pending": False})
        await _complete(task, item, content, None)
        return
    try:
        if item.attempts >= MOST_BEGUN:
            found = await _given_up(analyst, item.raw, Cause.CRASH)
        else:
            found = await analyst.archive(item.raw, asyncio.get_running_loop().time() + WITHIN)
    except WorkerFailed as error:
        if error.reason in {Cause.STOPPED, Cause.BUSY}:
            await task.write(lambda c: reading.put_back(c, item))
            raise
        _log.warning(
            "not read for the archive",
            council=item.council,
            message=item.message,
            attempt=item.attempts + 1,
            reason=error.reason,
        )
        if item.attempts + 1 < MOST_ATTEMPTS:
            return
        found = await _given_up(analyst, item.raw, error.reason)
    except asyncio.CancelledError:
        await asyncio.shield(task.write(lambda c: reading.put_back(c, item)))
        raise
    content = await asyncio.to_thread(content_of, found.indexed, found.documents)
    await _complete(task, item, content, found)


async def _given_up(analyst: Analyst, raw: bytes, reason: str) -> Archived:
    """A message without what is attached; where that is too much still, its heading alone."""
    why = _UNREADABLE.format(reason)
    try:
        found = await analyst.read(raw, asyncio.get_running_loop().time() + WITHIN)
    except WorkerFailed as error:
        return Archived(indexed=heading_alone(raw, error.reason if isinstance(error, Unreadable) else why))
    documents = attachments_unread(found.anatomy.attachments, why)
    return Archived(indexed=found.indexed, documents=Documents(found=documents))


async def _complete(task: Task, item: Pending, content: Content, found: Archived | None) -> None:
    """Put what was read into the index, if the item is still pending."""
    named = None if found is None or not found.indexed.named else frozenset(found.indexed.named)
    whole = with_envelope(content, item.recipients, named)
    vault, dialect = task.database.vault, task.database.engine.dialect.name
    reread = await asyncio.to_thread(writing.reread, item.council, item.message, whole, vault, dialect)

    def write(connection: Connection) -> None:
        if reading.is_pending(connection, item.council, item.number):
            writing.complete(connection, item.council, item.number, reread)

    await task.write(write)
