"""The stand-in for a council's mail server: takes everything, and keeps it where it can be looked at."""

from __future__ import annotations

import mailbox
import threading
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as the upstream got it."""

    mail_from: str
    recipients: tuple[str, ...]
    content: bytes


class Upstream:
    """An SMTP server on 127.0.0.1 that files every message in a Maildir."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._maildir = mailbox.Maildir(folder)
        self._lock = threading.Lock()
        self._delivered: list[Delivered] = []
        self._controller = Controller(self, "127.0.0.1", port, enable_SMTPUTF8=True)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        self._controller.stop()
        self._maildir.close()

    def delivered(self) -> list[Delivered]:
        """What has come in so far."""
        with self._lock:
            return list(self._delivered)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """File a message (called by aiosmtpd)."""
        content = envelope.original_content or b""
        with self._lock:
            self._maildir.add(content.replace(b"\r\n", b"\n"))
            mail_from = "" if envelope.mail_from in {None, "<>"} else str(envelope.mail_from)
            self._delivered.append(Delivered(mail_from, tuple(envelope.rcpt_tos), content))
        return "250 2.0.0 Ok: filed"
