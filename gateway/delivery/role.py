"""The delivery process: set up, work until told to stop, finish what is in flight."""

from __future__ import annotations

import asyncio
import random

from config.settings import Settings
from gateway import clock, logs
from gateway.archive import anchoring, nightly
from gateway.archive import gauges as archive_gauges
from gateway.archive import reading as archive_reading
from gateway.archive.key import key_of
from gateway.delivery import gauges, set_back
from gateway.delivery.attempt import Courier
from gateway.delivery.delays import Delays
from gateway.delivery.owner import Owner
from gateway.delivery.port import StoredQueue
from gateway.delivery.returns import Returns
from gateway.delivery.runner import Pace, Runner
from gateway.delivery.schedule import Schedule
from gateway.delivery.upstreams import Upstreams
from gateway.delivery.wake import Bell
from gateway.holds import acknowledging, checking, reminding
from gateway.jobs import policy_review
from gateway.jobs.runner import JobRunner
from gateway.jobs.runner import Pace as JobPace
from gateway.jobs.task import Kinds
from gateway.life import Life
from gateway.sent import copying, order
from gateway.signing.client import SigningClient, socket_path
from gateway.store import jobs as store_jobs
from gateway.store import queue as store_queue
from gateway.store.database import Database

_log = logs.get("delivery")


async def run(settings: Settings, life: Life) -> None:
    """Deliver until told to stop. Raises StoreError and ConfigError where it cannot start."""
    database = Database(settings.database_url, key=key_of(settings))
    await asyncio.to_thread(database.start)
    signer = SigningClient(socket_path(settings))
    try:
        await _deliver(settings, life, database, signer)
    finally:
        await signer.close()
        await asyncio.to_thread(database.stop)


async def _deliver(settings: Settings, life: Life, database: Database, signer: SigningClient) -> None:
    owner = Owner(settings.run_dir, settings.hostname, alone=database.alone)
    try:
        await _take_over(database, owner)
        await _work(settings, life, database, signer, owner.name)
    finally:
        owner.close()


async def _take_over(database: Database, owner: Owner) -> None:
    """Free at once what the process before this one had in hand when it fell."""
    predecessor = owner.predecessor
    if predecessor is not None:
        departures = await database.write(lambda c: store_queue.end_leases(c, predecessor))
        jobs = await database.write(lambda c: store_jobs.end_leases(c, predecessor))
        _log.info("taken over", departures=departures, jobs=jobs)


async def _work(
    settings: Settings, life: Life, database: Database, signer: SigningClient, owner: str
) -> None:
    queue = StoredQueue(database, owner, settings.delivery.lease_seconds, clock.now)
    runner = _runner(settings, queue, signer)
    current = [settings]

    def route(upstream: str) -> str:
        """Where a council's notices go, by the settings of the moment."""
        return current[0].bounce_route(upstream)

    kinds = Kinds(
        {
            nightly.KIND: nightly.verification(lambda: current[0].archive.verify_hours),
            anchoring.KIND: anchoring.anchoring(route),
            policy_review.KIND: policy_review.look,
            policy_review.LETTER: policy_review.telling(route),
        },
        (nightly.KIND, anchoring.KIND, policy_review.KIND),
    )
    jobs = JobRunner(database, kinds, owner, clock.now)
    # By themselves: people are told in time, however long an archive takes to verify.
    telling = reminding.reminding(
        route, lambda: current[0].answers.expire_days, lambda: current[0].console.base_url
    )
    holds_jobs = JobRunner(
        database,
        Kinds(
            {
                reminding.KIND: telling,
                acknowledging.KIND: acknowledging.sending(lambda: current[0], runner.wake),
            },
            (reminding.KIND,),
        ),
        owner,
        clock.now,
    )
    # By themselves: they wait for others' servers, and nothing else is to wait behind them.
    copies = copying.Copies(settings)
    copy_jobs = JobRunner(
        database, Kinds({order.KIND: copies.make}), owner, clock.now, JobPace(at_once=copying.AT_ONCE)
    )
    # By themselves: reading attachments may take minutes.
    checks = JobRunner(
        database,
        Kinds({checking.KIND: checking.checking(lambda: current[0], runner.wake)}),
        owner,
        clock.now,
        JobPace(at_once=1),
    )
    # By themselves: an archive takes long to be read, and nobody waits for it.
    readings = JobRunner(
        database,
        Kinds(
            {archive_reading.KIND: archive_reading.reading_archive(lambda: current[0])},
            (archive_reading.KIND,),
        ),
        owner,
        clock.now,
        JobPace(at_once=1),
    )
    retired: list[Upstreams] = []

    async def reload(new: Settings) -> None:
        """Go on with new upstreams and schedule; what is under way ends with the old ones."""
        current[0] = new
        delays.settings = new
        copies.reload(new)
        retired.append(runner.upstreams)
        fresh = _runner(new, queue, signer)
        runner.courier, runner.upstreams, runner.pace = fresh.courier, fresh.upstreams, fresh.pace
        await retired[-1].close()
        runner.wake()

    bell = Bell(settings, runner.wake)
    putting_right = asyncio.create_task(set_back.watch(database, clock.now, runner.wake))
    delays = Delays(database, clock.now, settings)
    delaying = asyncio.create_task(delays.watch())
    measuring = asyncio.create_task(gauges.watch(queue, clock.now))
    counting = asyncio.create_task(archive_gauges.watch(database))
    doing_jobs = asyncio.gather(
        jobs.run(life.stopping),
        copy_jobs.run(life.stopping),
        holds_jobs.run(life.stopping),
        checks.run(life.stopping),
        readings.run(life.stopping),
    )
    try:
        life.on_reload(reload)
        life.ready()
        _log.info("delivery ready", upstreams=len(settings.upstreams))
        await runner.run(life.stopping)
        await doing_jobs
    finally:
        measuring.cancel()
        counting.cancel()
        delaying.cancel()
        putting_right.cancel()
        doing_jobs.cancel()
        await asyncio.gather(doing_jobs, delaying, putting_right, return_exceptions=True)
        copies.close()
        bell.close()
        await runner.upstreams.close()
        for upstreams in retired:
            await upstreams.close()


def _runner(settings: Settings, queue: StoredQueue, signer: SigningClient) -> Runner:
    schedule = Schedule(settings.delivery, random.random)
    returns = Returns(queue, clock.now, settings.hostname, settings.bounce_route)
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
