"""The certificate that mail clients see, and its replacement while mail flows.

A certificate that cannot be loaded stops the start. Later on it does not: the old one stays in use, the log
says so, and the files are tried again when they change. A connection keeps the certificate it began with.
"""

from __future__ import annotations

import asyncio
import ssl

from cryptography import x509

from config.errors import Complaint, ConfigError
from config.settings import TlsSettings
from gateway import logs, metrics

_log = logs.get("submission")
WATCH_SECONDS = 5.0
"""How often the files are looked at."""

_Stamp = tuple[tuple[int, int, int], ...]


class Certificates:
    """The TLS context for new connections. Made with `load`."""

    def __init__(self, settings: TlsSettings, context: ssl.SSLContext, stamp: _Stamp) -> None:
        self.context = context
        self._settings = settings
        self._stamp = stamp

    @classmethod
    def load(cls, settings: TlsSettings) -> Certificates:
        """The certificate and key in the files. Reads files. Raises ConfigError."""
        stamp = _stamp(settings)
        try:
            return cls(settings, _context(settings), stamp)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError.
            raise ConfigError(
                str(settings.certificate),
                [Complaint("tls", _why(error), "a certificate and its private key, in PEM")],
            ) from None

    async def use(self, settings: TlsSettings) -> None:
        """Take the certificate anew from where `settings` say; the old one stays where that fails."""
        self._settings = settings
        stamp = await asyncio.to_thread(_stamp, settings)
        self._stamp = stamp
        try:
            self.context = await asyncio.to_thread(_context, settings)
        except (OSError, ValueError) as error:
            _log.error("certificate not loaded, the old one stays", reason=_why(error))
        else:
            _log.info("certificate loaded")

    async def watch(self, seconds: float = WATCH_SECONDS) -> None:
        """Take the certificate anew whenever one of its files changes. Runs until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            if await asyncio.to_thread(_stamp, self._settings) != self._stamp:
                await self.use(self._settings)


def _context(settings: TlsSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.load_cert_chain(settings.certificate, settings.key)
    leaf = x509.load_pem_x509_certificates(settings.certificate.read_bytes())[0]
    metrics.CERTIFICATE_EXPIRY.set(leaf.not_valid_after_utc.timestamp())
    return context


def _stamp(settings: TlsSettings) -> _Stamp:
    """What changes when one of the files does; empty where they cannot be seen."""
    try:
        files = [path.stat() for path in (settings.certificate, settings.key)]
    except OSError:
        return ()
    return tuple((file.st_mtime_ns, file.st_size, file.st_ino) for file in files)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return f"files that do not fit together or are no PEM ({error.reason or 'unreadable'})"
    return f"files that cannot be read ({type(error).__name__})"
