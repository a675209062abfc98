"""The words that rows are marked with."""

from __future__ import annotations

from enum import StrEnum


class MessageKind(StrEnum):
    """Who wrote a message: somebody, or the post room itself."""

    SUBMITTED = "submitted"
    NOTICE = "notice"
    BOUNCE = "bounce"


class MessageState(StrEnum):
    """What has been decided about a message. `passed` and `released` ones have departures."""

    REFUSED = "refused"
    HELD = "held"
    PASSED = "passed"
    RELEASED = "released"
    REJECTED = "rejected"


class RecipientState(StrEnum):
    """What has become of a delivery to one recipient."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
