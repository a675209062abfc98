"""Real mail clients at our door, and real servers asked for passwords."""

from __future__ import annotations

import contextlib
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomli_w
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult, LoginPassword

from config.settings import AuthSettings, TlsSettings, UpstreamSettings
from gateway.submission.auth.authenticator import PasswordCheck
from gateway.submission.auth.hashing import Hashing
from gateway.submission.auth.passthrough import Ask, PassThrough, ask_imap, ask_upstream
from gateway.upstream.imap_login import imap_login
from gateway.upstream.smtp_login import NoAnswer, smtp_login
from tests.conftest import TlsFiles
from tests.dialogs.client import Client
from tests.dialogs.house import LOGIN, PASSWORD, House, listener, open_house
from tests.installation import PASSWORD as INSTALLED_PASSWORD
from tests.installation import Installation, until
from tests.peers.dovecot import Dovecot

BODY = "Dear resident,\n.\n.. two dots\nYours, the Clerk"
SEEN = b"Dear resident,\r\n.\r\n.. two dots\r\nYours, the Clerk"


@contextlib.contextmanager
def house(
    tls_files: TlsFiles, *kinds: str, check: Callable[[Hashing], PasswordCheck] | None = None
) -> Iterator[House]:
    files = TlsSettings(certificate=tls_files.certificate, key=tls_files.key)
    options = {"check": check} if check else {}
    with open_house(tuple(map(listener, kinds)), files, **options) as opened:
        yield opened


# Clients.


def swaks(port: int, ca: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        "swaks",
        "--server",
        "127.0.0.1",
        "--port",
        str(port),
        "--from",
        LOGIN,
        "--to",
        "resident@example.org",
    ]
    command += [
        "--ehlo",
        "laptop.example",
        "--header",
        "Subject: Potholes",
        "--body",
        BODY,
        "--timeout",
        "20",
    ]
    command += ["--tls-verify", "--tls-ca-path", str(ca), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.neighbour("swaks")
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize(("kind", "option"), [("starttls", "--tls"), ("tls", "--tls-on-connect")])
def test_swaks(tls_files: TlsFiles, mechanism: str, kind: str, option: str) -> None:
    with house(tls_files, kind) as opened:
        login = ["--auth", mechanism, "--auth-user", LOGIN, "--auth-password", PASSWORD]
        sent = swaks(opened.port(), tls_files.ca, option, *login)
        assert sent.returncode == 0, sent.stdout + sent.stderr
        assert "250 2.0.0 Ok: queued as A1" in sent.stdout
        [submission] = opened.intake.submissions
        assert SEEN in submission.raw
        assert submission.envelope.mail_from == LOGIN
        assert [each.address for each in submission.envelope.recipients] == ["resident@example.org"]
        assert submission.origin.protocol == "ESMTPSA"
        assert submission.origin.helo == "laptop.example"


@pytest.mark.neighbour("swaks")
def test_swaks_is_refused(tls_files: TlsFiles) -> None:
    with house(tls_files, "starttls") as opened:
        login = ["--auth", "PLAIN", "--auth-user", LOGIN, "--auth-password", "wrong"]
        sent = swaks(opened.port(), tls_files.ca, "--tls", *login)
        assert sent.returncode == 28  # Its number for: could not authenticate.
        assert "535 5.7.8" in sent.stdout
        sent = swaks(opened.port(), tls_files.ca)
        assert "530 5.7.0" in sent.stdout
        assert opened.intake.submissions == []


@pytest.mark.neighbour("swaks")
def test_swaks_pipelines(tls_files: TlsFiles) -> None:
    with house(tls_files, "starttls") as opened:
        login = ["--auth", "PLAIN", "--auth-user", LOGIN, "--auth-password", PASSWORD]
        sent = swaks(
            opened.port(), tls_files.ca, "--tls", *login, "--pipeline", "--to", "a@example.org,b@example.org"
        )
        assert sent.returncode == 0, sent.stdout + sent.stderr
        assert len(opened.intake.submissions[0].envelope.recipients) == 2


@pytest.mark.neighbour("msmtp")
@pytest.mark.parametrize("mechanism", ["plain", "login", "on"])
@pytest.mark.parametrize(("kind", "starttls"), [("starttls", "on"), ("tls", "off")])
def test_msmtp(tls_files: TlsFiles, tmp_path: Path, mechanism: str, kind: str, starttls: str) -> None:
    with house(tls_files, kind) as opened:
        configuration = tmp_path / "msmtprc"
        configuration.write_text(
            f"account default\nhost 127.0.0.1\nport {opened.port()}\nfrom {LOGIN}\n"
            f"auth {mechanism}\nuser {LOGIN}\npassword {PASSWORD}\n"
            f"tls on\ntls_starttls {starttls}\ntls_trust_file {tls_files.ca}\n"
            "dsn_notify failure,delay\ndsn_return headers\n"
        )
        configuration.chmod(0o600)
        message = f"From: {LOGIN}\nSubject: Potholes\n\n{BODY}\n"
        sent = subprocess.run(
            ["msmtp", "-C", str(configuration), "resident@example.org", "other@example.org"],
            input=message,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert sent.returncode == 0, sent.stderr
        [submission] = opened.intake.submissions
        assert SEEN in submission.raw
        assert submission.envelope.ret == "HDRS"
        assert [(each.address, each.notify) for each in submission.envelope.recipients] == [
            ("resident@example.org", "FAILURE,DELAY"),
            ("other@example.org", "FAILURE,DELAY"),
        ]


# Passwords checked by a mail server.


class Login:
    """The authenticator of a mail server: whom it was asked for, and one right password."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(
        self, _server: object, _session: object, _envelope: object, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.asked.append(data.login.decode())
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@pytest.fixture
def mail_server(tls_files: TlsFiles, free_port: Callable[[], int]) -> Iterator[tuple[Controller, Login]]:
    """A mail server that wants STARTTLS and a login."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_files.certificate, tls_files.key)
    login = Login()
    controller = Controller(
        Sink(),
        "127.0.0.1",
        free_port(),
        tls_context=context,
        authenticator=login,
        auth_required=True,
        require_starttls=True,
    )
    controller.start()
    yield controller, login
    controller.stop()


def upstream(port: int, tls_files: TlsFiles | None, **settings: object) -> UpstreamSettings:
    return UpstreamSettings(
        host="127.0.0.1", port=port, ca=tls_files.ca if tls_files else None, connect_seconds=5, **settings
    )


async def test_asking_a_mail_server(mail_server: tuple[Controller, Login], tls_files: TlsFiles) -> None:
    settings = upstream(mail_server[0].port, tls_files)
    assert await smtp_login(settings, "post.example", LOGIN, PASSWORD)
    assert not await smtp_login(settings, "post.example", LOGIN, "wrong")
    # One try each, whatever the mechanisms offered.
    assert mail_server[1].asked == [LOGIN, LOGIN]


async def test_a_mail_server_that_cannot_be_asked(
    mail_server: tuple[Controller, Login], tls_files: TlsFiles, free_port: Callable[[], int]
) -> None:
    port = mail_server[0].port
    for settings in (
        upstream(port, None),  # Its certificate is not trusted.
        upstream(port, tls_files, tls="opportunistic"),
        upstream(port, tls_files, tls="implicit"),
        upstream(free_port(), tls_files),
    ):
        with pytest.raises(NoAnswer) as caught:
            await smtp_login(settings, "post.example", LOGIN, PASSWORD)
        assert PASSWORD not in caught.value.reason
    assert mail_server[1].asked == []


def through(ask: Ask) -> Callable[[Hashing], PasswordCheck]:
    return lambda _: PassThrough(ask, time.monotonic)


def log_in(client: Client, login: str = LOGIN, password: str = PASSWORD) -> str:
    client.line()
    client.say("EHLO laptop.example")
    return client.log_in(login, password)


def test_logging_in_with_the_mail_servers_password(
    mail_server: tuple[Controller, Login], tls_files: TlsFiles, free_port: Callable[[], int]
) -> None:
    upstreams = {
        "default": upstream(mail_server[0].port, tls_files),
        "away": upstream(free_port(), tls_files),
    }
    with house(tls_files, "tls", check=through(ask_upstream(upstreams, "post.example"))) as opened:

        def attempt(login: str = LOGIN, password: str = PASSWORD) -> str:
            with Client(opened.port(), str(tls_files.ca), tls=True) as client:
                return log_in(client, login, password)[:9]

        opened.accounts.add(LOGIN, None)
        opened.accounts.add("away@littlewickham-pc.example", None, upstream="away")
        opened.accounts.add("lost@littlewickham-pc.example", None, upstream="no such")
        assert attempt(password="wrong") == "535 5.7.8"
        assert attempt() == "235 2.7.0"
        assert attempt() == "235 2.7.0"
        assert attempt("nobody@littlewickham-pc.example") == "535 5.7.8"
        assert attempt("away@littlewickham-pc.example") == "454 4.7.0"
        assert attempt("lost@littlewickham-pc.example") == "454 4.7.0"
        # Asked once for each password; what is remembered works while the server is away.
        assert mail_server[1].asked == [LOGIN, LOGIN]
        opened.accounts.add(LOGIN, None, upstream="away")
        assert attempt() == "235 2.7.0"
        assert attempt(password="another") == "454 4.7.0"


# Passwords checked by a mailbox server.


@pytest.fixture
def dovecot(tls_files: TlsFiles) -> Iterator[int]:
    """The port of a Dovecot with IMAP over TLS."""
    with Dovecot.running(tls_files, [LOGIN], password=PASSWORD) as running_dovecot:
        yield running_dovecot.port


@pytest.mark.neighbour("dovecot")
async def test_asking_dovecot(dovecot: int, tls_files: TlsFiles, free_port: Callable[[], int]) -> None:
    assert await imap_login("127.0.0.1", dovecot, tls_files.ca, LOGIN, PASSWORD)
    assert not await imap_login("127.0.0.1", dovecot, tls_files.ca, LOGIN, "wrong")
    assert not await imap_login("127.0.0.1", dovecot, tls_files.ca, LOGIN, 'wr"o\\ng and pässword')
    with pytest.raises(NoAnswer):
        await imap_login("127.0.0.1", dovecot, None, LOGIN, PASSWORD)  # Its certificate is not trusted.
    with pytest.raises(NoAnswer):
        await imap_login("127.0.0.1", free_port(), tls_files.ca, LOGIN, PASSWORD)


@pytest.mark.neighbour("dovecot")
def test_logging_in_with_the_mailboxs_password(dovecot: int, tls_files: TlsFiles) -> None:
    auth = AuthSettings(method="imap", imap_host="127.0.0.1", imap_port=dovecot, imap_ca=tls_files.ca)
    with house(tls_files, "starttls", check=through(ask_imap(auth))) as opened:
        opened.accounts.add(LOGIN, None)
        with Client(opened.port(), str(tls_files.ca)) as client:
            client.enter().begin()
            assert client.data(b"Subject: a\r\n\r\na\r\n.\r\n").startswith("250 ")
        with Client(opened.port(), str(tls_files.ca)) as client:
            client.line()
            client.say("EHLO laptop.example")
            client.say("STARTTLS")
            client.start_tls()
            client.say("EHLO laptop.example")
            assert client.log_in(password="wrong").startswith("535 5.7.8 ")


# The process itself.


def offered_size(client: Client) -> str:
    client.send(b"EHLO laptop.example\r\n")
    return next(line for line in client.reply() if "SIZE" in line)


def test_new_settings_and_certificates_drop_no_connection(
    running: Installation, issue_tls: Callable[..., TlsFiles]
) -> None:
    def entered() -> Client:
        return Client(running.tls, str(running.ca), tls=True)

    with entered() as staying:
        staying.line()
        assert offered_size(staying) == "250-SIZE 52428800"
        renewed = issue_tls()
        running.settings["limits"] = {"message_bytes": 1_000_000}
        running.settings["tls"] = {"certificate": str(renewed.certificate), "key": str(renewed.key)}
        running.path.write_text(tomli_w.dumps(running.settings))
        assert running.process is not None
        running.process.send_signal(signal.SIGHUP)

        def renewed_is_seen() -> bool:
            with entered() as client:
                client.line()
                assert isinstance(client.socket, ssl.SSLSocket)
                seen = ssl.DER_cert_to_PEM_cert(client.socket.getpeercert(binary_form=True) or b"")
                return (
                    renewed.certificate.read_text().startswith(seen)
                    and offered_size(client) == "250-SIZE 1000000"
                )

        until(renewed_is_seen)
        assert offered_size(staying) == "250-SIZE 52428800"
        assert staying.log_in(running.address("clerk"), INSTALLED_PASSWORD).startswith("235 ")


def test_who_is_disabled_is_out_at_the_next_command(running: Installation) -> None:
    chair = running.address("chair")
    with Client(running.tls, str(running.ca), tls=True) as client:
        client.line()
        client.say("EHLO laptop.example")
        assert client.log_in(chair, INSTALLED_PASSWORD).startswith("235 ")
        assert client.say(f"MAIL FROM:<{chair}>").startswith("250 ")
        assert client.say("RSET").startswith("250 ")
        running.vestry("person", "disable", chair)
        assert client.say(f"MAIL FROM:<{chair}>").startswith("550 5.7.1 ")
        assert client.say(f"MAIL FROM:<{chair}>").startswith("530 5.7.0 ")
        assert client.log_in(chair, INSTALLED_PASSWORD).startswith("535 5.7.8 ")


def test_a_shutdown_says_goodbye(running: Installation) -> None:
    with Client(running.trusted) as client:
        client.line()
        stopping = threading.Thread(target=running.stop)
        stopping.start()
        assert client.line().startswith("421 4.3.2 ")
        assert client.closed()
        client.close()
        stopping.join(60)
    with pytest.raises(ConnectionRefusedError):
        Client(running.trusted)
