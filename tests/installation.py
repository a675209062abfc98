"""A real installation under test: `vestry serve` in processes of its own, on free ports, in a folder."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from config.council import Council
from config.settings import load
from gateway import clock
from gateway.archive.key import key_of
from gateway.demo.installation import example_council
from gateway.intake.dry_run import dry_run
from gateway.store import acknowledgements, councils, people
from gateway.store.database import Database
from gateway.store.upgrade import upgrade
from gateway.submission.auth.passwords import hash_password
from signatures.message.splices import apply
from tests.commands import vestry
from tests.policies import SIGNED, only

PASSWORD = "correct horse battery"
READY_WITHIN = 90.0


def free_port() -> int:
    """A port that nobody listens on now, and that no connection is given before somebody does."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # Below the range that the system takes its own from.
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port


def until(condition: Callable[[], Any], seconds: float = 60, every: float = 0.05) -> Any:
    """What `condition` returns once it is true; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(every)
    return found


@dataclass
class Installation:
    """Settings and data in `folder`. `settings`, `council` and `environment` may be changed before `start`.

    The council is the demo's, which here looks at senders and signs, and at nothing else.
    """

    folder: Path
    certificate: Path
    key: Path
    ca: Path
    council: Council = field(default_factory=lambda: only(example_council(), *SIGNED))
    settings: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.starttls, self.tls, self.trusted, self.metrics = (free_port() for _ in range(4))
        self.settings = {
            "hostname": "post.test.example",
            "data_dir": "data",
            "listeners": [
                {"kind": "starttls", "address": "127.0.0.1", "port": self.starttls},
                {"kind": "tls", "address": "127.0.0.1", "port": self.tls},
                {
                    "kind": "trusted",
                    "address": "127.0.0.1",
                    "port": self.trusted,
                    "networks": [{"network": "127.0.0.0/8", "councils": [self.council.id]}],
                },
            ],
            "tls": {"certificate": str(self.certificate), "key": str(self.key)},
            "upstreams": {"default": {"host": "127.0.0.1", "port": 1, "tls": "opportunistic"}},
            "metrics": {"port": self.metrics},
            "delivery": {"retry_seconds": [0.2], "poll_seconds": 0.2},
        } | self.settings

    @property
    def path(self) -> Path:
        return self.folder / "vestry.toml"

    def upstream(self, port: int, **settings: Any) -> None:
        """Name the upstream's port, and whatever else is to be set."""
        self.settings["upstreams"] = {
            "default": {"host": "127.0.0.1", "port": port, "tls": "opportunistic"} | settings
        }

    def write_settings(self) -> None:
        """Write the settings file, and nothing else."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path.write_text(tomli_w.dumps(self.settings))

    def prepare(self) -> None:
        """Write the settings; make the database with the council and a password for each login."""
        self.write_settings()
        settings = load(self.path)
        settings.data_dir.mkdir(exist_ok=True)
        upgrade(settings.database_url, key_of(settings))
        hashed = hash_password(PASSWORD)
        with self.database() as database:
            database.write_blocking(lambda c: councils.save(c, self.council, clock.now(), "test"))
            for person in self.council.people:
                database.write_blocking(lambda c, p=person: people.set_password(c, p.login, hashed))
                if self.council.monitoring_notice is not None:
                    database.write_blocking(
                        lambda c, p=person: acknowledgements.acknowledge(
                            c, self.council, p.login, clock.now()
                        )
                    )

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        """The installation's database, opened beside it."""
        settings = load(self.path)
        database = Database(settings.database_url, key=key_of(settings))
        database.start()
        try:
            yield database
        finally:
            database.stop()

    def start(self) -> None:
        """Run `vestry serve`, and wait until it is ready."""
        self.spawn()
        until(self.ready, READY_WITHIN)

    def spawn(self) -> None:
        """Run `vestry serve`, and wait for nothing."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", "serve", "-c", str(self.path)],
                stdin=subprocess.DEVNULL,
                stderr=log,
                stdout=log,
                start_new_session=True,
                env=os.environ | self.environment,
            )

    def ready(self) -> bool:
        """Whether it says that it is ready; fails the test where it has stopped."""
        assert self.process is not None
        assert self.process.poll() is None, f"serve stopped: {self.log()}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/readyz", timeout=5):
                return True
        except OSError:
            return False

    def stop(self) -> int:
        """Stop gracefully. Returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process = None
        return code

    def kill(self) -> None:
        """Kill the whole process tree at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.process = None

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def vestry(
        self, *arguments: str, check: bool = True, text: str | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a `vestry` command on this installation."""
        environment = os.environ | {"VESTRY_CONFIG": str(self.path)}
        done = vestry(arguments, environment, (text or "").encode())
        assert not check or done.returncode == 0, done.stderr.decode()
        return done

    def json(self, *arguments: str) -> Any:
        """What a `vestry` command prints as JSON."""
        return json.loads(self.vestry(*arguments).stdout)

    def client(self, login: str | None = "cllr.a") -> smtplib.SMTP:
        """A mail client, logged in over STARTTLS; on the trusted listener where there is no login."""
        if login is None:
            return smtplib.SMTP("127.0.0.1", self.trusted, timeout=60)
        client = smtplib.SMTP("localhost", self.starttls, timeout=60)
        try:
            client.starttls(context=ssl.create_default_context(cafile=str(self.ca)))
            client.login(self.address(login), PASSWORD)
        except smtplib.SMTPException:
            client.close()
            raise
        return client

    def plain(self, login: str) -> bytes:
        """What a client says after AUTH PLAIN."""
        return base64.b64encode(f"\0{self.address(login)}\0{PASSWORD}".encode())

    def address(self, local: str) -> str:
        return f"{local}@{self.council.domains[0]}"

    def as_it_leaves(self, raw: bytes) -> bytes:
        """A message with its signature, its waiver and whatever else must change, below the trace.

        What is not changed stands in it as it came: the header, and the text above the block.
        """
        analysis = dry_run(raw, self.council, None, ()).analysis
        out = apply(raw, analysis.rewrite)
        header, _, text = raw.partition(b"\r\n\r\n")
        assert (b"\r\n\r\n" + text.rstrip(b"\r\n")) in out
        assert b"bcc:" in header.lower() or out.startswith(header)
        assert analysis.record.without == ()
        assert {name for each in analysis.record.placed for name in each.what} == {"signature", "waiver"}
        return out

    def send(
        self, raw: bytes, to: tuple[str, ...], login: str | None = "cllr.a", mail_from: str | None = None
    ) -> tuple[int, str]:
        """Send one message. Returns code and text of the reply to end-of-data, or of the refusal."""
        with self.client(login) as client:
            client.ehlo_or_helo_if_needed()
            sender = mail_from if mail_from is not None else self.address(login or "cllr.a")
            code, text = client.mail(sender, ["BODY=8BITMIME"])
            for recipient in to:
                if code < 400:
                    code, text = client.rcpt(recipient)
            if code < 400:
                code, text = client.data(raw)
            return code, text.decode()


def queue_id(reply: str) -> str:
    """The queue id in a 250 reply."""
    return reply.partition("queued as ")[2].split(",")[0].split()[0]
