"""`vestry check` and `vestry sign`: what would become of a message, by the very code that intake uses, without
storing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from config.address import BadAddress, canonical, domain_of
from config.council import Council
from filters.analysis import Analysis, Situation, could_not_be_checked, decide_step, read_step
from filters.answers import Answers, Scan
from filters.context import Envelope, Profile, Recipient
from filters.extract.document import Documents
from filters.finding import Decision
from filters.form import unfit
from filters.inside import SCANNED, wants_documents, wants_scan
from gateway import clock
from signatures.message.anatomy import Anatomy
from signatures.message.scanner import CAPS, Unscannable, scan_parts

if TYPE_CHECKING:
    from gateway.scanning.scanner import Scanner

_SCAN_SECONDS = 60.0


class CannotCheck(Exception):
    """The message cannot be checked at all; the text says why."""


@dataclass(frozen=True, slots=True)
class Dry:
    """What came of a dry run. `raw` is the message as its client would send it; `from_domain` that of its From."""

    raw: bytes
    analysis: Analysis
    from_domain: str = ""

    @property
    def complete(self) -> bool:
        """Whether every check could complete."""
        return not any(finding.incomplete for finding in self.analysis.decision.findings)


def dry_run(
    raw: bytes,
    council: Council,
    mail_from: str | None,
    to: tuple[str, ...],
    *,
    scanner: Scanner | None = None,
) -> Dry:
    """What the council's policy makes of a message. What is attached is read here and now, however long that takes.
    Without a `scanner` nothing is scanned for malware, and nothing is said of it: nobody's mail goes by a dry run.

    The sender is whoever may send as the address in From. A file whose lines all end in LF alone is taken as
    its client would send it, with CRLF. Raises CannotCheck for addresses that are none.
    """
    now = clock.now()
    council = council if scanner is not None else _unscanned(council)
    if b"\r\n" not in raw:
        raw = raw.replace(b"\n", b"\r\n")
    if not _may_be_sent(raw):
        finding = unfit("The message has line ends other than CR LF, or a NUL.")
        return Dry(raw, Analysis(decision=Decision(findings=(finding,)), splices=()))
    try:
        reading = read_step(raw)
        situation = _situation(reading.anatomy, council, mail_from, to, now)
        inside = {
            "answers": Answers(scan=_scan(raw, council, now, scanner)),
            "documents": _documents(raw, reading.anatomy, council, now),
        }
        situation = situation.model_copy(update=inside)
        analysis = decide_step(raw, reading, situation, council)
    except Unscannable as error:
        return Dry(raw, Analysis(decision=could_not_be_checked(council, now, str(error)), splices=()))
    author = reading.anatomy.authors[0].address if reading.anatomy.authors else ""
    return Dry(raw, analysis, domain_of(author) if author else "")


def _documents(raw: bytes, anatomy: Anatomy, council: Council, now: datetime) -> Documents | None:
    """What is attached, where the council's checks want to know. Raises Unscannable."""
    if not wants_documents(anatomy, council, now):
        return None
    # What reads attachments takes a while to load, and most messages have none.
    from filters.extract.read import documents_of

    return documents_of(raw, scan_parts(raw), anatomy, CAPS)


def _scan(raw: bytes, council: Council, now: datetime, scanner: Scanner | None) -> Scan | None:
    """What the scanner says, where the council's checks want to know."""
    if scanner is None or not wants_scan(council, now):
        return None
    return asyncio.run(scanner.scan(raw, _SCAN_SECONDS))


def _unscanned(council: Council) -> Council:
    """The council, without the check that asks the scanner."""
    checks = {name: policy for name, policy in council.policy.checks.items() if name != SCANNED}
    return council.model_copy(update={"policy": council.policy.model_copy(update={"checks": checks})})


def _may_be_sent(raw: bytes) -> bool:
    """Whether the submission side would take the content at all: see `gateway.submission.content`."""
    pairs = raw.count(b"\r\n")
    return raw.count(b"\r") == pairs == raw.count(b"\n") and b"\0" not in raw


def _situation(
    anatomy: Anatomy, council: Council, mail_from: str | None, to: tuple[str, ...], now: datetime
) -> Situation:
    today = clock.today_in_london(now)
    author = anatomy.authors[0].address if anatomy.authors else ""
    # Of several who may send from it, the one whose own it is: a client would have said who logged in.
    holders = sorted(council.holders_of(author, today), key=lambda person: person.login != author)
    named = tuple(dict.fromkeys(mailbox.address for mailbox in anatomy.recipients if mailbox.address))
    return Situation(
        person=holders[0].login if holders else None,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=author if mail_from is None else mail_from, recipients=_recipients(to or named)
        ),
        received_at=now,
        today=today,
        message="dry-run",
        hostname="localhost",
    )


def _recipients(addresses: tuple[str, ...]) -> tuple[Recipient, ...]:
    try:
        return tuple(Recipient(address=a, canonical=canonical(a)) for a in addresses)
    except BadAddress as error:
        raise CannotCheck(f"a recipient is no address; expected {error}") from None
