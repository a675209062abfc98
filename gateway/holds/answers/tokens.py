"""Addresses to answer notices to: `answer-<token>@` the domain that the council's notices come from.

A token is 16 octets of chance and 10 of an HMAC over them, in base32 and small letters, by a key that all nodes
share. So a forged one is told from a real one without asking the database, which has no more than a digest of each:
who reads it, or a copy of it, cannot answer for anybody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.address import domain_of
from config.council import Council
from gateway.holds.answers.options import Purpose
from gateway.store import answer_addresses
from gateway.store import secrets as keys
from gateway.store.answer_addresses import AnswerAddress

KEY = "answer addresses"
DAYS = 14.0
"""How long an address is good for, unless the settings say otherwise."""

_CHANCE = 16
_SEAL = 10
_LOCAL = re.compile(r"answer-([a-z2-7]{20,57})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Made:
    """A new address as it is written into a notice, and what is to be kept of it in the notice's own transaction."""

    address: str
    row: AnswerAddress

    @property
    def token(self) -> str:
        """What stands in the address, and in a link to the same."""
        return self.address.removeprefix("answer-").partition("@")[0]


def make(
    key: bytes,
    council: Council,
    message: str | None,
    login: str,
    purpose: Purpose,
    now: datetime,
    days: float = DAYS,
) -> Made:
    """A new address for `login` to answer to about a message, for this many days."""
    chance = secrets.token_bytes(_CHANCE)
    token = base64.b32encode(chance + _seal(key, chance)).decode().rstrip("=").lower()
    row = AnswerAddress(
        digest=digest(token),
        council=council.id,
        message=message,
        login=login,
        purpose=_said(purpose, council),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    return Made(f"answer-{token}@{domain_of(council.notice_sender)}", row)


def issue(
    connection: Connection,
    council: Council,
    message: str | None,
    login: str,
    purpose: Purpose,
    now: datetime,
    days: float = DAYS,
) -> str:
    """Make an address, keep it, and return it. Earlier ones stay good until one of them is used."""
    made = make(keys.made(connection, KEY), council, message, login, purpose, now, days)
    answer_addresses.keep(connection, made.row)
    return made.address


def link(base_url: str | None, address: str | None) -> str | None:
    """The link to where the same is answered by tapping, where there are such pages. `address` is to answer to."""
    token = token_in(address) if address is not None else None
    return None if base_url is None or token is None else f"{base_url}/answer/{token}"


def purpose_of(address: AnswerAddress) -> Purpose:
    """What an address is for."""
    return Purpose(address.purpose.partition(" ")[0])


def version_of(address: AnswerAddress) -> str:
    """The version of the monitoring notice that an address is for, where it is for one."""
    return address.purpose.partition(" ")[2]


def token_in(address: str) -> str | None:
    """The token of what looks like an address to answer to; None of any other address."""
    found = _LOCAL.match(address)
    return found[1].lower() if found else None


def genuine(key: bytes | None, token: str) -> bool:
    """Whether a token was made with the key. Without a key none was ever made."""
    if key is None:
        return False
    try:
        whole = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except binascii.Error:
        return False
    # Bits beyond the last octet say nothing, and would make several tokens of one.
    canonical = base64.b32encode(whole).decode().rstrip("=").lower() == token
    chance, seal = whole[:_CHANCE], whole[_CHANCE:]
    return hmac.compare_digest(seal, _seal(key, chance)) and canonical


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def _said(purpose: Purpose, council: Council) -> str:
    """A purpose as it is kept: the monitoring notice with its version, as who answers has read that one."""
    notice = council.monitoring_notice
    return f"{purpose.value} {notice.version}" if purpose is Purpose.NOTICE and notice else purpose.value


def _seal(key: bytes, chance: bytes) -> bytes:
    return hmac.new(key, b"vestry answer address\0" + chance, hashlib.sha256).digest()[:_SEAL]
