"""Asking a mailbox server by an IMAP login whether a password is right, and nothing more.

Over TLS with a verified certificate from the first byte. A NO is a no, unless the server says with it that
the trouble is its own (RFC 5530); a BAD, a broken connection or silence is no answer.
"""

from __future__ import annotations

import asyncio
import imaplib
import re
import ssl
from pathlib import Path

from gateway.upstream.smtp_login import NoAnswer

_SECONDS = 20.0
_SERVERS_OWN_TROUBLE = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|PRIVACYREQUIRED)\b")


async def imap_login(host: str, port: int, ca: Path | None, login: str, password: str) -> bool:
    """Whether the mailbox server takes the login. Raises NoAnswer."""
    return await asyncio.to_thread(_ask, host, port, ca, login, password)


def _ask(host: str, port: int, ca: Path | None, login: str, password: str) -> bool:
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        client = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=_SECONDS)
    except (OSError, imaplib.IMAP4.error) as error:
        raise NoAnswer(type(error).__name__) from None
    try:
        return _logged_in(client, login, password)
    except (OSError, imaplib.IMAP4.abort) as error:
        raise NoAnswer(type(error).__name__) from None
    finally:
        _leave(client)


def _logged_in(client: imaplib.IMAP4_SSL, login: str, password: str) -> bool:
    message = b"\0".join((b"", login.encode(), password.encode()))
    try:
        if "AUTH=PLAIN" in client.capabilities:
            client.authenticate("PLAIN", lambda _challenge: message)
        elif "LOGINDISABLED" in client.capabilities or not (login + password).isascii():
            raise NoAnswer("the mailbox server offers no login that fits")
        else:
            client.login(login, password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        said = str(error)
        if "command error: BAD" in said or _SERVERS_OWN_TROUBLE.search(said):
            raise NoAnswer("the mailbox server could not check") from None
        return False
    return True


def _leave(client: imaplib.IMAP4_SSL) -> None:
    try:
        client.logout()
    except (OSError, imaplib.IMAP4.error):
        client.shutdown()
