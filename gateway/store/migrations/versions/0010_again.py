"""What somebody sends again: what of theirs waits or was given back, and what was sent about a message later."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("state IN ('held', 'returned')")
    about = sa.text("about IS NOT NULL AND kind = 'submitted'")
    op.create_index(
        "ix_message_about", "message", ["council_id", "about"], sqlite_where=about, postgresql_where=about
    )
    op.create_index(
        "ix_message_waiting",
        "message",
        ["council_id", "person"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
