from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from config.sent_copy import SentCopy
from gateway.jobs.task import Task
from gateway.sent.order import KIND
from gateway.store import councils, jobs
from tests.unit.delivery.conftest import COUNCIL, House, council, house, serving  # noqa: F401  # fixtures

JO = "jo@nether.example"


@pytest.fixture
def ask_for(house: House) -> Callable[..., Awaitable[None]]:
    """`await ask_for(way=…, …)`: the council asks for copies."""

    async def ask(people: tuple[Any, ...] = (), **wish: Any) -> None:
        changes: dict[str, Any] = {"sent_copy": SentCopy.model_validate(wish)}
        if people:
            changes["people"] = people
        house.council = house.council.model_copy(update=changes)
        await house.database.write(lambda c: councils.save(c, house.council, house.clock(), "test"))

    return ask


async def submit(house: House, *recipients: str, **changes: Any) -> str:
    """Have a message stand in the queue of the council as it now is."""
    version = await house.database.read(lambda c: councils.version(c, COUNCIL))
    return await house.submit(*recipients, council_version=version, **changes)


async def tasks(house: House) -> list[Task]:
    """The copies that are due, in our hands."""
    claimed = await house.database.write(
        lambda c: jobs.claim(c, "node", house.clock() + timedelta(seconds=1), 100, 60, [KIND])
    )
    return [Task(job, house.database, house.clock) for job in claimed]
