from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from config.errors import ConfigError
from config.settings import ListenerKind, Settings, UpstreamSettings, load

SECRET = "correct-horse-battery"
DATA = 'data_dir = "data"\n'
UPSTREAM = DATA + '[upstreams.default]\nhost = "mail.example"\n'
LISTENER = DATA + "[[listeners]]\n"


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "vestry.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def complaints(written):
    def find(text: str) -> list[str]:
        path = written(text)
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert all(line.startswith(f"{path}: ") for line in str(caught.value).splitlines())
        return [str(complaint) for complaint in caught.value.complaints]

    return find


def test_a_data_folder_is_all_that_must_be_said(written):
    found = load(written(DATA))
    assert found.listeners == ()
    assert found.auth.method == "local"
    assert found.limits.message_bytes == 50 * 1024 * 1024
    assert found.hostname


def test_a_listener_for_replies_needs_no_certificate(written):
    [listener] = load(written(LISTENER + 'kind = "replies"\nport = 25\n')).listeners
    assert listener.kind is ListenerKind.REPLIES


def test_a_whole_file_is_read(written, tmp_path):
    found = load(
        written(
            """
            hostname = "Post.Example"
            data_dir = "/srv/vestry"
            [tls]
            certificate = "tls/cert.pem"
            key = "/etc/key.pem"
            [[listeners]]
            kind = "starttls"
            address = "::"
            port = 587
            [[listeners]]
            kind = "trusted"
            port = 0
            networks = [{ network = "2001:db8::/32", councils = ["stoke"] }]
            [[dkim]]
            domain = "Stoke.Example"
            selector = "vestry1"
            key = "dkim/stoke.pem"
            """
        )
    )
    assert found.hostname == "post.example"
    assert [listener.kind for listener in found.listeners] == [ListenerKind.STARTTLS, ListenerKind.TRUSTED]
    assert str(found.listeners[1].networks[0].network) == "2001:db8::/32"
    assert found.dkim[0].domain == "stoke.example"
    assert found.tls.key == Path("/etc/key.pem")
    assert found.run_dir == Path("/srv/vestry/run")
    assert found.database_url == "sqlite:////srv/vestry/vestry.sqlite"


def test_every_relative_path_starts_from_the_files_folder(written, tmp_path, monkeypatch):
    folder = tmp_path
    monkeypatch.chdir("/")
    found = load(
        written(
            DATA
            + """
            [tls]
            certificate = "cert.pem"
            key = "key.pem"
            [auth]
            imap_ca = "imap.pem"
            [upstreams.default]
            host = "mail.example"
            ca = "ca.pem"
            [[dkim]]
            domain = "stoke.example"
            selector = "a"
            key = "dkim.pem"
            """
        )
    )
    assert found.data_dir == folder / "data"
    assert found.database_url == f"sqlite:///{folder}/data/vestry.sqlite"
    assert (found.tls.certificate, found.tls.key) == (folder / "cert.pem", folder / "key.pem")
    assert found.auth.imap_ca == folder / "imap.pem"
    assert found.upstreams["default"].ca == folder / "ca.pem"
    assert found.dkim[0].key == folder / "dkim.pem"


# What is wrong is named: file, key, found, allowed.


@pytest.mark.parametrize(
    ("text", "key", "found", "allowed"),
    [
        ("", "data_dir", "nothing", "a value, which must be given"),
        (DATA + "limts = 3\n", "limts", "an unknown key", "hostname, data_dir, database, listeners"),
        (
            DATA + "[limits]\nrecipient = 3\n",
            "limits.recipient",
            "an unknown key",
            "message_bytes, signed_bytes, inflight_bytes",
        ),
        (UPSTREAM + 'pasword = "x"\n', "upstreams.default.pasword", "an unknown key", "host, port, tls"),
        (
            LISTENER
            + 'kind = "trusted"\nport = 1\nnetworks = [{ network = "::/0", councils = ["a"], x = 1 }]\n',
            "listeners[0].networks[0].x",
            "an unknown key",
            "network, councils",
        ),
        (
            LISTENER + 'kind = "ssl"\nport = 465\n',
            "listeners[0].kind",
            "'ssl'",
            "'starttls', 'tls', 'trusted' or 'replies'",
        ),
        (LISTENER + 'kind = "trusted"\nport = 65536\n', "listeners[0].port", "65536", "at most 65535"),
        (LISTENER + 'kind = "trusted"\nport = "25"\n', "listeners[0].port", "'25'", "a whole number"),
        (LISTENER + 'kind = "trusted"\nport = true\n', "listeners[0].port", "true", "a whole number"),
        (
            LISTENER + 'kind = "trusted"\nport = 25\n',
            "listeners[0].networks",
            "0 networks on a trusted listener",
            "networks on a trusted listener, and on no other",
        ),
        (
            LISTENER + 'kind = "tls"\nport = 465\nnetworks = [{ network = "::/0", councils = ["a"] }]\n',
            "listeners[0].networks",
            "1 networks on a tls listener",
            "networks on a trusted listener, and on no other",
        ),
        (
            LISTENER + 'kind = "replies"\nport = 25\nnetworks = [{ network = "::/0", councils = ["a"] }]\n',
            "listeners[0].networks",
            "1 networks on a replies listener",
            "networks on a trusted listener, and on no other",
        ),
        (DATA + "[answers]\nexpire_days = 0.0\n", "answers.expire_days", "0.0", "more than 0"),
        (DATA + "[answers]\nasked_again_per_hour = -1\n", "answers.asked_again_per_hour", "-1", "at least 0"),
        (
            LISTENER + 'kind = "tls"\nport = 465\n',
            "tls",
            "nothing",
            "certificate and key where a listener speaks TLS",
        ),
        (
            LISTENER + 'kind = "tls"\nport = 465\naddress = "any"\n',
            "listeners[0].address",
            "'any'",
            "an address to listen on, such as 127.0.0.1 or ::",
        ),
        (DATA + "[limits]\nconnections = 0\n", "limits.connections", "0", "at least 1"),
        (DATA + "[limits]\nrecipients = 99\n", "limits.recipients", "99", "at least 100"),
        (DATA + "[limits]\nidle_seconds = inf\n", "limits.idle_seconds", "inf", "a number that ends"),
        (DATA + "[limits]\nidle_seconds = nan\n", "limits.idle_seconds", "nan", "a number that ends"),
        (DATA + '[limits]\nidle_seconds = "5 min"\n', "limits.idle_seconds", "'5 min'", "a number"),
        (DATA + "[delivery]\ngive_up_hours = 0\n", "delivery.give_up_hours", "0", "more than 0"),
        (
            DATA + "[delivery]\nretry_seconds = []\n",
            "delivery.retry_seconds",
            "a list of 0",
            "at least 1 of them",
        ),
        (DATA + '[auth]\nmethod = "ldap"\n', "auth.method", "'ldap'", "'local', 'upstream' or 'imap'"),
        (
            DATA + '[auth]\nmethod = "imap"\n',
            "auth.imap_host",
            "nothing",
            "a mailbox server where `method` is imap",
        ),
        (DATA + 'tls = "cert.pem"\n', "tls", "'cert.pem'", "a table"),
        (DATA + "listeners = 587\n", "listeners", "587", "a list"),
        (DATA + "upstreams = 1\n", "upstreams", "1", "a table"),
        (DATA + 'hostname = "my host"\n', "hostname", "'my host'", "a valid domain"),
        (
            DATA + '[[dkim]]\ndomain = "a.example"\nselector = "a b"\nkey = "k"\n',
            "dkim[0].selector",
            "'a b'",
            "letters, digits and hyphens, such as vestry1",
        ),
        ("data_dir = 3\n", "data_dir", "3", "a path, as text in quotes"),
        (
            DATA + '[recipients]\nresolver = "on"\n',
            "recipients.resolver",
            "'on'",
            '"off", "system" or a list of IP addresses',
        ),
        (
            DATA + '[recipients]\nresolver = ["ns.example"]\n',
            "recipients.resolver",
            "a list of 1",
            '"off", "system" or a list of IP addresses',
        ),
        (
            DATA + "[recipients]\nresolver = []\n",
            "recipients.resolver",
            "a list of 0",
            '"off", "system" or a list of IP addresses',
        ),
    ],
)
def test_a_fault_names_key_found_and_allowed(complaints, text, key, found, allowed):
    told = complaints(text)
    assert len(told) == 1
    assert told[0].startswith(f"{key}: found {found}; allowed: {allowed}")


def test_all_faults_are_told_at_once(complaints):
    assert len(complaints("a = 1\n[limits]\nconnections = 0\nb = 2\n")) == 4


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path, complaints):
    with pytest.raises(ConfigError, match=r"vestry\.toml: \(the whole file\): found No such file"):
        load(tmp_path / "vestry.toml")
    assert complaints("data_dir = \n")[0].endswith("allowed: TOML")


# Secrets.


def upstream_with(password: str, more: str = "") -> str:
    return UPSTREAM + f'username = "stoke"\npassword = "{password}"\n{more}'


def test_a_secret_comes_from_the_environment(written, monkeypatch):
    monkeypatch.setenv("UPSTREAM_PASSWORD", SECRET)
    found = load(written(upstream_with("env:UPSTREAM_PASSWORD")))
    assert found.upstreams["default"].password.get_secret_value() == SECRET


def test_a_secret_comes_from_a_file_beside_the_settings(written, tmp_path, monkeypatch):
    (tmp_path / "password").write_text(SECRET + "\n")
    monkeypatch.chdir("/")
    found = load(written(upstream_with("file:password")))
    assert found.upstreams["default"].password.get_secret_value() == SECRET


def test_a_secret_may_stand_as_itself(written):
    found = load(written(upstream_with(SECRET)))
    assert found.upstreams["default"].password.get_secret_value() == SECRET


def test_the_database_address_is_a_secret_too(written, monkeypatch):
    monkeypatch.setenv("DATABASE", f"postgresql://vestry:{SECRET}@db.example/vestry")
    found = load(written(DATA + 'database = "env:DATABASE"\n'))
    assert found.database_url.endswith("@db.example/vestry")
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("password", "allowed"),
    [
        ("env:NOT_SET_ANYWHERE", "a set environment variable (NOT_SET_ANYWHERE is not set)"),
        ("env:EMPTY", "a value that is not empty"),
        ("", "a value that is not empty"),
        ("file:missing", "a readable file (%s/missing: No such file or directory)"),
        ("file:.", "a readable file (%s: Is a directory)"),
        ("file:binary", "a file in UTF-8 (%s/binary is not)"),
    ],
)
def test_a_secret_that_is_not_there_is_a_fault(complaints, tmp_path, monkeypatch, password, allowed):
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.delenv("NOT_SET_ANYWHERE", raising=False)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    allowed = allowed.replace("%s", str(tmp_path))
    assert complaints(upstream_with(password)) == [
        f"upstreams.default.password: found a value (not shown); allowed: {allowed}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        upstream_with(SECRET, 'tls = "opportunistic"\n'),
        upstream_with(SECRET, "port = 99999\n"),
        upstream_with(SECRET, f'passwort = "{SECRET}"\n'),
        UPSTREAM + f'password = "{SECRET}"\n',
        UPSTREAM + f'username = "stoke"\npassword = ["{SECRET}"]\n',
        UPSTREAM + f'username = "stoke"\npassword = {{ value = "{SECRET}" }}\n',
        DATA + f'database = ["postgresql://vestry:{SECRET}@db.example"]\n',
        DATA + f'[[upstreams]]\nhost = "mail.example"\npassword = "{SECRET}"\n',
        DATA + f'[upstream]\npassword = "{SECRET}"\n',
        f'[upstreams.default]\nhost = "mail.example"\nusername = "stoke"\npassword = "{SECRET}"\n',
        UPSTREAM + f'password = "{SECRET}',
        UPSTREAM + f'password = "{SECRET}"\npassword = "{SECRET}"\n',
    ],
)
def test_no_error_shows_a_secret(written, text):
    with pytest.raises(ConfigError) as caught:
        load(written(text))
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    secret=st.from_regex(r"\A[A-Z]{12}\Z"),
    tls=st.sampled_from(["starttls", "implicit", "opportunistic", "x"]),
)
def test_a_secret_is_shown_by_nothing(written, secret, tls):
    path = written(upstream_with(secret, f'tls = "{tls}"\n'))
    if tls not in ("starttls", "implicit"):
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert secret not in str(caught.value)
        return
    found = load(path)
    assert secret not in f"{found!r} {found} {found.model_dump()} {found.model_dump_json()}"
    assert found.upstreams["default"].password.get_secret_value() == secret


def test_settings_made_in_code_do_not_show_a_secret_either():
    with pytest.raises(ValidationError) as caught:
        UpstreamSettings(host="mail.example", username="stoke", password=SECRET, tls="opportunistic")
    assert SECRET not in str(caught.value)


def test_settings_are_never_changed(written):
    found = load(written(DATA))
    with pytest.raises(ValidationError, match="frozen"):
        found.hostname = "other.example"
    with pytest.raises(ValidationError, match="frozen"):
        found.limits.errors = 1


def test_what_is_made_in_code_keeps_its_paths():
    assert Settings(data_dir=Path("here")).data_dir == Path("here")


def test_councillors_passwords_are_not_asked_for_by_an_upstream_without_verified_tls(complaints):
    [complaint] = complaints(UPSTREAM + 'tls = "opportunistic"\n[auth]\nmethod = "upstream"\n')
    assert complaint.startswith(
        "upstreams.default.tls: found 'opportunistic'; allowed: 'starttls' or 'implicit'"
    )
