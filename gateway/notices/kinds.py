"""The notices that there are, and whom each is for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Audience(StrEnum):
    """Whom a notice is for."""

    SENDER = "sender"
    OFFICE = "office"
    """The Clerk, or who acts in the Clerk's stead."""

    CHAIR = "chair"
    PERSON = "person"
    """Anybody of the council, whether or not they sent anything."""

    OUTSIDE = "outside"
    """An address that the council has chosen, of whomever it may be."""


class NoticeKind(StrEnum):
    """A kind of notice."""

    HELD = "held"
    QUESTION = "question"
    HELD_AND_ASKED = "held_and_asked"
    STILL_CHECKED = "still_checked"
    REFUSED = "refused"
    RELEASED = "released"
    RELEASED_TO_SOME = "released_to_some"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    SENT_AS_CLERK = "sent_as_clerk"
    ASKED_AGAIN = "asked_again"
    EXPIRED = "expired"
    ALREADY_DECIDED = "already_decided"
    NOT_COUNTED = "not_counted"
    SENDER_REMINDER = "sender_reminder"
    NEW_HOLD = "new_hold"
    DIGEST = "digest"
    CONSENT_ASKED = "consent_asked"
    HANDED_OVER = "handed_over"
    SECOND_REVIEW = "second_review"
    OFFICE_REMINDER = "office_reminder"
    ESCALATED = "escalated"
    UNANSWERED = "unanswered"
    LEFT_BEHIND = "left_behind"
    MAIL_WAITS = "mail_waits"
    MONITORING = "monitoring"
    ACKNOWLEDGED = "acknowledged"
    CASEWORK_OPENED = "casework_opened"
    FORWARDING_REFUSED = "forwarding_refused"
    POLICY_REVIEW = "policy_review"
    ANCHOR = "anchor"
    REPORTED = "reported"
    REPORT_TAKEN = "report_taken"


NOTICE_KINDS: Mapping[NoticeKind, Audience] = {
    NoticeKind.HELD: Audience.SENDER,
    NoticeKind.QUESTION: Audience.SENDER,
    NoticeKind.HELD_AND_ASKED: Audience.SENDER,
    NoticeKind.STILL_CHECKED: Audience.SENDER,
    NoticeKind.REFUSED: Audience.SENDER,
    NoticeKind.RELEASED: Audience.SENDER,
    NoticeKind.RELEASED_TO_SOME: Audience.SENDER,
    NoticeKind.RETURNED: Audience.SENDER,
    NoticeKind.REJECTED: Audience.SENDER,
    NoticeKind.CANCELLED: Audience.SENDER,
    NoticeKind.SENT_AS_CLERK: Audience.SENDER,
    NoticeKind.ASKED_AGAIN: Audience.SENDER,
    NoticeKind.EXPIRED: Audience.SENDER,
    NoticeKind.ALREADY_DECIDED: Audience.SENDER,
    NoticeKind.NOT_COUNTED: Audience.PERSON,
    NoticeKind.SENDER_REMINDER: Audience.SENDER,
    NoticeKind.NEW_HOLD: Audience.OFFICE,
    NoticeKind.DIGEST: Audience.OFFICE,
    NoticeKind.CONSENT_ASKED: Audience.OFFICE,
    NoticeKind.HANDED_OVER: Audience.OFFICE,
    NoticeKind.SECOND_REVIEW: Audience.OFFICE,
    NoticeKind.OFFICE_REMINDER: Audience.OFFICE,
    NoticeKind.ESCALATED: Audience.OFFICE,
    NoticeKind.UNANSWERED: Audience.OFFICE,
    NoticeKind.LEFT_BEHIND: Audience.OFFICE,
    NoticeKind.MAIL_WAITS: Audience.CHAIR,
    NoticeKind.MONITORING: Audience.PERSON,
    NoticeKind.ACKNOWLEDGED: Audience.PERSON,
    NoticeKind.CASEWORK_OPENED: Audience.PERSON,
    NoticeKind.FORWARDING_REFUSED: Audience.PERSON,
    NoticeKind.POLICY_REVIEW: Audience.OFFICE,
    NoticeKind.ANCHOR: Audience.OUTSIDE,
    NoticeKind.REPORTED: Audience.OFFICE,
    NoticeKind.REPORT_TAKEN: Audience.PERSON,
}
"""Every kind, with whom it is for: what a limit on notices an hour counts by, with the person's login."""
