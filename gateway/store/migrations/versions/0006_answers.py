"""Whom a council has written to, fingerprints of what it wrote, and messages by their Message-ID.

Correspondents are gathered from the mail that has left. Fingerprints begin with the mail from now on.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_OCTETS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    correspondent = op.create_table(
        "correspondent",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("local", _OCTETS, nullable=False),
        sa.Column("local_backwards", _OCTETS, nullable=False),
        sa.Column("first_written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_correspondent_council_id")),
        sa.PrimaryKeyConstraint("council_id", "address", name=op.f("pk_correspondent")),
    )
    op.create_index("ix_correspondent_beginning", "correspondent", ["council_id", "domain", "local"])
    op.create_index("ix_correspondent_end", "correspondent", ["council_id", "domain", "local_backwards"])
    op.create_index("ix_correspondent_local", "correspondent", ["council_id", "local"])

    domain = op.create_table(
        "correspondent_domain",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("domain", _OCTETS, nullable=False),
        sa.Column("backwards", _OCTETS, nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_correspondent_domain_council_id")
        ),
        sa.PrimaryKeyConstraint("council_id", "domain", name=op.f("pk_correspondent_domain")),
    )
    op.create_index("ix_correspondent_domain_end", "correspondent_domain", ["council_id", "backwards"])

    op.create_table(
        "print",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("council_id", "hash", "message_id", name=op.f("pk_print")),
        sqlite_with_rowid=False,
    )
    op.add_column("message", sa.Column("prints", sa.LargeBinary(), nullable=True))
    op.add_column("recipient", sa.Column("hidden", sa.Boolean(), nullable=True))
    op.create_index("ix_message_council_message_id", "message", ["council_id", "message_id"])
    _gather(op.get_bind(), correspondent, domain)


_WRITTEN_TO = sa.text(
    "SELECT r.council_id, r.canonical, MIN(m.received_at) FROM recipient r "
    "JOIN message m ON m.council_id = r.council_id AND m.id = r.message_id "
    "WHERE m.kind = 'submitted' AND m.state IN ('passed', 'released') GROUP BY r.council_id, r.canonical"
)


def _gather(connection: sa.Connection, correspondent: sa.Table, domain: sa.Table) -> None:
    domains: set[tuple[str, str]] = set()
    for rows in connection.execute(_WRITTEN_TO).partitions(_AT_ONCE):
        correspondents = []
        for council, address, at in rows:
            local, _, of = address.rpartition("@")
            domains.add((council, of))
            correspondents.append(
                {
                    "council_id": council,
                    "address": address,
                    "domain": of,
                    "local": local,
                    "local_backwards": local[::-1],
                    "first_written_at": at,
                }
            )
        connection.execute(correspondent.insert(), correspondents)
    found = [{"council_id": council, "domain": name, "backwards": name[::-1]} for council, name in domains]
    for start in range(0, len(found), _AT_ONCE):
        connection.execute(domain.insert(), found[start : start + _AT_ONCE])
