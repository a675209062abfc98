"""Running `vestry` commands, each in a process of its own, forked from one that has loaded the program already.

Most of what a short command costs is loading; tests run a great many. What runs is the command itself, from its
arguments to its exit code.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

LOADED = (
    "gateway.cli",
    "gateway.cli.archive",
    "gateway.cli.council",
    "gateway.cli.held",
    "gateway.cli.queue",
    "gateway.archive.verify",
    "gateway.archive.versions",
    "gateway.holds.decisions",
    "gateway.holds.changing",
    "gateway.holds.as_clerk",
    "gateway.store.upgrade",
    "gateway.workers.pool",
    "filters.analysis",
)
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([*LOADED, __name__])


def vestry(
    arguments: tuple[str, ...], environment: Mapping[str, str], text: bytes = b"", seconds: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """Run a command with this environment, and `text` to read. Raises TimeoutExpired."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "in").write_bytes(text)
        process = CONTEXT.Process(target=_run, args=(arguments, dict(environment), folder, str(Path.cwd())))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, seconds)
        said, wrong = ((place / name).read_bytes() for name in ("out", "err"))
        return subprocess.CompletedProcess(arguments, process.exitcode, said, wrong)


def forked(act: Callable[..., object], arguments: tuple[object, ...], seconds: float = 120) -> int:
    """Run a function in a process of its own. Returns its exit code: below 0 the signal it was killed by. Raises
    TimeoutExpired.
    """
    process = CONTEXT.Process(target=act, args=arguments)
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired(act.__qualname__, seconds)
    return process.exitcode


def _run(arguments: tuple[str, ...], environment: dict[str, str], folder: str, here: str) -> None:
    """Be the command. Raises SystemExit."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, name in enumerate(("in", "out", "err")):
        descriptor = os.open(f"{folder}/{name}", flags if number else os.O_RDONLY, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115  # They are the process's.
    os.chdir(here)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["vestry", *arguments]
    from gateway.cli import main

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
