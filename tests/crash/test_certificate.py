"""The certificate is replaced while the post room works, well and badly, and nobody has to do anything after."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from cryptography import x509

from tests.conftest import TlsFiles
from tests.crash.siege import process_of
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation, until

Issue = Callable[..., TlsFiles]


def put(installation: Installation, files: TlsFiles) -> None:
    """Put certificate and key in place, as certificate tools do: each whole, one after the other."""
    for old, new in ((installation.certificate, files.certificate), (installation.key, files.key)):
        fresh = old.with_suffix(".new")
        fresh.write_bytes(new.read_bytes())
        fresh.chmod(0o600)
        fresh.rename(old)


def shown(installation: Installation) -> set[x509.Certificate]:
    """The certificates that new connections see, over STARTTLS and over TLS from the first byte."""
    found = {
        x509.load_pem_x509_certificate(ssl.get_server_certificate(("127.0.0.1", installation.tls)).encode())
    }
    with installation.client() as client:
        found.add(x509.load_der_x509_certificate(client.sock.getpeercert(binary_form=True)))
    return found


def leaf(files: TlsFiles) -> set[x509.Certificate]:
    """The certificate in the file, without those that vouch for it."""
    return {x509.load_pem_x509_certificates(files.certificate.read_bytes())[0]}


def test_a_new_certificate_is_used_and_a_broken_one_is_not(
    installation: Installation, upstream: RecordingUpstream, issue_tls: Issue, tls_files: TlsFiles
):
    folder = installation.folder
    folder.mkdir(parents=True)
    first, second, third = tls_files, issue_tls(), issue_tls()
    installation.certificate, installation.key = folder / "certificate.pem", folder / "key.pem"
    installation.settings["tls"] = {
        "certificate": str(installation.certificate),
        "key": str(installation.key),
    }
    put(installation, first)
    installation.prepare()
    installation.start()
    process = process_of(installation, "submission")
    assert shown(installation) == leaf(first)
    with installation.client() as before:
        put(installation, second)
        until(lambda: shown(installation) == leaf(second), 30)
        assert before.noop()[0] == 250
    installation.certificate.write_text("no certificate")
    until(lambda: "certificate not loaded" in installation.log(), 30)
    assert shown(installation) == leaf(second)
    put(installation, third)
    until(lambda: shown(installation) == leaf(third), 30)
    assert process_of(installation, "submission") == process
    assert installation.stop() == 0
