"""The delivery process as it is run: with the signing process beside it, told by the bell, reloaded, stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from config.person import Person, Role, RoleHeld
from config.settings import Settings
from gateway.delivery import role
from gateway.delivery.wake import bell_path, ring
from gateway.signing import role as signing
from gateway.store import councils
from gateway.store.errors import SchemaMismatch
from tests.peers.scripted import ScriptedUpstream
from tests.unit.delivery.conftest import RAW, House
from tests.unit.delivery.test_runner import until


class Life:
    """See `gateway.life.Life`."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.up = asyncio.Event()
        self.hooks: list[Callable[[Settings], Awaitable[None]]] = []

    def ready(self) -> None:
        self.up.set()

    def on_reload(self, hook: Callable[[Settings], Awaitable[None]]) -> None:
        self.hooks.append(hook)


@pytest.fixture
async def started(house: House):
    """`await started(settings)`: the two processes' work, in tasks of this one."""
    lives: list[tuple[Life, asyncio.Task[None]]] = []

    async def start(settings: Settings) -> Life:
        for module in (signing, role):
            life = Life()
            task = asyncio.create_task(module.run(settings, life))
            lives.append((life, task))
            up = asyncio.create_task(life.up.wait())
            await asyncio.wait((up, task), timeout=10, return_when=asyncio.FIRST_COMPLETED)
            up.cancel()
            assert life.up.is_set(), task
        return lives[-1][0]

    yield start
    for life, task in reversed(lives):
        life.stopping.set()
        await asyncio.wait_for(task, 20)


def polling(house: House, port: int, poll: float) -> Settings:
    house.serve(default={"port": port})
    return house.settings.model_copy(
        update={"delivery": house.settings.delivery.model_copy(update={"poll_seconds": poll})}
    )


async def test_rung_for_reloaded_and_stopped(house: House, started):
    async with ScriptedUpstream() as first, ScriptedUpstream() as second:
        settings = polling(house, first.port, 30)
        life = await started(settings)
        await house.submit()
        ring(settings)
        await until(lambda: len(first.messages) == 1)
        assert first.messages[0].endswith(RAW)
        for hook in life.hooks:
            await hook(polling(house, second.port, 0.05))
        await house.submit()
        await until(lambda: len(second.messages) == 1)
        life.stopping.set()
        await until(lambda: first.open + second.open == 0)
        await until(lambda: not bell_path(settings).exists())


async def test_a_review_date_that_has_passed_is_told_and_the_letter_leaves(house: House, started):
    late = house.council.policy.model_copy(update={"review": date(2024, 6, 30)})
    clerk = Person(login="clerk@nether.example", name="Ann", roles=(RoleHeld(role=Role.CLERK),))
    council = house.council.model_copy(update={"policy": late, "people": (clerk,)})
    await house.database.write(lambda c: councils.save(c, council, house.clock(), "test"))
    async with ScriptedUpstream() as upstream:
        await started(polling(house, upstream.port, 0.05))
        await until(lambda: len(upstream.messages) == 1, 30)  # Jobs are looked for every five seconds.
        assert b"Subject: The review date of your e-mail policy has passed" in upstream.messages[0]
        assert b"30 June 2024" in upstream.messages[0]


async def test_without_tables_it_does_not_start(tmp_path):
    settings = Settings(data_dir=tmp_path / "empty")
    settings.data_dir.mkdir()
    with pytest.raises(SchemaMismatch):
        await role.run(settings, Life())
