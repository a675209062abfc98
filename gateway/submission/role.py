"""The submission process: protocol, logins, intake and the analysis workers, put together."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace

from config.settings import Settings
from gateway import logs
from gateway.archive.key import key_of
from gateway.delivery import wake
from gateway.intake.accept import Intake
from gateway.intake.room import Room
from gateway.life import Life
from gateway.store.database import Database
from gateway.submission.auth.authenticator import Authenticator, Local, PasswordCheck
from gateway.submission.auth.hashing import Hashing
from gateway.submission.auth.passthrough import AT_ONCE, PassThrough, ask_imap, ask_upstream
from gateway.submission.auth.proven import Proven
from gateway.submission.auth.shared import Stored
from gateway.submission.auth.stored import StoredAccounts
from gateway.submission.auth.throttle import Throttle
from gateway.submission.auth.turns import Turns
from gateway.submission.budget import Budget
from gateway.submission.certificates import Certificates
from gateway.submission.front import Front
from gateway.submission.services import Acceptances, Services
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Pool

PROVEN_SECONDS = 60.0
"""How long a password that was right is not hashed again, where passwords are checked here."""

_log = logs.get("submission")


async def run(settings: Settings, life: Life) -> None:
    """Open the doors, take in mail until told to stop, then let what has begun finish.

    Raises ConfigError (certificate, address or port), and what the database raises at its start.
    """
    async with AsyncExitStack() as stack:
        certificates = await asyncio.to_thread(Certificates.load, settings.tls) if settings.tls else None
        database = Database(settings.database_url, key=key_of(settings))
        stack.push_async_callback(asyncio.to_thread, database.stop)
        await asyncio.to_thread(database.start)
        pool = Pool(settings.workers)
        stack.push_async_callback(pool.stop)
        await pool.start()
        hashing = Hashing(settings.auth.hash_slots)
        stack.push_async_callback(asyncio.to_thread, hashing.close)
        room = _Room(settings, database, pool, hashing, certificates)
        stack.push_async_callback(room.close)
        stack.push_async_callback(room.front.drain)
        room.front.open(settings.listeners)
        if certificates is not None:
            watching = asyncio.get_running_loop().create_task(certificates.watch())
            stack.callback(watching.cancel)
        life.on_reload(room.use)
        life.ready()
        _log.info("submission ready", listeners=[listener.kind.value for listener in settings.listeners])
        await life.stopping.wait()


class _Room:
    """What is made from the settings, and made anew from new ones."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        pool: Pool,
        hashing: Hashing,
        certificates: Certificates | None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._pool = pool
        self._hashing = hashing
        self._accounts = StoredAccounts(database)
        self._space = Room(settings, database)
        self._taking_in = self._intake(settings)
        self.front = Front(
            Services(
                hostname=settings.hostname,
                limits=settings.limits,
                accounts=self._accounts,
                authenticator=self._authenticator(settings),
                acceptances=Acceptances(self._taking_in),
                certificates=certificates,
                budget=Budget(settings.limits.inflight_bytes),
                room=self._space.refusal,
                is_answer=self._is_answer,
            )
        )

    async def close(self) -> None:
        """End what outlives the last conversation."""
        await self.front.services.authenticator.close()

    async def use(self, settings: Settings) -> None:
        """Work by `settings`. Remembered logins and counted failures go only where `auth` has changed.

        A first certificate, the database, the workers and the hash slots take effect with the next start.
        """
        services = self.front.services
        if settings.tls is not None and services.certificates is not None:
            await services.certificates.use(settings.tls)
        if (settings.auth, settings.upstreams) != (self._settings.auth, self._settings.upstreams):
            self.front.services = replace(services, authenticator=self._authenticator(settings))
        self._taking_in = self._intake(settings)
        services.acceptances.use(self._taking_in)
        self._space.use(settings)
        self._settings = settings
        await self.front.use(settings)

    async def _is_answer(self, address: str) -> bool:
        return await self._taking_in.is_answer(address)

    def _intake(self, settings: Settings) -> Intake:
        return Intake(
            settings, self._database, Analyst(self._pool, settings.limits), lambda: wake.ring(settings)
        )

    def _authenticator(self, settings: Settings) -> Authenticator:
        auth, monotonic = settings.auth, time.monotonic
        here = auth.method == "local"
        return Authenticator(
            self._accounts,
            _check(settings, self._hashing),
            Throttle(auth.attempts_per_minute, monotonic),
            Turns(auth.hash_slots if here else AT_ONCE),
            Proven(PROVEN_SECONDS if here else auth.cache_seconds, monotonic),
            Stored(self._database, auth.attempts_per_minute, monotonic),
        )


def _check(settings: Settings, hashing: Hashing) -> PasswordCheck:
    """Where passwords are checked, by the settings."""
    if settings.auth.method == "local":
        return Local(hashing)
    asks_upstream = settings.auth.method == "upstream"
    ask = ask_upstream(settings.upstreams, settings.hostname) if asks_upstream else ask_imap(settings.auth)
    return PassThrough(ask, time.monotonic)
