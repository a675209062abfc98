"""A worker's socket, as its owner's loop sees it."""

from __future__ import annotations

import asyncio
from typing import cast

from gateway.workers import wire


class Gone(Exception):
    """The worker is no more."""


class Channel(asyncio.Protocol):
    """Requests out, answers in, one at a time. The first answer, without a request, says that it is ready."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._size = 0
        loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[bytes] | None = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()

    @property
    def is_open(self) -> bool:
        """Whether there is still a worker at the other end, as far as is known."""
        return not self.closed.done()

    async def ask(self, task: str, parts: tuple[bytes, ...]) -> bytes:
        """The whole answer to a request. Raises Gone. Once cancelled, nothing can be asked any more."""
        if self._transport is None or not self.is_open:
            raise Gone
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.writelines(wire.request(task, parts))
        return await self.answer()

    async def answer(self) -> bytes:
        """The answer that is awaited. Raises Gone."""
        assert self._answer is not None
        return await self._answer

    def close(self) -> None:
        """Hear no more."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._buffer += data
        if not self._size and len(self._buffer) >= wire.ANSWER_HEAD:
            self._size = wire.answer_size(bytes(self._buffer[: wire.ANSWER_HEAD]))
        if self._size and len(self._buffer) >= self._size:
            answer = bytes(self._buffer)
            self._buffer.clear()
            self._size = 0
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Gone())
            self._answer.exception()  # Whoever waits gets it; where nobody does, nothing is missed.
        if not self.closed.done():
            self.closed.set_result(None)
