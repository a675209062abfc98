"""The console process: pages over HTTP, with a worker of its own to make ready what is to be sent.

It is apart from submission, as it talks to the public: what goes wrong here stops no mail. A web server with a
certificate stands in front of it. The addresses of pages are secrets, so requests are not logged.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import AsyncExitStack

import uvicorn

from config.errors import Complaint, ConfigError
from config.settings import Settings
from gateway import logs
from gateway.archive.key import key_of
from gateway.console.acts import Acts
from gateway.console.app import app
from gateway.delivery import wake
from gateway.life import Life
from gateway.store.database import Database
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Pool

_log = logs.get("console")
_AT_ONCE = 100


class _Server(uvicorn.Server):
    """One that leaves signals to the process that it is part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run(settings: Settings, life: Life) -> None:
    """Show pages until told to stop, then let what has begun finish. New settings count from the next start.

    Raises ConfigError where there is no `base_url` or the port is taken, and what the database raises at its start.
    """
    console = settings.console
    if console.base_url is None:
        raise ConfigError("console", [Complaint("base_url", "nothing", "what people reach the pages by")])
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, key=key_of(settings))
        stack.push_async_callback(asyncio.to_thread, database.stop)
        await asyncio.to_thread(database.start)
        pool = Pool(settings.workers.model_copy(update={"processes": 1}))
        stack.push_async_callback(pool.stop)
        await pool.start()
        acts = Acts(settings, database, Analyst(pool, settings.limits), lambda: wake.ring(settings))
        server = _Server(
            uvicorn.Config(
                app(acts, console.base_url),
                host=console.address,
                port=console.port,
                http="h11",
                ws="none",
                lifespan="off",
                loop="none",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=_AT_ONCE,
                timeout_graceful_shutdown=int(settings.limits.decision_seconds),
            )
        )
        serving = asyncio.create_task(_serve(server))
        stack.callback(serving.cancel)
        while not server.started:
            if serving.done():
                found = f"{console.address} port {console.port}"
                raise ConfigError(
                    "console", [Complaint("port", found, "an address and a port that are free")]
                )
            await asyncio.sleep(0.01)
        life.ready()
        _log.info("console ready", address=console.address, port=console.port)
        await life.stopping.wait()
        server.should_exit = True
        await serving


async def _serve(server: uvicorn.Server) -> None:
    """Serve until told to stop. The library ends the process where it cannot listen; that is for the caller to say."""
    with contextlib.suppress(SystemExit):
        await server.serve()
