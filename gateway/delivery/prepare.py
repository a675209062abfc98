"""The very bytes that are sent: trace, the message with its splices, and the signature over all of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gateway.signing.client import Signer
from gateway.store.queue import Departing
from gateway.upstream.data import sendable
from signatures.message.splices import apply

T = TypeVar("T")

_LARGE = 65_536
"""Above this many octets, copying and hashing are done in a thread."""


class Unsendable(Exception):
    """The bytes cannot be sent by SMTP as they are, and are never sent otherwise than they are."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message ready for DATA. `sha256` is its hash, in hex, where `prepended` is yet to be stored."""

    message: bytes
    prepended: bytes
    sha256: str | None


async def prepare(departing: Departing, signer: Signer) -> Prepared:
    """What to send: as it went out before, where it did; otherwise signed now, last of all.

    Raises SigningFailed, and Unsendable for a bare CR, bare LF or NUL, or where no CRLF stands at the end.
    """
    size = len(departing.raw)
    before = departing.prepended
    if before is not None:
        return Prepared(await _off_loop(size, lambda: _assemble(before, departing)), before, None)
    unsigned = await _off_loop(size, lambda: _assemble(departing.trace, departing))
    signature = await signer.sign(unsigned, departing.from_domain)
    return await _off_loop(size, lambda: _signed(signature, unsigned, departing.trace))


def _assemble(prepended: bytes, departing: Departing) -> bytes:
    message = prepended + apply(departing.raw, departing.splices)
    if not sendable(message):
        raise Unsendable
    return message


def _signed(signature: bytes, unsigned: bytes, trace: bytes) -> Prepared:
    message = signature + unsigned
    if not sendable(message):
        raise Unsendable
    return Prepared(message, signature + trace, hashlib.sha256(message).hexdigest())


async def _off_loop(size: int, act: Callable[[], T]) -> T:
    return await asyncio.to_thread(act) if size > _LARGE else act()
