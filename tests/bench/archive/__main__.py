"""What the archive costs: putting mail in, keeping it, and finding it, beside notmuch on the same mail.

Run with `python -m tests.bench.archive --sizes 10000,200000`; PostgreSQL too with `--database postgresql`. `--each` tells
of every query. With `--home` archives and mail folders are kept there, and a second run asks them only; without it they
are made in a folder that is removed again. `--content read` has each message read by the worker's code, in two processes;
by default what it is found by is what its generator knows, which is the same, word for word
(`tests/unit/archive/test_council_archive.py`). Nothing is measured while something else is.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from shutil import which

from gateway.store.database import Database
from gateway.store.index.content import Content
from gateway.store.upgrade import upgrade
from tests.bench.archive import asking, sizes, vestry
from tests.bench.archive.council import Letter, letters
from tests.bench.archive.peer import Notmuch
from tests.bench.archive.queries import mix
from tests.postgresql import Cluster

SEED = 1
ALONE = 500
"""Messages that are put in one by one."""

_AT_ONCE = 2000


def main() -> None:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.archive")
    parser.add_argument("--sizes", default="10000,200000")
    parser.add_argument("--database", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--content", default="truth", choices=("truth", "read"))
    parser.add_argument("--home", type=Path)
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--without-notmuch", action="store_true")
    chosen = parser.parse_args()
    for size in (int(each) for each in chosen.sizes.split(",")):
        with _home(chosen.home, size) as home:
            peer = None if chosen.without_notmuch or which("notmuch") is None else _notmuch(home, size)
            with _database(chosen.database, home) as (database, is_new):
                print(f"\n{size:,} messages, {chosen.database}")
                _measure(database, home, size, chosen, peer, is_new)
            if peer is not None:
                peer.close()


def _measure(
    database: Database, home: Path, size: int, chosen: argparse.Namespace, peer: Notmuch | None, is_new: bool
) -> None:
    noted = home / f"{chosen.database}.json"
    if is_new:
        noted.write_text(json.dumps(_filled(database, size, chosen.content == "read")))
    filled = json.loads(noted.read_text())
    _tell_ingest(filled, peer)
    queries = mix(list(islice(letters(size, SEED), 1000)))
    asked = asking.ask(database, queries, None if peer is None else peer.count)
    _tell_times(asked)
    if chosen.each:
        print(asking.table(asked))


def _filled(database: Database, size: int, with_reading: bool) -> dict[str, dict[str, float]]:
    """Put so many messages in, and tell what that took, and what room."""
    several = (
        _read(letters(size, SEED))
        if with_reading
        else ((each, vestry.known(each)) for each in letters(size, SEED))
    )
    bulk = vestry.fill(database, several)
    before = sizes.sizes(database)
    alone, each_took = vestry.singly(database, ALONE, SEED + 1)
    began = time.monotonic()
    sizes.optimize(database)
    optimized = time.monotonic() - began
    sizes.analyze(database)
    return {
        "bulk": asdict(bulk),
        "alone": asdict(alone)
        | {"p50": asking.percentile(each_took, 0.5), "p99": asking.percentile(each_took, 0.99)},
        "before": asdict(before),
        "after": asdict(sizes.sizes(database)),
        "optimize": {"seconds": optimized},
    }


def _tell_ingest(filled: dict[str, dict[str, float]], peer: Notmuch | None) -> None:
    bulk, alone, before, after = (filled[name] for name in ("bulk", "alone", "before", "after"))
    rate = bulk["messages"] / bulk["seconds"]
    print(f"  raw {_mb(bulk['raw'])}, text {_mb(bulk['text'])}, database {_mb(after['whole'])}")
    print(
        f"  in transactions of {vestry.BATCH}: {rate:,.0f} a second ({_each(bulk):.2f} ms of processor time each)"
    )
    print(
        f"  one in a transaction: {alone['messages'] / alone['seconds']:,.0f} a second ({_each(alone):.2f} ms of "
        f"processor time each), p50 {alone['p50'] * 1000:.1f} ms, p99 {alone['p99'] * 1000:.1f} ms"
    )
    print(
        f"  index over text: {before['index'] / bulk['text']:.2f}, after 'optimize' {after['index'] / bulk['text']:.2f} "
        f"({filled['optimize']['seconds']:.0f} s); texts kept for snippets {after['texts'] / bulk['text']:.2f}"
    )
    print(f"  bodies over raw: {after['bodies'] / bulk['raw']:.2f}")
    if peer is not None:
        theirs = bulk["messages"] / peer.seconds
        print(
            f"  notmuch {peer.version}: {theirs:,.0f} a second ({peer.processor / bulk['messages'] * 1000:.2f} ms of processor "
            f"time each; ours/theirs {rate / theirs:.2f}), index over the same text {peer.size / bulk['text']:.2f}"
        )


def _tell_times(asked: list[asking.Asked]) -> None:
    ours, theirs = asking.every(asked), asking.every_of_peer(asked)
    for name, times in (("archive", ours), ("notmuch", theirs)):
        if times:
            told = ", ".join(
                f"{what} {asking.percentile(times, part):.1f}" for what, part in (("p50", 0.5), ("p95", 0.95))
            )
            print(f"  {len(asked)} queries, {name}: {told}, max {max(times):.1f} ms")
    if theirs:
        p50, p95 = (asking.percentile(ours, part) / asking.percentile(theirs, part) for part in (0.5, 0.95))
        print(f"  archive/notmuch: p50 {p50:.2f}, p95 {p95:.2f}")


def _notmuch(home: Path, size: int) -> Notmuch:
    """notmuch with the same mail, made where it is not there."""
    peer = Notmuch(home / "notmuch")
    if not peer.is_there:
        peer.put(letters(size, SEED))
        peer.index()
    return peer


def _read(several: Iterable[Letter]) -> Iterator[tuple[Letter, Content]]:
    left = iter(several)
    with Pool(2) as pool:
        while some := list(islice(left, _AT_ONCE)):
            yield from pool.map(_with_content, some, chunksize=32)


def _with_content(letter: Letter) -> tuple[Letter, Content]:
    return letter, vestry.read(letter)


@contextlib.contextmanager
def _home(kept: Path | None, size: int) -> Iterator[Path]:
    if kept is not None:
        home = kept / str(size)
        home.mkdir(parents=True, exist_ok=True)
        yield home
        return
    with tempfile.TemporaryDirectory(prefix="vestry-bench-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def _database(kind: str, home: Path) -> Iterator[tuple[Database, bool]]:
    """An archive, and whether it is new. On PostgreSQL, always."""
    if kind == "postgresql":
        with Cluster(shared_buffers="128MB") as cluster:
            database = vestry.new(cluster.url(cluster.with_tables()))
            yield database, True
            database.stop()
        return
    url, is_new = f"sqlite:///{home}/vestry.sqlite", not (home / "sqlite.json").exists()
    if is_new:
        (home / "vestry.sqlite").unlink(missing_ok=True)
        upgrade(url)
        database = vestry.new(url)
    else:
        database = Database(url)
        database.start()
    yield database, is_new
    database.stop()


def _each(rate: dict[str, float]) -> float:
    return rate["processor"] / rate["messages"] * 1000


def _mb(octets: float) -> str:
    return f"{octets / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
