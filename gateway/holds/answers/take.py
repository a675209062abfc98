"""Taking in what is written to an address that a notice is answered to: before any check, and never any further.

The answer's archive entry and all that follows from it are one transaction, committed before the 250.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.address import domain_of
from config.council import Council
from config.settings import Settings
from filters.context import Profile
from filters.finding import Decision
from gateway import clock, logs, metrics
from gateway.holds.answers import tokens
from gateway.holds.answers.follow import Answer, Prepared, Stale, follow
from gateway.holds.answers.options import Purpose
from gateway.holds.answers.prepare import Heard, Preparing
from gateway.intake.answers import stretches
from gateway.intake.found_by import found_by
from gateway.intake.heading import heading_of
from gateway.intake.submission import Submission
from gateway.reply import Reply
from gateway.scanning.scanner import scanner_of
from gateway.store import answer_addresses, councils, ledger, messages, secrets, sheet
from gateway.store.answer_addresses import AnswerAddress
from gateway.store.database import Database
from gateway.store.entry import Entry, Recorded
from gateway.store.errors import Conflict, Unavailable
from gateway.store.kinds import MessageState
from gateway.store.vault import vault_of
from gateway.workers.analysis import Analyst

_log = logs.get("answers")
_HOUR = timedelta(hours=1)
_MOST_TRIES = 3
"""How often an answer is looked at again because its council was changed meanwhile."""

ALONE = Reply(
    550,
    "5.7.1",
    "An answer to the post room goes to it alone: take the other recipients out and send it again. "
    "Nothing was sent to anybody",
)
UNKNOWN = Reply(
    550,
    "5.1.1",
    "This is no address that the post room waits for an answer at; reply to its letter and change nothing in the address",
)
ANSWERS_ALONE = Reply(550, "5.7.1", "Nothing but answers to the post room's letters is taken here")


class AnswerTaker:
    """Takes answers. `rung` is called after a commit that may have queued something."""

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
        self._preparing = Preparing(database, analyst, settings.hostname, scanner_of(settings.malware))
        self._rung = rung
        self._now = now
        self._known_key: bytes | None = None

    async def is_one(self, address: str) -> bool:
        """Whether an address is one that was made here to be answered to; it may have been used since."""
        token = tokens.token_in(address)
        return token is not None and tokens.genuine(await self._key(), token)

    async def take(self, submission: Submission) -> Reply | None:
        """The reply to an answer, once it is committed; None where the submission is no answer but mail.

        Raises what the database raises.
        """
        recipients = submission.envelope.recipients
        written_to = [each.canonical for each in recipients if await self._is_meant(each.canonical)]
        if not written_to:
            return ANSWERS_ALONE if submission.origin.profile is Profile.REPLIES else None
        if len(recipients) > 1:
            return ALONE
        address = await self._address(written_to[0], submission)
        if address is None:
            return UNKNOWN
        for _ in range(_MOST_TRIES):
            try:
                recorded = await self._take(submission, address)
            except Stale:
                continue
            if not recorded.repeated:
                self._rung()
            return Reply(250, "2.0.0", f"Ok: your answer is taken as {recorded.id}")
        raise Unavailable("the council was changed again and again")

    async def _is_meant(self, address: str) -> bool:
        """Whether an address is one to answer to, made here, or pretends to be one in a domain of ours."""
        token = tokens.token_in(address)
        if token is None:
            return False
        if tokens.genuine(await self._key(), token):
            return True
        return await self._database.read(lambda c: councils.of_domain(c, domain_of(address))) is not None

    async def _address(self, written_to: str, submission: Submission) -> AnswerAddress | None:
        """What stands in the database of the address that was written to, for whom it may exist at all."""
        token = tokens.token_in(written_to)
        if token is None or not tokens.genuine(await self._key(), token):
            return None
        digest = tokens.digest(token)
        address = await self._database.read(lambda c: answer_addresses.find(c, digest))
        origin = submission.origin
        if address is None or tokens.purpose_of(address) is Purpose.DECIDE:
            return None
        if origin.profile is not Profile.REPLIES and address.council not in origin.councils:
            return None
        return address

    async def _key(self) -> bytes | None:
        if self._known_key is None:
            self._known_key = await self._database.read(lambda c: secrets.find(c, tokens.KEY))
        return self._known_key

    async def key(self) -> bytes:
        """The key that addresses are made with, made where there is none yet. Raises what the database raises."""
        known = await self._key()
        if known is None:
            known = self._known_key = await self._database.write(lambda c: secrets.made(c, tokens.KEY))
        return known

    async def _take(self, submission: Submission, address: AnswerAddress) -> Recorded:
        deadline = asyncio.get_running_loop().time() + self._settings.limits.decision_seconds
        now = self._now()
        version, council = await self._database.read(lambda c: councils.load(c, address.council))
        said = await self._preparing.hear(submission, address, council, now, deadline)
        prepared = await self._preparing.prepare(said, council, version, deadline)
        message = messages.new_id(now)
        with metrics.STAGE_SECONDS.labels("commit").time():
            recorded = await self._database.write(
                lambda c: self._commit(c, message, said, prepared),
                lambda c: messages.recorded(c, message),
                council.id,
            )
        _log.info(
            "answer taken",
            message=recorded.id,
            council=council.id,
            about=address.message,
            purpose=address.purpose,
            option=None if prepared.choice is None else prepared.choice.option.value,
            asked=said.answerer.asked,
            automatic=said.automatic,
            repeated=recorded.repeated,
            profile=submission.origin.profile.value,
        )
        return recorded

    def _commit(self, connection: Connection, message: str, said: Heard, prepared: Prepared) -> Recorded:
        """Archive the answer and do what follows, in the caller's transaction. The same answer again does nothing."""
        council_id = said.address.council
        ledger.lock(connection, council_id)
        version, council = councils.load(connection, council_id)
        about = said.address.message
        sealed = about is not None and messages.is_sealed(connection, council_id, about)
        entry = replace(self._entry(message, said, council, version), sealed=sealed)
        one = sheet.of_answer(entry, about, vault_of(connection))
        before = messages.answered_before(connection, one)
        if before is not None:
            return before
        address = answer_addresses.find(connection, said.address.digest)
        if address is None:
            raise Conflict("the address is not there any more")
        by = said.answerer.login
        lately = messages.answers_since(connection, council_id, address.message, by, said.now - _HOUR)
        sheet.write(connection, [one])
        follow(
            connection,
            council,
            version,
            Answer(
                id=message,
                address=address,
                written_to=said.submission.envelope.recipients[0].address,
                by=by,
                asked=said.answerer.asked,
                automatic=said.automatic,
                quiet=said.automatic or lately >= self._settings.answers.asked_again_per_hour,
                prepared=prepared,
                now=said.now,
                today=clock.today_in_london(said.now),
                hostname=self._settings.hostname,
                upstream=self._settings.bounce_route(council.upstream),
                days=self._settings.answers.expire_days,
                base_url=self._settings.console.base_url,
            ),
        )
        return Recorded(message, MessageState.TAKEN)

    def _entry(self, message: str, said: Heard, council: Council, version: int) -> Entry:
        submission = said.submission
        return Entry(
            id=message,
            council=council.id,
            council_version=version,
            policy_version=council.policy.version,
            received_at=said.now,
            raw=submission.raw,
            envelope=submission.envelope,
            origin=submission.origin,
            person=said.answerer.login,
            heading=heading_of(said.reading),
            decision=Decision(),
            splices=None,
            trace=b"",
            upstream=council.upstream,
            stretches=stretches(said.reading),
            content=found_by(said.reading, None),
        )
