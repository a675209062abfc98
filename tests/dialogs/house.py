"""The submission side on real sockets, with an intake that writes down what it is given.

It runs in a thread of its own, on the loop a test names, so that tests can be plain blocking clients.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any, TypeVar

import pytest
import uvloop
from argon2 import PasswordHasher

from config.limits import LimitSettings
from config.settings import ListenerKind, ListenerSettings, TlsSettings, TrustedNetwork
from gateway.intake.submission import Submission
from gateway.reply import Reply
from gateway.submission.auth.accounts import Account
from gateway.submission.auth.authenticator import Authenticator, Local, PasswordCheck
from gateway.submission.auth.hashing import Hashing
from gateway.submission.auth.proven import Proven
from gateway.submission.auth.shared import Seen
from gateway.submission.auth.throttle import Throttle
from gateway.submission.auth.turns import Turns
from gateway.submission.budget import Budget
from gateway.submission.certificates import Certificates
from gateway.submission.doors import Peer
from gateway.submission.listeners import Listener
from gateway.submission.services import Acceptances, Services
from tests.conftest import TlsFiles

T = TypeVar("T")

HOSTNAME = "post.wickham.example"
LOGIN = "clerk@littlewickham-pc.example"
PASSWORD = "correct horse battery"
COUNCIL = "littlewickham"
QUEUED = Reply(250, "2.0.0", "Ok: queued as A1")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "uvloop": uvloop.new_event_loop,
    "asyncio": asyncio.new_event_loop,
}


class AccountsAway(Exception):
    """The database of accounts cannot be reached."""


class Apart:
    """Nothing in common with anybody."""

    async def look(self, login: str | None, peer: Peer, familiar: bool = False) -> Seen:
        """See `Shared`."""
        return Seen()

    def failed(self, login: str | None, peer: Peer, familiar: bool) -> None:
        """See `Shared`."""

    def succeeded(self, login: str, peer: Peer) -> None:
        """See `Shared`."""

    async def close(self) -> None:
        """See `Shared`."""


@dataclass
class MemoryAccounts:
    """Accounts in memory."""

    accounts: dict[str, Account] = field(default_factory=dict)
    away: bool = False

    def add(self, login: str, password: str | None, **changes: Any) -> None:
        self.accounts[login] = Account(
            **{
                "login": login,
                "password_hash": CHEAP.hash(password) if password else None,
                "disabled": False,
                "councils": (COUNCIL,),
                "upstream": "default",
                **changes,
            }
        )

    def remove(self, login: str) -> None:
        del self.accounts[login]

    async def find(self, login: str) -> Account | None:
        if self.away:
            raise AccountsAway("secret: the database address")
        return self.accounts.get(login)

    async def standing(self, login: str) -> tuple[str, ...]:
        account = await self.find(login)
        return account.councils if account and account.stands else ()


@dataclass
class RecordingIntake:
    """Says `reply` to each message. While `gate` is closed it takes its time."""

    reply: Reply | Exception = QUEUED
    submissions: list[Submission] = field(default_factory=list)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def accept(self, submission: Submission) -> Reply:
        self.begun.release()
        while not self.gate.is_set():
            await asyncio.sleep(0.005)
        if isinstance(self.reply, Exception):
            raise self.reply
        self.submissions.append(submission)
        return self.reply


@dataclass
class House:
    """What is running, for a test to look into."""

    loop: asyncio.AbstractEventLoop
    listeners: list[Listener]
    intake: RecordingIntake
    accounts: MemoryAccounts
    acceptances: Acceptances
    services: Services

    def port(self, number: int = 0) -> int:
        return self.listeners[number].port

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 20) -> T:
        """Run a coroutine on the house's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def drain(self, seconds: float = 5) -> Future[int]:
        """Begin to shut down as the role does. The result is the number of acceptances that did not end."""

        async def draining() -> int:
            await asyncio.gather(*(listener.drain(seconds) for listener in self.listeners))
            return await self.acceptances.finish(seconds)

        return asyncio.run_coroutine_threadsafe(draining(), self.loop)


def authenticator(
    accounts: MemoryAccounts,
    check: PasswordCheck,
    attempts_per_minute: int = 20,
    clock: Callable[[], float] = time.monotonic,
    slots: int = 2,
) -> Authenticator:
    """The way in, with nothing shared."""
    return Authenticator(
        accounts,
        check,
        Throttle(attempts_per_minute, clock),
        Turns(slots),
        Proven(600, clock),
        Apart(),
    )


@contextlib.contextmanager
def open_house(
    listeners: tuple[ListenerSettings, ...],
    tls: TlsSettings | None,
    *,
    limits: LimitSettings | None = None,
    loop: str = "uvloop",
    attempts_per_minute: int = 20,
    check: Callable[[Hashing], PasswordCheck] = Local,
) -> Iterator[House]:
    """Open listeners and close them again, whatever happens in between."""
    runner = asyncio.Runner(loop_factory=LOOPS[loop])
    accounts = MemoryAccounts()
    accounts.add(LOGIN, PASSWORD)
    started: list[House] = []
    ready, stop = threading.Event(), asyncio.Event()
    troubles: list[BaseException] = []

    async def live() -> None:
        intake = RecordingIntake()
        acceptances = Acceptances(intake)
        hashing = Hashing(2, CHEAP)
        services = Services(
            hostname=HOSTNAME,
            limits=limits or LimitSettings(),
            accounts=accounts,
            authenticator=authenticator(accounts, check(hashing), attempts_per_minute),
            acceptances=acceptances,
            certificates=Certificates.load(tls) if tls else None,
            budget=Budget((limits or LimitSettings()).inflight_bytes),
        )
        asyncio.get_running_loop().set_exception_handler(
            lambda _loop, context: troubles.append(context.get("exception") or RuntimeError(str(context)))
        )
        house = House(asyncio.get_running_loop(), [], intake, accounts, acceptances, services)
        house.listeners.extend(Listener(settings, lambda: house.services) for settings in listeners)
        started.append(house)
        ready.set()
        await stop.wait()
        intake.gate.set()
        await asyncio.gather(*(listener.drain(2) for listener in house.listeners))
        await acceptances.finish(2)
        await asyncio.sleep(0.02)  # Transports close their sockets in the turn after.
        hashing.close()

    def work() -> None:
        try:
            with runner:
                runner.run(live())
        except BaseException as error:
            troubles.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="house")
    thread.start()
    ready.wait()
    try:
        if started:
            yield started[0]
    finally:
        if started:
            started[0].loop.call_soon_threadsafe(stop.set)
        thread.join(20)
    if troubles:
        raise troubles[0]


OpenHouse = Callable[..., contextlib.AbstractContextManager[House]]
"""See `open_doors`."""


def listener(
    kind: str = "starttls", address: str = "127.0.0.1", network: str = "127.0.0.0/8"
) -> ListenerSettings:
    """Settings for a listener on a free port."""
    networks = (TrustedNetwork(network=ip_network(network), councils=(COUNCIL,)),)
    return ListenerSettings(
        kind=ListenerKind(kind), address=address, port=0, networks=networks if kind == "trusted" else ()
    )


@pytest.fixture
def open_doors(tls_files: TlsFiles) -> OpenHouse:
    """`open_doors("starttls", "tls", …)`: a house with listeners of these kinds."""

    def opened(
        *kinds: str | ListenerSettings, tls: bool = True, **options: object
    ) -> contextlib.AbstractContextManager[House]:
        settings = tuple(kind if isinstance(kind, ListenerSettings) else listener(kind) for kind in kinds)
        files = TlsSettings(certificate=tls_files.certificate, key=tls_files.key) if tls else None
        return open_house(settings, files, **options)

    return opened
