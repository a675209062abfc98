"""The delivery queue: departures, each with its recipients, claimed under a lease and fenced by a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from signatures.message.splices import Splice


class MessageKind(StrEnum):
    """Who wrote a message: somebody, or the post room itself."""

    SUBMITTED = "submitted"
    NOTICE = "notice"
    BOUNCE = "bounce"


class RecipientState(StrEnum):
    """What has become of a delivery to one recipient."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Claim:
    """A departure that this process may work on while its lease lasts. Every update is fenced by `token`."""

    departure: int
    council: str
    message: str
    token: str
    attempts: int


@dataclass(frozen=True, slots=True)
class DueRecipient:
    """A recipient still to be delivered to, with its DSN parameters as given."""

    number: int
    address: str
    notify: str | None
    orcpt: str | None


@dataclass(frozen=True, slots=True)
class Departing:
    """Everything that a delivery attempt needs.

    The message goes out as `prepended` + `apply(raw, splices)`. `prepended` is None until the first attempt
    has made it (Received, DKIM-Signature) and stored it, verbatim, with `record_prepared`.
    """

    claim: Claim
    kind: MessageKind
    upstream: str
    mail_from: str
    ret: str | None
    envid: str | None
    smtputf8: bool
    body: str
    recipients: tuple[DueRecipient, ...]
    raw: bytes
    splices: tuple[Splice, ...]
    trace: bytes
    prepended: bytes | None
    from_domain: str
    author: str
    received_at: datetime
    outcome_unknown: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to for one recipient. `reply` is what the upstream said, code first."""

    number: int
    state: RecipientState
    reply: str
    status: str
    next_attempt: datetime | None = None
