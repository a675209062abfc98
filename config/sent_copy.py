"""What a council asks for of copies: whether a message as it was sent also goes to who sent it, and how."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from config.base import Frozen, Line


class CopyWay(StrEnum):
    """How a copy reaches the sender: not at all, into the mailbox's Sent folder, or in a letter."""

    OFF = "off"
    SENT_FOLDER = "sent_folder"
    MAIL = "mail"


class SentCopy(Frozen):
    """Copies for senders. `mailboxes` names a mailbox server of the host's settings.

    `folder` is where the copy goes where the mailbox server does not say which folder is for sent mail
    (RFC 6154); it is made where it is not there.
    """

    way: CopyWay = CopyWay.OFF
    folder: Line = Field(default="Sent", min_length=1, max_length=200)
    mailboxes: Line = Field(default="default", min_length=1)
