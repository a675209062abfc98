"""Asking a mail server by SMTP AUTH whether a password is right, and nothing more.

A password goes only over TLS with a verified certificate, and once: trying every mechanism in turn would
make one mistyped password three, and lock people out. Only a plain no (535, 534) is a no; whatever else
happens, nobody knows.
"""

from __future__ import annotations

import asyncio
import ssl

from config.settings import UpstreamSettings
from gateway.upstream.connection import connect, tls_context
from gateway.upstream.refusal import Refused, Step

_NO = frozenset({534, 535})


class NoAnswer(Exception):
    """It cannot be told whether the password is right. `reason` is for the log and holds no secret."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


async def smtp_login(upstream: UpstreamSettings, hostname: str, login: str, password: str) -> bool:
    """Whether the mail server takes the login. Raises NoAnswer."""
    if upstream.tls == "opportunistic":
        raise NoAnswer("no password is sent over unverified TLS")
    try:
        async with asyncio.timeout(3 * upstream.connect_seconds):
            context = await asyncio.to_thread(tls_context, upstream)
            return await _asked(upstream, hostname, context, login, password)
    except Refused as refused:
        raise NoAnswer(f"{refused.refusal.step} {refused.refusal.reply.code}") from None
    except OSError as error:  # TimeoutError and ssl.SSLError are OSError.
        raise NoAnswer(type(error).__name__) from None


async def _asked(
    upstream: UpstreamSettings, hostname: str, context: ssl.SSLContext, login: str, password: str
) -> bool:
    connection = await connect(upstream, hostname, context)
    try:
        await connection.login(login, password)
    except Refused as refused:
        connection.close()
        if refused.refusal.step is Step.LOGIN and refused.refusal.reply.code in _NO:
            return False
        raise
    except BaseException:
        connection.close()
        raise
    await connection.quit()
    return True
