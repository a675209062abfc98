"""The check `missing_attachment`: the author says that something is attached, and nothing is."""

from __future__ import annotations

from collections.abc import Iterable

from config.policy import CheckPolicy
from filters.context import Context
from filters.enclosures import About, Claim, claims, shares_files
from filters.finding import Evidence, Finding, finding_of
from signatures.message.anatomy import Anatomy
from signatures.message.carried.kinds import Attachment

NAME = "missing_attachment"
_MOST = 3
"""Sentences that are shown as evidence."""


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
    """Ask where the author's own words speak of an attachment that is not there.

    A link to a place where files are shared is an attachment. A picture shown in the text (a logo, mostly) is
    one only where the words are about a picture. Words about earlier mail are true of mail that is carried.
    """
    if anatomy.encrypted or any(not _is_picture_in_text(each) for each in anatomy.attachments):
        return
    if any(shares_files(text) for text in anatomy.own_texts):
        return
    carried = bool(anatomy.earlier)
    found = [
        claim
        for text in anatomy.own_texts
        for claim in claims(text)
        if not (claim.about is About.MAIL and carried)
        and not (claim.about is About.PICTURE and anatomy.attachments)
    ]
    if found:
        reason = (
            "The message says that something is attached, and nothing is. Please attach it and send it again, or "
            "confirm that it is to go as it is."
        )
        yield finding_of(NAME, policy, reason, _evidence(found))


def _is_picture_in_text(attachment: Attachment) -> bool:
    return attachment.inline and attachment.kind.startswith("image/")


def _evidence(found: Iterable[Claim]) -> tuple[Evidence, ...]:
    texts = list(dict.fromkeys(claim.text for claim in found))
    return tuple(Evidence(where="body", text=text) for text in texts[:_MOST])
