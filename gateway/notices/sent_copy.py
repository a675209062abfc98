"""The letter in which a sender gets a copy of a message as it was sent."""

from __future__ import annotations

from datetime import datetime

from config.council import Council
from gateway.notices import advice
from gateway.notices.notice import notice
from gateway.notices.original import enclosed, message_id_of, subject_of
from gateway.store.messages import NewMessage


def sent_copy(
    council: Council, to: str, message: str, sent: bytes, sent_at: datetime, now: datetime, upstream: str
) -> NewMessage:
    """The letter to `to` with the message `sent` in it, byte for byte. `message` is its queue id."""
    subject = subject_of(sent) or "(no subject)"
    copy = enclosed(sent)
    paragraphs = [
        f'Your message "{subject}" was sent on {advice.moment(sent_at)}.',
        "It is attached to this letter as it left, with all that was written into it here. Anyone in Bcc is not "
        "named in it, because nobody who received it may see that."
        if copy is not None
        else "It cannot be attached to a letter. The Clerk can show it to you as it was sent.",
        "You get this letter because your council has asked for copies. You need do nothing.",
        f"Reference: {message}",
    ]
    return notice(
        council,
        to,
        message,
        f"As sent: {subject}",
        paragraphs,
        now,
        upstream=upstream,
        in_reply_to=message_id_of(sent),
        enclosure=copy,
    )
