"""Guessing passwords."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.dialogs.client import plain
from tests.end_to_end.hostile.house import (
    HANG,
    MARK,
    PER_MINUTE,
    House,
)

NETWORKS = 4


def guess(house: House, number: int) -> Counter[str]:
    """Ten wrong passwords for several accounts, over one connection; how often each code was said."""
    with socket.create_connection(
        ("127.0.0.1", house.installation.tls), HANG, (f"127.0.2.{number % NETWORKS + 1}", 0)
    ) as connection:
        context = ssl.create_default_context(cafile=str(house.installation.ca))
        with context.wrap_socket(connection, server_hostname="127.0.0.1") as secured:
            logins = [house.author, house.installation.address("clerk"), f"{MARK.decode()}{number}@a.example"]
            tries = [f"AUTH PLAIN {plain(logins[each % 3], MARK.decode())}\r\n" for each in range(10)]
            secured.sendall(("EHLO client.example\r\n" + "".join(tries)).encode())
            said = b""
            while data := secured.recv(65536):
                said += data
    codes = [line[:3] for line in said.decode().splitlines() if line[3:4] == " "]
    return Counter(codes[2:])


def memory_mb(house: House) -> float:
    """Resident memory of the submission process, in MiB."""
    assert house.installation.process is not None
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().split(b"\0")
            status = (folder / "status").read_text()
            parent = re.search(r"^PPid:\s+(\d+)$", status, re.MULTILINE)
            mine = parent is not None and int(parent[1]) == house.installation.process.pid
            if mine and b"submission" in command:
                found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
                assert found is not None
                return int(found[1]) / 1024
    raise AssertionError("no submission process")


def test_guessing_is_slowed_and_locks_nobody_out(house: House) -> None:
    """Also not whose account is guessed at, from where they have been before."""
    house.ordinary("before guessing", "127.0.0.99")
    before, began = memory_mb(house), time.monotonic()
    with ThreadPoolExecutor(10) as guessers:
        flood = [guessers.submit(guess, house, number) for number in range(30)]
        house.ordinary("guessing, from a familiar network", "127.0.0.99")
        house.ordinary("guessing, another account", "127.0.0.98", "cllr.b")
        said = sum((each.result(60) for each in flood), Counter())
    assert set(said) == {"535", "454", "421"}
    minutes = (time.monotonic() - began) / 60
    assert said["535"] <= NETWORKS * PER_MINUTE * (1 + minutes)
    assert said["454"] > said["535"]
    assert said["421"] == 30
    house.ordinary("after guessing", "127.0.0.99")
    assert memory_mb(house) - before < 64
    lines = [json.loads(line) for line in house.installation.log().splitlines()]
    reasons = Counter(line["reason"] for line in lines if line["event"] == "auth failed")
    assert reasons["throttled"] + reasons["crowded"] >= said["454"]
    house.unharmed()
