"""What was written into a message, and which messages went without a waiver."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("written", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("without_waiver", sa.Text(), nullable=True))
    has_none = sa.text("without_waiver IS NOT NULL")
    op.create_index(
        "ix_message_without_waiver",
        "message",
        ["council_id", "received_at"],
        sqlite_where=has_none,
        postgresql_where=has_none,
    )
