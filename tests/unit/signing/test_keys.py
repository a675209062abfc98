"""Loading keys: what is taken, what stops the start, what is warned of."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from config.errors import ConfigError
from config.settings import DkimKeySettings
from gateway.signing.generate import new_private_key
from gateway.signing.keys import Key, KeyRing, load_keys
from tests.unit.signing.material import DOMAIN, ed25519_key, pem, rsa_key, written


def setting(path: Path, domain: str = DOMAIN, selector: str = "s") -> DkimKeySettings:
    return DkimKeySettings(domain=domain, selector=selector, key=path)


def refusal(*settings: DkimKeySettings) -> str:
    with pytest.raises(ConfigError) as error:
        load_keys(settings)
    assert error.value.complaints[0].allowed
    return str(error.value)


def test_both_kinds_in_both_forms(tmp_path: Path) -> None:
    traditional = tmp_path / "traditional.pem"
    traditional.write_bytes(pem(rsa_key().private, PrivateFormat.TraditionalOpenSSL))
    traditional.chmod(0o600)
    assert b"RSA PRIVATE KEY" in traditional.read_bytes()
    ring = load_keys(
        [
            setting(written(tmp_path, rsa_key()), selector="one"),
            setting(traditional, selector="two"),
            setting(written(tmp_path, ed25519_key()), selector="three"),
        ]
    )
    keys = ring.keys_for(DOMAIN)
    assert [(key.selector, key.algorithm) for key in keys] == [
        ("one", "rsa-sha256"),
        ("two", "rsa-sha256"),
        ("three", "ed25519-sha256"),
    ]
    assert len(ring) == 3
    assert keys[0].sign(b"x") == keys[1].sign(b"x")


def test_a_private_key_is_in_no_repr() -> None:
    assert "private" not in repr(rsa_key())


def test_the_nearest_domain_signs() -> None:
    def key(domain: str, selector: str) -> Key:
        return Key(domain, selector, ed25519_key().private)

    ring = KeyRing(
        [
            key("pc.example", "a"),
            key("pc.example", "b"),
            key("news.pc.example", "c"),
            key("xn--caf-dma.example", "d"),
        ]
    )
    assert [key.selector for key in ring.keys_for("PC.example")] == ["a", "b"]
    assert [key.selector for key in ring.keys_for("news.pc.example")] == ["c"]
    assert [key.selector for key in ring.keys_for("deep.news.pc.example")] == ["c"]
    assert [key.selector for key in ring.keys_for("other.pc.example")] == ["a", "b"]
    assert [key.selector for key in ring.keys_for("caf\xe9.example")] == ["d"]
    for elsewhere in ("example", "notpc.example", "pc.example.org", "[192.0.2.1]"):
        assert ring.keys_for(elsewhere) == ()


def test_no_file(tmp_path: Path) -> None:
    text = refusal(setting(tmp_path / "absent.pem"))
    assert str(tmp_path / "absent.pem") in text
    assert "dkim[0].key" in text
    assert "No such file" in text


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        (b"", "not a private key"),
        (b"secretsecret", "not a private key"),
        (b"-----BEGIN PRIVATE KEY-----\nsecretsecret\n-----END PRIVATE KEY-----\n", "not a private key"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "another kind"),  # type: ignore[arg-type]  # Wrong on purpose.
        (pem(generate_private_key(65537, 4224)), "4224 bits"),
    ],
)
def test_what_is_no_key(tmp_path: Path, contents: bytes, found: str) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(contents)
    text = refusal(setting(path))
    assert found in text
    assert "secretsecret" not in text
    assert "Ed25519" in text


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    # cryptography makes none below 1024 bits, so this one is written out.
    path = tmp_path / "short.pem"
    path.write_bytes(SHORT)
    assert "768 bits" in refusal(setting(path))


def test_a_key_with_a_passphrase_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked.pem"
    path.write_bytes(
        rsa_key().private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secretsecret")
        )
    )
    assert "passphrase" in refusal(setting(path))


def test_the_key_at_fault_is_named(tmp_path: Path) -> None:
    good = setting(written(tmp_path, ed25519_key()))
    assert "dkim[1].key" in refusal(good, setting(tmp_path, selector="other"))
    assert "dkim[1].selector" in refusal(good, good)
    assert "dkim[0].domain" in refusal(good.model_copy(update={"domain": "two words"}))
    assert "dkim[0].domain" in refusal(good.model_copy(update={"domain": "[192.0.2.1]"}))


def test_a_1024_bit_key_is_used_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "old.pem"
    path.write_bytes(pem(generate_private_key(65537, 1024)))
    path.chmod(0o600)
    with structlog.testing.capture_logs() as lines:
        assert len(load_keys([setting(path)])) == 1
    assert [(line["event"], line["bits"], line["log_level"]) for line in lines] == [
        ("dkim key is short", 1024, "warning")
    ]


@pytest.mark.parametrize(
    ("mode", "warned"),
    [(0o400, False), (0o600, False), (0o640, False), (0o644, True), (0o660, True), (0o601, True)],
)
def test_a_file_open_to_others_is_warned_of(tmp_path: Path, mode: int, warned: bool) -> None:
    path = written(tmp_path, Key(DOMAIN, "s", new_private_key("ed25519")), mode)
    with structlog.testing.capture_logs() as lines:
        load_keys([setting(path)])
    assert [line["event"] for line in lines] == (["dkim key file is open to others"] if warned else [])


SHORT = b"""-----BEGIN RSA PRIVATE KEY-----
MIIByQIBAAJhALn+jTPz5eY9A9rKAE70ffHmVpLo7906VXiIEIv276bbdnrOYYq4
FzOJDK8UUq3hPsvYcL7L9VAMqzS9xJihF82R58+G/NeZLmhIPHmLJn7n5ABQYDCd
FKf2GDslsNCBpQIDAQABAmBNCC9lMAOsmuKoz/bWvI4ZDOQYTl9hydIybHAl9+0D
t2tXq3hcoqgBUSausIUZvOq3ZxvmEWmOON7nfwngQNjg41dStu6MmBplXEGlvxph
Sso9nK2UnF5yZ0HH0a3/8OECMQDfhyR1B/G09cXP2wB/9JcI/99yRLAbn53LSEU7
/otMQsp/CymevBqdbhYP5jUOg+0CMQDVA498cqIKQ6grqk4r1PaITQeUuTDs18gA
EmnthADk79u77QH3rH1eLqvZ0j1fLZkCMBhnVbidNGtQRddqjoRpvK+T195O13c8
luqhqkVhhe2+gQMbweB9ot47LZdwx6wdBQIwT5iiAEWxiRZY++AKj9RnPu1RvOAq
iQXkpSo8TNV7pBCA0ksw5gSdYBkefClUZ4FZAjBsrze1YNVWaJKN7EhNqtjq5dBq
TyGdnL16rfypnc1jRmjwbGU8ar1b3Vj9N2/cb4U=
-----END RSA PRIVATE KEY-----
"""
