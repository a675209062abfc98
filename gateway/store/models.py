"""The tables. Every one that holds council data carries the council."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OCTETS = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text in the order of its octets on every database, so that what begins alike stands together."""


class Instant(TypeDecorator[datetime]):
    """A moment, kept as microseconds since 1970 UTC: the same number on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """A moment as a number. Raises ValueError where it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        delta = value - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """A number as a moment in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Base(DeclarativeBase):
    """All tables, with names for their constraints so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, str: Text, bytes: LargeBinary, int: BigInteger}  # noqa: RUF012  # SQLAlchemy's form.


class CouncilRow(Base):
    """A council and the number of its latest version."""

    __tablename__ = "council"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]


class CouncilVersion(Base):
    """A council as it stood: people, identities, policy. Never changed, so a decision can be explained."""

    __tablename__ = "council_version"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class CouncilDomain(Base):
    """Which council a domain belongs to."""

    __tablename__ = "council_domain"
    domain: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), index=True)


class PersonRow(Base):
    """A login of this installation, in one council or several."""

    __tablename__ = "person"
    login: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Membership(Base):
    """Which councils a login stands in; follows from the councils' latest versions."""

    __tablename__ = "membership"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("person.login"), primary_key=True, index=True)


class MessageRow(Base):
    """An archive entry: a message with its envelope. Only `state` ever changes, and at its release what could
    not be worked out before: `written` (a `Record` as JSON) and `without_waiver` (why it goes without one).
    `prints` are fingerprints of its author's own words, eight octets each. `capacity` is the one in which it is
    written. `sealed`: no officer sees it, or that there is one.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_council_received", "council_id", "received_at"),
        Index("ix_message_council_key", "council_id", "submission_key"),
        Index("ix_message_council_state", "council_id", "state"),
        Index("ix_message_council_message_id", "council_id", "message_id"),
        Index("ix_message_person_received", "person", "received_at"),
        Index(
            "ix_message_about",
            "council_id",
            "about",
            sqlite_where=text("about IS NOT NULL AND kind = 'submitted'"),
            postgresql_where=text("about IS NOT NULL AND kind = 'submitted'"),
        ),
        Index(
            "ix_message_waiting",
            "council_id",
            "person",
            sqlite_where=text("state IN ('held', 'returned')"),
            postgresql_where=text("state IN ('held', 'returned')"),
        ),
        Index(
            "ix_message_without_waiver",
            "council_id",
            "received_at",
            sqlite_where=text("without_waiver IS NOT NULL"),
            postgresql_where=text("without_waiver IS NOT NULL"),
        ),
    )
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True, unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    received_at: Mapped[datetime]
    person: Mapped[str | None]
    authenticated: Mapped[bool]
    profile: Mapped[str]
    peer: Mapped[str]
    helo: Mapped[str]
    protocol: Mapped[str]
    tls: Mapped[str]
    mail_from: Mapped[str]
    ret: Mapped[str | None]
    envid: Mapped[str | None]
    smtputf8: Mapped[bool]
    body: Mapped[str]
    message_id: Mapped[str]
    subject: Mapped[str]
    header_from: Mapped[str]
    from_domain: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    splices: Mapped[str | None]
    about: Mapped[str | None]
    submission_key: Mapped[str | None]
    written: Mapped[str | None]
    without_waiver: Mapped[str | None]
    prints: Mapped[bytes | None]
    capacity: Mapped[str | None]
    sealed: Mapped[bool | None]


class MessageBody(Base):
    """The bytes of a message as received. A refused message has none."""

    __tablename__ = "message_body"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    raw: Mapped[bytes]


class RecipientRow(Base):
    """An envelope recipient, Bcc ones among them; read by nobody but reviewers and archive readers.

    `hidden`: it does not stand in the header, where that could be read. `added_by` names the check that added
    one whom the client did not name.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address: Mapped[str]
    canonical: Mapped[str]
    notify: Mapped[str | None]
    orcpt: Mapped[str | None]
    hidden: Mapped[bool | None]
    added_by: Mapped[str | None]


class CorrespondentRow(Base):
    """An address that this council's mail has left for. It is found again by the beginning or the end of `local`."""

    __tablename__ = "correspondent"
    __table_args__ = (
        Index("ix_correspondent_beginning", "council_id", "domain", "local"),
        Index("ix_correspondent_end", "council_id", "domain", "local_backwards"),
        Index("ix_correspondent_local", "council_id", "local"),
    )
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str]
    local: Mapped[str] = mapped_column(_OCTETS)
    local_backwards: Mapped[str] = mapped_column(_OCTETS)
    first_written_at: Mapped[datetime]


class CorrespondentDomain(Base):
    """A domain that this council's mail has left for, found again by its beginning or its end."""

    __tablename__ = "correspondent_domain"
    __table_args__ = (Index("ix_correspondent_domain_end", "council_id", "backwards"),)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(_OCTETS, primary_key=True)
    backwards: Mapped[str] = mapped_column(_OCTETS)


class PrintRow(Base):
    """A fingerprint that a message is looked up by. There are many, so nothing is checked of a row."""

    __tablename__ = "print"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's form.
    council_id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[str] = mapped_column(primary_key=True)


class DecisionRow(Base):
    """A decision on a message: number 0 is the policy's, the others are people's."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str]
    act: Mapped[str]
    verdict: Mapped[str]
    why: Mapped[str]
    findings: Mapped[str]
    policy_version: Mapped[str]
    council_version: Mapped[int]
    detail: Mapped[str | None]


class DepartureRow(Base):
    """One delivery of a message towards an upstream, and its lease while somebody works on it."""

    __tablename__ = "departure"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
        Index("ix_departure_due", "done", "next_attempt"),
        Index("ix_departure_message", "council_id", "message_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    from_domain: Mapped[str]
    upstream: Mapped[str]
    trace: Mapped[bytes]
    splices: Mapped[str]
    prepended: Mapped[bytes | None]
    sent_sha256: Mapped[str | None]
    prepared_at: Mapped[datetime | None]
    attempts: Mapped[int]
    starts: Mapped[int]
    next_attempt: Mapped[datetime]
    done: Mapped[bool]
    data_sent: Mapped[bool]
    outcome_unknown: Mapped[bool]
    delay_told: Mapped[bool]
    lease_owner: Mapped[str | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class DeliveryRow(Base):
    """What has become of a departure for one recipient."""

    __tablename__ = "delivery"
    council_id: Mapped[str] = mapped_column(primary_key=True)
    departure_id: Mapped[str] = mapped_column(ForeignKey("departure.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    reply: Mapped[str]
    status: Mapped[str]
    changed_at: Mapped[datetime]
    next_attempt: Mapped[datetime]


class LedgerRow(Base):
    """A link of a council's chain. `content` is a salted hash; the salt goes when the content does."""

    __tablename__ = "ledger"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[str]
    message_id: Mapped[str] = mapped_column(index=True)
    part: Mapped[str]
    salt: Mapped[bytes | None]
    content: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class LedgerHead(Base):
    """The end of a council's chain."""

    __tablename__ = "ledger_head"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str]


class JobRow(Base):
    """Something to be done later for a council, and its lease while somebody does it.

    `key` tells apart what a council has to do of one kind; the same again is the same job. `attempts` counts
    runs that failed, `starts` runs that began and have not come to any end.
    """

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("council_id", "kind", "key"), Index("ix_job_due", "done_at", "run_at"))
    id: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"))
    kind: Mapped[str]
    key: Mapped[str]
    payload: Mapped[str]
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int]
    starts: Mapped[int]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str]
    lease_owner: Mapped[str | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class AuthFailureRow(Base):
    """When an account or a network will have paid off its failed logins. `key` is a hash that says who."""

    __tablename__ = "auth_failure"
    key: Mapped[str] = mapped_column(primary_key=True)
    clear_at: Mapped[datetime] = mapped_column(index=True)


class FamiliarNetworkRow(Base):
    """An account and a network that it has logged in from, as a hash."""

    __tablename__ = "familiar_network"
    key: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class SecretRow(Base):
    """A key that every node needs, made by whichever needs it first."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]


class AnswerAddressRow(Base):
    """An address that one person may answer to, once, until it expires. `digest` is a hash of its token.

    `message_id` is the queue id of what it is about, `used_by` that of the message that used it.
    """

    __tablename__ = "answer_address"
    __table_args__ = (Index("ix_answer_address_message", "council_id", "message_id"),)
    digest: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"))
    message_id: Mapped[str | None]
    login: Mapped[str]
    purpose: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None]


class ClaimRow(Base):
    """Who is looking at a held message, and since when."""

    __tablename__ = "claim"
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]


class AcknowledgementRow(Base):
    """That a person has read a version of their council's monitoring notice."""

    __tablename__ = "acknowledgement"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    login: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    message_id: Mapped[str | None]


class ConfirmationRow(Base):
    """That somebody confirmed a question about a thread and its recipients, so as not to be asked again that day.

    `key` is a hash of person, thread and recipients.
    """

    __tablename__ = "confirmation"
    council_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class OpeningRow(Base):
    """That somebody opened the body of a member's casework, and why."""

    __tablename__ = "opening"
    __table_args__ = (Index("ix_opening_message", "council_id", "message_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str]
    message_id: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[str]


class ReminderRow(Base):
    """That somebody was told, once, that a message waits. `step` says who of, and in what way.

    Where it is about all that a council has waiting, `message_id` is empty.
    """

    __tablename__ = "reminder"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class FeedbackRow(Base):
    """What an officer says of a check on one message: that it held it wrongly, or should have held it."""

    __tablename__ = "feedback"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[str]


class ReportRow(Base):
    """A message that somebody of the council reported. `message_id` is the queue id of the report itself, which the
    archive has with what was reported.

    `original` is how it came (attached, or forwarded in the text), `author`, `subject` and `original_id` what it says
    of itself, and `known_as` its queue id where it went out from here. `alternate` says why the Clerk does not look at
    it, where that is so.
    """

    __tablename__ = "report"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    original: Mapped[str]
    author: Mapped[str]
    subject: Mapped[str]
    original_id: Mapped[str]
    known_as: Mapped[str | None]
    alternate: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    outcome: Mapped[str]


class PaperRow(Base):
    """A confidential paper that the Clerk has watched, in mail and in what is attached. `count` of its fingerprints are
    kept while it is watched, and no text; `digest` is the SHA-256 of them all.
    """

    __tablename__ = "paper"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    count: Mapped[int]
    digest: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    why: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    removed_why: Mapped[str | None]


class PaperPrint(Base):
    """A fingerprint of a watched paper. `place` is the number of the word in it at which the run of words begins."""

    __tablename__ = "paper_print"
    __table_args__ = (
        Index("ix_paper_print_paper", "council_id", "paper_id"),
        {"sqlite_with_rowid": False},
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paper_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
