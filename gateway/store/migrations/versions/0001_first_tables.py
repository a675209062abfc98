"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "council",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council")),
    )
    op.create_table(
        "person",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_person")),
    )
    op.create_table(
        "council_domain",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_council_domain_council_id")),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_council_domain")),
    )
    op.create_index(op.f("ix_council_domain_council_id"), "council_domain", ["council_id"])

    op.create_table(
        "council_version",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_council_version_council_id")),
        sa.PrimaryKeyConstraint("council_id", "version", name=op.f("pk_council_version")),
    )
    op.create_table(
        "ledger",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_ledger_council_id")),
        sa.PrimaryKeyConstraint("council_id", "sequence", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_message_id"), "ledger", ["message_id"])

    op.create_table(
        "ledger_head",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_ledger_head_council_id")),
        sa.PrimaryKeyConstraint("council_id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "membership",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_membership_council_id")),
        sa.ForeignKeyConstraint(["login"], ["person.login"], name=op.f("fk_membership_login")),
        sa.PrimaryKeyConstraint("council_id", "login", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_login"), "membership", ["login"])

    op.create_table(
        "message",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("authenticated", sa.Boolean(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("helo", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("tls", sa.Text(), nullable=False),
        sa.Column("mail_from", sa.Text(), nullable=False),
        sa.Column("ret", sa.Text(), nullable=True),
        sa.Column("envid", sa.Text(), nullable=True),
        sa.Column("smtputf8", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("header_from", sa.Text(), nullable=False),
        sa.Column("from_domain", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("splices", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("submission_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_message_council_id")),
        sa.PrimaryKeyConstraint("council_id", "id", name=op.f("pk_message")),
        sa.UniqueConstraint("id", name=op.f("uq_message_id")),
    )
    op.create_index("ix_message_council_key", "message", ["council_id", "submission_key"])
    op.create_index("ix_message_council_received", "message", ["council_id", "received_at"])
    op.create_index("ix_message_council_state", "message", ["council_id", "state"])
    op.create_index("ix_message_person_received", "message", ["person", "received_at"])

    op.create_table(
        "decision",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("council_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id", "message_id"],
            ["message.council_id", "message.id"],
            name=op.f("fk_decision_council_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("council_id", "message_id", "number", name=op.f("pk_decision")),
    )
    op.create_table(
        "departure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("from_domain", sa.Text(), nullable=False),
        sa.Column("upstream", sa.Text(), nullable=False),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.Column("splices", sa.Text(), nullable=False),
        sa.Column("prepended", sa.LargeBinary(), nullable=True),
        sa.Column("sent_sha256", sa.Text(), nullable=True),
        sa.Column("prepared_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("data_sent", sa.Boolean(), nullable=False),
        sa.Column("outcome_unknown", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council_id", "message_id"],
            ["message.council_id", "message.id"],
            name=op.f("fk_departure_council_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    op.create_index("ix_departure_due", "departure", ["done", "next_attempt"])
    op.create_index("ix_departure_message", "departure", ["council_id", "message_id"])

    op.create_table(
        "message_body",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id", "message_id"],
            ["message.council_id", "message.id"],
            name=op.f("fk_message_body_council_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("council_id", "message_id", name=op.f("pk_message_body")),
    )
    op.create_table(
        "recipient",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("notify", sa.Text(), nullable=True),
        sa.Column("orcpt", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council_id", "message_id"],
            ["message.council_id", "message.id"],
            name=op.f("fk_recipient_council_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("council_id", "message_id", "number", name=op.f("pk_recipient")),
    )
    op.create_table(
        "delivery",
        sa.Column("council_id", sa.Text(), nullable=False),
        sa.Column("departure_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["departure_id"], ["departure.id"], name=op.f("fk_delivery_departure_id")),
        sa.PrimaryKeyConstraint("council_id", "departure_id", "number", name=op.f("pk_delivery")),
    )
