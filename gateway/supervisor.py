"""The parent of the role processes: starts them, replaces the fallen, stops them in order.

It reads no mail and opens no database. What fails: a role that dies is started again, later each time; one
that cannot start because of its configuration stops the whole. If the supervisor itself is killed, the
others notice that their lifeline has closed, finish what is in flight and go.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from prometheus_client.multiprocess import mark_process_dead

from config.errors import Complaint, ConfigError
from config.settings import Settings, load
from gateway import health, logs, metrics
from gateway.process import BAD_CONFIGURATION, roles_of

_READY_WITHIN = 60.0
_LONGEST_PAUSE = 30.0


class CannotStart(Exception):
    """A role did not come up; the text says which."""


@dataclass(slots=True)
class _Child:
    role: str
    process: asyncio.subprocess.Process | None = None
    ready: bool = False
    falls: int = 0


@dataclass(slots=True)
class Supervisor:
    """Runs the roles of one installation, with the settings in `path`."""

    path: Path
    settings: Settings
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _children: list[_Child] = field(init=False)
    _lifeline: tuple[int, int] = field(default_factory=os.pipe)

    def __post_init__(self) -> None:
        self._children = [_Child(role) for role in roles_of(self.settings)]

    async def run(self) -> None:
        """Start everything, and keep it running until told to stop. Raises CannotStart."""
        log = logs.get("supervisor")
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        server = health.serve(
            self.settings.metrics.address,
            self.settings.metrics.port,
            health.Health(self._running, lambda: all(child.ready for child in self._children)),
        )
        watchers: list[asyncio.Task[None]] = []
        try:
            await self._start_all()
            watchers = [loop.create_task(self._watch(child)) for child in self._children]
            log.info("ready")
            _notify("READY=1")
            await self.stopping.wait()
        finally:
            _notify("STOPPING=1")
            for watcher in watchers:
                watcher.cancel()
            await self._stop()
            server.shutdown()
            server.server_close()
            for descriptor in self._lifeline:
                os.close(descriptor)
            log.info("stopped")

    def _running(self) -> bool:
        return all(child.process is not None and child.process.returncode is None for child in self._children)

    async def _start_all(self) -> None:
        """Start every role, submission beside the others: it needs them for nothing. Raises CannotStart.

        Delivery waits for signing, because it would put off whatever it cannot have signed.
        """
        alone = [child for child in self._children if child.role == "submission"]
        others = [child for child in self._children if child.role != "submission"]
        ends = await asyncio.gather(
            self._start_in_turn(others), self._start_in_turn(alone), return_exceptions=True
        )
        for error in ends:
            if error is not None:
                raise error

    async def _start_in_turn(self, children: Iterable[_Child]) -> None:
        for child in children:
            await self._start(child)

    async def _start(self, child: _Child) -> None:
        """Start a role and wait until it says it is ready. Raises CannotStart."""
        ours, theirs = os.pipe()
        lifeline, _ = self._lifeline
        try:
            child.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "gateway.process",
                child.role,
                "--config",
                str(self.path),
                "--ready-fd",
                str(theirs),
                "--lifeline-fd",
                str(lifeline),
                pass_fds=(theirs, lifeline),
                stdin=asyncio.subprocess.DEVNULL,
            )
        finally:
            os.close(theirs)
        try:
            async with asyncio.timeout(_READY_WITHIN):
                child.ready = bool(await asyncio.to_thread(os.read, ours, 6))
        except TimeoutError:
            child.process.kill()
        finally:
            os.close(ours)
        if not child.ready:
            code = await child.process.wait()
            raise CannotStart(f"the {child.role} process did not start (exit code {code})")

    async def _watch(self, child: _Child) -> None:
        """Replace a role whenever it falls, waiting longer each time."""
        log = logs.get("supervisor")
        while child.process is not None:
            code = await child.process.wait()
            mark_process_dead(child.process.pid)  # type: ignore[no-untyped-call]  # The library's is untyped.
            if self.stopping.is_set():
                return
            child.ready = False
            child.falls += 1
            metrics.PROCESS_RESTARTS.labels(child.role).inc()
            log.error("process fell", role=child.role, code=code, falls=child.falls)
            await asyncio.sleep(min(2.0 ** min(child.falls - 1, 10) / 2, _LONGEST_PAUSE))
            with contextlib.suppress(CannotStart):
                await self._start(child)

    async def _stop(self) -> None:
        """Stop in order: first no new mail, then what is under way, last the keys."""
        patience = {
            "submission": self.settings.limits.drain_seconds + 10,
            "delivery": max(u.data_seconds for u in self.settings.upstreams.values()) + 10
            if self.settings.upstreams
            else 10,
            "console": self.settings.limits.decision_seconds + 10,
            "signing": 10.0,
        }
        for child in reversed(self._children):
            if child.process is None or child.process.returncode is not None:
                continue
            child.process.terminate()
            try:
                async with asyncio.timeout(patience[child.role]):
                    await child.process.wait()
            except TimeoutError:
                logs.get("supervisor").error("process would not stop", role=child.role)
                child.process.kill()
                await child.process.wait()

    def _reload(self) -> None:
        """Hand SIGHUP on, if the settings can be read; otherwise everything stays as it is."""
        try:
            self.settings = load(self.path)
        except ConfigError as error:
            logs.get("supervisor").error("settings not reloaded", error=str(error))
            return
        for child in self._children:
            if child.process is not None and child.process.returncode is None:
                child.process.send_signal(signal.SIGHUP)


def lock(data_dir: Path) -> TextIO:
    """Hold the data folder for this installation alone, until closed. Raises ConfigError."""
    data_dir.mkdir(parents=True, exist_ok=True)
    handle = (data_dir / "vestry.lock").open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise ConfigError(
            "data_dir", [Complaint(str(data_dir), "another Vestry at work there", "a folder of its own")]
        ) from None
    return handle


def _notify(state: str) -> None:
    """Tell systemd, where it asked to be told (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock, contextlib.suppress(OSError):
        sock.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)


def main(path: Path) -> int:
    """Run the installation described in `path` until told to stop. Returns the exit code."""
    settings = load(path)
    logs.configure(settings.log, "supervisor")
    with lock(settings.data_dir):
        settings.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            asyncio.run(Supervisor(path, settings).run())
        except CannotStart as error:
            print(error, file=sys.stderr)  # noqa: T201  # The operator's terminal, besides the log.
            return BAD_CONFIGURATION
    return 0
