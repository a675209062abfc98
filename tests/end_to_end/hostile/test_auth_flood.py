"""A flood of guesses from many networks: honest people log in all the while, and nobody else waits for it."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import ROOT, TlsFiles
from tests.end_to_end.hostile.house import AIM, House, Lag, under_attack
from tests.installation import until

PEOPLE = ["clerk", "deputy", "chair", "cllr.a", "cllr.b", "foi"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, tls_files: TlsFiles) -> Iterator[House]:
    """An installation of its own: what is remembered of guesses is remembered for minutes."""
    with under_attack(tmp_path_factory.mktemp("flooded") / "vestry", tls_files) as house:
        yield house


@contextmanager
def flooded(house: House, networks: int, *people: str) -> Iterator[dict[str, int]]:
    """Guesses at these people's passwords from so many networks. What was said to them is there afterwards."""
    names = ",".join(map(house.installation.address, people))
    command = [sys.executable, "-m", "tests.end_to_end.hostile.guesser"]
    arguments = [str(house.installation.tls), str(house.installation.ca), str(networks), names]
    said: dict[str, int] = {}
    with subprocess.Popen(
        command + arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as guesser:
        try:
            yield said
        finally:
            out, _ = guesser.communicate(timeout=60)
    said |= json.loads(out)


def wrong(house: House) -> float:
    """Guesses that were checked until now, and were wrong."""
    pattern = r'^vestry_auth_failures_total\{reason="(?:unknown|credentials)"\} (\S+)$'
    return sum(map(float, re.findall(pattern, house.metrics(), re.MULTILINE)))


def tell(house: House, what: str, seconds: list[float]) -> None:
    """What it was like, beside the result; at the end of the test run only what missed its aim is told again."""
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    print(
        f"{what}: {len(ordered)} logins with a message each, p50 {statistics.median(ordered):.2f} s, "
        f"p99 {p99:.2f} s, longest {ordered[-1]:.2f} s (aim {AIM} s)"
    )


def test_somebody_new_is_let_in_before_those_who_have_failed(house: House) -> None:
    """From networks that nobody has been seen in, for accounts that nobody guesses at."""
    networks, new = 10, PEOPLE[1:]
    with flooded(house, networks, "clerk"), Lag(house):
        until(lambda: wrong(house) > 2 * networks, 60)  # Until then they are new as well.
        took = [
            house.ordinary("a flood, somebody new", f"127.0.7.{n}", person) for n, person in enumerate(new, 1)
        ]
    tell(house, f"guesses from {networks} networks, somebody new", took)
    house.unharmed()


@pytest.mark.parametrize("networks", [200, 100_000], ids=["200 networks", "ever new networks"])
def test_people_log_in_where_they_have_been_before_while_guesses_come(house: House, networks: int) -> None:
    """Also after a restart: where they have been is remembered, that they were right a moment ago is not."""
    people = PEOPLE[1:]  # The Clerk's own has been guessed at: who comes from somewhere new then waits.
    sources = {person: f"127.0.6.{number}" for number, person in enumerate(people, 1)}
    for person, source in sources.items():
        house.ordinary("before a flood", source, person)
    house.installation.stop()
    house.installation.start()
    with flooded(house, networks, *people) as said, Lag(house):
        began, took = time.monotonic(), list[float]()
        while time.monotonic() - began < 8:
            took += [
                house.ordinary("a flood of guesses", source, person) for person, source in sources.items()
            ]
    tell(house, f"guesses from {networks} networks, {said}", took)
    # What is said to guesses is no, or not now; most of all not now.
    assert said.keys() <= {"535", "454", "TimeoutError"}
    assert said["454"] > said["535"]
    house.unharmed()
