"""The octets of messages, as they came in: closed, and what is attached to them kept once per council.

A body is one row. Its form is that of the vault, with an "r" in front where the row holds a recipe
(`gateway.store.recipes`) and blobs the attachments; without a form the row holds the very octets, as all did once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from gateway.store import blobs, ledger, recipes
from gateway.store.blobs import STORE, Blob
from gateway.store.direct import Direct
from gateway.store.errors import Altered
from gateway.store.models import BlobUse, MessageBody
from gateway.store.recipes import Stretch
from gateway.store.vault import MOST, Vault, about, vault_of

_ADD_BODIES, _ADD_USES = Direct(insert(MessageBody)), Direct(insert(BlobUse))
_RECIPE = "r"


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a council's message, ready to be kept."""

    council: str
    message: str
    form: str
    data: bytes
    blobs: tuple[Blob, ...] = ()


def prepare(council: str, message: str, raw: bytes, vault: Vault, stretches: Iterable[Stretch] = ()) -> Body:
    """A body closed with `vault`; no database is needed for that. What is large of `stretches` is kept by itself."""
    recipe = recipes.part(raw, stretches) if len(raw) >= recipes.LEAST else None
    if recipe is None:
        form, data = vault.close(raw, about("body", council, message))
        return Body(council, message, form, data)
    attached = tuple(
        blobs.closed(council, sha256, content, vault) for sha256, content in recipe.contents.items()
    )
    form, data = vault.close(recipe.octets, about("recipe", council, message))
    return Body(council, message, _RECIPE + form, data, attached)


def keep(connection: Connection, several: Sequence[Body]) -> None:
    """Write bodies, whose messages are there. The ledgers of their councils must be locked where these have blobs.

    Raises ValueError where one is not encrypted and the database has a key.
    """
    if not several:
        return
    if vault_of(connection).encrypts and any(not body.form.endswith("e") for body in several):
        raise ValueError("a body was closed without the key of the database")
    _ADD_BODIES.run(
        connection,
        [
            {"council_id": each.council, "message_id": each.message, "raw": each.data, "form": each.form}
            for each in several
        ],
    )
    attached = list(chain.from_iterable(each.blobs for each in several))
    if attached:
        STORE.put(connection, attached)
        _ADD_USES.run(
            connection,
            [
                {"council_id": each.council, "sha256": blob.sha256, "message_id": each.message}
                for each in several
                for blob in each.blobs
            ],
        )


def load(connection: Connection, council: str, ids: Iterable[str]) -> dict[str, bytes]:
    """The bodies of those of a council's messages that have one, octet for octet. Raises Altered."""
    rows = connection.execute(
        select(MessageBody.message_id, MessageBody.form, MessageBody.raw).where(
            MessageBody.council_id == council, MessageBody.message_id.in_(sorted(set(ids)))
        )
    )
    return {
        row.message_id: opened(connection, council, row.message_id, row.form, row.raw) for row in rows.all()
    }


def load_one(connection: Connection, council: str, message: str) -> bytes | None:
    """The body of a message, octet for octet; None where it has none. Raises Altered."""
    row = _row(connection, council, message)
    return None if row is None else opened(connection, council, message, row.form, row.raw)


def beginning(connection: Connection, council: str, message: str, octets: int) -> bytes | None:
    """The first of a message's octets; None where it has no body. Raises Altered."""
    row = _row(connection, council, message)
    if row is None:
        return None
    form, vault = row.form, vault_of(connection)
    if form is None or not form.startswith(_RECIPE):
        return opened(connection, council, message, form, row.raw)[:octets]
    recipe = _recipe(council, message, form, row.raw, vault)
    # What is attached is not needed where the message's own octets before it are as many.
    first = recipe.steps[0] if recipe.steps else 0
    if isinstance(first, int) and first >= octets:
        return bytes(recipe.literals[:octets])
    return opened(connection, council, message, form, row.raw)[:octets]


def opened(connection: Connection, council: str, message: str, form: str | None, raw: bytes) -> bytes:
    """The octets of a body from what its row holds. Raises Altered."""
    vault = vault_of(connection)
    if form is None or not form.startswith(_RECIPE):
        return bytes(vault.open(form, raw, about("body", council, message)))
    recipe = _recipe(council, message, form, raw, vault)
    contents = blobs.contents(connection, council, recipe.needed, vault)
    found = BytesIO()  # All pieces in a list, to be joined, would be the message once more.
    for piece in recipe.pieces(contents):
        found.write(piece)
    if found.tell() != recipe.size:
        raise Altered("a message does not come together as it was")
    return found.getvalue()


def forget(connection: Connection, council: str, message: str) -> None:
    """Take a message's body out of the archive, and what was attached to no other message of the council.

    Locks the council's ledger, so that nobody attaches the same again meanwhile.
    """
    ledger.lock(connection, council)
    of_message = (BlobUse.council_id == council) & (BlobUse.message_id == message)
    used = set(connection.execute(select(BlobUse.sha256).where(of_message)).scalars())
    connection.execute(
        delete(MessageBody).where(MessageBody.council_id == council, MessageBody.message_id == message)
    )
    if not used:
        return
    connection.execute(delete(BlobUse).where(of_message))
    still = connection.execute(
        select(BlobUse.sha256).where(BlobUse.council_id == council, BlobUse.sha256.in_(sorted(used)))
    ).scalars()
    STORE.delete(connection, council, used.difference(still))


class _Kept(NamedTuple):
    form: str | None
    raw: bytes


def _row(connection: Connection, council: str, message: str) -> _Kept | None:
    row = connection.execute(
        select(MessageBody.form, MessageBody.raw).where(
            MessageBody.council_id == council, MessageBody.message_id == message
        )
    ).first()
    return None if row is None else _Kept(row.form, row.raw)


def _recipe(council: str, message: str, form: str, raw: bytes, vault: Vault) -> recipes.Steps:
    recipe = recipes.read(vault.open(form.removeprefix(_RECIPE), raw, about("recipe", council, message)))
    sizes = (step if isinstance(step, int) else step[1] for step in recipe.steps)
    if not 0 <= recipe.size <= MOST or sum(sizes) > recipe.size:
        raise Altered("a message does not come together as it was")
    return recipe
