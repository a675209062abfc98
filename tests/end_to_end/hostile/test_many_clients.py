"""Slow senders and idle connections, more than there can be of honest ones."""

from __future__ import annotations

import contextlib
import resource
import socket
import time

from tests.end_to_end.hostile.house import (
    HANG,
    House,
    Lag,
)


def test_slow_senders_keep_nobody_waiting(house: House) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(house.trusted()) for _ in range(200)]
        raw = house.letter() * 5
        for client in slow:
            client.send(house.envelope())
        stack.enter_context(Lag(house))
        for second in range(5):
            for client in slow:
                client.send(raw[second : second + 1])
            house.ordinary("200 slow senders")
            time.sleep(1)
    house.unharmed()


def test_thousands_of_idle_connections_keep_nobody_waiting(house: House) -> None:
    """As many from one address as one address may have, from as many addresses as it takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 4096:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    count = min(2000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)
    with contextlib.ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        idle = [
            stack.enter_context(
                socket.create_connection(
                    ("127.0.0.1", house.installation.starttls), HANG, (f"127.0.1.{number // 50 + 1}", 0)
                )
            )
            for number in range(count)
        ]
        with Lag(house):
            for connection in idle:
                assert connection.recv(100).startswith(b"220 ")
            for _ in range(5):
                house.ordinary(f"{count} idle connections")
                time.sleep(0.5)
        with socket.create_connection(
            ("127.0.0.1", house.installation.starttls), HANG, ("127.0.1.1", 0)
        ) as one_more:
            assert one_more.recv(100).startswith(b"421 4.7.0 Too many connections from your address")
    house.unharmed()
