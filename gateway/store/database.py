"""A process's access to the database: reads in threads, and one writer that commits in groups."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway import logs, metrics
from gateway.store.engine import WRITE, assert_durable, open_engine
from gateway.store.errors import OutcomeUnknown, Unavailable
from gateway.store.schema import assert_current

T = TypeVar("T")
_log = logs.get("store")
_MOST_IN_A_BATCH = 64


@dataclass(slots=True)
class _Work:
    """A piece of writing, how to look up whether it was done, and who waits for it."""

    act: Callable[[Connection], Any]
    confirm: Callable[[Connection], Any | None] | None
    result: Future[Any] = field(default_factory=Future)


class Database:
    """Reads and writes of one process. Open with `start`, close with `stop`."""

    def __init__(self, url: str, readers: int = 4) -> None:
        self.engine: Engine = open_engine(url)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="store-read")
        self._waiting: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_forever, name="store-write", daemon=True)

    def start(self) -> None:
        """Check durability and schema, and start writing. Raises NotDurable, SchemaMismatch, Unavailable."""
        assert_durable(self.engine)
        assert_current(self.engine)
        self._writer.start()

    def stop(self) -> None:
        """Finish all waiting writes and close."""
        if self._writer.is_alive():
            self._waiting.put(None)
            self._writer.join()
        self._readers.shutdown(wait=True)
        self.engine.dispose()

    async def read(self, act: Callable[[Connection], T]) -> T:
        """What `act` returns, run on a connection of its own. Raises Unavailable where there is none."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_blocking, act)

    def read_blocking(self, act: Callable[[Connection], T]) -> T:
        """`read`, for callers without a loop."""
        try:
            with self.engine.connect() as connection:
                return act(connection)
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable("the database cannot be read") from error

    async def write(
        self, act: Callable[[Connection], T], confirm: Callable[[Connection], T | None] | None = None
    ) -> T:
        """What `act` returns, once its transaction is durably committed.

        `act` may run more than once: when another piece of its batch fails, each is replayed alone. Where the
        outcome of the COMMIT is unknown, `confirm` looks on a new connection and returns what `act` would
        have returned, or None if nothing is there. Raises what `act` raises; Unavailable when nothing was
        kept; OutcomeUnknown when that cannot be told.

        Cancelling the caller does not cancel the write.
        """
        work = _Work(act, confirm)
        self._waiting.put(work)
        result: T = await asyncio.shield(asyncio.wrap_future(work.result))
        return result

    def write_blocking(self, act: Callable[[Connection], T]) -> T:
        """`act` in a transaction of its own, for callers without a loop."""
        try:
            with self.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
                return act(connection)
        except DBAPIError as error:
            if _is_outage(error):
                raise _unavailable(error) from error
            raise

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
            self._commit_guarded(batch)
            if stop:
                return

    def _commit_guarded(self, batch: Sequence[_Work]) -> None:
        """Commit a batch; whatever happens, everyone who waits is answered and the thread lives on."""
        try:
            self._commit(batch)
        except Exception as error:
            _log.exception("batch failed", size=len(batch))
            for work in batch:
                if not work.result.done():
                    work.result.set_exception(_unavailable(error))

    def _commit(self, batch: Sequence[_Work]) -> None:
        with self.engine.connect().execution_options(**{WRITE: True}) as connection:
            transaction = connection.begin()
            try:
                results = [work.act(connection) for work in batch]
            except Exception as error:
                transaction.rollback()
                self._replay(batch, error)
                return
            try:
                transaction.commit()
            except SQLAlchemyError as error:
                _log.warning("commit outcome unknown", size=len(batch), error=type(error).__name__)
                connection.invalidate()
                self._look_up(batch)
                return
        for work, result in zip(batch, results, strict=True):
            work.result.set_result(result)

    def _replay(self, batch: Sequence[_Work], failure: Exception) -> None:
        """One piece failed and the batch is rolled back: each piece again, alone; a lone one has failed."""
        if len(batch) > 1:
            for work in batch:
                self._commit_guarded([work])
        else:
            batch[0].result.set_exception(_unavailable(failure) if _is_outage(failure) else failure)

    def _look_up(self, batch: Sequence[_Work]) -> None:
        """After a COMMIT of unknown outcome: ask a new connection what is there."""
        for work in batch:
            metrics.COMMIT_UNKNOWN.inc()
            try:
                if work.confirm is None:
                    raise OutcomeUnknown("the commit may or may not have happened")
                with self.engine.connect() as connection:
                    found = work.confirm(connection)
                if found is None:
                    raise Unavailable("nothing was kept")
                work.result.set_result(found)
            except (OutcomeUnknown, Unavailable) as error:
                work.result.set_exception(error)
            except SQLAlchemyError:
                work.result.set_exception(OutcomeUnknown("the commit may or may not have happened"))


def _is_outage(error: Exception) -> bool:
    """Whether the database failed, rather than what was asked of it."""
    return isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | ProgrammingError)


def _unavailable(cause: Exception) -> Unavailable:
    error = Unavailable("the database cannot be written")
    error.__cause__ = cause
    return error
