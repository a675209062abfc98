"""The owner's end of a nursery: workers come from here, and their ends are told here."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import subprocess
from dataclasses import dataclass, field

from gateway.workers import nursery
from gateway.workers.worker import Limits

_START_SECONDS = 60.0
_END_SECONDS = 10.0


class NurseryGone(Exception):
    """The nursery did not start, or has died; workers from it have died too."""


@dataclass(slots=True)
class Child:
    """A forked worker. `ended` gets its exit code, negative for a signal; None where the nursery died."""

    token: int
    sock: socket.socket
    ended: asyncio.Future[int | None]


@dataclass(slots=True)
class Keeper:
    """Starts a nursery when the first worker is asked for, and another when one has died. With a `niceness` above 0 the
    workers let others have the processor first.
    """

    tasks: str
    limits: Limits
    names_model: str = ""
    niceness: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _control: socket.socket | None = None
    _ready: asyncio.Future[None] | None = None
    _loaded: asyncio.Future[None] | None = None
    _children: dict[int, asyncio.Future[int | None]] = field(default_factory=dict)
    _tokens: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fork(self) -> Child:
        """A new worker, and our end of its socket. Raises NurseryGone, OSError."""
        async with self._starting:
            if self._control is None:
                await self._start()
        control = self._control
        if control is None:
            raise NurseryGone
        ours, theirs = socket.socketpair()
        with theirs:
            token = next(self._tokens)
            try:
                socket.send_fds(control, [nursery.ORDER.pack(nursery.FORK, token)], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        self._children[token] = ended = asyncio.get_running_loop().create_future()
        return Child(token, ours, ended)

    async def load(self) -> None:
        """Have the nursery load what it has not at its start, once: whoever is forked from then on has it.

        Raises NurseryGone.
        """
        async with self._starting:
            if self._control is None:
                raise NurseryGone
            if self._loaded is None:
                try:
                    self._control.send(nursery.ORDER.pack(nursery.LOAD, 0))
                except OSError:
                    raise NurseryGone from None
                self._loaded = asyncio.get_running_loop().create_future()
            loaded = self._loaded
        await asyncio.shield(loaded)

    def kill(self, child: Child) -> None:
        """End a worker at once, whatever it does."""
        if self._control is not None and not child.ended.done():
            with contextlib.suppress(OSError):
                self._control.send(nursery.ORDER.pack(nursery.KILL, child.token))

    async def stop(self) -> None:
        """End the nursery and all its workers."""
        self._gone()
        if self._process is not None:
            await asyncio.to_thread(_end, self._process)
            self._process = None  # Not before, or nobody would end it where this is cancelled.

    async def _start(self) -> None:
        if self._process is not None:
            await self.stop()
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = nursery.arguments(theirs.fileno(), self.tasks, self.limits, self.names_model)
            beginning = asyncio.ensure_future(
                asyncio.to_thread(_begin, command, theirs.fileno(), self.niceness)
            )
            try:
                self._process = await asyncio.shield(beginning)
            except BaseException as error:
                ours.close()
                if isinstance(error, asyncio.CancelledError):
                    self._process = await beginning  # It begins all the same, and `stop` must end it.
                raise
        ours.setblocking(False)
        self._control, self._ready = ours, loop.create_future()
        loop.add_reader(ours, self._hear)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._ready
        except BaseException as error:
            self._gone()
            if isinstance(error, TimeoutError):
                raise NurseryGone from None
            raise

    def _hear(self) -> None:
        """A report came in, or the end of them."""
        assert self._control is not None
        try:
            report = self._control.recv(nursery.REPORT.size)
        except BlockingIOError:
            return
        except OSError:
            report = b""
        if not report:
            self._gone()
            return
        kind, token, code = nursery.REPORT.unpack(report)
        if kind == nursery.READY:
            if self._ready is not None and not self._ready.done():
                self._ready.set_result(None)
        elif kind == nursery.LOADED:
            if self._loaded is not None and not self._loaded.done():
                self._loaded.set_result(None)
        elif (ended := self._children.pop(token, None)) is not None and not ended.done():
            ended.set_result(code)

    def _gone(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(NurseryGone())
        if self._loaded is not None and not self._loaded.done():
            self._loaded.set_exception(NurseryGone())
            self._loaded.exception()  # Whoever waits gets it; where nobody does any more, nothing is missed.
        self._loaded = None
        for ended in self._children.values():
            if not ended.done():
                ended.set_result(None)
        self._children.clear()


def _begin(command: list[str], control: int, niceness: int) -> subprocess.Popen[bytes]:
    begun = subprocess.Popen(
        command, env={}, pass_fds=(control,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=os.sep
    )
    if niceness:  # Those forked from it have it, too.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, begun.pid, niceness)
    return begun


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its control socket is closed, so it goes by itself; if not, it is made to."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
