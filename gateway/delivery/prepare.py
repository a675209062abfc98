"""The very bytes that are sent: trace, the message with its splices, and the signature over all of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from gateway.signing.client import Signer
from gateway.store.queue import Departing
from gateway.upstream.data import sendable
from signatures.message.downgrade import NotSevenBit, downgrade
from signatures.message.splices import Splice, apply, composed

T = TypeVar("T")

_LARGE = 65_536
"""Above this many octets, copying and hashing are done in a thread."""


class Unsendable(Exception):
    """The bytes cannot be sent by SMTP as they are, and are never sent otherwise than they are."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message ready for DATA. `sha256` is its hash, in hex, where `prepended` is yet to be stored.

    `splices` are those of a downgrade, to be stored in place of the departure's. `stuck` says where it holds
    8-bit octets that cannot be put into seven bits, once that was tried: the end of a sentence.
    """

    message: bytes
    prepended: bytes
    sha256: str | None
    splices: tuple[Splice, ...] | None = None
    stuck: str = ""


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


async def fitted(
    prepared: Prepared, departing: Departing, signer: Signer, extensions: Mapping[str, str]
) -> Prepared:
    """What to send to an upstream with these EHLO keywords (lower case): in seven bits where it takes no others.

    The downgraded message is signed anew. Bytes that were stored before are never changed: they may have been
    taken, and the ledger speaks of them. Raises SigningFailed, Unsendable.
    """
    if "8bitmime" in extensions or prepared.stuck or prepared.message.isascii():
        return prepared
    if prepared.sha256 is None:
        return replace(prepared, stuck="and was handed over as it is before")
    size = len(departing.raw)
    try:
        splices, unsigned = await _off_loop(size, lambda: _downgraded(departing))
    except NotSevenBit as error:
        return replace(prepared, stuck=str(error))
    signature = await signer.sign(unsigned, departing.from_domain)
    signed = await _off_loop(size, lambda: _signed(signature, unsigned, departing.trace))
    return replace(signed, splices=splices)


def _downgraded(departing: Departing) -> tuple[tuple[Splice, ...], bytes]:
    """The departure's splices with those of the downgrade, and the message that they make."""
    if not departing.trace.isascii():
        raise NotSevenBit("in a header")
    down = downgrade(apply(departing.raw, departing.splices))
    splices = composed(len(departing.raw), departing.splices, down)
    return splices, departing.trace + apply(departing.raw, splices)


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
