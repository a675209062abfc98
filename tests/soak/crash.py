"""The crash ledger for hours: `python -m tests.soak.crash --kills 300 --database sqlite`.

Prints a line for each kill, the account at the end, and every fault. Exit code 1 where there is one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import trustme

from tests.conftest import TlsFiles
from tests.crash.conftest import impatient
from tests.crash.loop import Loop
from tests.crash.siege import Siege
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation


def main() -> int:
    """Run one siege. Returns the exit code."""
    options = _options()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="vestry-soak-"))
    print(f"seed {options.seed}, {options.kills} kills, {options.database}, in {folder}", flush=True)
    with Loop() as loop:
        upstream = RecordingUpstream()
        loop.run(upstream.start())
        installation = _installation(folder)
        impatient(installation, upstream.port)
        installation.prepare()
        siege = Siege(installation, loop, upstream, options.seed, tell=lambda line: print(line, flush=True))
        began = time.monotonic()
        try:
            account = siege.run(options.kills)
            stopped = installation.stop()
        finally:
            print(siege, flush=True)
            if installation.process is not None:
                installation.kill()
            loop.run(upstream.stop())
    for fault in account.faults:
        print(f"FAULT {fault}")
    print(f"{account}; {time.monotonic() - began:.0f} s; stopped with {stopped}")
    return 1 if account.faults or stopped else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--database", choices=("sqlite",), default="sqlite")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="to draw the same moments again"
    )
    parser.add_argument("--folder", type=Path, help="where the installation lives; kept")
    return parser.parse_args()


def _installation(folder: Path) -> Installation:
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1", "localhost")
    folder.mkdir(parents=True, exist_ok=True)
    files = TlsFiles(folder / "certificate.pem", folder / "key.pem", folder / "ca.pem")
    files.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    files.key.write_bytes(issued.private_key_pem.bytes())
    files.key.chmod(0o600)
    ca.cert_pem.write_to_path(str(files.ca))
    return Installation(folder / "vestry", files.certificate, files.key, files.ca)


if __name__ == "__main__":
    sys.exit(main())
