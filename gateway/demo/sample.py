"""What a sample is: a message, how it is sent, and what should become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum

from gateway.store.kinds import MessageState


class Road(StrEnum):
    """By which port a sample goes in."""

    STARTTLS = "STARTTLS"
    TLS = "TLS"
    TRUSTED = "trusted"


class Outcome(StrEnum):
    """What should become of a sample at once."""

    SENT = "sent"
    ASKED = "asked"
    HELD = "held"
    REFUSED = "refused"
    REPEATED = "repeated"
    REPORTED = "reported"
    """Taken for the Clerk, and for nobody else."""


_AT_ONCE = {
    Outcome.SENT: MessageState.PASSED,
    Outcome.REPEATED: MessageState.PASSED,
    Outcome.ASKED: MessageState.HELD,
    Outcome.HELD: MessageState.HELD,
    Outcome.REFUSED: MessageState.REFUSED,
    Outcome.REPORTED: MessageState.TAKEN,
}
_PLAIN = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
_SENT = frozenset({MessageState.PASSED, MessageState.RELEASED})


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody decides on a waiting message, as `vestry held` takes it: `release`, `reject` or `return`."""

    by: str
    act: str
    why: str = ""
    without_trail: bool = False

    def __str__(self) -> str:
        said = f"{self.act} by {self.by.partition('@')[0]}"
        return f"{said}, without the earlier messages" if self.without_trail else said

    @property
    def leads_to(self) -> MessageState:
        """The state that a message is in which needed this word alone."""
        return {
            "release": MessageState.RELEASED,
            "reject": MessageState.REJECTED,
            "return": MessageState.RETURNED,
        }[self.act]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sender of a waiting message answers by mail to the letter about it: `SEND`, `LEAVE OUT 2`, `CANCEL`."""

    by: str
    words: str

    def __str__(self) -> str:
        return f"{self.words} by mail from {self.by.partition('@')[0]}"

    @property
    def leads_to(self) -> MessageState:
        """The state that a message is in which needed this word alone."""
        return MessageState.REJECTED if self.words == "CANCEL" else MessageState.RELEASED


@dataclass(frozen=True, slots=True)
class Consented:
    """The Clerk's consent, given before a sample is sent, for mail of one thread."""

    by: str
    person: str
    address: str
    thread: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and how it is sent. `key` is in its Message-ID, and marks it in the upstream's mailbox.

    `expected` is what should become of it at once, and `checks` those that should have a finding on it; after
    `words`, what waited is sent or not. `added` are recipients that policy adds and `left_out` those that an answer
    takes out; `seen` should and `gone` should not stand in what leaves. `amends` is the key of the sample that was
    given back and that this one should be linked to.
    """

    key: str
    title: str
    road: Road
    login: str
    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes
    expected: Outcome
    checks: frozenset[str] = frozenset()
    words: tuple[Word | Reply, ...] = ()
    added: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    consent: Consented | None = None
    seen: bytes = b""
    gone: bytes = b""
    amends: str | None = None

    @property
    def ends(self) -> MessageState:
        """The state that it should be in, in the end."""
        if self.words:
            return self.words[-1].leads_to
        return _AT_ONCE[self.expected]

    @property
    def leaves(self) -> bool:
        """Whether it is sent in the end."""
        return self.expected is not Outcome.REPEATED and self.ends in _SENT

    @property
    def goes_to(self) -> tuple[str, ...]:
        """Who should get it, where it leaves."""
        return (*(each for each in self.recipients if each not in self.left_out), *self.added)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes samples as a mail program would, for one run of the demonstration."""

    domain: str
    now: datetime
    run: str

    @property
    def time(self) -> str:
        """For the subject of what waits or is given back, which the same of an earlier run may be doing still."""
        return f"{self.now:%H:%M:%S}"

    def write(
        self,
        key: str,
        title: str,
        login: str,
        to: tuple[str, ...],
        text: str,
        *,
        sender: str | None = None,
        display: str = "",
        road: Road = Road.STARTTLS,
        header: str = "",
        shown: tuple[str, ...] | None = None,
        id: str | None = None,
        expected: Outcome = Outcome.SENT,
        checks: tuple[str, ...] = (),
        words: tuple[Word | Reply, ...] = (),
        added: tuple[str, ...] = (),
        left_out: tuple[str, ...] = (),
        consent: Consented | None = None,
        seen: str = "",
        gone: str = "",
        amends: str | None = None,
    ) -> Sample:
        """A sample; `shown` are the recipients in To, by default the first, `id` another sample's key."""
        address = sender or login
        from_ = f"{display} <{address}>" if display else address
        head = (
            f"From: {from_}\nTo: {', '.join(shown or to[:1])}\nSubject: {title}\n"
            f"Date: {format_datetime(self.now)}\nMessage-ID: <{id or key}.{self.run}@{self.domain}>\n"
            f"MIME-Version: 1.0\n{'' if 'Content-Type:' in header else _PLAIN}{header}"
        )
        return Sample(
            key=key,
            title=title,
            road=road,
            login=login,
            mail_from=address,
            recipients=to,
            raw=f"{head}\n{text}".replace("\n", "\r\n").encode(),
            expected=expected,
            checks=frozenset(checks),
            words=words,
            added=added,
            left_out=left_out,
            consent=consent,
            seen=seen.encode(),
            gone=gone.encode(),
            amends=amends,
        )
