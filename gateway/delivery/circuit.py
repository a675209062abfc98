"""Leaving an upstream in peace while it does not answer: one probe at a time, later each time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway import logs, metrics
from gateway.delivery.schedule import Schedule
from gateway.upstream.refusal import Refusal, Refused, Step

_LONGEST_REST = timedelta(minutes=5)
"""A probe costs one connection, so an upstream that comes back is noticed soon. Not so where it is our own
login that fails: each try may count towards locking it."""

_LOGIN_STEPS = frozenset({Step.LOGIN, Step.MAIL, Step.RCPT})
"""Where an upstream says that it does not take our login, or wants one: some only at MAIL or RCPT."""

_log = logs.get("delivery")


class Circuit:
    """Whether an upstream may be asked now. `enter` before opening a connection, then say how it went.

    `worked`, `failed` or `abandoned` must follow each `enter` that returned.
    """

    def __init__(self, upstream: str, schedule: Schedule) -> None:
        self._upstream = upstream
        self._schedule = schedule
        self._failures = 0
        self._trouble: Refusal | None = None
        self._probing = False
        self._settled = asyncio.Event()
        self._since: datetime | None = None
        self.until: datetime | None = None
        self._alarm: Step | None = None
        metrics.LOGIN_REFUSED.labels(upstream).set(0)

    def resting(self, now: datetime) -> bool:
        """Whether the upstream is left in peace until later, or a probe is under way."""
        return self._trouble is not None and (self._probing or self._left_in_peace(now))

    async def enter(self, now: datetime) -> None:
        """Go on where the upstream works, or is to be probed and nobody else does. Raises Refused.

        While somebody else probes it, wait for what comes of that.
        """
        while self._trouble is not None:
            if self._left_in_peace(now):
                raise Refused(self._trouble)
            if not self._probing:
                self._probing = True
                self._settled.clear()
                return
            await self._settled.wait()

    def worked(self) -> None:
        """The upstream answered, and took our login."""
        if self._trouble is not None:
            _log.info("upstream back", upstream=self._upstream, failures=self._failures)
        self._failures = 0
        self._trouble, self.until = None, None
        self.abandoned()

    def failed(self, refusal: Refusal, now: datetime) -> None:
        """It did not. Failures of tries that were under way together count once."""
        metrics.UPSTREAM_FAILURES.labels(self._upstream, refusal.step.value).inc()
        if self._trouble is not None and not self._probing:
            return
        self._failures += 1
        self._trouble = refusal
        wait = self._schedule.wait(self._failures)
        self._since = now
        self.until = now + (wait if refusal.ours else min(wait, _LONGEST_REST))
        say = self._alerting(refusal)
        say(
            "upstream away",
            upstream=self._upstream,
            step=refusal.step.value,
            code=refusal.reply.code,
            status=refusal.reply.status,
            ours=refusal.ours,
            until=self.until.isoformat(),
        )
        self.abandoned()

    def accepted(self) -> None:
        """It let a mail transaction come to its end, so there is nothing left for the host to mend."""
        if self._alarm is not None:
            _log.info("upstream mended", upstream=self._upstream, step=self._alarm.value)
            self._alarm = None
            metrics.LOGIN_REFUSED.labels(self._upstream).set(0)

    def _left_in_peace(self, now: datetime) -> bool:
        """Whether its rest is not over. A clock that has been set back since then ends it."""
        return self._since is not None and self.until is not None and self._since <= now < self.until

    def _alerting(self, refusal: Refusal) -> Callable[..., None]:
        """How to log it: what only the host can mend is an error once, until it is mended or changes."""
        if not refusal.ours or self._alarm is refusal.step:
            return _log.warning
        self._alarm = refusal.step
        metrics.LOGIN_REFUSED.labels(self._upstream).set(1 if refusal.step in _LOGIN_STEPS else 0)
        return _log.error

    def abandoned(self) -> None:
        """The try ended without showing anything: whoever waits may try instead."""
        self._probing = False
        self._settled.set()

    def forget(self) -> None:
        """Let the upstream be asked at once, whatever went before."""
        self._failures, self.until = 0, None
