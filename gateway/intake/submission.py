"""A message as it arrives from a mail client, before anything has been decided about it."""

from __future__ import annotations

from dataclasses import dataclass

from filters.context import Envelope, Profile


@dataclass(frozen=True, slots=True)
class Origin:
    """Who brought a message and over what. `councils` are those that the login, or the network, may act in.

    `protocol` is the "with" keyword for the trace header (RFC 3848, RFC 6531 §4.3): ESMTPSA, UTF8SMTPSA, ….
    `tls` names version and cipher, for example `TLSv1.3 TLS_AES_256_GCM_SHA384`, or is empty.
    """

    profile: Profile
    login: str | None
    councils: tuple[str, ...]
    peer: str
    helo: str
    protocol: str
    tls: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """Bytes exactly as received (dot-unstuffed, CRLF line ends, no bare CR, LF or NUL), and where from."""

    raw: bytes
    envelope: Envelope
    origin: Origin
