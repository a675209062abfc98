"""Messages on their way into the archive: what is known of one, and what may come of writing it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, fields
from datetime import datetime

from config.capacity import Capacity
from config.policy import Verdict
from filters.context import Added, Envelope
from filters.finding import Decision
from gateway.intake.submission import Origin
from gateway.store.answer_addresses import AnswerAddress
from gateway.store.index.content import Content
from gateway.store.kinds import MessageKind, MessageState
from gateway.store.recipes import Stretch
from signatures.block.record import Record
from signatures.message.splices import Splice

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


class CouncilChanged(Exception):
    """The council was changed between the decision and its commit: decide again."""


class OverRate(Exception):
    """A login would write to more recipients in an hour than the host allows.

    `first`: nothing of its mail was held within that hour.
    """

    def __init__(self, first: bool) -> None:
        self.first = first
        super().__init__(first)


@dataclass(frozen=True, slots=True)
class Heading:
    """What is kept of a message's header for lists: as people read it, never parsed again for decisions.

    An encoded word may decode to what no database keeps as text, NUL and halves of surrogate pairs: in their
    place stands U+FFFD.
    """

    message_id: str
    subject: str
    from_address: str
    from_domain: str

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _UNKEEPABLE.sub("\ufffd", getattr(self, field.name)))


class SentMeanwhile(Exception):
    """What a message is the same as has been decided on, or has come in, since that was looked for: look again."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that the post room itself writes: a bounce, or a notice. It departs at once.

    `answer` is kept with it: the address that it may be answered to. `content` is what it is found by; None where it
    carries what others wrote, and is to be read as everything else is.
    """

    council: str
    kind: MessageKind
    raw: bytes
    mail_from: str
    recipients: tuple[str, ...]
    heading: Heading
    upstream: str
    about: str | None = None
    answer: AnswerAddress | None = None
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A submission with everything decided about it, ready to be committed.

    `splices` make it ready to leave; None where that could not be worked out, and then it cannot leave.
    `recipients_per_hour` is the most that its person may write to, where there is such a limit. `written` says
    what of the splices is signature and waiver. `prints` are the fingerprints to be kept, each once;
    `shown` the addresses that everybody sees in its header, where that could be read. `added` are recipients
    that policy put beside those of the envelope, which stays as it came in; everybody sees them. `sealed`: no
    officer sees it, or that there is one. `about` is the queue id of an earlier message that this one amends or
    sends on in another's name. `joins` is that of one which says the same and waits: that one stands for both.
    `waiting` are those of its person that waited when this was looked for, where it was. `stretches` is where what is
    attached stands in `raw`, as far as that is known. `content` is what it is found by, its envelope's recipients
    excepted; None where nothing was read of it.
    """

    id: str
    council: str
    council_version: int
    policy_version: str
    received_at: datetime
    raw: bytes
    envelope: Envelope
    origin: Origin
    person: str | None
    heading: Heading
    decision: Decision
    splices: tuple[Splice, ...] | None
    trace: bytes
    upstream: str
    notices: tuple[NewMessage, ...] = ()
    recipients_per_hour: int | None = None
    written: Record | None = None
    prints: tuple[int, ...] = ()
    shown: frozenset[str] | None = None
    added: tuple[Added, ...] = ()
    capacity: Capacity | None = None
    sealed: bool = False
    about: str | None = None
    joins: str | None = None
    waiting: frozenset[str] | None = None
    stretches: tuple[Stretch, ...] = ()
    content: Content | None = None

    @property
    def state(self) -> MessageState:
        """What the decision makes of the message."""
        if self.decision.verdict is Verdict.REFUSE:
            return MessageState.REFUSED
        if self.decision.needs:
            return MessageState.HELD if self.joins is None else MessageState.JOINED
        return MessageState.PASSED

    @property
    def count(self) -> int:
        """How many recipients it has in all."""
        return len(self.envelope.recipients) + len(self.added)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands in the archive: the queue id and the state. `repeated` when it stood there before. `joins` is the
    queue id of what stands for it, where it was the same again.
    """

    id: str
    state: MessageState
    repeated: bool = False
    joins: str | None = None


def new_id(now: datetime) -> str:
    """A queue id: 16 characters, later ones sort later, not to be guessed from an earlier one."""
    number = (int(now.timestamp() * 1000) << 35) | secrets.randbits(35)
    text = ""
    for _ in range(16):
        number, digit = divmod(number, 32)
        text = _CROCKFORD[digit] + text
    return text
