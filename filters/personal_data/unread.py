"""What nobody could look into, as a note. Where looking failed altogether, `filters.inside` holds the message."""

from __future__ import annotations

from collections.abc import Iterator

from config.policy import CheckPolicy, Verdict
from filters.context import Context
from filters.finding import Evidence, Finding, finding_of
from filters.personal_data.reach import Reach
from signatures.message.anatomy import Anatomy

_MOST = 5
_SILENT = ("image/", "audio/", "video/", "font/")
"""Kinds that have no text."""


def unread(
    name: str, anatomy: Anatomy, context: Context, policy: CheckPolicy, reach: Reach
) -> Iterator[Finding]:
    """What goes out and was not read. A scanned paper, or one with a password, is told of and does not wait."""
    closed = [
        Evidence(where="attachment", text=each.name)
        for each in (context.documents.found if context.documents is not None else ())
        if each.unread and not each.kind.startswith(_SILENT)
    ]
    if closed:
        what = "An attachment" if len(closed) == 1 else f"{len(closed)} attachments"
        reason = f"{what} could not be read, or not whole, and so was not looked through for personal data."
        reason = reason if len(closed) == 1 else reason.replace("so was", "so were")
        yield finding_of(
            name, policy, reason, closed[:_MOST], about=reach.outside, verdict=Verdict.NOTE, masked=True
        )
    if anatomy.encrypted:
        reason = "The message is encrypted, so it was not looked through for personal data."
        yield finding_of(name, policy, reason, about=reach.outside, verdict=Verdict.NOTE)
