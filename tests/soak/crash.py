"""The crash ledger for as long as wanted: `python -m tests.soak.crash --kills 300 --database sqlite`.

On SQLite one node; on PostgreSQL two, whose connections are cut and which are made to stand still as well.
Prints a line for each blow, the account at the end, and every fault. Exit code 1 where there is one.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import trustme

from tests.conftest import TlsFiles
from tests.crash.conftest import impatient
from tests.crash.loop import Loop
from tests.crash.siege import STAND_STILL, Siege, cut_connections
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation
from tests.postgresql import Cluster


def main() -> int:
    """Run one siege. Returns the exit code."""
    options = _options()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="vestry-soak-"))
    print(f"seed {options.seed}, {options.kills} kills, {options.database}, in {folder}", flush=True)
    began = time.monotonic()
    with Loop() as loop, _upstream(loop) as upstream, _ground(options.database) as ground:
        nodes = _nodes(folder, upstream.port, ground.pop("url"))
        siege = Siege(nodes, loop, upstream, options.seed, tell=partial(print, flush=True), **ground)
        try:
            account = siege.run(options.kills)
            stopped = [node.stop() for node in nodes]
        finally:
            print(siege, flush=True)
            for node in nodes:
                if node.process is not None:
                    node.kill()
    for fault in account.faults:
        print(f"FAULT {fault}")
    print(f"{account}; {time.monotonic() - began:.0f} s; stopped with {stopped}")
    return 1 if account.faults or account.queued or any(stopped) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="how often a whole process tree is killed")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="to draw the same moments again"
    )
    parser.add_argument("--folder", type=Path, help="a new folder for the installations; it is kept")
    return parser.parse_args()


@contextlib.contextmanager
def _upstream(loop: Loop) -> Iterator[RecordingUpstream]:
    upstream = RecordingUpstream()
    loop.run(upstream.start())
    yield upstream
    loop.run(upstream.stop())


@contextlib.contextmanager
def _ground(database: str) -> Iterator[dict[str, Any]]:
    """The address of the database, none for SQLite, and what else can be done to those on it."""
    if database == "sqlite":
        yield {"url": None}
        return
    with Cluster() as cluster:
        url = cluster.url(cluster.create())
        yield {"url": url, "cut": partial(cut_connections, cluster, url), "stand_still": STAND_STILL}


def _nodes(folder: Path, port: int, url: str | None) -> list[Installation]:
    """One node on SQLite, two on the database at `url`; prepared."""
    folder.mkdir(parents=True, exist_ok=True)
    files = _certificate(folder)
    nodes = []
    for name in ("one",) if url is None else ("one", "two"):
        node = Installation(folder / name, files.certificate, files.key, files.ca)
        impatient(node, port)
        node.settings |= {"hostname": f"{name}.test.example"} | ({} if url is None else {"database": url})
        node.prepare()
        nodes.append(node)
    return nodes


def _certificate(folder: Path) -> TlsFiles:
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1", "localhost")
    files = TlsFiles(folder / "certificate.pem", folder / "key.pem", folder / "ca.pem")
    files.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    files.key.write_bytes(issued.private_key_pem.bytes())
    files.key.chmod(0o600)
    ca.cert_pem.write_to_path(str(files.ca))
    return files


if __name__ == "__main__":
    sys.exit(main())
