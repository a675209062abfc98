"""Delivery with its real queue (SQLite) and real connections, a clock that tests move, and no waiting."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.council import Council
from config.settings import DeliverySettings, Settings
from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision
from gateway.delivery.attempt import Courier
from gateway.delivery.port import StoredQueue
from gateway.delivery.returns import Returns
from gateway.delivery.runner import Pace, Runner
from gateway.delivery.schedule import Schedule
from gateway.delivery.upstreams import Upstreams
from gateway.intake.submission import Origin
from gateway.signing.client import SigningFailed
from gateway.store import archive, councils, departures, messages
from gateway.store.database import Database
from gateway.store.kinds import MessageKind
from gateway.store.queue import Claim
from gateway.store.upgrade import upgrade
from signatures.message.splices import Splice
from tests.peers.scripted import ScriptedUpstream

COUNCIL = "nether-poppleton"
SENDER = "jo@nether.example"
RAW = (
    b"From: Jo <jo@nether.example>\r\nTo: a@there.example\r\nSubject: Allotments\r\n"
    b"Message-ID: <1@nether.example>\r\n\r\nHello\r\n.\r\n..two\r\n"
)
TRACE = b"Received: from pc by vestry.example\r\n"
LEASE = 60.0


@dataclass
class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False
    moment: datetime = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **span: float) -> None:
        self.moment += timedelta(**span)


@asynccontextmanager
async def ticking(clock: TestClock, faster: float = 1) -> AsyncIterator[None]:
    """The clock runs, so many times as fast as real ones."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.01)
            clock.move(seconds=0.01 * faster)

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()


@dataclass
class TestSigner:
    """Signs with a number that goes up, or fails."""

    __test__ = False
    signed: list[bytes] = field(default_factory=list)
    failure: SigningFailed | None = None

    async def sign(self, message: bytes, domain: str) -> bytes:
        if self.failure is not None:
            raise self.failure
        self.signed.append(message)
        return f"DKIM-Signature: d={domain}; n={len(self.signed)}\r\n".encode()


@dataclass
class House:
    """Everything that delivery works with. `upstreams` are by name in `settings`."""

    database: Database
    clock: TestClock
    signer: TestSigner
    settings: Settings
    council: Council
    owner: str = "node"

    def __post_init__(self) -> None:
        self.queue = StoredQueue(self.database, self.owner, LEASE, self.clock)
        self.reconfigure(self.settings)

    def reconfigure(self, settings: Settings) -> None:
        self.settings = settings
        self.schedule = Schedule(settings.delivery, lambda: 0.5)
        returns = Returns(self.queue, self.clock, settings.hostname, settings.bounce_route)
        self.courier = Courier(self.queue, self.signer, self.schedule, returns, self.clock)
        self.upstreams = Upstreams(settings, self.schedule, self.clock)

    def serve(self, **upstreams: dict[str, Any]) -> None:
        """Deliver to these upstreams from now on."""
        usual = {
            "host": "127.0.0.1",
            "tls": "opportunistic",
            "connect_seconds": 5,
            "command_seconds": 5,
            "data_seconds": 5,
        }
        data = self.settings.model_dump()
        data["upstreams"] = {name: usual | values for name, values in upstreams.items()}
        self.reconfigure(Settings.model_validate(data))

    async def submit(self, *recipients: str | Recipient, **changes: Any) -> str:
        """Have a message stand in the queue. Returns its id."""
        envelope = Envelope(
            mail_from=changes.pop("mail_from", SENDER),
            recipients=tuple(
                one if isinstance(one, Recipient) else Recipient(address=one, canonical=one.lower())
                for one in recipients or ("a@there.example",)
            ),
            ret=changes.pop("ret", None),
            envid=changes.pop("envid", None),
            smtputf8=changes.pop("smtputf8", False),
            body=changes.pop("body", "7BIT"),
        )
        values: dict[str, Any] = {
            "id": messages.new_id(self.clock()),
            "council": COUNCIL,
            "council_version": 1,
            "policy_version": "1",
            "received_at": self.clock(),
            "raw": RAW,
            "envelope": envelope,
            "origin": Origin(Profile.SUBMISSION, SENDER, (COUNCIL,), "192.0.2.1", "pc", "ESMTPSA"),
            "person": SENDER,
            "heading": messages.Heading("", "Allotments", SENDER, "nether.example"),
            "decision": Decision(),
            "splices": (Splice(0, 0, b"X-Council: yes\r\n"),),
            "trace": TRACE,
            "upstream": "default",
        }
        entry = messages.Entry(**(values | changes))
        return (await self.database.write(lambda c: messages.record(c, entry))).id

    async def write_own(self, kind: MessageKind, to: str = SENDER) -> str:
        """Have one of the post room's own messages stand in the queue."""
        new = messages.NewMessage(
            council=COUNCIL,
            kind=kind,
            raw=b"From: <postroom@nether.example>\r\n\r\nHello\r\n",
            mail_from="",
            recipients=(to,),
            heading=messages.Heading("", "", "postroom@nether.example", "nether.example"),
            upstream="default",
        )
        return await self.database.write(lambda c: messages.write_own(c, new, self.clock()))

    async def turn(self, limit: int = 16) -> list[Claim]:
        """Attempt everything that is due, once."""
        claims = await self.queue.claim(limit, ())
        for claim in claims:
            await self.courier.deliver(claim, self.upstreams[claim.upstream], lambda: None)
        return claims

    async def states(self, message: str) -> dict[str, str]:
        """What has become of each recipient."""
        [departure] = await self.departures(message)
        return {one["address"]: one["state"] for one in departure["recipients"]}

    async def status(self, message: str) -> dict[str, str]:
        """The last enhanced status of each recipient."""
        [departure] = await self.departures(message)
        return {one["address"]: one["status"] for one in departure["recipients"]}

    async def departures(self, message: str) -> list[dict[str, Any]]:
        return await self.database.read(lambda c: departures.of_message(c, COUNCIL, message))

    async def due_in(self, message: str) -> float:
        """Seconds until the next attempt."""
        [departure] = await self.departures(message)
        assert not departure["done"]
        return (departure["next_attempt"] - self.clock()).total_seconds()

    async def bounces(self) -> list[bytes]:
        """The bounces that were written, oldest first."""

        def find(connection: Any) -> list[bytes]:
            ids = archive.message_ids(connection, COUNCIL)
            rows = [archive.message(connection, COUNCIL, one) for one in ids]
            found = [archive.body(connection, COUNCIL, row.id) for row in rows if row.kind == "bounce"]
            return [body for body in found if body is not None]

        return await self.database.read(find)

    async def departed_hash(self, message: str) -> str | None:
        rows = await self.database.read(lambda c: archive.departures(c, COUNCIL, message))
        return rows[0].sent_sha256

    def runner(self, **pace: float) -> Runner:
        """A runner that polls fast."""
        usual = {"poll_seconds": 0.05, "lease_seconds": LEASE, "drain_seconds": 5.0, "data_seconds": 10.0}
        return Runner(self.queue, self.courier, self.upstreams, Pace(**(usual | pace)), self.clock)


def sha256(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()


def make_settings(folder: Path, **delivery: Any) -> Settings:
    values = {"retry_seconds": (30, 60, 120), "give_up_hours": 24} | delivery
    return Settings(
        hostname="vestry.example", data_dir=folder, delivery=DeliverySettings.model_validate(values)
    )


@pytest.fixture
def council() -> Council:
    return Council.model_validate(
        {"id": COUNCIL, "name": "Nether Poppleton Parish Council", "domains": ["nether.example"]}
    )


@pytest.fixture
async def house(tmp_path: Path, council: Council) -> AsyncIterator[House]:
    """A house whose only council sends to an upstream called `default`, which nobody serves yet."""
    settings = make_settings(tmp_path)
    upgrade(settings.database_url)
    database = Database(settings.database_url)
    database.start()
    clock = TestClock()
    database.write_blocking(lambda c: councils.save(c, council, clock(), "test"))
    house = House(database, clock, TestSigner(), settings, council)
    yield house
    await house.upstreams.close()
    database.stop()


@pytest.fixture
async def serving(house: House) -> AsyncIterator[Callable[..., Any]]:
    """`await serving(script, **settings)`: the upstream `default`, scripted."""
    started: list[ScriptedUpstream] = []

    async def serve(
        script: dict[str, Any] | None = None, offers: Any = None, **changes: Any
    ) -> ScriptedUpstream:
        upstream = ScriptedUpstream(script) if offers is None else ScriptedUpstream(script, offers)
        await upstream.start()
        started.append(upstream)
        await house.upstreams.close()
        house.serve(default={"port": upstream.port} | changes)
        return upstream

    yield serve
    await house.upstreams.close()
    for upstream in started:
        await upstream.stop()
