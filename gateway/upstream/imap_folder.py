"""Putting a message into the folder for sent mail of somebody's mailbox, unless it is there already."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import socket
import threading
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from imapclient import SEEN, IMAPClient

from gateway.upstream.imap import ImapFailed, ImapServer, ImapStep, conversation, failure, log_in

_SENT = b"\\SENT"
_SEARCHED = timedelta(days=2)
"""How far before its own date a message is looked for: search goes by days, of whatever time zone."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a mailbox is opened: a login, and the mailbox where the login does not say which (RFC 4616)."""

    login: str
    password: str = field(repr=False)
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """A message to be put away, with CRLF line ends, as of `at`.

    It is there already where a message has a field `mark[0]` that holds `mark[1]` (both ASCII). `folder` is the
    name to use where the server does not say which folder is for sent mail.
    """

    message: bytes = field(repr=False)
    at: datetime
    mark: tuple[str, str]
    folder: str


class LoginRefused(Exception):
    """The server does not take the login, or has no such mailbox."""


async def file_once(pool: Executor, server: ImapServer, opening: Opening, filing: Filing) -> bool:
    """Put the message there, marked as read. False where it was there already.

    Whoever is cancelled while waiting has the connection cut: what the server has not had whole by then it does
    not take. Raises LoginRefused and ImapFailed; after ImapFailed the message may be there all the same.
    """
    cut = _Cut()
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(pool, _file_once, cut, server, opening, filing)
    except asyncio.CancelledError:
        cut.now()
        raise


class _Cut:
    """A conversation in another thread that can be cut off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: IMAPClient | None = None
        self._over = False

    def begin(self, client: IMAPClient) -> None:
        """The conversation has begun. Raises OSError where it has been cut off before."""
        with self._lock:
            self._client = client
            if self._over:
                raise ConnectionAbortedError

    def now(self) -> None:
        """End it from outside, wherever it is."""
        with self._lock:
            self._over = True
            if self._client is not None:
                # Not the TLS layer's own shutdown: what is being written would go on in the clear.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)


def _file_once(cut: _Cut, server: ImapServer, opening: Opening, filing: Filing) -> bool:
    try:
        with conversation(server) as client:
            cut.begin(client)
            if not log_in(client, opening.login, opening.password, opening.on_behalf_of):
                raise LoginRefused
            try:
                return _filed(client, filing)
            except (OSError, imaplib.IMAP4.error) as error:
                raise failure(error, ImapStep.COMMAND) from None
    except (LoginRefused, ImapFailed):
        raise
    except Exception:
        # Whatever a library makes of an answer that nobody foresaw.
        raise ImapFailed(ImapStep.COMMAND, "its answer made no sense") from None


def _filed(client: IMAPClient, filing: Filing) -> bool:
    folder = _folder(client, filing.folder)
    client.select_folder(folder, readonly=True)
    since = (filing.at - _SEARCHED).date()
    if client.search(["SINCE", since, "HEADER", *filing.mark]):
        return False
    client.append(folder, filing.message, (SEEN,), filing.at)
    return True


def _folder(client: IMAPClient, otherwise: str) -> str:
    """The name of the folder for sent mail (RFC 6154), or the other one, made where it is not there."""
    for flags, _, name in client.list_folders():
        if _SENT in {flag.upper() for flag in flags}:
            return str(name)
    prefix = _prefix(client)
    name = otherwise if otherwise.startswith(prefix) else prefix + otherwise
    if not client.folder_exists(name):
        client.create_folder(name)
        client.subscribe_folder(name)
    return name


def _prefix(client: IMAPClient) -> str:
    """What all names of the mailbox's own folders begin with (RFC 2342), often nothing."""
    if not client.has_capability("NAMESPACE"):
        return ""
    personal = client.namespace().personal
    return str(personal[0][0]) if personal else ""
