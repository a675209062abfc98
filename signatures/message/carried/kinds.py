"""What is known of the mail that a message carries, and of what is attached to it."""

from __future__ import annotations

from enum import StrEnum

from config.base import Frozen


class How(StrEnum):
    """How a message carries an earlier one."""

    QUOTED = "quoted"
    FORWARDED = "forwarded"
    ATTACHED = "attached"


class Earlier(Frozen):
    """An earlier message that this one carries, as far as its copied header or its attribution tells.

    `author` is the canonical address of who wrote it, empty where none is told; `people` are all addresses told
    (author and recipients), `names` the names of those of whom no address is told, as written. `attested`: not
    something that the author of this message could have made up to have words pass for another's. `message_id`
    is told for attached messages only. Where several messages are quoted one within another, each is one.
    """

    how: How
    author: str = ""
    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    attested: bool = True
    message_id: str = ""


class Attachment(Frozen):
    """Something attached: the part of that number in the order of `scan_parts`.

    `kind` is the declared media type in lower case, `size` the octets of the part as it stands in the message.
    `mail`: it is a message itself (message/rfc822, an .eml, an Outlook .msg). `locked`: its content is encrypted,
    so that nobody without the key can look into it. `inline`: shown in the text, as a logo is. Its content stands in
    the message from `start` to `end`, in base64 where `base64` says so.
    """

    number: int
    name: str
    kind: str
    size: int
    mail: bool = False
    locked: bool = False
    inline: bool = False
    start: int = 0
    end: int = 0
    base64: bool = False


class Prefix(StrEnum):
    """What the outermost prefix of a subject says."""

    NONE = ""
    REPLY = "reply"
    FORWARD = "forward"


class Marks(Frozen):
    """What mail programs leave in a header of how a message came about.

    `prefix` is weak where it may be a word of the subject as well ("I: item one"): it says something only
    beside earlier mail. `replies`: it has an In-Reply-To or References field. `threaded`: a Thread-Index of
    more than its first 22 octets. `forwards`: the ids in X-Forwarded-Message-Id. `automatic`: the names of the
    fields that say that a rule or a server sent it on, no person. `bulk`: it says that it comes by a mailing list,
    in bulk, or from a machine that answers by itself.
    """

    prefix: Prefix = Prefix.NONE
    weak: bool = False
    replies: bool = False
    threaded: bool = False
    forwards: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()
    bulk: bool = False
