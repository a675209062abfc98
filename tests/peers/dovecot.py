"""A private Dovecot: mailboxes over IMAP with TLS, and a master user who may open them all.

It has every mailbox in `users`. May be stopped and started again; what is in the mailboxes stays.

    with Dovecot.running(tls_files, ["jo@pc.example"]) as dovecot:
        ... put something into a mailbox through dovecot.port ...
        [copy] = dovecot.sent("jo@pc.example")
"""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import os
import pwd
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from tests.conftest import TlsFiles
from tests.neighbours import program
from tests.peers.postfix import free_port

PASSWORD = "their own password"
MASTER = "vestry"
MASTER_PASSWORD = "the master's password"

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{tls.certificate}
ssl_key = <{tls.key}
mail_location = maildir:~/mail
mail_fsync = never
auth_mechanisms = plain login
auth_master_user_separator = *
auth_failure_delay = 0
first_valid_uid = 1
{internal}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  prefix = {prefix}
  {sent}
}}
passdb {{
  driver = passwd-file
  args = {folder}/masters
  master = yes
  pass = yes
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/home/%u
}}
"""
_SENT = 'mailbox "{name}" {{\n    special_use = \\Sent\n    auto = create\n  }}'
_DATE = re.compile(r'INTERNALDATE "([^"]*)"')


@dataclass(frozen=True, slots=True)
class Filed:
    """A message as it stands in a folder."""

    content: bytes
    flags: frozenset[str]
    at: datetime


@dataclass
class Dovecot:
    """`port` speaks TLS from the first byte, `starttls` after STARTTLS.

    `sent_folder` is marked as the one for sent mail (RFC 6154); without it none is. `prefix` is what the names
    of folders begin with.
    """

    folder: Path
    tls: TlsFiles
    users: Sequence[str]
    sent_folder: str = "Sent Items"
    prefix: str = ""
    password: str = PASSWORD
    port: int = field(default_factory=free_port)
    starttls: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextlib.contextmanager
    def running(cls, tls: TlsFiles, users: Sequence[str], **settings: str) -> Iterator[Dovecot]:
        """A Dovecot of one's own, with any field set by keyword, until the block ends."""
        # Not in pytest's own folder: that is closed to the users that Dovecot works as, and its path too long.
        folder = Path(tempfile.mkdtemp(prefix="dovecot", dir="/tmp"))
        dovecot = cls(folder, tls, users, **settings)
        try:
            dovecot.prepare()
            dovecot.start()
            yield dovecot
        finally:
            dovecot.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def prepare(self) -> None:
        """Write the configuration and the passwords. As root Dovecot has users of its own."""
        me, root = getpass.getuser(), os.getuid() == 0
        (self.folder / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                tls=self.tls,
                internal="" if root else f"default_internal_user = {me}\ndefault_login_user = {me}\n",
                port=self.port,
                starttls=self.starttls,
                prefix=self.prefix,
                sent=_SENT.format(name=self.sent_folder) if self.sent_folder else "",
                owner=pwd.getpwnam("nobody" if root else me),
            )
        )
        (self.folder / "users").write_text(
            "".join(f"{user}:{{PLAIN}}{self.password}\n" for user in self.users)
        )
        (self.folder / "home").mkdir()
        if root:
            shutil.chown(self.folder / "home", "nobody")
        self.folder.chmod(0o755)
        self.let_in(MASTER_PASSWORD)

    def let_in(self, password: str) -> None:
        """Have the master user's password be this one."""
        fresh = self.folder / "masters.new"
        fresh.write_text(f"{MASTER}:{{PLAIN}}{password}\n")
        fresh.rename(self.folder / "masters")

    def start(self) -> None:
        """Run it; returns when it answers."""
        path = program("dovecot")
        assert path is not None
        self._process = subprocess.Popen(
            [path, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                self.connect().shutdown()
                return
            except OSError:
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it in good order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def kill(self) -> None:
        """Kill all its processes at once."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._process = None
        (self.folder / "run/master.pid").unlink(missing_ok=True)

    def connect(self) -> imaplib.IMAP4_SSL:
        """A connection to it, not logged in."""
        context = ssl.create_default_context(cafile=str(self.tls.ca))
        return imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=context, timeout=20)

    def folders(self, user: str, subscribed: bool = False) -> list[str]:
        """The names of a mailbox's folders."""
        with self._of(user) as client:
            _, lines = client.lsub() if subscribed else client.list()
            return sorted(
                re.sub(rb'^\(.*?\) "." "?(.*?)"?$', rb"\1", line).decode() for line in lines if line
            )

    def sent(self, user: str, folder: str | None = None) -> list[Filed]:
        """What is in the folder for sent mail, oldest first; nothing where there is no such folder."""
        with self._of(user) as client:
            code, _ = client.select(f'"{folder or self.sent_folder}"', readonly=True)
            if code != "OK":
                return []
            _, found = client.search(None, "ALL")
            numbers = found[0].split()
            return [self._filed(client, number) for number in numbers]

    def put(self, user: str, message: bytes, folder: str | None = None) -> None:
        """Put a message into the folder for sent mail, as a mail client does."""
        with self._of(user) as client:
            code, said = client.append(f'"{folder or self.sent_folder}"', "(\\Seen)", None, message)
            assert code == "OK", said

    def log(self) -> str:
        """Its log."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    @contextlib.contextmanager
    def _of(self, user: str) -> Iterator[imaplib.IMAP4_SSL]:
        client = self.connect()
        try:
            client.login(user, self.password)
            yield client
        finally:
            client.logout()

    def _filed(self, client: imaplib.IMAP4_SSL, number: bytes) -> Filed:
        _, answer = client.fetch(number.decode(), "(FLAGS INTERNALDATE BODY.PEEK[])")
        said, content = answer[0]
        date = _DATE.search(said.decode() + answer[1].decode())
        flags = imaplib.ParseFlags(said + answer[1])
        assert date is not None
        return Filed(
            content,
            frozenset(flag.decode() for flag in flags),
            parsedate_to_datetime(date[1].strip().replace("-", " ", 2)),
        )
