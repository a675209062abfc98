"""The words that rows are marked with."""

from __future__ import annotations

from enum import StrEnum


class MessageKind(StrEnum):
    """Who wrote a message: somebody, or the post room itself."""

    SUBMITTED = "submitted"
    NOTICE = "notice"
    BOUNCE = "bounce"
    ANSWER = "answer"
    """What somebody answered to a notice: for the post room alone, it never leaves."""

    REPORT = "report"
    """What somebody reported: for the post room alone, too."""


class MessageState(StrEnum):
    """What has been decided about a message. `passed` and `released` ones have departures."""

    REFUSED = "refused"
    HELD = "held"
    PASSED = "passed"
    RELEASED = "released"
    REJECTED = "rejected"
    RETURNED = "returned"
    """Given back to its sender to be amended."""

    JOINED = "joined"
    """The same again as one that waits: that one stands for both."""

    TAKEN = "taken"
    """An answer to a notice, or a report: it was for the post room itself."""


class RecipientState(StrEnum):
    """What has become of a delivery to one recipient."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
