"""argon2id, away from the loop and never more at once than the host allows.

Its threads have a lower priority than the loop's: a flood of guesses may use what processor time there is,
but the loop takes it back whenever it has something to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway import logs

T = TypeVar("T")
_log = logs.get("submission")
_NICER = 2


class Hashing:
    """Hashes and checks passwords in `slots` threads. Close with `close`.

    `hasher` is given where a test cannot wait for the real costs.
    """

    def __init__(self, slots: int, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="argon2", initializer=_step_back)
        self._dummy = self._hasher.hash("nobody has this password")

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether `password` is the one hashed; without a hash the same work for nothing."""
        known = password_hash is not None
        return await self._run(lambda: self._verify(password_hash or self._dummy, password)) and known

    def close(self) -> None:
        """Let running hashes finish, drop waiting ones."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except InvalidHashError:
            _log.error("stored password hash cannot be read")
            return False
        except VerificationError:
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _step_back() -> None:
    """Lower the priority of the thread that calls this; on Linux each has its own, and gives it to its own."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)
