"""The life of a held message: addresses to answer to, claims, acknowledgements, what was confirmed, what was opened."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("detail", sa.Text(), nullable=True))
    op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "answer_address",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_answer_address_council_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_answer_address")),
    )
    op.create_index("ix_answer_address_message", "answer_address", ["council_id", "message_id"])
    op.create_table(
        "claim",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("council_id", "message_id", name=op.f("pk_claim")),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_acknowledgement_council_id")),
        sa.PrimaryKeyConstraint("council_id", "login", "version", name=op.f("pk_acknowledgement")),
    )
    op.create_table(
        "confirmation",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("council_id", "key", name=op.f("pk_confirmation")),
    )
    op.create_table(
        "opening",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    op.create_index("ix_opening_message", "opening", ["council_id", "message_id"])
