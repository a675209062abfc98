"""A process's access to the database: reads in threads, and one writer that commits in groups."""

from __future__ import annotations

import asyncio
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway import logs, metrics
from gateway.store.commits import Act, Attempt, Fate, attempt
from gateway.store.engine import assert_durable, open_engine, reading
from gateway.store.errors import Full, OutcomeUnknown, Unavailable
from gateway.store.faults import is_collision, is_full, is_outage, sqlstate
from gateway.store.marks import assert_key
from gateway.store.schema import assert_current
from gateway.store.vault import Vault

T = TypeVar("T")
Item = TypeVar("Item")
_log = logs.get("store")
_MOST_IN_A_BATCH = 64
_MOST_COLLISIONS = 5
_LONGEST_PAUSE = 0.05


@dataclass(slots=True)
class _Work:
    """A piece of writing, how to look up whether it was done, whose ledger it writes, and who waits for it.

    `act` is given the items of all the pieces beside it that have the same one.
    """

    act: Callable[[Connection, Sequence[Any]], Sequence[Any]]
    item: Any
    confirm: Callable[[Connection], Any | None] | None
    council: str = ""
    result: Future[Any] = field(default_factory=Future)


class Database:
    """Reads and writes of one process. Open with `start`, close with `stop`."""

    def __init__(self, url: str, readers: int = 4, key: bytes | None = None) -> None:
        """`key` is the archive's, 32 octets, where the host has one (`gateway.archive.key`).

        Raises Unsuitable where `url` is not the address of a database that there is.
        """
        self.vault = Vault(key)
        self.engine: Engine = open_engine(url, self.vault)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="store-read")
        self._asking: dict[Callable[..., Any], list[tuple[Any, asyncio.Future[Any]]]] = {}
        self._waiting: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_forever, name="store-write", daemon=True)

    @property
    def alone(self) -> bool:
        """Whether no other node can be at work on this database."""
        return self.engine.dialect.name == "sqlite"

    def start(self) -> None:
        """Check durability, schema and the archive's key, and start writing.

        Raises NotDurable, Unsuitable, SchemaMismatch, KeyRefused, Unavailable.
        """
        assert_durable(self.engine)
        assert_current(self.engine)
        assert_key(self.engine)
        self._writer.start()

    def stop(self) -> None:
        """Finish all waiting writes and close."""
        if self._writer.is_alive():
            self._waiting.put(None)
            self._writer.join()
        self._readers.shutdown(wait=True)
        self.engine.dispose()

    async def read(self, act: Callable[[Connection], T]) -> T:
        """What `act` returns, run on a connection of its own, which sees the database as it is now.

        Raises Unavailable where there is none.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_blocking, act)

    async def read_together(self, act: Callable[[Connection, Sequence[Item]], Sequence[T]], item: Item) -> T:
        """`read` for what is cheaper done for many at once: `act` is given the items of all who ask just now.

        It gives what it finds for each.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        asking = self._asking.setdefault(act, [])
        asking.append((item, answer))
        if len(asking) == 1:
            loop.call_soon(self._ask, act)
        return await answer

    def _ask(self, act: Callable[[Connection, Sequence[Any]], Sequence[Any]]) -> None:
        asking = self._asking.pop(act)
        items = [item for item, _ in asking]
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._readers, self.read_blocking, partial(_act_on, act, items))
        reading.add_done_callback(partial(_answer, [answer for _, answer in asking]))

    def read_blocking(self, act: Callable[[Connection], T]) -> T:
        """`read`, for callers without a loop."""
        try:
            with reading(self.engine) as connection:
                return act(connection)
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable("the database cannot be read") from error

    async def write(
        self,
        act: Callable[[Connection], T],
        confirm: Callable[[Connection], T | None] | None = None,
        council: str = "",
    ) -> T:
        """What `act` returns, once its transaction is durably committed.

        `act` may run more than once: when another piece of its batch fails, each is replayed alone. Where the
        outcome of the COMMIT is unknown, `confirm` looks on a new connection and returns what `act` would
        have returned, or None if nothing is there. `council` is whose ledger `act` writes to: batches take
        ledgers in the order of their councils, so that those of two nodes do not wait for each other.

        Raises what `act` raises; Unavailable when nothing was kept; OutcomeUnknown when that cannot be told.
        Cancelling the caller does not cancel the write.
        """
        result: T = await self._written(_Work(_alone(act), None, confirm, council))
        return result

    async def write_together(
        self,
        act: Callable[[Connection, Sequence[Item]], Sequence[T | Exception]],
        item: Item,
        confirm: Callable[[Connection], T | None] | None = None,
        council: str = "",
    ) -> T:
        """`write` for what is cheaper done for many at once: `act` is given the items of all who wait.

        It gives for each what it came to, or what to raise, having written nothing for that one.
        """
        result: T = await self._written(_Work(act, item, confirm, council))
        return result

    async def _written(self, work: _Work) -> Any:
        self._waiting.put(work)
        return await asyncio.shield(asyncio.wrap_future(work.result))

    def write_blocking(self, act: Callable[[Connection], T]) -> T:
        """`act` in a transaction of its own, for callers without a loop. Raises as `write`."""
        work = _Work(_alone(act), None, None)
        self._commit_guarded([work])
        result: T = work.result.result()
        return result

    def _write_forever(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            stop = False
            while len(batch) < _MOST_IN_A_BATCH:
                try:
                    work = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if work is None:
                    stop = True
                    break
                batch.append(work)
            metrics.BATCH_SIZE.observe(len(batch))
            self._commit_guarded(sorted(batch, key=lambda work: work.council))
            if stop:
                return

    def _commit_guarded(self, batch: Sequence[_Work]) -> None:
        """Commit a batch; whatever happens, everyone who waits is answered and the thread lives on."""
        try:
            self._commit(batch)
        except (SQLAlchemyError, OSError) as error:
            _log.error("batch failed", size=len(batch), error=type(error).__name__, sqlstate=sqlstate(error))
            _refuse(batch, error)
        except Exception as error:
            _log.exception("batch failed", size=len(batch))
            _refuse(batch, error)

    def _commit(self, batch: Sequence[_Work]) -> None:
        """Commit a batch, or each piece of it alone. Raises SQLAlchemyError where there is no connection."""
        made = attempt(self.engine, _acts(batch))
        collisions = 0
        while len(batch) == 1 and _collided(made) and collisions < _MOST_COLLISIONS:
            collisions += 1
            time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311  # So that two do not meet again.
            made = attempt(self.engine, _acts(batch))
        if made.asked:
            metrics.COMMIT_UNKNOWN.inc(len(batch))
        if made.fate is Fate.COMMITTED:
            for work, result in zip(batch, chain.from_iterable(made.results), strict=True):
                if isinstance(result, Exception):
                    work.result.set_exception(result)
                else:
                    work.result.set_result(result)
        elif made.fate is Fate.UNKNOWN:
            self._look_up(batch, made.failure or Unavailable("nothing was kept"))
        elif len(batch) > 1:
            for work in batch:
                self._commit([work])
        else:
            failure = made.failure or Unavailable("nothing was kept")
            batch[0].result.set_exception(_unavailable(failure) if is_outage(failure) else failure)

    def _look_up(self, batch: Sequence[_Work], failure: Exception) -> None:
        """After a COMMIT whose fate nobody can tell: ask a new connection what is there."""
        for work in batch:
            try:
                work.result.set_result(self._found(work, failure))
            except (OutcomeUnknown, Unavailable) as error:
                work.result.set_exception(error)

    def _found(self, work: _Work, failure: Exception) -> Any:
        """What the work left behind. Raises OutcomeUnknown, and Unavailable where it left nothing."""
        unknown = OutcomeUnknown("the commit may or may not have happened")
        if work.confirm is None:
            raise unknown
        try:
            with reading(self.engine) as connection:
                found = work.confirm(connection)
        except SQLAlchemyError as error:
            raise unknown from error
        if found is not None:
            return found
        if self.alone:
            raise _unavailable(failure)  # Its commits are over when they return, one way or other.
        raise unknown


def _alone(act: Callable[[Connection], T]) -> Callable[[Connection, Sequence[None]], Sequence[T]]:
    return lambda connection, _: [act(connection)]


def _acts(batch: Sequence[_Work]) -> list[Act]:
    """What is to be done for a batch, in its order; each act gives the results of one or more pieces."""
    return [
        partial(_act_on, act, [work.item for work in together])
        for act, together in groupby(batch, key=lambda work: work.act)
    ]


def _act_on(
    act: Callable[[Connection, Sequence[Any]], Sequence[Any]], items: Sequence[Any], connection: Connection
) -> Sequence[Any]:
    return act(connection, items)


def _answer(answers: Sequence[asyncio.Future[Any]], reading: asyncio.Future[Sequence[Any]]) -> None:
    """Give everyone who still waits what was found, or why nothing was."""
    stopped = Unavailable("the database is closed")
    error = stopped if reading.cancelled() else reading.exception()
    found: Sequence[Any] = [None] * len(answers) if error is not None else reading.result()
    for answer, one in zip(answers, found, strict=True):
        if answer.done():
            continue
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(one)


def _collided(made: Attempt) -> bool:
    return made.fate is Fate.UNDONE and made.failure is not None and is_collision(made.failure)


def _refuse(batch: Sequence[_Work], error: Exception) -> None:
    for work in batch:
        if not work.result.done():
            work.result.set_exception(_unavailable(error))


def _unavailable(cause: Exception) -> Unavailable:
    kind = Full if is_full(cause) else Unavailable
    error = kind("the database cannot be written")
    error.__cause__ = cause
    return error
