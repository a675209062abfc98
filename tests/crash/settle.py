"""Settling the ledger: what clients were told, what the archive holds, what the upstream took."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from gateway import clock
from gateway.archive import verify
from gateway.store import archive, reading
from gateway.store.database import Database
from gateway.store.errors import Altered
from gateway.store.index.tables import exact, words
from gateway.store.models import (
    CouncilRow,
    DeliveryRow,
    DepartureRow,
    ItemRow,
    MessageRow,
    RecipientRow,
)
from tests.crash.letters import Fate, Letter
from tests.crash.upstream import RecordingUpstream

_STATES = {Fate.PASSED: "passed", Fate.HELD: "held", Fate.REFUSED: "refused"}


_OWN = re.compile(rb"^\.?([0-9a-f]{20,})\r$", re.MULTILINE)
"""A line of a letter that no other letter has."""


@dataclass(frozen=True, slots=True)
class Account:
    """The sums, and every fault found."""

    handed_in: int
    acknowledged: int
    unknown: int
    archived: int
    held: int
    delivered: int
    queued: int
    bounced: int
    duplicates: int
    departures_unknown: int
    links: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        """The summary in one line."""
        return (
            f"{self.handed_in} handed in, {self.acknowledged} acknowledged, {self.unknown} cut off after the dot; "
            f"{self.archived} archived ({self.held} held); recipients: {self.delivered} delivered, {self.queued} queued, "
            f"{self.bounced} bounced; {self.duplicates} duplicates among {self.departures_unknown} departures of "
            f"unknown outcome; {self.links} ledger links, {len(self.faults)} faults"
        )


def waiting(database: Database) -> int:
    """Departures that will be tried within the next half minute, or are being worked on."""
    soon = clock.now() + timedelta(seconds=30)
    return database.read_blocking(
        lambda c: c.execute(
            select(func.count())
            .select_from(DepartureRow)
            .where(DepartureRow.done.is_(False), DepartureRow.next_attempt < soon)
        ).scalar_one()
    )


def unread(database: Database, council: str) -> int:
    """Items of the index that are still to be read."""
    return database.read_blocking(lambda c: reading.count(c, council))


def settle(
    database: Database, council: str, letters: Sequence[Letter], upstream: RecordingUpstream
) -> Account:
    """Compare everything with everything. Raises nothing: the account has the faults."""
    return database.read_blocking(lambda connection: _Books(connection, council, letters, upstream).settle())


class _Books:
    """The archive's rows by message, beside what was seen from outside."""

    def __init__(
        self, connection: Connection, council: str, letters: Sequence[Letter], upstream: RecordingUpstream
    ) -> None:
        self._connection = connection
        self._council = council
        self._letters = letters
        self._taken = list(upstream.taken)
        self._times = upstream.times_taken()
        self._messages: dict[str, Row[Any]] = {row.id: row for row in self._rows(MessageRow)}
        self._by_message_id: dict[str, list[Row[Any]]] = defaultdict(list)
        for message in self._messages.values():
            self._by_message_id[message.message_id.strip("<>")].append(message)
        self._departures: dict[str, list[Row[Any]]] = defaultdict(list)
        for departure in self._rows(DepartureRow):
            self._departures[departure.message_id].append(departure)
        self._recipients: dict[str, dict[int, str]] = defaultdict(dict)
        for recipient in self._rows(RecipientRow):
            self._recipients[recipient.message_id][recipient.number] = recipient.address
        self._deliveries: dict[str, list[Row[Any]]] = defaultdict(list)
        for delivery in self._rows(DeliveryRow):
            self._deliveries[delivery.departure_id].append(delivery)
        self._bounced = {m.about for m in self._messages.values() if m.kind == "bounce"}

    def _rows(self, table: Any) -> list[Row[Any]]:
        return list(self._connection.execute(select(table.__table__)))

    def settle(self) -> Account:
        faults = [
            *(fault for letter in self._letters for fault in self._letter(letter)),
            *(fault for message in self._messages.values() for fault in self._message(message)),
            *self._upstream(),
            *self._search(),
            *(f"verify: {fault}" for fault in verify.verify(self._connection, self._council)),
        ]
        states = Counter(delivery.state for all_ in self._deliveries.values() for delivery in all_)
        departures = [departure for all_ in self._departures.values() for departure in all_]
        return Account(
            handed_in=len(self._letters),
            acknowledged=sum(bool(letter.queue_ids) for letter in self._letters),
            unknown=sum(letter.unknown for letter in self._letters),
            archived=len(self._messages),
            held=sum(message.state == "held" for message in self._messages.values()),
            delivered=states["sent"],
            queued=states["queued"],
            bounced=states["failed"],
            duplicates=sum(times - 1 for times in self._times.values()),
            departures_unknown=sum(departure.outcome_unknown for departure in departures),
            links=len(list(verify.ledger.links(self._connection, self._council))),
            faults=tuple(faults),
        )

    def _letter(self, letter: Letter) -> Iterator[str]:
        """What was said to the client is so; what it never heard of is whole or not there."""
        name = letter.message_id
        if len(set(letter.queue_ids)) > 1:
            yield f"{name}: handed in once more, it got another queue id: {letter.queue_ids}"
        for told in {*letter.queue_ids, *filter(None, [letter.refused_as])}:
            message = self._messages.get(told)
            if message is None or message.message_id != f"<{name}>":
                yield f"{name}: acknowledged as {told}, and not in the archive"
        found = self._by_message_id[name]
        if letter.fate is not Fate.REFUSED and len(found) > 1:
            yield f"{name}: stands in the archive {len(found)} times"
        for message in found:
            yield from self._entry(letter, message)
        if not found and not letter.unknown and letter.queue_ids:
            yield f"{name}: is not in the archive"

    def _entry(self, letter: Letter, message: Row[Any]) -> Iterator[str]:
        """An archive entry is the message that was handed in, whole."""
        if message.state != _STATES[letter.fate]:
            yield f"{letter.message_id}: is {message.state}, expected {letter.fate}"
        try:
            raw = archive.body(self._connection, message.council_id, message.id)
        except Altered:
            raw = b""
        if raw != (None if letter.fate is Fate.REFUSED else letter.raw):
            yield f"{letter.message_id}: its bytes in the archive are not those handed in"
        if (
            tuple(self._recipients[message.id][n] for n in sorted(self._recipients[message.id]))
            != letter.recipients
        ):
            yield f"{letter.message_id}: its recipients are not those handed in"

    def _message(self, message: Row[Any]) -> Iterator[str]:
        """Each recipient of a message that may leave is delivered to, queued, or has failed and is bounced."""
        departures = self._departures[message.id]
        if message.state in {"held", "refused"}:
            if departures:
                yield f"{message.id}: is {message.state} and has a departure"
            return
        covered = sorted(d.number for departure in departures for d in self._deliveries[departure.id])
        if covered != sorted(self._recipients[message.id]):
            yield f"{message.id}: departures cover recipients {covered}, not all, each once"
        for departure in departures:
            for delivery in self._deliveries[departure.id]:
                yield from self._delivery(message, departure, delivery)

    def _delivery(self, message: Row[Any], departure: Row[Any], delivery: Row[Any]) -> Iterator[str]:
        address = self._recipients[message.id][delivery.number]
        times = self._times[(message.message_id.strip("<>"), address)]
        where = f"{message.id} ({message.message_id}) to {address}"
        if delivery.state == "sent" and not times:
            yield f"{where}: is marked as sent, and never came to the upstream"
        if times > 1 and not departure.outcome_unknown:
            yield f"{where}: delivered {times} times, with a known outcome"
        if times and delivery.state == "queued" and not departure.outcome_unknown and not departure.data_sent:
            yield f"{where}: delivered, and still queued as if it were not"
        if delivery.state == "failed" and message.kind == "submitted" and message.id not in self._bounced:
            yield f"{where}: failed, and its author was not told"
        if departure.done != all(d.state != "queued" for d in self._deliveries[departure.id]):
            yield f"{where}: its departure is marked as done={departure.done}"

    def _search(self) -> Iterator[str]:
        """What is archived is indexed or pending, each message once; what is indexed is found by a word of its own."""
        items = self._rows(ItemRow)
        counts = Counter(item.message_id for item in items)
        states = Counter(item.state for item in items)
        if len(self._messages) != states["indexed"] + states["pending"]:
            yield f"{len(self._messages)} archived, and {states} in the index"
        for message in self._messages:
            if counts[message] != 1:
                yield f"{message}: is {counts[message]} times in the index"
        indexed = {item.message_id: item.number for item in items if item.state == "indexed"}
        for letter in self._letters:
            for message in self._by_message_id[letter.message_id]:
                word = _OWN.search(letter.raw)
                number = indexed.get(message.id)
                if letter.fate is not Fate.REFUSED and word is not None and number is not None:
                    yield from self._findable(letter, number, word[1].decode())

    def _findable(self, letter: Letter, number: int, word: str) -> Iterator[str]:
        index = self._connection.execute(
            select(CouncilRow.number).where(CouncilRow.id == self._council)
        ).scalar_one()
        if self._connection.dialect.name == "postgresql":
            asked = f"SELECT DISTINCT item FROM {words(index)} WHERE exact @@ CAST(:word AS tsquery)"
            found = self._connection.execute(text(asked), {"word": f"'{word}'"})
        else:
            asked = f"SELECT rowid FROM {exact(index)} WHERE {exact(index)} MATCH :word"
            found = self._connection.execute(text(asked), {"word": f'"{word}"'})
        if number not in found.scalars().all():
            yield f"{letter.message_id}: is in the index, and not found by a word of its own"

    def _upstream(self) -> Iterator[str]:
        """Nothing left that is not in the archive, and what left is byte for byte what it says."""
        for taken in self._taken:
            messages = [m for m in self._by_message_id[taken.message_id] if m.state == "passed"]
            if len(messages) != 1:
                yield f"{taken.message_id}: left, and {len(messages)} entries in the archive say so"
                continue
            hashes = {departure.sent_sha256 for departure in self._departures[messages[0].id]}
            if taken.sha256 not in hashes:
                yield f"{taken.message_id}: what left is not what the archive says"
            strangers = set(taken.recipients) - set(self._recipients[messages[0].id].values())
            if strangers:
                yield f"{taken.message_id}: left to somebody it was not for"
