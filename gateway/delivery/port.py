"""What delivery needs of the queue, and the queue in the database behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from config.council import Council
from gateway.delivery.prepare import Prepared
from gateway.sent.order import Orders
from gateway.store import councils, departures, messages, queue
from gateway.store.database import Database
from gateway.store.errors import Altered
from gateway.store.messages import NewMessage
from gateway.store.queue import Claim, Departing, Outcome

Clock = Callable[[], datetime]
_NOBODY: Mapping[str, int] = {}


class Queue(Protocol):
    """Departures under lease. Every method may raise StoreError; what is said to be done is committed.

    Whatever a method does for a claim it does only while the lease is ours, and says False where it is not.
    """

    async def claim(
        self,
        limit: int,
        excluding: Collection[str],
        in_hand: Collection[str] = (),
        recent: Mapping[str, int] = _NOBODY,
    ) -> list[Claim]:
        """Take up to `limit` due departures, none of them for the upstreams in `excluding`.

        `in_hand` are the departures at work on here, which are not taken again, whatever the clock says;
        `recent` are the turns that councils have had lately, which others have first.
        """

    async def load(self, claim: Claim) -> Departing | None:
        """What to deliver; None where the lease is no longer ours. Raises Altered where the archive holds it no
        longer as it came in.
        """

    async def about_to_send(
        self,
        claim: Claim,
        prepared: Prepared,
        refused: Sequence[Outcome],
        bounce: NewMessage | None,
        answer_seconds: float,
    ) -> bool:
        """Note what is about to be sent, and who was refused before, with their bounce.

        Where this says False nothing may be sent. Otherwise nobody takes over, should we fall, before the
        upstream has had `answer_seconds` to answer in.
        """

    async def finish(
        self,
        claim: Claim,
        outcomes: Sequence[Outcome],
        letters: Sequence[NewMessage],
        unknown: bool = False,
    ) -> bool:
        """Note how the attempt ended, and write `letters`. `unknown`: data was sent, and no reply came."""

    async def defer(self, claim: Claim, until: datetime, reply: str) -> bool:
        """Put the whole departure off, without an attempt counted."""

    async def reroute(self, claim: Claim, upstream: str) -> bool:
        """Give the departure back for another upstream."""

    async def renew(self, claim: Claim, answer_seconds: float = 0.0) -> bool:
        """Lengthen the lease, by `answer_seconds` more where the message is being sent."""

    async def council(self, council: str) -> Council:
        """The council as it now stands."""

    async def depth(self) -> tuple[dict[str, int], datetime | None]:
        """Waiting recipients by council, and since when the oldest waits."""


@dataclass(frozen=True, slots=True)
class StoredQueue:
    """The queue in the database. See `Queue`."""

    database: Database
    owner: str
    lease_seconds: float
    clock: Clock
    copies: Orders = field(default_factory=Orders)

    async def claim(
        self,
        limit: int,
        excluding: Collection[str],
        in_hand: Collection[str] = (),
        recent: Mapping[str, int] = _NOBODY,
    ) -> list[Claim]:
        """See `Queue`."""
        return await self.database.write(
            lambda c: queue.claim(
                c,
                self.owner,
                self.clock(),
                limit,
                self.lease_seconds,
                tuple(excluding),
                tuple(in_hand),
                dict(recent),
            )
        )

    async def load(self, claim: Claim) -> Departing | None:
        """See `Queue`."""
        found = await self.database.read_together(self._load, claim)
        if isinstance(found, Altered):
            raise found
        return found

    async def about_to_send(
        self,
        claim: Claim,
        prepared: Prepared,
        refused: Sequence[Outcome],
        bounce: NewMessage | None,
        answer_seconds: float,
    ) -> bool:
        """See `Queue`."""
        start = queue.Start(
            claim,
            refused,
            None if prepared.sha256 is None else (prepared.prepended, prepared.sha256),
            self.lease_seconds + answer_seconds,
            prepared.splices,
        )
        letters = () if bounce is None else (bounce,)
        return await self.database.write_together(self._start, (start, letters), council=claim.council)

    async def finish(
        self,
        claim: Claim,
        outcomes: Sequence[Outcome],
        letters: Sequence[NewMessage],
        unknown: bool = False,
    ) -> bool:
        """See `Queue`."""
        end = queue.End(claim, outcomes, unknown)
        return await self.database.write_together(self._end, (end, letters), council=claim.council)

    def _load(self, connection: Connection, claims: Sequence[Claim]) -> list[Departing | Altered | None]:
        return queue.load_all(connection, claims, self.clock())

    def _start(
        self, connection: Connection, several: Sequence[tuple[queue.Start, Sequence[NewMessage]]]
    ) -> list[bool]:
        now = self.clock()
        done = queue.start_all(connection, [start for start, _ in several], now)
        _write(connection, [letters for _, letters in several], done, now)
        return done

    def _end(
        self, connection: Connection, several: Sequence[tuple[queue.End, Sequence[NewMessage]]]
    ) -> list[bool]:
        now = self.clock()
        done = queue.finish_all(connection, [end for end, _ in several], now)
        _write(connection, [letters for _, letters in several], done, now)
        ended = [end for (end, _), was_done in zip(several, done, strict=True) if was_done]
        self.copies.place(connection, ended, now)
        return done

    async def defer(self, claim: Claim, until: datetime, reply: str) -> bool:
        """See `Queue`."""
        return await self.database.write(lambda c: queue.defer(c, claim, until, reply, self.clock()))

    async def reroute(self, claim: Claim, upstream: str) -> bool:
        """See `Queue`."""
        return await self.database.write(lambda c: queue.reroute(c, claim, upstream))

    async def renew(self, claim: Claim, answer_seconds: float = 0.0) -> bool:
        """See `Queue`."""
        seconds = self.lease_seconds + answer_seconds
        return await self.database.write(lambda c: queue.renew(c, claim, self.clock(), seconds))

    async def council(self, council: str) -> Council:
        """See `Queue`."""
        return await self.database.read(lambda c: councils.load(c, council)[1])

    async def depth(self) -> tuple[dict[str, int], datetime | None]:
        """See `Queue`."""
        return await self.database.read(departures.depth)


def _write(
    connection: Connection, letters: Sequence[Sequence[NewMessage]], done: Sequence[bool], now: datetime
) -> None:
    for several, was_done in zip(letters, done, strict=True):
        for letter in several if was_done else ():
            messages.write_own(connection, letter, now)
