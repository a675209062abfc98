"""What is attached to councils' mail, each once per council; and where it is kept.

It is kept in the database. `BlobStore` is what a store outside of it would have to offer: nothing else knows where the
octets are, and they are closed (`gateway.store.vault`) before they come here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store.errors import Altered
from gateway.store.models import BlobRow
from gateway.store.vault import Vault, about


@dataclass(frozen=True, slots=True)
class Blob:
    """Octets to be kept for a council: `sha256`, in hex, and `size` of the content, and that closed in `form`."""

    council: str
    sha256: str
    size: int
    form: str
    data: bytes


class BlobStore(Protocol):
    """Where blobs are.

    `put` is called in the transaction that writes the messages they belong to, and is done when it returns: should
    that transaction fail, there is a blob that nobody needs, which does no harm. The same blob may be put again, by
    another node at the same moment too; the first one stays. `delete` is called in the transaction that takes out the
    last message; a store outside of the database has to wait for its commit, and to leave what was put again since.
    """

    def put(self, connection: Connection, blobs: Sequence[Blob]) -> None:
        """Keep blobs that may be there already."""

    def get(self, connection: Connection, council: str, hashes: Iterable[str]) -> Mapping[str, Blob]:
        """Those of the blobs that there are, by SHA-256 in hex."""

    def delete(self, connection: Connection, council: str, hashes: Iterable[str]) -> None:
        """Forget blobs, some of which may not be there."""


class InDatabase:
    """Blobs in a table. See `BlobStore`."""

    def put(self, connection: Connection, blobs: Sequence[Blob]) -> None:
        """See `BlobStore`."""
        wanted: dict[str, dict[str, Blob]] = {}
        for blob in blobs:
            wanted.setdefault(blob.council, {})[blob.sha256] = blob
        for council in sorted(wanted):
            there = set(
                connection.execute(
                    select(BlobRow.sha256).where(
                        BlobRow.council_id == council, BlobRow.sha256.in_(sorted(wanted[council]))
                    )
                ).scalars()
            )
            new = [blob for sha256, blob in sorted(wanted[council].items()) if sha256 not in there]
            if new:
                insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
                connection.execute(insert(BlobRow).on_conflict_do_nothing(), [_row(blob) for blob in new])

    def get(self, connection: Connection, council: str, hashes: Iterable[str]) -> Mapping[str, Blob]:
        """See `BlobStore`."""
        rows = connection.execute(
            select(BlobRow.__table__).where(
                BlobRow.council_id == council, BlobRow.sha256.in_(sorted(set(hashes)))
            )
        )
        return {
            row.sha256: Blob(row.council_id, row.sha256, row.size, row.form, bytes(row.data)) for row in rows
        }

    def delete(self, connection: Connection, council: str, hashes: Iterable[str]) -> None:
        """See `BlobStore`."""
        connection.execute(
            delete(BlobRow).where(BlobRow.council_id == council, BlobRow.sha256.in_(sorted(set(hashes))))
        )


STORE: BlobStore = InDatabase()


def closed(council: str, sha256: str, content: bytes, vault: Vault) -> Blob:
    """A blob of a content whose SHA-256, in hex, is known."""
    form, data = vault.close(content, about("blob", council, sha256))
    return Blob(council, sha256, len(content), form, data)


def contents(
    connection: Connection, council: str, hashes: Sequence[str], vault: Vault
) -> Mapping[str, bytes]:
    """The contents with these hashes, each looked at. Raises Altered where one is not there or not what it was."""
    there = STORE.get(connection, council, hashes)
    if set(there) != set(hashes):
        raise Altered("something attached is missing from the archive")
    return {sha256: _opened(there[sha256], vault) for sha256 in there}


def _opened(blob: Blob, vault: Vault) -> bytes:
    content = vault.open(blob.form, blob.data, about("blob", blob.council, blob.sha256))
    if hashlib.sha256(content).hexdigest() != blob.sha256:
        raise Altered("something attached was altered in the archive")
    return content


def _row(blob: Blob) -> dict[str, object]:
    return {
        "council_id": blob.council,
        "sha256": blob.sha256,
        "size": blob.size,
        "form": blob.form,
        "data": blob.data,
    }
