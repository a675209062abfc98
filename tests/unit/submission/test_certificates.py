from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
from cryptography import x509
from prometheus_client import REGISTRY

from config.errors import ConfigError
from config.settings import TlsSettings
from gateway.submission.certificates import Certificates
from tests.conftest import TlsFiles
from tests.dialogs.client import Client
from tests.dialogs.house import OpenHouse, listener, open_house


@pytest.fixture
def installed(tls_files: TlsFiles, tmp_path: Path) -> TlsSettings:
    """A certificate of our own to replace."""
    shutil.copy(tls_files.certificate, tmp_path / "certificate.pem")
    shutil.copy(tls_files.key, tmp_path / "key.pem")
    return TlsSettings(certificate=tmp_path / "certificate.pem", key=tmp_path / "key.pem")


def replace(settings: TlsSettings, files: TlsFiles) -> None:
    """As certificate tools do: each file at once, and not both."""
    for source, target in ((files.certificate, settings.certificate), (files.key, settings.key)):
        beside = target.with_suffix(".new")
        shutil.copy(source, beside)
        beside.replace(target)


def serial(port: int, ca: Path, starttls: bool = False) -> int:
    """The serial number of the certificate that a new connection sees."""
    with Client(port, str(ca), tls=not starttls) as client:
        client.line()
        if starttls:
            client.say("EHLO client.example")
            client.say("STARTTLS")
            client.start_tls()
        assert isinstance(client.socket, ssl.SSLSocket)
        return x509.load_der_x509_certificate(
            client.socket.getpeercert(binary_form=True) or b""
        ).serial_number


def of(files: TlsFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


async def test_changed_files_are_noticed(installed: TlsSettings, issue_tls: Callable[..., TlsFiles]) -> None:
    certificates = Certificates.load(installed)
    before = certificates.context
    watching = asyncio.create_task(certificates.watch(0.02))
    renewed = issue_tls()
    replace(installed, renewed)
    async with asyncio.timeout(10):
        while certificates.context is before:
            await asyncio.sleep(0.01)
    watching.cancel()
    expiry = REGISTRY.get_sample_value("vestry_certificate_expiry_timestamp_seconds")
    assert expiry == of(renewed).not_valid_after_utc.timestamp()


def test_new_connections_see_the_new_certificate_and_old_ones_stay(
    installed: TlsSettings, tls_files: TlsFiles, issue_tls: Callable[..., TlsFiles]
) -> None:
    renewed = issue_tls()
    with (
        open_house((listener("tls"), listener("starttls")), installed) as house,
        Client(house.port(0), str(tls_files.ca), tls=True) as staying,
    ):
        assert serial(house.port(0), tls_files.ca) == of(tls_files).serial_number
        replace(installed, renewed)
        assert house.services.certificates is not None
        house.run(house.services.certificates.use(installed))
        assert serial(house.port(0), tls_files.ca) == of(renewed).serial_number
        assert serial(house.port(1), tls_files.ca, starttls=True) == of(renewed).serial_number
        staying.line()
        assert staying.say("NOOP").startswith("250 ")


async def test_a_bad_certificate_leaves_the_old_one_and_is_tried_again(
    installed: TlsSettings, issue_tls: Callable[..., TlsFiles]
) -> None:
    certificates = Certificates.load(installed)
    before = certificates.context
    good_key = installed.key.read_bytes()
    watching = asyncio.create_task(certificates.watch(0.02))
    with structlog.testing.capture_logs() as lines:
        shutil.copy(issue_tls().key, installed.key)
        async with asyncio.timeout(10):
            while not lines:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert certificates.context is before
        assert [line["event"] for line in lines] == ["certificate not loaded, the old one stays"]
        installed.key.write_bytes(good_key)
        async with asyncio.timeout(10):
            while certificates.context is before:
                await asyncio.sleep(0.01)
    watching.cancel()


@pytest.mark.parametrize("damage", ["absent", "garbage", "other key", "empty"])
def test_a_bad_certificate_stops_the_start(
    installed: TlsSettings, issue_tls: Callable[..., TlsFiles], damage: str
) -> None:
    match damage:
        case "absent":
            installed.key.unlink()
        case "garbage":
            installed.certificate.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n")
        case "other key":
            shutil.copy(issue_tls().key, installed.key)
        case "empty":
            installed.certificate.write_text("")
    with pytest.raises(ConfigError, match="a certificate and its private key"):
        Certificates.load(installed)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    with open_doors("tls") as house, Client(house.port()) as client:
        context = ssl.create_default_context(cafile=str(tls_files.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            context.wrap_socket(client.socket, server_hostname="127.0.0.1")
