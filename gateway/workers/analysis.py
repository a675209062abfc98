"""The two steps of analysis, as intake asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from config.base import Frozen
from config.limits import LimitSettings
from filters.again import Same
from filters.analysis import Analysis, Changes, Reading, Situation
from filters.archived import Archived
from filters.extract.document import Documents
from filters.said import Said
from gateway import logs
from gateway.workers.answer import ANSWER
from gateway.workers.pool import Cause, Pool, WorkerFailed
from signatures.message.scanner import Caps
from signatures.message.splices import Splice

M = TypeVar("M", bound=Frozen)
_log = logs.get("workers")


class Unreadable(WorkerFailed):
    """The worker is well; the message is beyond what can be looked at safely. `reason` says in what respect."""


class Analyst:
    """Reads and decides in workers. Every method raises WorkerFailed where there is no answer in time."""

    def __init__(self, pool: Pool, limits: LimitSettings) -> None:
        self._pool = pool
        self._caps = TypeAdapter(Caps).dump_json(caps_of(limits))

    async def read(self, raw: bytes, deadline: float) -> Reading:
        """The message taken apart. Raises WorkerFailed; Unreadable where its bytes are the reason."""
        return _as(Reading, await self._pool.run("read", raw, self._caps, deadline=deadline))

    async def decide(
        self, raw: bytes, reading: Reading, council: bytes, situation: Situation, deadline: float
    ) -> Analysis:
        """The decision and the changes. `council` is the council as JSON. Raises WorkerFailed."""
        answer = await self._pool.run(
            "decide",
            raw,
            self._caps,
            reading.model_dump_json(exclude={"indexed"}).encode(),
            council,
            situation.model_dump_json().encode(),
            deadline=deadline,
        )
        return _as(Analysis, answer)

    async def strip(self, raw: bytes, deadline: float) -> tuple[Splice, ...]:
        """What takes the trail out. Raises WorkerFailed; Unreadable where it cannot be taken out."""
        answer = await self._pool.run("strip", raw, self._caps, deadline=deadline)
        return _as(Changes, answer).rewrite

    async def readdress(self, raw: bytes, gone: Iterable[str], deadline: float) -> tuple[Splice, ...]:
        """What takes recipients out of where everybody sees them. Raises WorkerFailed; Unreadable where one of
        them would still be named.
        """
        told = json.dumps(sorted(gone)).encode()
        answer = await self._pool.run("readdress", raw, self._caps, told, deadline=deadline)
        return _as(Changes, answer).rewrite

    async def reissue(self, raw: bytes, author: str, deadline: float) -> tuple[Splice, ...]:
        """What makes it the message of another author, who is given as in a From field. Raises WorkerFailed;
        Unreadable where it cannot be another's.
        """
        answer = await self._pool.run("reissue", raw, self._caps, author.encode(), deadline=deadline)
        return _as(Changes, answer).rewrite

    async def extract(self, raw: bytes, deadline: float) -> Documents:
        """What is attached, read. Raises WorkerFailed; Unreadable where the message cannot be taken apart."""
        return _as(Documents, await self._pool.run("extract", raw, self._caps, deadline=deadline))

    async def archive(self, raw: bytes, deadline: float) -> Archived:
        """All that the archive finds a message by. Raises WorkerFailed."""
        return _as(Archived, await self._pool.run("archive", raw, self._caps, deadline=deadline))

    async def said(self, raw: bytes, deadline: float) -> tuple[str, ...]:
        """All that a message says. Raises WorkerFailed; Unreadable where its bytes are the reason."""
        return _as(Said, await self._pool.run("say", raw, self._caps, deadline=deadline)).texts

    async def same(self, first: bytes, again: bytes, deadline: float) -> bool:
        """Whether one message says the same as another. Raises WorkerFailed."""
        return _as(Same, await self._pool.run("same", first, self._caps, again, deadline=deadline)).same


def caps_of(limits: LimitSettings) -> Caps:
    """The host's limits on what a message is made of, as the scanner knows them."""
    return Caps(
        header_bytes=limits.header_bytes,
        fields=limits.header_fields,
        depth=limits.mime_depth,
        parts=limits.mime_parts,
        addresses=limits.header_addresses,
        encoded_words=limits.encoded_words,
        written_bytes=limits.signed_bytes,
    )


def _as(model: type[M], answer: bytes) -> M:
    """What a worker answered. It has read untrusted bytes, so its word is taken for nothing but the data it is."""
    if answer[:1] != ANSWER:
        raise Unreadable(answer[1:].decode("utf-8", "replace"))
    try:
        return model.model_validate_json(answer[1:])
    except ValidationError as error:
        _log.error("worker's answer is none", faults=error.error_count())
        raise WorkerFailed(Cause.ERROR) from None
