"""Whether the author was told that a departure waits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "departure", sa.Column("delay_told", sa.Boolean(), nullable=False, server_default=sa.false())
    )
