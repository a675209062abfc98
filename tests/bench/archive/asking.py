"""How long questions take: each asked several times, in turns, of the archive and of notmuch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from gateway.archive.search import search
from gateway.store.database import Database
from tests.bench.archive.queries import Query
from tests.bench.archive.vestry import COUNCIL

ROUNDS = 5
PAGE = 20
_TODAY = date(2026, 4, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, what each side counted, and the milliseconds that each round took; of notmuch none where it was not
    asked.
    """

    query: Query
    total: int
    milliseconds: tuple[float, ...]
    peer_total: int = 0
    peer_milliseconds: tuple[float, ...] = ()


def ask(
    database: Database, queries: Sequence[Query], peer: Callable[[str], int] | None = None
) -> list[Asked]:
    """Ask each of them, with exact count, a page of 20 and its snippets; first once without a clock."""
    found = []
    for query in queries:
        ours, theirs = _times(lambda query=query: _ours(database, query)), None
        if peer is not None:
            theirs = _times(lambda query=query: peer(query.peer))
        found.append(Asked(query, *ours, *(theirs or ())))
    return found


def every(several: Sequence[Asked]) -> list[float]:
    """All times of ours."""
    return [each for asked in several for each in asked.milliseconds]


def every_of_peer(several: Sequence[Asked]) -> list[float]:
    """All times of the peer's."""
    return [each for asked in several for each in asked.peer_milliseconds]


def percentile(several: Sequence[float], part: float) -> float:
    """What that part of them stays within."""
    ordered = sorted(several)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def table(several: Sequence[Asked]) -> str:
    """A line for each query, the slowest first."""
    lines = []
    for each in sorted(several, key=lambda asked: -median(asked.milliseconds)):
        theirs = (
            f"{median(each.peer_milliseconds):9.1f} {each.peer_total:8}" if each.peer_milliseconds else ""
        )
        lines.append(
            f"{median(each.milliseconds):9.1f} {each.total:8} {theirs}  {each.query.sort:12} {each.query.text}"
        )
    return "\n".join(lines)


def _ours(database: Database, query: Query) -> int:
    return database.read_blocking(
        lambda connection: search(connection, COUNCIL, query.text, _TODAY, query.order, PAGE)
    ).total


def _times(work: Callable[[], int]) -> tuple[int, tuple[float, ...]]:
    total, taken = work(), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return total, tuple(taken)
