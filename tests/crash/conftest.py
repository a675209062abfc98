from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import TlsFiles
from tests.crash.loop import Loop
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation


@pytest.fixture
def loop() -> Iterator[Loop]:
    """A loop for clients and upstream."""
    with Loop() as loop:
        yield loop


@pytest.fixture
def upstream(loop: Loop) -> Iterator[RecordingUpstream]:
    """A mail server that remembers what it took, listening."""
    upstream = RecordingUpstream()
    loop.run(upstream.start())
    yield upstream
    loop.run(upstream.stop())


@pytest.fixture
def installation(tmp_path: Path, tls_files: TlsFiles, upstream: RecordingUpstream) -> Iterator[Installation]:
    """An installation that delivers to `upstream`, with short leases; neither prepared nor started."""
    installation = Installation(tmp_path / "vestry", tls_files.certificate, tls_files.key, tls_files.ca)
    impatient(installation, upstream.port)
    yield installation
    if installation.process is not None:
        installation.stop()


@pytest.fixture
def nodes(
    tmp_path: Path, tls_files: TlsFiles, upstream: RecordingUpstream, postgresql_url: str
) -> Iterator[list[Installation]]:
    """Two nodes on one PostgreSQL database, as `installation`, prepared."""
    made = []
    for name in ("one", "two"):
        node = Installation(tmp_path / name, tls_files.certificate, tls_files.key, tls_files.ca)
        impatient(node, upstream.port)
        node.settings |= {"database": postgresql_url, "hostname": f"{name}.test.example"}
        node.prepare()
        made.append(node)
    yield made
    for node in made:
        if node.process is not None:
            node.kill()


def impatient(installation: Installation, port: int) -> None:
    """Settings that leave nobody waiting for what a killed process had in hand."""
    installation.upstream(port, data_seconds=5, command_seconds=10)
    installation.settings["delivery"] |= {"lease_seconds": 3}
    installation.settings["limits"] = {"recipients_per_hour": 1_000_000}
