"""A role process: started by the supervisor, told when to stop, gone when the supervisor is.

`python -m gateway.process ROLE -c FILE` runs one of the roles by itself, which is also how a role is
started under another supervisor.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

import uvloop

from config.errors import ConfigError
from config.settings import Settings, load
from gateway import logs, metrics
from gateway.life import Life
from gateway.store.errors import StoreError

ROLES = ("signing", "delivery", "console", "submission")
"""In the order in which each needs those before it; they stop in the reverse order."""


def roles_of(settings: Settings) -> tuple[str, ...]:
    """The roles that an installation has: there are no pages where nobody can reach them."""
    return tuple(role for role in ROLES if role != "console" or settings.console.base_url is not None)


BAD_CONFIGURATION = 2
_LAG_EVERY = 1.0


class _Role(Protocol):
    async def run(self, settings: Settings, life: Life) -> None: ...


class _Life:
    """See `Life`."""

    def __init__(self, path: Path, ready_fd: int | None) -> None:
        self.stopping = asyncio.Event()
        self._path = path
        self._ready_fd = ready_fd
        self._hooks: list[Callable[[Settings], Awaitable[None]]] = []
        self._log = logs.get("process")

    def ready(self) -> None:
        if self._ready_fd is not None:
            os.write(self._ready_fd, b"ready\n")
            os.close(self._ready_fd)
            self._ready_fd = None

    def on_reload(self, hook: Callable[[Settings], Awaitable[None]]) -> None:
        self._hooks.append(hook)

    async def reload(self) -> None:
        """Read the settings again and hand them on; bad ones are reported and the old ones stay."""
        try:
            settings = load(self._path)
        except ConfigError as error:
            self._log.error("settings not reloaded", error=str(error))
            return
        for hook in self._hooks:
            try:
                await hook(settings)
            except Exception:
                self._log.exception("reload failed")
        self._log.info("settings reloaded")


async def _live(module: ModuleType, settings: Settings, life: _Life, lifeline: int | None) -> None:
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(life.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGTERM, life.stopping.set)
    # A terminal's Ctrl-C reaches every process; the supervisor stops its children in order.
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if lifeline is not None else life.stopping.set)
    loop.add_signal_handler(signal.SIGHUP, reload)
    if lifeline is not None:

        def supervisor_gone() -> None:
            loop.remove_reader(lifeline)
            life.stopping.set()

        loop.add_reader(lifeline, supervisor_gone)
    lag = loop.create_task(_measure_lag(module.__name__.split(".")[1]))
    try:
        await cast("_Role", module).run(settings, life)
    finally:
        lag.cancel()


async def _measure_lag(role: str) -> None:
    loop = asyncio.get_running_loop()
    gauge = metrics.LOOP_LAG.labels(role)
    while True:
        before = loop.time()
        await asyncio.sleep(_LAG_EVERY)
        gauge.set(max(0.0, loop.time() - before - _LAG_EVERY))


def main() -> None:
    """Run the role named on the command line until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m gateway.process")
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("-c", "--config", type=Path, required=True)
    parser.add_argument("--ready-fd", type=int)
    parser.add_argument("--lifeline-fd", type=int)
    options = parser.parse_args()
    try:
        settings = load(options.config)
        logs.configure(settings.log, options.role)
        module = importlib.import_module(f"gateway.{options.role}.role")
        uvloop.run(_begin(module, settings, options))
    except (ConfigError, StoreError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # The log may not be configured yet.
        sys.exit(BAD_CONFIGURATION)


async def _begin(module: ModuleType, settings: Settings, options: argparse.Namespace) -> None:
    life = _Life(options.config, options.ready_fd)
    await _live(module, settings, life, options.lifeline_fd)


if __name__ == "__main__":
    main()
