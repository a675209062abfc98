"""What a sample is: a message, how it is sent, and what should become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody decides on a waiting message, as `vestry held` takes it: `release` or `reject`."""

    by: str
    act: str
    why: str = ""
    without_trail: bool = False

    def __str__(self) -> str:
        said = f"{self.act} by {self.by.partition('@')[0]}"
        return f"{said}, without the earlier messages" if self.without_trail else said


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
    `words`, what waited is sent or not. `added` are recipients that policy adds; `seen` should and `gone` should
    not stand in what leaves.
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
    words: tuple[Word, ...] = ()
    added: tuple[str, ...] = ()
    consent: Consented | None = None
    seen: bytes = b""
    gone: bytes = b""

    @property
    def leaves(self) -> bool:
        """Whether it is sent in the end."""
        if self.expected is Outcome.SENT:
            return True
        return bool(self.words) and all(word.act == "release" for word in self.words)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes samples as a mail program would, for one run of the demonstration."""

    domain: str
    now: datetime
    run: str

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
        words: tuple[Word, ...] = (),
        added: tuple[str, ...] = (),
        consent: Consented | None = None,
        seen: str = "",
        gone: str = "",
    ) -> Sample:
        """A sample; `shown` are the recipients in To, by default the first, `id` another sample's key."""
        address = sender or login
        from_ = f"{display} <{address}>" if display else address
        head = (
            f"From: {from_}\nTo: {', '.join(shown or to[:1])}\nSubject: {title}\n"
            f"Date: {format_datetime(self.now)}\nMessage-ID: <{id or key}.{self.run}@{self.domain}>\n"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n{header}"
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
            consent=consent,
            seen=seen.encode(),
            gone=gone.encode(),
        )
