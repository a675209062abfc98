"""Signed heads of councils' ledgers, and the key that they are signed with.

The key (Ed25519) is made by whichever node needs it first, and is one for all councils. Whoever has the database has
the key: a signature says which installation an anchor is of. What proves something is that an anchor was sent
outside, where nobody here can change it.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, Select, func, insert, select

from gateway.archive.offline.check import Anchor, statement
from gateway.store import ledger, secrets
from gateway.store.models import AnchorRow, LedgerRow, MessageRow

_NAME = "archive.anchor"


def make(connection: Connection, council: str, now: datetime) -> Anchor:
    """Sign the head of the council's ledger as it stands, and keep that; the one there is where it stands there still."""
    ledger.lock(connection, council)
    links, head = ledger.head(connection, council)
    there = connection.execute(_rows(council).where(AnchorRow.sequence == links)).first()
    if there is not None and there.hash == head:
        return _anchor(there)
    moment = now.astimezone(UTC).replace(microsecond=0)
    messages = searchable(connection, council)
    key = _key(connection)
    public = key.public_key().public_bytes_raw()
    signature = key.sign(statement(council, links, head, messages, _written(moment)))
    connection.execute(
        insert(AnchorRow).values(
            council_id=council,
            sequence=links,
            hash=head,
            at=moment,
            messages=messages,
            public_key=base64.b64encode(public).decode(),
            signature=base64.b64encode(signature).decode(),
        )
    )
    return Anchor(council, links, head, messages, _written(moment), public.hex(), signature.hex())


def latest(connection: Connection, council: str) -> tuple[datetime, Anchor] | None:
    """When the council's last anchor was made, and the anchor; None where there is none."""
    row = connection.execute(_rows(council).order_by(AnchorRow.sequence.desc()).limit(1)).first()
    return None if row is None else (row.at, _anchor(row))


def from_link(
    connection: Connection, council: str, after: int = -1, until: int | None = None
) -> list[Anchor]:
    """The council's anchors of links behind `after`, and up to `until`, the first first."""
    wanted = _rows(council).where(AnchorRow.sequence > after)
    if until is not None:
        wanted = wanted.where(AnchorRow.sequence <= until)
    return [_anchor(row) for row in connection.execute(wanted.order_by(AnchorRow.sequence))]


def public_key(connection: Connection) -> str | None:
    """The public key in hex, or None where nobody has needed it yet."""
    seed = secrets.find(connection, _NAME)
    return None if seed is None else _of_seed(seed).public_key().public_bytes_raw().hex()


def sign(connection: Connection, said: bytes) -> tuple[str, str]:
    """The public key, and its signature over what is said, both in hex. The key is made now where there was none.

    Each kind of statement begins in a way of its own, so that a signature for one does not do for another.
    """
    key = _key(connection)
    return key.public_key().public_bytes_raw().hex(), key.sign(said).hex()


def searchable(connection: Connection, council: str) -> int:
    """How many messages the council's archive has. That there are sealed ones is told nobody, by no number either."""
    counted = select(func.count()).where(MessageRow.council_id == council, MessageRow.sealed.is_not(True))
    return int(connection.execute(counted).scalar_one())


def happened_since(
    connection: Connection, council: str, anchor: Anchor, besides: tuple[str, ...], row: int
) -> bool:
    """Whether anything was chained since an anchor, besides what is about these messages and the record's row `row`."""
    since = select(LedgerRow.sequence).where(
        LedgerRow.council_id == council,
        LedgerRow.sequence > anchor.links,
        LedgerRow.message_id.not_in(besides),
        ~((LedgerRow.event == ledger.Event.AUDITED.value) & (LedgerRow.part == str(row))),
    )
    return connection.execute(since.limit(1)).first() is not None


def _rows(council: str) -> Select[tuple[AnchorRow]]:
    return select(AnchorRow.__table__).where(AnchorRow.council_id == council)


def _anchor(row: Row[tuple[AnchorRow]]) -> Anchor:
    return Anchor(
        council=row.council_id,
        links=row.sequence,
        head=row.hash,
        messages=row.messages,
        moment=_written(row.at),
        key=_hex(row.public_key),
        signature=_hex(row.signature),
    )


def _written(moment: datetime) -> str:
    """A moment as an anchor has it, in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _hex(text: str) -> str:
    """Octets in base64 as hex digits. What is no base64 has been tampered with, and is no signature either."""
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def _key(connection: Connection) -> Ed25519PrivateKey:
    return _of_seed(secrets.made(connection, _NAME))


def _of_seed(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
