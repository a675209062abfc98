"""New keys, their files and their records, through the command that makes them."""

from __future__ import annotations

import base64
import json
import stat
import tomllib
from pathlib import Path
from typing import Any

import dkim
import dns.rdata
import dns.zone
import pytest
from click.testing import Result
from typer.testing import CliRunner

from config.settings import DkimKeySettings
from gateway.cli.dkim import app
from gateway.signing.generate import dns_record, new_private_key, write_private_key
from gateway.signing.keys import load_keys
from gateway.signing.sign import sign
from tests.unit.signing.material import DOMAIN, MESSAGE, WHEN, ed25519_key, rsa_key


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["key", *arguments])


def made(path: Path, algorithm: str, domain: str = DOMAIN) -> dict[str, Any]:
    result = run(
        "--domain", domain, "--selector", "s2026", "--algorithm", algorithm, "--out", str(path), "--json"
    )
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_a_message_signed_with_it_verifies_by_the_printed_record(tmp_path: Path, algorithm: str) -> None:
    data = made(tmp_path / "key.pem", algorithm)
    settings = tomllib.loads(data["settings"])["dkim"]
    keys = load_keys(DkimKeySettings.model_validate(entry) for entry in settings).keys_for(DOMAIN)
    assert data["algorithm"] == f"{algorithm}-sha256" == keys[0].algorithm

    def look_up(name: bytes, timeout: float = 5) -> bytes | None:
        return data["record"]["value"].encode() if name == data["record"]["name"].encode() + b"." else None

    assert dkim.DKIM(sign(MESSAGE, keys, WHEN) + MESSAGE).verify(dnsfunc=look_up)


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_the_zone_line_is_one_and_says_the_same(tmp_path: Path, algorithm: str) -> None:
    record = made(tmp_path / "key.pem", algorithm)["record"]
    zone = dns.zone.from_text(
        f"@ 3600 IN SOA ns hostmaster 1 2 3 4 5\n@ 3600 IN NS ns\n{record['zone']}\n",
        origin=f"{DOMAIN}.",
        check_origin=False,
    )
    strings = zone.find_rdataset("s2026._domainkey", "TXT")[0].strings
    assert b"".join(strings).decode() == record["value"] == "".join(record["strings"])
    assert all(len(text) <= 255 for text in strings)
    assert len(strings) == (2 if algorithm == "rsa" else 1)


def test_the_record_of_an_ed25519_key_holds_the_bare_key() -> None:
    # RFC 8463 §4: no ASN.1 around it.
    record = dns_record(ed25519_key())
    assert record.value.startswith("v=DKIM1; k=ed25519; p=")
    assert len(base64.b64decode(record.value.rpartition("p=")[2])) == 32
    assert dns_record(rsa_key()).name == f"r2026._domainkey.{DOMAIN}"


def test_only_its_owner_can_read_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key.pem"
    write_private_key(new_private_key("ed25519"), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_file_is_ever_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"precious")
    result = run("--domain", DOMAIN, "--selector", "s", "--out", str(path))
    assert result.exit_code == 1
    assert "exists already" in result.stderr
    assert path.read_bytes() == b"precious"
    link = tmp_path / "link.pem"
    link.symlink_to(tmp_path / "elsewhere.pem")
    assert run("--domain", DOMAIN, "--selector", "s", "--out", str(link)).exit_code == 1
    assert not (tmp_path / "elsewhere.pem").exists()


def test_a_file_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    result = run("--domain", DOMAIN, "--selector", "s", "--out", str(tmp_path / "no" / "folder.pem"))
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_half_a_file_is_never_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.signing.generate.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_private_key(new_private_key("ed25519"), tmp_path / "key.pem")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("domain", "selector"),
    [("two words", "s"), ("[192.0.2.1]", "s"), (DOMAIN, "a b"), (DOMAIN, ""), ("", "s")],
)
def test_wrong_names_are_usage_errors(tmp_path: Path, domain: str, selector: str) -> None:
    assert run("--domain", domain, "--selector", selector, "--out", str(tmp_path / "key.pem")).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_for_people(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    result = run("--domain", "Caf\xe9.example", "--selector", "s2026", "--out", str(path))
    assert result.exit_code == 0
    assert "s2026._domainkey.xn--caf-dma.example. IN TXT (" in result.stdout
    assert "[[dkim]]" in result.stdout
    assert "PRIVATE" not in result.stdout
    assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
