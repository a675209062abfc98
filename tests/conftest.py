"""What every test may ask for: neighbours, certificates, ports, the demo council."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from config.council import Council
from config.council_file import load_council
from gateway.store.upgrade import upgrade
from tests.neighbours import pytest_runtest_setup
from tests.policies import unsigned
from tests.postgresql import cluster, postgresql_url

__all__ = ["cluster", "postgresql_url", "pytest_runtest_setup"]

ROOT = Path(__file__).parent.parent
LITTLE_WICKHAM = ROOT / "config/examples/littlewickham.toml"


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: a certificate for this machine's own addresses, its key, and the CA that vouches for it."""

    certificate: Path
    key: Path
    ca: Path


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory) -> Path:
    """A database file with Vestry's tables, and nothing in them: to be copied, which is sooner done than made anew."""
    path = tmp_path_factory.mktemp("tables") / "vestry.sqlite"
    upgrade(f"sqlite:///{path}")
    assert not path.with_name("vestry.sqlite-wal").exists()
    return path


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    """A certificate authority that nobody trusts but the tests."""
    return trustme.CA()


@pytest.fixture(scope="session")
def issue_tls(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., TlsFiles]:
    """`issue_tls(*names, **trustme's options)`: a fresh certificate in a folder of its own."""

    def issue(*names: str, **options: object) -> TlsFiles:
        folder = tmp_path_factory.mktemp("tls")
        files = TlsFiles(folder / "certificate.pem", folder / "key.pem", folder / "ca.pem")
        issued = ca.issue_cert(*(names or ("127.0.0.1", "::1", "localhost")), **options)
        files.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        files.key.write_bytes(issued.private_key_pem.bytes())
        files.key.chmod(0o600)
        ca.cert_pem.write_to_path(str(files.ca))
        return files

    return issue


@pytest.fixture(scope="session")
def tls_files(issue_tls: Callable[..., TlsFiles]) -> TlsFiles:
    """A certificate for 127.0.0.1, ::1 and localhost."""
    return issue_tls()


@pytest.fixture
def free_port() -> Callable[[], int]:
    """`free_port()`: a port on 127.0.0.1 that nobody listened on a moment ago.

    For neighbours that cannot listen on port 0 and say which one they got; whoever can, should.
    """

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture(scope="session")
def little_wickham() -> Council:
    """The demo council."""
    return load_council(LITTLE_WICKHAM)


@pytest.fixture(scope="session")
def unsigned_wickham(little_wickham: Council) -> Council:
    """The demo council, with a policy that asks only who a sender is."""
    return unsigned(little_wickham)
