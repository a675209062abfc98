"""A letter to one of the council's people, ready to be written into the archive and the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.council import Council
from gateway.notices.letter import letter
from gateway.notices.own_words import own_words
from gateway.notices.render import Letterhead, Part
from gateway.store.kinds import MessageKind
from gateway.store.messages import Heading, NewMessage, new_id


def notice(
    council: Council,
    to: str,
    about: str | None,
    subject: str,
    paragraphs: Sequence[str],
    now: datetime,
    *,
    upstream: str,
    in_reply_to: str | None,
    enclosure: Part | None = None,
) -> NewMessage:
    """The letter to `to` about the message with the queue id `about`, if it is about one.

    It goes out under the null sender, so nobody answers it and no bounce of it comes back.
    """
    domain = council.notice_sender.rpartition("@")[2]
    head = Letterhead(
        council=council.name,
        sender=council.notice_sender,
        to=to,
        subject=subject,
        date=now,
        message_id=f"<{new_id(now)}@{domain}>",
        in_reply_to=in_reply_to,
    )
    raw = letter(head, paragraphs, enclosure)
    return NewMessage(
        council=council.id,
        kind=MessageKind.NOTICE,
        raw=raw,
        mail_from="",
        recipients=(to,),
        heading=Heading(head.message_id, head.subject, council.notice_sender, domain),
        upstream=upstream,
        about=about,
        content=own_words(raw) if enclosure is None else None,
    )
