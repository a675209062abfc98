"""Addresses that notices are answered to. Of an address nothing is kept but a digest of its token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from gateway.store.models import AnswerAddressRow


@dataclass(frozen=True, slots=True)
class AnswerAddress:
    """Who may answer to it, about which message of which council, until when, and what used it."""

    digest: str
    council: str
    message: str | None
    login: str
    purpose: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str | None = None


def keep(connection: Connection, address: AnswerAddress) -> None:
    """Keep a new address."""
    connection.execute(
        insert(AnswerAddressRow).values(
            digest=address.digest,
            council_id=address.council,
            message_id=address.message,
            login=address.login,
            purpose=address.purpose,
            made_at=address.made_at,
            expires_at=address.expires_at,
            used_at=address.used_at,
            used_by=address.used_by,
        )
    )


def find(connection: Connection, digest: str) -> AnswerAddress | None:
    """The address whose token has this digest, whichever council's it is."""
    row = connection.execute(
        select(AnswerAddressRow.__table__).where(AnswerAddressRow.digest == digest)
    ).first()
    if row is None:
        return None
    return AnswerAddress(
        digest=row.digest,
        council=row.council_id,
        message=row.message_id,
        login=row.login,
        purpose=row.purpose,
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        used_by=row.used_by,
    )


def use(connection: Connection, address: AnswerAddress, at: datetime, by: str) -> None:
    """Mark an address as used by the message `by`, and with it every other one that asks the same person the same."""
    connection.execute(
        update(AnswerAddressRow)
        .where(
            AnswerAddressRow.council_id == address.council,
            AnswerAddressRow.message_id == address.message
            if address.message is not None
            else AnswerAddressRow.message_id.is_(None),
            AnswerAddressRow.login == address.login,
            AnswerAddressRow.purpose == address.purpose,
            AnswerAddressRow.used_at.is_(None),
        )
        .values(used_at=at, used_by=by)
    )
