"""Failed logins and familiar networks, for all nodes and across restarts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auth_failure",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("clear_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_auth_failure")),
    )
    op.create_index("ix_auth_failure_clear_at", "auth_failure", ["clear_at"])
    op.create_table(
        "familiar_network",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_familiar_network")),
    )
    op.create_index("ix_familiar_network_seen_at", "familiar_network", ["seen_at"])
