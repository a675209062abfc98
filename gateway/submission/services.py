"""What every connection works with, and the acceptances that outlive their connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from config.limits import LimitSettings
from gateway.holds.answers.tokens import token_in
from gateway.intake.submission import Submission
from gateway.reply import Reply
from gateway.submission import faults
from gateway.submission.auth.accounts import Accounts
from gateway.submission.auth.authenticator import Authenticator
from gateway.submission.budget import Budget
from gateway.submission.certificates import Certificates
from gateway.submission.intake_port import Intake


class Acceptances:
    """Messages being accepted, each in a task of its own that no connection can cancel."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._running: set[asyncio.Task[Reply]] = set()

    def use(self, intake: Intake) -> None:
        """Give messages to another intake from now on; what has begun stays where it began."""
        self._intake = intake

    async def accept(self, submission: Submission, ended: Callable[[], None] = lambda: None) -> Reply:
        """What intake says to the message. Whoever waits for it may be cancelled; the acceptance goes on.

        `ended` is called once intake has done with the message, however.
        """
        task = asyncio.get_running_loop().create_task(self._intake.accept(submission))
        self._running.add(task)
        task.add_done_callback(lambda _: ended())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                task.add_done_callback(_alone)
            raise
        finally:
            if task.done():
                self._running.discard(task)
            else:
                task.add_done_callback(self._running.discard)

    async def finish(self, seconds: float) -> int:
        """Wait for all that run. The number of those that are still not done."""
        if not self._running:
            return 0
        _, unfinished = await asyncio.wait(tuple(self._running), timeout=seconds)
        return len(unfinished)


def _alone(task: asyncio.Task[Reply]) -> None:
    """An acceptance ended that nobody waited for any more."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        faults.note(error, "accept")


async def _room_for_all() -> Reply | None:
    return None


async def _looks_like_one(address: str) -> bool:
    return token_in(address) is not None


@dataclass(frozen=True, slots=True)
class Services:
    """The house behind the door. Exchanged as a whole when settings change; a connection keeps its own.

    `budget` bounds the octets of mail held at once; `room` says why no more mail can be taken in just now, if
    so; `is_answer` whether notices may be answered to an address, in canonical form.
    """

    hostname: str
    limits: LimitSettings
    accounts: Accounts
    authenticator: Authenticator
    acceptances: Acceptances
    certificates: Certificates | None
    budget: Budget
    room: Callable[[], Awaitable[Reply | None]] = _room_for_all
    is_answer: Callable[[str], Awaitable[bool]] = _looks_like_one
