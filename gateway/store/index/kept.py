"""What is kept of an item besides its words: its texts, what is attached, and what it refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Connection, Text, bindparam, column, delete, insert, select, text

from gateway.store.direct import Direct
from gateway.store.index.content import Content, ItemState, Piece, Said
from gateway.store.models import AttachmentRow, ItemRow, ReferenceRow, TextRow
from gateway.store.vault import Vault, vault_of

# Statements of the intake road are made once: making one anew costs more than carrying it out.
_ADD_TEXTS, _ADD_ATTACHMENTS, _ADD_REFERENCES = (
    Direct(insert(row)) for row in (TextRow, AttachmentRow, ReferenceRow)
)
_OF_ITEM = {
    row: delete(row).where(row.council_id == bindparam("council"), row.item == bindparam("number"))
    for row in (TextRow, AttachmentRow, ReferenceRow)
}

_TEXTS, _ATTACHMENTS = (
    select(row.__table__)
    .where(
        row.council_id == bindparam("council"),
        row.item.in_(bindparam("numbers", expanding=True)),
    )
    .order_by(row.item, order)
    for row, order in (
        (TextRow, TextRow.ordinal),
        (AttachmentRow, AttachmentRow.ordinal),
    )
)
_REFERENCES = {
    # Left to itself, SQLite would go through all references of the council to find those of many items.
    dialect: select(column("ref", Text), column("item", BigInteger), column("own", Boolean))
    .select_from(text(f"reference{by}"))
    .where(
        column("council_id") == bindparam("council"),
        column("item").in_(bindparam("numbers", expanding=True)),
    )
    .order_by(column("item"), column("ref"))
    for dialect, by in (("sqlite", " INDEXED BY ix_reference_item"), ("postgresql", ""))
}


class Closed(NamedTuple):
    """A text of an item as it is kept."""

    ordinal: int
    form: str
    data: bytes


def closed(council: str, message: str, content: Content, vault: Vault) -> tuple[Closed, ...]:
    """The texts of an item, row 0 always among them: where it is, there are words."""
    plain = [(0, content.said.model_dump_json(exclude_defaults=True))]
    plain += [(ordinal, piece.text) for ordinal, piece in enumerate(content.pieces, 1) if piece.text]
    return tuple(
        Closed(ordinal, *vault.close(text.encode(), _about(council, message, ordinal)))
        for ordinal, text in plain
    )


def keep(connection: Connection, items: Sequence[tuple[str, int, Content, Sequence[Closed]]]) -> None:
    """Keep all that of items, each given with council, number, content, and texts closed."""
    texts: list[dict[str, Any]] = []
    attachments: list[dict[str, Any]] = []
    references: list[dict[str, Any]] = []
    for council, number, content, closed_texts in items:
        of_item = {"council_id": council, "item": number}
        texts += [{**of_item, **each._asdict()} for each in closed_texts]
        attachments += [
            {**of_item, "ordinal": ordinal, **each.model_dump(exclude={"text"})}
            for ordinal, each in enumerate(content.pieces, 1)
        ]
        refs = dict.fromkeys(filter(None, content.references), False)
        if content.message_id:
            refs[content.message_id] = True
        references += [{**of_item, "ref": ref, "own": own} for ref, own in refs.items()]
    for statement, rows in (
        (_ADD_TEXTS, texts),
        (_ADD_ATTACHMENTS, attachments),
        (_ADD_REFERENCES, references),
    ):
        statement.run(connection, rows)


def drop(connection: Connection, council: str, number: int) -> None:
    """Keep none of it any longer."""
    for statement in _OF_ITEM.values():
        connection.execute(statement, {"council": council, "number": number})


def content_of(connection: Connection, item: ItemRow | Any) -> Content | None:
    """What is kept of an item; None where nothing is."""
    return contents_of(connection, item.council_id, [item]).get(item.number)


def contents_of(connection: Connection, council: str, items: Sequence[ItemRow | Any]) -> dict[int, Content]:
    """What is kept of items of a council, by their numbers; those of which nothing is are left out."""
    vault = vault_of(connection)
    wanted = {"council": council, "numbers": [each.number for each in items]}
    texts: dict[int, list[Any]] = {}
    attached: dict[int, list[Any]] = {}
    references: dict[int, list[Any]] = {}
    asked = _REFERENCES[connection.dialect.name]
    for statement, found in ((_TEXTS, texts), (_ATTACHMENTS, attached), (asked, references)):
        for row in connection.execute(statement, wanted):
            found.setdefault(row.item, []).append(row)
    contents: dict[int, Content] = {}
    for item in items:
        opened = {
            row.ordinal: vault.open(row.form, row.data, _about(council, item.message_id, row.ordinal))
            for row in texts.get(item.number, ())
        }
        if 0 in opened:
            contents[item.number] = _content(
                item, opened, attached.get(item.number, ()), references.get(item.number, ())
            )
    return contents


def _content(
    item: ItemRow | Any, texts: Mapping[int, bytes], attached: Sequence[Any], references: Sequence[Any]
) -> Content:
    pieces = tuple(
        Piece(
            part=row.part,
            name=row.name,
            kind=row.kind,
            size=row.size,
            sha256=row.sha256,
            unread=row.unread,
            text=texts.get(row.ordinal, b"").decode(),
        )
        for row in attached
    )
    return Content(
        said=Said.model_validate_json(texts[0]),
        pieces=pieces,
        unread=item.unread,
        message_id=next((row.ref for row in references if row.own), ""),
        references=tuple(row.ref for row in references if not row.own),
        pending=item.state == ItemState.PENDING.value,
    )


def _about(council: str, message: str, ordinal: int) -> str:
    """Whose a text is, for the vault."""
    return f"{council}/text/{message}/{ordinal}"
