"""The two relays that are measured beside one another: Vestry as it is installed, and Postfix as Debian has it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import trustme

from config.council import Council
from config.person import Person
from gateway.demo.installation import example_council
from gateway.signing.generate import new_private_key, write_private_key
from tests.bench.cost import Cost, forget_peaks, measure, vestry_name
from tests.bench.load import sender
from tests.installation import Installation, free_port, until
from tests.neighbours import program

CONNECTIONS = 20
"""Connections to the upstream at once, as Postfix has by default for one destination."""

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/log
maillog_file_prefixes = {home}
multi_instance_wrapper =
myhostname = postfix.test.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
relayhost = [127.0.0.1]:{upstream}
message_size_limit = 52428800
smtpd_client_connection_count_limit = 0
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Side(Protocol):
    """A relay at work: takes mail on `port` without a login, and hands it to 127.0.0.1:`upstream`."""

    name: str
    port: int
    upstream: int

    def cost(self) -> Cost:
        """What it has cost so far."""

    def forget_peaks(self) -> None:
        """Begin to measure the most memory anew."""


@dataclass
class VestrySide:
    """`vestry serve` with the demo council, a trusted listener and one DKIM key, RSA of 2048 bits."""

    installation: Installation
    upstream: int
    name: str = "Vestry"

    @property
    def port(self) -> int:
        """See `Side`."""
        return self.installation.trusted

    def cost(self) -> Cost:
        """See `Side`."""
        return measure(self._root, vestry_name)

    def forget_peaks(self) -> None:
        """See `Side`."""
        forget_peaks(self._root)

    @property
    def _root(self) -> int:
        assert self.installation.process is not None
        return self.installation.process.pid


@dataclass
class PostfixSide:
    """A private Postfix with its defaults: every message on disk and synced before its 250."""

    home: Path
    port: int
    upstream: int
    name: str = "Postfix"

    def cost(self) -> Cost:
        """See `Side`."""
        return measure(self._master, lambda process, _: process.command)

    def forget_peaks(self) -> None:
        """See `Side`."""
        forget_peaks(self._master)

    @property
    def _master(self) -> int:
        return int((self.home / "queue/pid/master.pid").read_text())


def councillors(council: Council, number: int) -> Council:
    """The council with so many councillors more, who write over one connection each (`load.sender`)."""
    more = tuple(
        Person.model_validate(
            {
                "login": sender(n),
                "name": f"Councillor {n}",
                "roles": [{"role": "councillor"}],
                "identities": [{"address": sender(n)}],
            }
        )
        for n in range(number)
    )
    return council.model_copy(update={"people": council.people + more})


def vestry_settings(folder: Path, upstream: int, senders: int) -> Installation:
    """An installation in `folder`, with a key to sign with, not yet prepared nor started."""
    folder.mkdir(parents=True)
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    certificate, key, ca = folder / "certificate.pem", folder / "key.pem", folder / "ca.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    authority.cert_pem.write_to_path(str(ca))
    write_private_key(new_private_key("rsa"), folder / "dkim.pem")
    installation = Installation(folder, certificate, key, ca, councillors(example_council(), senders))
    installation.settings["dkim"] = [
        {"domain": installation.council.domains[0], "selector": "bench", "key": str(folder / "dkim.pem")}
    ]
    # As installed, but that nobody is held for writing too much in an hour.
    installation.settings["delivery"] = {}
    installation.settings["limits"] = {"recipients_per_hour": 1_000_000}
    installation.upstream(upstream, connections=CONNECTIONS)
    return installation


@contextlib.contextmanager
def vestry(senders: int) -> Iterator[VestrySide]:
    """Vestry at work, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="vestry-bench-") as folder:
        installation = vestry_settings(Path(folder) / "vestry", free_port(), senders)
        installation.prepare()
        installation.start()
        try:
            yield VestrySide(installation, installation.settings["upstreams"]["default"]["port"])
        finally:
            installation.stop()


@contextlib.contextmanager
def postfix() -> Iterator[PostfixSide]:
    """Postfix at work, until the block ends. Needs root, as Postfix does."""
    # The users that Postfix works as must be able to enter the folder.
    home = Path(tempfile.mkdtemp(prefix="postfix-bench-"))
    home.chmod(0o755)
    side = PostfixSide(home, free_port(), free_port())
    try:
        _write(side)
        _command(side, "start")
        until(lambda: _greets(side.port), 30)
        yield side
    finally:
        _command(side, "stop")
        shutil.rmtree(home, ignore_errors=True)


def postfix_is_here() -> str:
    """Why Postfix cannot be run; empty where it can."""
    if program("postfix") is None:
        return "Postfix is not installed"
    return "" if os.geteuid() == 0 else "Postfix needs root"


def _write(side: PostfixSide) -> None:
    user = pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data"):
        (side.home / name).mkdir()
    os.chown(side.home / "data", user.pw_uid, user.pw_gid)
    (side.home / "etc/main.cf").write_text(_MAIN.format(home=side.home, upstream=side.upstream))
    (side.home / "etc/master.cf").write_text(_MASTER.format(port=side.port))


def _command(side: PostfixSide, word: str) -> None:
    done = subprocess.run(
        [program("postfix") or "postfix", "-c", str(side.home / "etc"), word],
        capture_output=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0 and word == "start":
        raise RuntimeError(f"postfix {word}: {done.stderr.decode(errors='replace')}")


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            return sock.recv(3) == b"220"
    except OSError:
        return False
