"""Who was reminded of what, the capacity in which a message is written, and messages that no officer sees."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("capacity", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("sealed", sa.Boolean(), nullable=True))
    op.create_table(
        "reminder",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_reminder_council_id")),
        sa.PrimaryKeyConstraint("council_id", "message_id", "step", name=op.f("pk_reminder")),
    )
