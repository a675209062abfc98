"""What is chosen on a page, done as if it had been chosen by mail.

A sender's choice becomes an answer as they would have written it, in the archive like any other, and goes the way that
answers by mail go: so there is one place that decides what an answer may do. An officer's goes to `release` and
`reject`, with the mark on the link in the same transaction: of two at the same moment one decides.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from sqlalchemy import Connection

from config.address import domain_of
from config.settings import Settings
from filters.context import Envelope, Profile, Recipient
from gateway import clock, logs
from gateway.console.links import Linked, Standing, linked
from gateway.holds import decisions, feedback
from gateway.holds.answers.options import ENGLISH, NUMBERED, STATING, Choice, Option
from gateway.holds.answers.take import AnswerTaker
from gateway.holds.decisions import Act
from gateway.holds.ready import ready_with
from gateway.holds.statement import Statement
from gateway.intake.submission import Origin, Submission
from gateway.scanning.scanner import scanner_of
from gateway.store import answer_addresses, ledger, messages
from gateway.store.database import Database
from gateway.store.errors import Conflict
from gateway.workers.analysis import Analyst

_log = logs.get("console")
BY_LINK = "HTTP-LINK"
"""What stands in an archived answer's origin for the way that it came."""

_SAID = "(Decided by link.)"
"""What stands behind an officer's reason in the record."""

TOLD = "It could not be done, and nothing has changed. The post room has written to you why."


@dataclass(frozen=True, slots=True)
class Decided:
    """What an officer chose. `basis`: on what lawful basis a resident's details go on, where that is wanted.
    `wrongly_held`: why it should not have been held, where they say so.
    """

    release: bool
    why: str
    basis: str = ""
    wrongly_held: str = ""


class Acts:
    """Does what is chosen. `rung` is called after a commit that may have queued something."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        analyst: Analyst,
        rung: Callable[[], None],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._settings = settings
        self._database = database
        self._analyst = analyst
        self._rung = rung
        self._now = now
        self._taker = AnswerTaker(settings, database, analyst, rung, now)

    async def look(self, token: str) -> Linked | None:
        """What a link is to, at this moment."""
        now = self._now()
        return await self._database.read(lambda c: linked(c, token, now))

    async def answer(self, link: Linked, choice: Choice, peer: str) -> None:
        """Take what a sender chose. Raises Conflict where nothing came of it, and what the database raises."""
        reply = await self._taker.take(_written(link, choice, peer, self._settings.hostname, self._now()))
        after = await self.look(link.token)
        if reply is None or reply.code >= 400 or after is None or after.standing is Standing.OPEN:
            raise Conflict(TOLD)

    async def decide(self, link: Linked, decided: Decided) -> None:
        """Release or reject, as the officer whom the link was made for. Raises NotFound, Conflict."""
        council, message = link.council.id, str(link.address.message)
        now = self._now()
        act = Act(
            by=link.address.login,
            why=f"{decided.why} {_SAID}".strip(),
            now=now,
            today=clock.today_in_london(now),
            hostname=self._settings.hostname,
            said=Statement(basis=decided.basis),
        )
        ready = (
            await ready_with(
                self._analyst,
                self._database.read,
                council,
                message,
                act,
                seconds=self._settings.limits.decision_seconds,
                scanner=scanner_of(self._settings.malware),
            )
            if decided.release
            else None
        )

        def commit(connection: Connection) -> None:
            ledger.lock(connection, council)
            current = linked(connection, link.token, now)
            if current is None or current.standing is not Standing.OPEN:
                raise Conflict("It was decided meanwhile.")
            if ready is None:
                decisions.reject(connection, council, message, act)
            else:
                if decided.wrongly_held:
                    feedback.wrongly_held(connection, council, message, act, decided.wrongly_held)
                decisions.release(connection, council, message, act, ready)
            answer_addresses.use(connection, current.address, now, "by link")

        await self._database.write(commit, council=council)
        self._rung()
        _log.info("decided by link", message=message, council=council, by=act.by, released=decided.release)


def _written(link: Linked, choice: Choice, peer: str, hostname: str, now: datetime) -> Submission:
    """A choice as an answer that its sender might have written. It is never sent; it is what the archive keeps."""
    login, council = link.address.login, link.council
    to = f"answer-{link.token}@{domain_of(council.notice_sender)}"
    raw = (
        f"From: <{login}>\r\n"
        f"To: <{to}>\r\n"
        "Subject: Answered by link\r\n"
        f"Date: {format_datetime(now)}\r\n"
        f"Message-ID: <{messages.new_id(now)}.link@{hostname}>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n"
        "\r\n"
        f"{_in_words(choice)}\r\n"
    )
    return Submission(
        raw=raw.encode(),
        envelope=Envelope(mail_from=login, recipients=(Recipient(address=to, canonical=to),)),
        origin=Origin(Profile.SUBMISSION, login, (council.id,), peer, "", BY_LINK),
    )


def _in_words(choice: Choice) -> str:
    """A choice in the words that a letter offers for it, what is stated on lines of its own."""
    lines = []
    if choice.option in NUMBERED:
        lines.append(f"{ENGLISH[choice.option]} {', '.join(str(each + 1) for each in choice.numbers)}")
    elif choice.option not in STATING:
        lines.append(ENGLISH[choice.option])
    if choice.said.not_binding:
        lines.append(ENGLISH[Option.NOT_BINDING])
    if choice.said.basis:
        # A basis goes on up to a blank line, so that no line becomes too long for mail.
        lines += textwrap.wrap(f"{ENGLISH[Option.BASIS]} {choice.said.basis}", 200, break_on_hyphens=False)
    return "\r\n".join(lines)
