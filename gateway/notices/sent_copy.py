"""The letter in which a sender gets a copy of a message as it was sent."""

from __future__ import annotations

from datetime import datetime

from config.council import Council
from gateway.notices import advice
from gateway.notices.letter import letter
from gateway.notices.original import enclosed, message_id_of, subject_of
from gateway.notices.render import Letterhead
from gateway.store.kinds import MessageKind
from gateway.store.messages import Heading, NewMessage, new_id


def sent_copy(
    council: Council, to: str, message: str, sent: bytes, sent_at: datetime, now: datetime, upstream: str
) -> NewMessage:
    """The letter to `to` with the message `sent` in it, byte for byte. `message` is its queue id.

    It goes out under the null sender, so nobody answers it and no bounce of it comes back.
    """
    subject = subject_of(sent) or "(no subject)"
    domain = council.notice_sender.rpartition("@")[2]
    head = Letterhead(
        council=council.name,
        sender=council.notice_sender,
        to=to,
        subject=f"As sent: {subject}",
        date=now,
        message_id=f"<{new_id(now)}@{domain}>",
        in_reply_to=message_id_of(sent),
    )
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
    return NewMessage(
        council=council.id,
        kind=MessageKind.NOTICE,
        raw=letter(head, paragraphs, copy),
        mail_from="",
        recipients=(to,),
        heading=Heading(head.message_id, head.subject, council.notice_sender, domain),
        upstream=upstream,
        about=message,
    )
