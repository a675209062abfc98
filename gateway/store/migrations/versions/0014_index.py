"""What the archive is searched by, bodies compressed and attachments kept once, who did what with it, signed heads.

What is in the archive already is found once its text was read: it is pending, and read by a job.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.store import append_only
from gateway.store.index import tables

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_VERDICTS = ("pass", "note", "ask", "hold", "refuse")
"""From the lightest to the gravest."""

_TEXT, _NUMBER, _OCTETS = sa.Text(), sa.BigInteger(), sa.LargeBinary()


def upgrade() -> None:
    op.add_column("message_body", sa.Column("form", _TEXT, nullable=True))
    _blobs()
    _items()
    _acts()
    _councils()
    _pending()
    _found()
    append_only.protect(op.get_bind())


def _blobs() -> None:
    op.create_table(
        "blob",
        *_of_council(),
        sa.Column("sha256", _TEXT, nullable=False),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("form", _TEXT, nullable=False),
        sa.Column("data", _OCTETS, nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_blob_council_id")),
        sa.PrimaryKeyConstraint("council_id", "sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "blob_use",
        *_of_council(),
        sa.Column("sha256", _TEXT, nullable=False),
        sa.Column("message_id", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id", "message_id"],
            ["message.council_id", "message.id"],
            name=op.f("fk_blob_use_council_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["council_id", "sha256"],
            ["blob.council_id", "blob.sha256"],
            name=op.f("fk_blob_use_council_id_sha256"),
        ),
        sa.PrimaryKeyConstraint("council_id", "sha256", "message_id", name=op.f("pk_blob_use")),
    )
    op.create_index("ix_blob_use_message", "blob_use", ["council_id", "message_id"])


def _items() -> None:
    op.create_table(
        "item",
        *_of_council(),
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", _TEXT, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("person", _TEXT, nullable=True),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("verdict", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("unread", _TEXT, nullable=False),
        sa.Column("attempts", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_item_council_id")),
        sa.ForeignKeyConstraint(
            ["council_id", "message_id"],
            ["message.council_id", "message.id"],
            name=op.f("fk_item_council_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("council_id", "number", name=op.f("pk_item")),
    )
    pending, unread = sa.text("state = 'pending'"), sa.text("unread <> ''")
    op.create_index("ix_item_message", "item", ["council_id", "message_id"], unique=True)
    op.create_index("ix_item_at", "item", ["council_id", "at", "number"])
    op.create_index("ix_item_person", "item", ["council_id", "person", "number"])
    op.create_index(
        "ix_item_pending", "item", ["council_id", "number"], sqlite_where=pending, postgresql_where=pending
    )
    op.create_index(
        "ix_item_unread", "item", ["council_id", "number"], sqlite_where=unread, postgresql_where=unread
    )
    op.create_table(
        "text",
        *_of_item("text"),
        sa.Column("ordinal", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("form", _TEXT, nullable=False),
        sa.Column("data", _OCTETS, nullable=False),
        sa.PrimaryKeyConstraint("council_id", "item", "ordinal", name=op.f("pk_text")),
    )
    op.create_table(
        "attachment",
        *_of_item("attachment"),
        sa.Column("ordinal", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("part", _NUMBER, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("sha256", _TEXT, nullable=False),
        sa.Column("unread", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("council_id", "item", "ordinal", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_sha256", "attachment", ["council_id", "sha256"])
    op.create_index(
        "ix_attachment_unread",
        "attachment",
        ["council_id", "item"],
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.create_table(
        "reference",
        *_of_item("reference"),
        sa.Column("ref", _TEXT, nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("council_id", "ref", "item", name=op.f("pk_reference")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reference_item", "reference", ["council_id", "item"])
    op.create_table(
        "found",
        *_of_item("found"),
        sa.Column("check", _TEXT, nullable=False),
        sa.Column("verdict", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("council_id", "check", "item", name=op.f("pk_found")),
        sqlite_with_rowid=False,
    )


def _acts() -> None:
    op.create_table(
        "audit",
        *_of_council(),
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("by", _TEXT, nullable=False),
        sa.Column("act", _TEXT, nullable=False),
        sa.Column("why", _TEXT, nullable=False),
        sa.Column("message_id", _TEXT, nullable=True),
        sa.Column("detail", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_audit_council_id")),
        sa.PrimaryKeyConstraint("council_id", "number", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["council_id", "at"])
    op.create_table(
        "anchor",
        *_of_council(),
        sa.Column("sequence", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", _TEXT, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("messages", _NUMBER, nullable=False),
        sa.Column("public_key", _TEXT, nullable=False),
        sa.Column("signature", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_anchor_council_id")),
        sa.PrimaryKeyConstraint("council_id", "sequence", name=op.f("pk_anchor")),
    )


def _councils() -> None:
    """Number the councils that there are, and give each an index."""
    connection = op.get_bind()
    op.add_column("council", sa.Column("number", _NUMBER, nullable=True))
    ids = connection.execute(sa.text("SELECT id FROM council ORDER BY created_at, id")).scalars().all()
    for number, council in enumerate(ids, 1):
        connection.execute(
            sa.text("UPDATE council SET number = :number WHERE id = :id"), {"number": number, "id": council}
        )
        tables.create(connection, number)
    op.create_index("ix_council_number", "council", ["number"], unique=True)


def _pending() -> None:
    """Have all that is in the archive read, the oldest first; what is sealed is numbered by itself."""
    op.execute(
        sa.text(
            """
            INSERT INTO item (council_id, number, message_id, at, person, kind, verdict, state, unread, attempts)
            SELECT m.council_id,
                   (CASE WHEN m.sealed THEN -1 ELSE 1 END) * row_number() OVER (
                       PARTITION BY m.council_id, CASE WHEN m.sealed THEN 1 ELSE 0 END
                       ORDER BY m.received_at, m.id
                   ),
                   m.id, m.received_at, m.person, m.kind,
                   COALESCE((SELECT d.verdict FROM decision d WHERE d.council_id = m.council_id
                             AND d.message_id = m.id AND d.by = 'policy' ORDER BY d.number DESC LIMIT 1), 'pass'),
                   'pending', '', 0
            FROM message m
            """
        )
    )


def _found() -> None:
    """Note which checks found something in what is there: that is known already."""
    connection = op.get_bind()
    decided = connection.execute(
        sa.text(
            "SELECT d.council_id, i.number, d.findings FROM decision d JOIN item i ON i.council_id = d.council_id "
            "AND i.message_id = d.message_id WHERE d.by = 'policy' ORDER BY d.council_id, d.message_id, d.number"
        )
    )
    found: dict[tuple[str, int, str], str] = {}
    for council, number, findings in decided:
        gravest: dict[str, str] = {}
        for each in json.loads(findings)["findings"]:
            check, verdict = each["check"], each["verdict"]
            gravest[check] = max(verdict, gravest.get(check, verdict), key=_VERDICTS.index)
        found |= {(council, number, check): verdict for check, verdict in gravest.items()}
    rows = [
        {"council": council, "item": item, "check": check, "verdict": verdict}
        for (council, item, check), verdict in found.items()
    ]
    if rows:
        connection.execute(
            sa.text(
                'INSERT INTO found (council_id, item, "check", verdict) VALUES (:council, :item, :check, :verdict)'
            ),
            rows,
        )


def _of_council() -> list[Any]:
    return [sa.Column("council_id", _TEXT, nullable=False)]


def _of_item(table: str) -> list[Any]:
    return [
        *_of_council(),
        sa.Column("item", _NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id", "item"],
            ["item.council_id", "item.number"],
            name=op.f(f"fk_{table}_council_id_item"),
        ),
    ]
