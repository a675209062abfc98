"""A demonstration installation in a folder: certificate, DKIM key, settings, council, passwords."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.council import Council
from config.council_file import loads
from config.settings import load
from gateway import clock
from gateway.archive.key import key_of
from gateway.signing.generate import DnsRecord, dns_record, new_private_key, write_private_key
from gateway.signing.keys import load_keys
from gateway.store import acknowledgements, councils, people
from gateway.store.database import Database
from gateway.store.upgrade import upgrade
from gateway.submission.auth.passwords import hash_password

PASSWORD = "vestry-demo"  # noqa: S105  # The demo's logins exist in the demo only.
SELECTOR = "demo"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens, all on 127.0.0.1."""

    starttls: int
    tls: int
    trusted: int
    metrics: int
    upstream: int


@dataclass(frozen=True, slots=True)
class Installation:
    """What was set up, and where."""

    folder: Path
    settings: Path
    certificate: Path
    dkim_record: DnsRecord
    council: Council
    ports: Ports

    @property
    def mailbox(self) -> Path:
        """The Maildir of the stand-in upstream."""
        return self.folder / "upstream-mailbox"


def example_council() -> Council:
    """Little Wickham Parish Council, as `config/examples/littlewickham.toml` describes it."""
    file = resources.files("config") / "examples" / "littlewickham.toml"
    return loads(file.read_text(encoding="utf-8"), "littlewickham.toml")


def set_up(folder: Path, ports: Ports) -> Installation:
    """Make the installation in `folder`, or bring the one that is there up to date."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not certificate.exists():
        _make_certificate(certificate, key)
    council = example_council()
    if not (folder / "dkim.pem").exists():
        write_private_key(new_private_key("rsa"), folder / "dkim.pem")
    settings = folder / "vestry.toml"
    settings.write_text(_settings(council, ports), encoding="utf-8")
    _fill(settings, council)
    [dkim_key] = load_keys(load(settings).dkim).keys_for(council.domains[0])
    return Installation(folder, settings, certificate, dns_record(dkim_key), council, ports)


def _settings(council: Council, ports: Ports) -> str:
    return f"""\
# Written by `vestry demo`, anew at each start.
hostname = "localhost"
data_dir = "data"

[[listeners]]
kind = "starttls"
address = "127.0.0.1"
port = {ports.starttls}

[[listeners]]
kind = "tls"
address = "127.0.0.1"
port = {ports.tls}

[[listeners]]
kind = "trusted"
address = "127.0.0.1"
port = {ports.trusted}
networks = [{{ network = "127.0.0.0/8", councils = ["{council.id}"] }}]

[tls]
certificate = "certificate.pem"
key = "key.pem"

[upstreams.default]
host = "127.0.0.1"
port = {ports.upstream}
tls = "opportunistic"

[[dkim]]
domain = "{council.domains[0]}"
selector = "{SELECTOR}"
key = "dkim.pem"

[metrics]
port = {ports.metrics}

[log]
level = "warning"
format = "text"
"""


def _fill(path: Path, council: Council) -> None:
    settings = load(path)
    settings.data_dir.mkdir(exist_ok=True, mode=0o700)
    upgrade(settings.database_url, key_of(settings))
    database = Database(settings.database_url, key=key_of(settings))
    database.start()
    try:
        now = clock.now()
        hashed = hash_password(PASSWORD)
        database.write_blocking(lambda c: councils.save(c, council, now, "vestry demo"))
        for person in council.people:
            database.write_blocking(lambda c, p=person: people.set_password(c, p.login, hashed))  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
            if council.monitoring_notice is not None:
                database.write_blocking(
                    lambda c, p=person: acknowledgements.acknowledge(c, council, p.login, now)  # type: ignore[misc]  # As above.
                )
    finally:
        database.stop()


def _make_certificate(certificate: Path, key: Path) -> None:
    """A certificate for this machine alone, signed by itself; mail clients ask once whether to trust it."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
