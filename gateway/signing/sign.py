"""The DKIM-Signature header fields of a message: a pure function of bytes, keys and time."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from config.address import BadAddress
from gateway.signing.canonical import Field, NotCanonical, body_hash, relaxed_fields, split
from gateway.signing.keys import Key, KeyRing

OVERSIGNED = (
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)
"""Signed once more than they occur, even where they do not: nobody can add one and keep the signature valid
(RFC 6376 §8.15). A second From, or a Content-Type where there was none, changes what a reader sees."""

SIGNED = (
    "Sender",
    "Resent-Date",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
    "Resent-Message-ID",
    "Auto-Submitted",
    "List-Id",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Subscribe",
    "List-Post",
    "List-Owner",
    "List-Archive",
)
"""Signed as often as they occur. Others may add one on the way: whoever resends, or a mailing list."""

_LINE = 74


class SigningFailed(Exception):
    """The message was not signed and must not be sent. The text says why and quotes nothing of the message.

    `lasting` is true where the message itself is at fault, so that waiting would not mend it.
    """

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


def sign(message: bytes, keys: Sequence[Key], when: datetime) -> bytes:
    """A DKIM-Signature header field for each key, each ending in CRLF, to be put before `message`.

    `when` (with a time zone) is the t= of the signatures. Without keys the answer is empty. Raises
    SigningFailed: nothing with bare line ends, and nothing without a From, is ever signed (RFC 6376 §5.4).
    """
    if not keys:
        return b""
    try:
        fields, body = split(message)
        digest = body_hash(message, body)
    except NotCanonical as error:
        raise SigningFailed(f"the message has {error}", lasting=True) from None
    canonical = relaxed_fields(fields)
    names = _names_to_sign(canonical)
    signed = _select(canonical, names)
    return b"".join(_signature(key, digest, names, signed, when) for key in keys)


def sign_for(domain: str, message: bytes, ring: KeyRing, when: datetime) -> bytes:
    """The same with the keys that `ring` has for a From in `domain`; empty where the host set none.

    Raises SigningFailed, also where `domain` is no domain: mail is never left unsigned by mistake.
    """
    try:
        keys = ring.keys_for(domain)
    except BadAddress:
        raise SigningFailed("the From has no domain that can be signed for", lasting=True) from None
    return sign(message, keys, when)


def _names_to_sign(canonical: list[Field]) -> list[str]:
    """The h= list: each name as often as it is to be signed. Raises SigningFailed without a From."""
    present = Counter(name for name, _ in canonical)
    if not present[b"from"]:
        raise SigningFailed("the message has no From", lasting=True)
    names: list[str] = []
    for name in OVERSIGNED:
        names += [name] * (present[name.lower().encode()] + 1)
    for name in SIGNED:
        names += [name] * present[name.lower().encode()]
    return names


def _select(canonical: list[Field], names: list[str]) -> bytes:
    """The signed fields as hashed: of fields with one name the lowest comes first (RFC 6376 §5.4.2)."""
    waiting: dict[bytes, list[bytes]] = {}
    for name, value in canonical:
        waiting.setdefault(name, []).append(value)
    pieces: list[bytes] = []
    for text in names:
        name = text.lower().encode()
        values = waiting.get(name)
        if values:
            pieces.append(name + b":" + values.pop())
    return b"".join(pieces)


def _signature(key: Key, body_digest: bytes, names: list[str], signed: bytes, when: datetime) -> bytes:
    """One whole header field. The signature is over the field itself too, with its b= empty."""
    tags = [f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain};"]
    tags.append(f"s={key.selector}; t={int(when.timestamp())};")
    tags += _folded("h=", [f"{name}:" for name in names[:-1]] + [f"{names[-1]};"])
    tags.append(f"bh={base64.b64encode(body_digest).decode()};")
    unsigned = " " + "\r\n ".join([*tags, "b="])
    ((name, value),) = relaxed_fields([(b"DKIM-Signature", unsigned.encode("ascii"))])
    mark = base64.b64encode(key.sign(signed + name + b":" + value.removesuffix(b"\r\n"))).decode()
    folded = "\r\n ".join(mark[start : start + _LINE - 2] for start in range(0, len(mark), _LINE - 2))
    return f"DKIM-Signature:{unsigned}{folded}\r\n".encode("ascii")


def _folded(tag: str, pieces: list[str]) -> list[str]:
    """`tag` and `pieces` in lines of at most 74 octets, broken between pieces alone."""
    lines = [tag]
    for piece in pieces:
        if len(lines[-1]) + len(piece) > _LINE:
            lines.append("")
        lines[-1] += piece
    return lines
