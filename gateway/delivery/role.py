"""The delivery process: set up, work until told to stop, finish what is in flight."""

from __future__ import annotations

import asyncio
import os
import random

from config.settings import Settings
from gateway import clock, logs
from gateway.delivery import gauges
from gateway.delivery.attempt import Courier
from gateway.delivery.port import StoredQueue
from gateway.delivery.returns import Returns
from gateway.delivery.runner import Pace, Runner
from gateway.delivery.schedule import Schedule
from gateway.delivery.upstreams import Upstreams
from gateway.delivery.wake import Bell
from gateway.life import Life
from gateway.signing.client import SigningClient, socket_path
from gateway.store.database import Database

_log = logs.get("delivery")


async def run(settings: Settings, life: Life) -> None:
    """Deliver until told to stop. Raises StoreError and ConfigError where it cannot start."""
    database = Database(settings.database_url)
    await asyncio.to_thread(database.start)
    signer = SigningClient(socket_path(settings))
    try:
        await _deliver(settings, life, database, signer)
    finally:
        await signer.close()
        await asyncio.to_thread(database.stop)


async def _deliver(settings: Settings, life: Life, database: Database, signer: SigningClient) -> None:
    owner = f"{settings.hostname}/{os.getpid()}"
    queue = StoredQueue(database, owner, settings.delivery.lease_seconds, clock.now)
    runner = _runner(settings, queue, signer)
    retired: list[Upstreams] = []

    async def reload(new: Settings) -> None:
        """Go on with new upstreams and schedule; what is under way ends with the old ones."""
        retired.append(runner.upstreams)
        fresh = _runner(new, queue, signer)
        runner.courier, runner.upstreams, runner.pace = fresh.courier, fresh.upstreams, fresh.pace
        await retired[-1].close()
        runner.wake()

    bell = Bell(settings, runner.wake)
    measuring = asyncio.create_task(gauges.watch(queue, clock.now))
    try:
        life.on_reload(reload)
        life.ready()
        _log.info("delivery ready", upstreams=len(settings.upstreams))
        await runner.run(life.stopping)
    finally:
        measuring.cancel()
        bell.close()
        await runner.upstreams.close()
        for upstreams in retired:
            await upstreams.close()


def _runner(settings: Settings, queue: StoredQueue, signer: SigningClient) -> Runner:
    schedule = Schedule(settings.delivery, random.random)
    returns = Returns(queue, clock.now, settings.hostname)
    return Runner(
        queue=queue,
        courier=Courier(queue, signer, schedule, returns, clock.now),
        upstreams=Upstreams(settings, schedule, clock.now),
        pace=Pace(
            poll_seconds=settings.delivery.poll_seconds,
            lease_seconds=queue.lease_seconds,
            drain_seconds=settings.limits.drain_seconds,
            data_seconds=max((u.data_seconds for u in settings.upstreams.values()), default=0),
        ),
        clock=clock.now,
    )
