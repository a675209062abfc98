"""What a tree of processes costs: processor time and most memory, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process as /proc shows it. `reaped` are the processor seconds of its ended children."""

    pid: int
    parent: int
    command: str
    arguments: tuple[str, ...]
    seconds: float
    reaped: float
    first_thread: float
    peak: int


Naming = Callable[[Process, dict[int, Process]], str]
"""How a process of a tree is called in the table, given all of the tree."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds by name, and most memory in bytes by name (the sum over processes of one name)."""

    seconds: dict[str, float]
    peak: dict[str, int]

    def since(self, before: Cost) -> dict[str, float]:
        """Processor seconds used after `before`."""
        return {
            name: max(0.0, used - before.seconds.get(name, 0.0))
            for name, used in sorted(self.seconds.items())
        }


def tree(root: int) -> dict[int, Process]:
    """The process and all below it."""
    everyone = {process.pid: process for process in _processes()}
    found: dict[int, Process] = {}
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        if pid in everyone and pid not in found:
            found[pid] = everyone[pid]
            waiting += [process.pid for process in everyone.values() if process.parent == pid]
    return found


def measure(root: int, naming: Naming) -> Cost:
    """What the tree under `root` has cost so far.

    A name's first thread, where its event loop runs, is told apart from its other threads. Processes that
    have come and gone are under "ended".
    """
    seconds: dict[str, float] = {"ended": 0.0}
    peak: dict[str, int] = {}
    found = tree(root)
    for process in found.values():
        name = naming(process, found)
        threads = process.seconds - process.first_thread
        seconds[name] = seconds.get(name, 0.0) + process.first_thread
        if threads > 0:
            seconds[f"{name}, threads"] = seconds.get(f"{name}, threads", 0.0) + threads
        seconds["ended"] += process.reaped
        peak[name] = peak.get(name, 0) + process.peak
    return Cost(seconds, peak)


def vestry_name(process: Process, tree: dict[int, Process]) -> str:
    """What a process of a running Vestry is: see `Naming`."""
    arguments = process.arguments
    if "gateway.process" in arguments:
        return arguments[arguments.index("gateway.process") + 1]
    if "serve" in arguments:
        return "supervisor"
    # Workers are forked from the nursery, and look the same from outside.
    parent = tree.get(process.parent)
    return "workers" if parent is not None and _is_nursery(parent) else "nursery"


def _is_nursery(process: Process) -> bool:
    return any("gateway.workers.nursery" in argument for argument in process.arguments)


def forget_peaks(root: int) -> None:
    """Begin to measure the most memory anew."""
    for pid in tree(root):
        try:
            (_PROC / str(pid) / "clear_refs").write_text("5")
        except OSError:
            pass  # Then the peak is one since the process began, which is never too low.


def _processes() -> Iterator[Process]:
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                yield _read(folder)
            except (OSError, IndexError, ValueError):
                pass  # It ended in the meantime.


def _read(folder: Path) -> Process:
    name, fields = _stat(folder / "stat")
    first = _stat(folder / "task" / folder.name / "stat")[1]
    return Process(
        pid=int(folder.name),
        parent=int(fields[1]),
        command=name,
        arguments=tuple((folder / "cmdline").read_text(errors="replace").split("\0")),
        seconds=(int(fields[11]) + int(fields[12])) / _TICKS,
        reaped=(int(fields[13]) + int(fields[14])) / _TICKS,
        first_thread=(int(first[11]) + int(first[12])) / _TICKS,
        peak=_peak(folder / "status"),
    )


def _stat(path: Path) -> tuple[str, list[str]]:
    """The command's name, and the fields from the third on (proc(5))."""
    before, _, after = path.read_text(errors="replace").rpartition(")")
    return before.partition("(")[2], after.split()


def _peak(path: Path) -> int:
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
