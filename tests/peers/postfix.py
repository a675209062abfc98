"""A private Postfix: its own folders, its own ports on 127.0.0.1, a certificate, and logins kept by Dovecot.

It takes mail for every address and puts it into Maildirs that `inbox` reads. Needs root, as Postfix does.

    with Postfix.running() as postfix:
        ... deliver to 127.0.0.1:postfix.port ...
        [message] = postfix.wait_for("someone@there.example")
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

from tests.neighbours import in_ci

LOGIN = "council"
PASSWORD = "correct horse"  # A login that opens nothing but this test's own server.

_OWN_FIELDS = re.compile(
    rb"\AReturn-Path: [^\r\n]*\r\nX-Original-To: [^\r\n]*\r\nDelivered-To: [^\r\n]*\r\n"
    rb"Received: from [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*"
)

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
myhostname = {name}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_header_rewrite_clients =
message_drop_headers =
smtputf8_enable = yes
message_size_limit = {size}
enable_long_queue_ids = yes
biff = no
virtual_mailbox_domains = static:all
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
smtpd_tls_security_level = {tls}
smtpd_tls_chain_files = {home}/tls.pem
smtpd_tls_auth_only = yes
smtpd_tls_received_header = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_relay_restrictions = {relay}
smtpd_recipient_restrictions = check_recipient_access regexp:{home}/etc/refused
smtpd_client_connection_rate_limit = 0
smtpd_delay_reject = yes
smtpd_discard_ehlo_keywords = {without}
"""

_MASTER = """
{port} inet n - n - - smtpd
{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_DOVECOT = """
base_dir = {home}/dovecot
state_dir = {home}/dovecot
log_path = {home}/dovecot.log
protocols =
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail
}}
service auth {{
  unix_listener {home}/queue/private/auth {{
    mode = 0666
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
default_login_user = nobody
default_internal_user = {user}
"""


@dataclass
class Postfix:
    """Port `port` speaks STARTTLS, `smtps` TLS from the first byte; `ca` is the CA file to trust.

    `refuse` maps a regular expression over recipients to the answer they get, code first.
    """

    home: Path
    ca: Path
    tls: str = "may"
    login: bool = True
    refuse: Mapping[str, str] = field(default_factory=dict)
    size: int = 60_000_000
    without: str = "chunking"
    name: str = "upstream.example"
    certificate_for: tuple[str, ...] = ("127.0.0.1", "localhost")
    port: int = 0
    smtps: int = 0
    _dovecot: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextlib.contextmanager
    def running(cls, **settings: object) -> Iterator[Postfix]:
        """A Postfix of one's own, with any field set by keyword, until the block ends."""
        if os.geteuid() != 0:
            reason = "needs root, as Postfix does"
            pytest.fail(reason) if in_ci() else pytest.skip(reason)
        # Not in pytest's own folder: that is closed to the users that Postfix works as.
        home = Path(tempfile.mkdtemp(prefix="vestry-postfix-"))
        home.chmod(0o755)
        postfix = cls(home, home / "ca.pem", **settings)  # type: ignore[arg-type]
        try:
            postfix.start()
            yield postfix
        finally:
            postfix.stop()
            shutil.rmtree(home, ignore_errors=True)

    def start(self) -> None:
        """Write the configuration and start; returns when it answers. May be called again after `stop`."""
        self._write()
        self._dovecot = subprocess.Popen(
            ["dovecot", "-F", "-c", str(self.home / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until((self.home / "queue/private/auth").exists, "dovecot's socket")
        self._postfix("start")
        try:
            _until(self._answers, "Postfix's greeting")
        except TimeoutError as error:
            raise RuntimeError(f"Postfix does not answer:\n{self.log()}") from error

    def stop(self) -> None:
        """Stop, keeping what has been delivered."""
        self._postfix("stop", check=False)
        if self._dovecot is not None:
            self._dovecot.terminate()
            self._dovecot.wait(10)
            self._dovecot = None

    def inbox(self, address: str) -> list[bytes]:
        """What has been delivered to `address`, oldest first, with CRLF line ends and Postfix's own header."""
        new = self.home / "mail/all/new"
        files = sorted(new.iterdir(), key=lambda file: file.stat().st_mtime_ns) if new.is_dir() else []
        everything = [file.read_bytes().replace(b"\n", b"\r\n") for file in files]
        wanted = f"\r\nX-Original-To: {address}\r\n".encode()
        return [content for content in everything if wanted in content[:2000]]

    def wait_for(self, address: str, count: int = 1, seconds: float = 20) -> list[bytes]:
        """`inbox`, once it holds `count` messages."""
        _until(lambda: len(self.inbox(address)) >= count, f"{count} messages to {address}", seconds)
        return self.inbox(address)

    def sent(self, address: str, count: int = 1, seconds: float = 20) -> list[bytes]:
        """`wait_for`, without the header fields that Postfix put on top: the bytes that it was sent."""
        return [_OWN_FIELDS.sub(b"", content, count=1) for content in self.wait_for(address, count, seconds)]

    def log(self) -> str:
        """Postfix's own log."""
        path = self.home / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _write(self) -> None:
        user = pwd.getpwnam("postfix")
        for name in ("etc", "queue", "data", "mail", "dovecot"):
            (self.home / name).mkdir(exist_ok=True)
        os.chown(self.home / "data", user.pw_uid, user.pw_gid)
        os.chown(self.home / "mail", user.pw_uid, user.pw_gid)
        self.port, self.smtps = self.port or free_port(), self.smtps or free_port()
        if not self.ca.exists():
            authority = trustme.CA()
            authority.cert_pem.write_to_path(self.ca)
            certificate = authority.issue_cert(*self.certificate_for)
            certificate.private_key_and_cert_chain_pem.write_to_path(self.home / "tls.pem")
        values = {
            "home": self.home,
            "name": self.name,
            "uid": user.pw_uid,
            "gid": user.pw_gid,
            "user": "postfix",
            "size": self.size,
            "tls": self.tls,
            "without": self.without,
            "relay": "permit_sasl_authenticated, reject" if self.login else "reject_unauth_destination",
            "port": f"127.0.0.1:{self.port}",
            "smtps": f"127.0.0.1:{self.smtps}",
        }
        (self.home / "etc/main.cf").write_text(_MAIN.format(**values))
        (self.home / "etc/master.cf").write_text(_MASTER.format(**values))
        (self.home / "dovecot.conf").write_text(_DOVECOT.format(**values))
        (self.home / "users").write_text(f"{LOGIN}:{{PLAIN}}{PASSWORD}\n")
        refused = "".join(f"/{pattern}/ {answer}\n" for pattern, answer in self.refuse.items())
        (self.home / "etc/refused").write_text(refused)
        private = self.home / "queue/private"
        private.mkdir(exist_ok=True)
        os.chown(private, user.pw_uid, -1)

    def _postfix(self, command: str, check: bool = True) -> None:
        done = subprocess.run(
            ["postfix", "-c", str(self.home / "etc"), command], capture_output=True, timeout=60, check=False
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"postfix {command}: {done.stderr.decode()}\n{self.log()}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as sock:
                return sock.recv(3) == b"220"
        except OSError:
            return False


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _until(done: object, what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)
