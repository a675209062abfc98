from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.upstream import Upstream
from tests.conftest import TlsFiles
from tests.installation import Installation, free_port


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    """A mail server that takes everything."""
    upstream = Upstream(free_port(), tmp_path / "mailbox")
    upstream.start()
    yield upstream
    upstream.stop()


@pytest.fixture
def installation(tmp_path: Path, tls_files: TlsFiles) -> Iterator[Installation]:
    """An installation, not yet prepared nor started; stopped at the end."""
    installation = Installation(tmp_path / "vestry", tls_files.certificate, tls_files.key, tls_files.ca)
    yield installation
    if installation.process is not None:
        installation.stop()


@pytest.fixture
def running(installation: Installation, upstream: Upstream) -> Installation:
    """The installation at work, delivering to `upstream`."""
    installation.upstream(upstream.port)
    installation.prepare()
    installation.start()
    return installation
