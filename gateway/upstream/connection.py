"""Opening a connection to an upstream: TLS as its settings want it, EHLO, login."""

from __future__ import annotations

import asyncio
import ssl

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException

from config.settings import UpstreamSettings
from gateway.upstream.dialogue import UpstreamConnection
from gateway.upstream.refusal import Refused, Step, from_error


async def open_connection(
    settings: UpstreamSettings, hostname: str, context: ssl.SSLContext
) -> UpstreamConnection:
    """A connection ready for MAIL: TLS as `settings.tls` wants it, logged in where it names a login.

    `context` is what `tls_context(settings)` made; `hostname` is said in EHLO unless `settings.ehlo_name` is
    set. Raises Refused, always of scope UPSTREAM.
    """
    connection = await connect(settings, hostname, context)
    if settings.username is None or settings.password is None:
        return connection
    try:
        await connection.login(settings.username, settings.password.get_secret_value())
    except BaseException:
        connection.close()
        raise
    return connection


async def connect(settings: UpstreamSettings, hostname: str, context: ssl.SSLContext) -> UpstreamConnection:
    """As `open_connection`, without the login."""
    try:
        return await _connect(settings, hostname, context, settings.tls != "implicit")
    except Refused as refused:
        # Opportunistic TLS means TLS or nothing, and never no mail: whoever wants more asks for it.
        if settings.tls != "opportunistic" or refused.refusal.step is not Step.TLS:
            raise
        return await _connect(settings, hostname, context, starttls=False)


def tls_context(settings: UpstreamSettings) -> ssl.SSLContext:
    """How TLS is spoken with this upstream. Reads files: call it in a thread. Raises OSError."""
    context = ssl.create_default_context(cafile=None if settings.ca is None else str(settings.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.tls == "opportunistic":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def _connect(
    settings: UpstreamSettings, hostname: str, context: ssl.SSLContext, starttls: bool
) -> UpstreamConnection:
    smtp: SMTP | None = None
    step = Step.SETTINGS
    try:
        smtp = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=settings.ehlo_name or hostname,
            timeout=settings.connect_seconds,
            use_tls=settings.tls == "implicit",
            start_tls=False,
            tls_context=context,
        )
        step = Step.CONNECT
        async with asyncio.timeout(settings.connect_seconds):
            await smtp.connect()
        step = Step.EHLO
        await _hello(smtp, settings)
        if starttls and (settings.tls == "starttls" or smtp.supports_extension("starttls")):
            step = Step.TLS
            await smtp.starttls(timeout=settings.connect_seconds)
            step = Step.EHLO
            await _hello(smtp, settings)
    except (SMTPException, OSError, ValueError) as error:
        if smtp is not None:
            smtp.close()
        raise Refused(from_error(step, error)) from error
    except BaseException:
        if smtp is not None:
            smtp.close()
        raise
    return UpstreamConnection(smtp, settings)


async def _hello(smtp: SMTP, settings: UpstreamSettings) -> None:
    """EHLO, or HELO where EHLO is not understood and nothing that only EHLO offers is asked for."""
    try:
        await smtp.ehlo(timeout=settings.command_seconds)
    except SMTPException as error:
        if settings.tls != "opportunistic" or getattr(error, "code", 0) not in {500, 502}:
            raise
        await smtp.helo(timeout=settings.command_seconds)
