"""Asking a mailbox server by an IMAP login whether a password is right, and nothing more.

Over TLS with a verified certificate from the first byte.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.upstream.imap import ImapFailed, ImapServer, conversation, log_in
from gateway.upstream.smtp_login import NoAnswer


async def imap_login(host: str, port: int, ca: Path | None, login: str, password: str) -> bool:
    """Whether the mailbox server takes the login. Raises NoAnswer."""
    return await asyncio.to_thread(_ask, ImapServer(host, port, ca), login, password)


def _ask(server: ImapServer, login: str, password: str) -> bool:
    try:
        with conversation(server) as client:
            return log_in(client, login, password)
    except ImapFailed as failed:
        raise NoAnswer(str(failed)) from None
