"""Metrics and health over HTTP: `/metrics`, `/healthz` (every process runs), `/readyz` (and is at work)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from config.errors import Complaint, ConfigError


@dataclass(frozen=True, slots=True)
class Health:
    """Asked at each request: is every process running, and has every one said that it is ready?"""

    running: Callable[[], bool]
    ready: Callable[[], bool]


class _Handler(BaseHTTPRequestHandler):
    health: ClassVar[Health]
    server_version = "Vestry"
    sys_version = ""

    def do_GET(self) -> None:
        if self.path == "/metrics":
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # The library's is untyped.
            self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
        elif self.path == "/healthz":
            self._say(self.health.running(), "running", "not running")
        elif self.path == "/readyz":
            scanner = _scanner()
            self._say(self.health.running() and self.health.ready(), f"ready{scanner}", f"not ready{scanner}")
        else:
            self._answer(404, "text/plain", b"not found\n")

    def _say(self, good: bool, yes: str, no: str) -> None:
        self._answer(200 if good else 503, "text/plain", f"{yes if good else no}\n".encode())

    def _answer(self, code: int, kind: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests for metrics are not worth a line each."""


def _scanner() -> str:
    """A line about the virus scanner, where one was asked yet. Mail is taken in whether or not it answers."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # The library's is untyped.
    answers = registry.get_sample_value("vestry_malware_scanner_answers")
    if answers is None:
        return ""
    return f"\nmalware: the virus scanner {'answers' if answers else 'does not answer'}"


def serve(address: str, port: int, health: Health) -> ThreadingHTTPServer:
    """Answer on `address` and `port` from a thread of its own until `shutdown` is called.

    Raises ConfigError where it cannot listen there.
    """
    handler = type("Handler", (_Handler,), {"health": health})
    try:
        server = ThreadingHTTPServer((address, port), handler)
    except OSError as error:
        found = f"{address} port {port} ({error.strerror})"
        fault = Complaint("metrics", found, "an address and port of this host that is free")
        raise ConfigError("the settings", [fault]) from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
