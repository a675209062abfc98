"""The whole road beside Postfix: smtp-source → relay → smtp-sink, in turns, with the same load.

    python -m tests.bench.road [--sizes 4k,100k,5M] [--messages N] [--rounds N] [--sessions N] [--reconnect]
                               [--alone] [--json]

Both keep every message durably before they say 250. Vestry decides on each by the demo council's policy,
archives it, chains it in the ledger and signs it with DKIM (RSA-2048); Postfix relays it. A round loads the one,
then the other; what is printed are medians over the rounds, and how far the rounds lie apart.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles

from tests.bench.cost import measure
from tests.bench.load import Failed, Sampler, Sink, children_cpu, sources
from tests.bench.sides import Side, postfix, postfix_is_here, vestry

MESSAGES = {4_000: 2000, 100_000: 600, 5_000_000: 60}
"""How many messages a round has, for each size."""

SECONDS = 600
_WARM_UP = 200
_UNITS = {"k": 1_000, "M": 1_000_000}


@dataclass(frozen=True, slots=True)
class Load:
    """What a round sends: so many messages of so many octets, over so many connections."""

    size: int
    messages: int
    sessions: int
    reconnect: bool


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a load on one side. Rates are messages a second; `latencies` seconds from MAIL to 250.

    `accepted` counts to the last 250 to smtp-source, `delivered` to the last message in smtp-sink. `cpu` has
    processor milliseconds a message, `peak` bytes of memory.
    """

    accepted: float
    delivered: float
    latencies: tuple[float, ...]
    cpu: dict[str, float]
    peak: dict[str, int]


@dataclass
class Comparison:
    """All rounds of one size, by side."""

    load: Load
    rounds: dict[str, list[Round]] = field(default_factory=dict)


async def run(side: Side, load: Load) -> Round:
    """One round. Raises Failed where it does not come to its end."""
    async with Sink.running(side.upstream) as sink:
        side.forget_peaks()
        before, children = side.cost(), children_cpu()
        sampler, stop = Sampler(side.port, load.size), asyncio.Event()
        sampling = asyncio.create_task(sampler.run(stop))
        begun = time.monotonic()
        try:
            seconds = await sources(
                side.port, load.messages, load.size, load.sessions, reconnect=load.reconnect
            )
        finally:
            stop.set()
            await sampling
        all_of_them = load.messages + len(sampler.seconds)
        ended = await sink.reached(all_of_them, SECONDS)
        cost = side.cost()
        cpu = cost.since(before)
        cpu["smtp-source"] = children_cpu() - children
        cpu["smtp-sink"] = sum(measure(sink.pid, lambda _, __: "sink").seconds.values())
        return Round(
            accepted=load.messages / seconds,
            delivered=all_of_them / (ended - begun),
            latencies=tuple(sampler.seconds),
            cpu={name: used * 1000 / all_of_them for name, used in cpu.items() if used > 0},
            peak=cost.peak,
        )


async def compare(sides: Sequence[Side], loads: Sequence[Load], rounds: int) -> list[Comparison]:
    """Every load on every side, `rounds` times in turns."""
    for side in sides:
        await run(side, Load(4_000, _WARM_UP, 20, reconnect=False))
    found = []
    for load in loads:
        comparison = Comparison(load, {side.name: [] for side in sides})
        found.append(comparison)
        for number in range(rounds):
            for side in sides:
                done = await run(side, load)
                comparison.rounds[side.name].append(done)
                _progress(
                    f"{_octets(load.size)} round {number + 1} {side.name}: accepted {done.accepted:.0f}/s, "
                    f"delivered {done.delivered:.0f}/s"
                )
    return found


def report(comparison: Comparison) -> str:
    """The tables of one size."""
    load, rounds = comparison.load, comparison.rounds
    lines = [
        f"{_octets(load.size)}: {load.messages} messages over {load.sessions} connections"
        f"{', a new one for each' if load.reconnect else ''}, {len(next(iter(rounds.values())))} rounds",
        "",
        f"{'':10}{'accepted/s':>14}{'delivered/s':>16}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'peak MB':>9}",
    ]
    lines += [_row(name, done) for name, done in rounds.items()]
    if len(rounds) == 2:
        lines.append("")
        for what in ("accepted", "delivered"):
            each = ratios(comparison, what)
            spread = f"{min(each):.2f} to {max(each):.2f}"
            lines.append(f"Vestry/Postfix, {what}: {median(each):.2f} ({spread})")
    for name, done in rounds.items():
        lines += ["", f"{name}, processor ms a message: {_parts(done)}"]
        lines.append(f"{name}, peak memory MB: {_peaks(done)}")
    return "\n".join(lines)


def ratios(comparison: Comparison, what: str) -> list[float]:
    """Vestry's rate over Postfix's, round by round."""
    pairs = zip(comparison.rounds["Vestry"], comparison.rounds["Postfix"], strict=True)
    return [getattr(ours, what) / getattr(theirs, what) for ours, theirs in pairs]


def _row(name: str, rounds: Sequence[Round]) -> str:
    latencies = [seconds * 1000 for done in rounds for seconds in done.latencies] or [0.0]
    p99 = quantiles(latencies, n=100)[98] if len(latencies) > 1 else latencies[0]
    own = median(sum(used for part, used in done.cpu.items() if not _is_load(part)) for done in rounds)
    peak = max(sum(done.peak.values()) for done in rounds) / 1e6
    return (
        f"{name:10}{median(done.accepted for done in rounds):14.1f}"
        f"{median(done.delivered for done in rounds):16.1f}{median(latencies):9.1f}{p99:9.1f}{own:9.2f}{peak:9.0f}"
    )


def _parts(rounds: Sequence[Round]) -> str:
    names = sorted({name for done in rounds for name in done.cpu})
    shares = {name: median(done.cpu.get(name, 0.0) for done in rounds) for name in names}
    return ", ".join(f"{name} {used:.2f}" for name, used in shares.items() if used >= 0.005)


def _peaks(rounds: Sequence[Round]) -> str:
    names = sorted({name for done in rounds for name in done.peak})
    return ", ".join(f"{name} {max(done.peak.get(name, 0) for done in rounds) / 1e6:.0f}" for name in names)


def _is_load(part: str) -> bool:
    return part.startswith("smtp-s")


def _octets(size: int) -> str:
    return f"{size / 1e6:g} MB" if size >= 1_000_000 else f"{size / 1e3:g} kB"


def _size(text: str) -> int:
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "")
    return int(number) * _UNITS.get(unit, 1)


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.road", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--sizes", default="4k,100k,5M", type=lambda text: [_size(s) for s in text.split(",")]
    )
    parser.add_argument("--messages", type=int, help="messages a round, instead of a number fit for the size")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=20, help="connections at once")
    parser.add_argument("--reconnect", action="store_true", help="a new connection for each message")
    parser.add_argument("--alone", action="store_true", help="without Postfix")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    loads = [
        Load(size, options.messages or MESSAGES.get(size, 200), options.sessions, options.reconnect)
        for size in options.sizes
    ]
    why_not = "" if options.alone else postfix_is_here()
    if why_not:
        _progress(f"{why_not}: Vestry is measured alone, and there are no ratios.")
    # Ended from outside, too, both relays are stopped and their folders go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with contextlib.ExitStack() as stack:
        sides: list[Side] = [stack.enter_context(vestry(options.sessions))]
        if not options.alone and not why_not:
            sides.append(stack.enter_context(postfix()))
        _progress(f"load before: {os.getloadavg()[0]:.2f}; processors: {os.cpu_count()}")
        try:
            found = asyncio.run(compare(sides, loads, options.rounds))
        except Failed as failure:
            _progress(f"failed: {failure}")
            return 1
    if options.json:
        print(json.dumps([asdict(comparison) for comparison in found]))
    else:
        print("\n\n".join(report(comparison) for comparison in found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
