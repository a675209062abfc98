"""A conversation with a mailbox server by IMAP: TLS with a verified certificate, login, goodbye.

The conversation is IMAPClient's, which waits: it belongs in a thread.
"""

from __future__ import annotations

import contextlib
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import ProtocolError

# What it tells of a conversation belongs in no log.
logging.getLogger("imapclient").setLevel(logging.CRITICAL)

_LEAVE_SECONDS = 5.0
_SERVERS_OWN_TROUBLE = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|PRIVACYREQUIRED)\b")
_CODE = re.compile(r"\[([A-Z][A-Z-]{0,30})\b")


@dataclass(frozen=True, slots=True)
class ImapServer:
    """A mailbox server. `ca` is a CA file instead of the system's."""

    host: str
    port: int
    ca: Path | None = None
    tls: Literal["implicit", "starttls"] = "implicit"
    connect_seconds: float = 20.0
    command_seconds: float = 20.0


class ImapStep(StrEnum):
    """Where in the conversation it failed; `COMMAND` is after the login, with this one mailbox."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    COMMAND = "command"


class ImapFailed(Exception):
    """The mailbox server could not be asked, or did not do what it was asked.

    `reason` is for the log: it holds no secret and nothing of anybody's mail.
    """

    def __init__(self, step: ImapStep, reason: str) -> None:
        self.step = step
        self.reason = reason
        super().__init__(f"{step}: {reason}")


@contextlib.contextmanager
def conversation(server: ImapServer) -> Iterator[IMAPClient]:
    """A connection over TLS, not logged in; it ends with the block. Raises ImapFailed, also from the block."""
    client = _connected(server)
    try:
        yield client
    except (OSError, imaplib.IMAP4.error) as error:
        raise failure(error, ImapStep.CONNECT) from None
    finally:
        _leave(client)


def log_in(client: IMAPClient, login: str, password: str, on_behalf_of: str = "") -> bool:
    """Whether the server takes the login, into the mailbox of `on_behalf_of` where that is given.

    A NO is a no, unless the server says with it that the trouble is its own (RFC 5530). A BAD, a broken
    connection or silence is no answer: ImapFailed, or what `conversation` makes one.
    """
    try:
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(login, password, on_behalf_of)
        elif on_behalf_of or client.has_capability("LOGINDISABLED") or not (login + password).isascii():
            raise ImapFailed(ImapStep.LOGIN, "the mailbox server offers no login that fits")
        else:
            client.login(login, password)
    except imaplib.IMAP4.error as error:
        # IMAPClient makes a refused login of whatever happens while it logs in.
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise ImapFailed(ImapStep.CONNECT, "the connection was lost") from None
        said = str(error)
        if "command error: BAD" in said or _SERVERS_OWN_TROUBLE.search(said):
            raise ImapFailed(ImapStep.LOGIN, "the mailbox server could not check") from None
        return False
    return True


def failure(error: Exception, lost: ImapStep) -> ImapFailed:
    """What an error of the conversation comes to; `lost` is the step where the connection was lost."""
    if isinstance(error, OSError | imaplib.IMAP4.abort):
        silent = isinstance(error, TimeoutError)
        return ImapFailed(lost, "it did not answer in time" if silent else "the connection was lost")
    if isinstance(error, ProtocolError):
        return ImapFailed(ImapStep.COMMAND, "its answer made no sense")
    code = _CODE.search(str(error))
    return ImapFailed(ImapStep.COMMAND, f"it said no, {code[1]}" if code else "it said no")


def _connected(server: ImapServer) -> IMAPClient:
    step = ImapStep.TLS
    client = None
    try:
        context = ssl.create_default_context(cafile=str(server.ca) if server.ca else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        step = ImapStep.CONNECT
        client = IMAPClient(
            server.host,
            server.port,
            ssl=server.tls == "implicit",
            ssl_context=context,
            timeout=SocketTimeout(server.connect_seconds, server.command_seconds),
        )
        if server.tls == "starttls":
            step = ImapStep.TLS
            client.starttls(context)
    except (OSError, imaplib.IMAP4.error) as error:
        if client is not None:
            _leave(client)
        if isinstance(error, ssl.SSLCertVerificationError):
            raise ImapFailed(
                ImapStep.TLS, f"its certificate is not trusted: {error.verify_message}"
            ) from None
        step = ImapStep.TLS if isinstance(error, ssl.SSLError) else step
        raise ImapFailed(step, type(error).__name__) from None
    return client


def _leave(client: IMAPClient) -> None:
    try:
        client.socket().settimeout(_LEAVE_SECONDS)
        client.logout()
    except (OSError, imaplib.IMAP4.error):
        with contextlib.suppress(OSError):
            client.shutdown()
