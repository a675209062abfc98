"""A council with mail that waits, and time that passes over it with every job done that is due."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

from config.capacity import Capacity
from config.council import Council
from config.policy import CheckPolicy, Clause, Policy, Stage, Verdict
from config.settings import Settings
from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision, Finding
from gateway.clock import today_in_london
from gateway.holds import acknowledging, reminding
from gateway.holds.acknowledged import FIRST
from gateway.holds.decisions import Act, reject, release
from gateway.intake.submission import Origin
from gateway.jobs.task import Done, Task
from gateway.store import archive, councils, jobs, messages
from gateway.store.acknowledgements import CHECK
from gateway.store.database import Database
from gateway.store.kinds import MessageKind
from signatures.message.splices import Splice

LONDON = ZoneInfo("Europe/London")
DOMAIN = "little.example"
CLERK, DEPUTY, CHAIR, JO, SAM = (f"{name}@{DOMAIN}" for name in ("clerk", "deputy", "chair", "jo", "sam"))
ID = "little"
CLAUSE = Clause(document="Test policy", item="1")
MONDAY = datetime(2026, 5, 11, 10, 0, tzinfo=LONDON).astimezone(UTC)


def person(login: str, *roles: Any, **more: Any) -> dict[str, Any]:
    return {
        "login": login,
        "name": login.partition("@")[0].title(),
        "roles": [role if isinstance(role, dict) else {"role": role} for role in roles],
        "identities": [{"address": login}],
        **more,
    }


PEOPLE = (
    person(CLERK, "clerk"),
    person(DEPUTY, "deputy"),
    person(CHAIR, "councillor", "chair"),
    person(JO, "councillor", phone="01632 960123"),
    person(SAM, "councillor"),
)


def council(**changes: Any) -> Council:
    checks = {
        "moderation": CheckPolicy(verdict=Verdict.HOLD, clause=CLAUSE),
        "forwarding": CheckPolicy(verdict=Verdict.HOLD, clause=CLAUSE),
    }
    made = {
        "id": ID,
        "name": "Little Wickham Parish Council",
        "domains": [DOMAIN],
        "people": PEOPLE,
        "policy": Policy(title="Test policy", version="1", checks=checks),
    }
    return Council.model_validate(made | changes)


def finding(check: str, verdict: Verdict, reason: str = "") -> Finding:
    said = reason or f"Because of {check}."
    return Finding(check=check, verdict=verdict, stage=Stage.ENFORCE, reason=said, clause=CLAUSE)


ASK = finding("reply_all", Verdict.ASK)
HOLD = finding("exposure", Verdict.HOLD)
MODERATE = finding("moderation", Verdict.HOLD)
UNREAD = finding(CHECK, Verdict.ASK, FIRST)


class Room:
    """A council in a real store. `now` is moved by hand."""

    _numbers = itertools.count()

    def __init__(self, database: Database, council: Council, folder: Any) -> None:
        self.database = database
        self.now = MONDAY
        self.settings = Settings.model_validate(
            {
                "hostname": "post.test.example",
                "data_dir": folder,
                "upstreams": {"default": {"host": "mail.example"}},
            }
        )
        self.handlers = {
            reminding.KIND: reminding.reminding(lambda upstream: f"{upstream}-notices", lambda: 14.0),
            acknowledging.KIND: acknowledging.sending(lambda: self.settings, lambda: None),
        }
        self.adopt(council)

    def adopt(self, council: Council) -> None:
        self.council = council
        self.database.write_blocking(lambda c: councils.save(c, council, self.now, "test"))

    def hold(self, *findings: Finding, by: str | None = JO, **more: Any) -> str:
        """A message that came in now and is held. Returns its queue id."""
        number = next(self._numbers)
        entry = messages.Entry(
            id=messages.new_id(self.now),
            council=ID,
            council_version=self.database.read_blocking(lambda c: councils.version(c, ID)),
            policy_version="1",
            received_at=self.now,
            raw=b"From: jo@little.example\r\nSubject: The pond\r\n\r\nDear Ada Lovelace, it is dry.\r\n",
            envelope=Envelope(
                mail_from=by or "",
                recipients=(Recipient(address="ada@post.example", canonical="ada@post.example"),),
            ),
            origin=Origin(Profile.SUBMISSION, by, (ID,), "192.0.2.1", "pc", "ESMTPSA"),
            person=by,
            heading=messages.Heading(f"<{number}@x>", "The pond of Ada Lovelace", by or "", DOMAIN),
            decision=Decision(findings=findings),
            splices=(Splice(5, 0, b"x"),),
            trace=b"",
            upstream="default",
            capacity=Capacity(more.pop("capacity", "council")),
            **more,
        )
        return self.database.write_blocking(lambda c: messages.record(c, entry)).id

    def act(self, by: str, why: str = "") -> Act:
        return Act(by=by, why=why, now=self.now, today=today_in_london(self.now), hostname="post.example")

    def release(self, message: str, by: str, why: str = "Because") -> Any:
        return self.database.write_blocking(lambda c: release(c, ID, message, self.act(by, why)))

    def reject(self, message: str, by: str) -> None:
        self.database.write_blocking(lambda c: reject(c, ID, message, self.act(by, "No")))

    async def work(self, database: Database | None = None, node: str = "node") -> None:
        """Do what is due, whoever else may be at it."""
        store = database or self.database
        await store.write(lambda c: jobs.add_for_everyone(c, reminding.KIND, self.now))
        while claimed := await store.write(
            lambda c: jobs.claim(c, node, self.now, 5, 60, tuple(self.handlers))
        ):
            for job in claimed:
                due = await self.handlers[job.kind](Task(job, store, lambda: self.now))
                assert isinstance(due, Done)

    async def until(self, text: str, step: timedelta = timedelta(hours=1)) -> None:
        """Let time pass until a moment by the clock on the wall, and do on the way what is due."""
        end = datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)
        while True:
            await self.work()
            if self.now >= end:
                return
            self.now = min(end, self.now + step)

    def letters(self) -> list[tuple[str, str]]:
        """To whom letters of the post room went, oldest first, and what they say, on one line."""
        found = []
        for id in self.database.read_blocking(lambda c: archive.message_ids(c, ID)):
            row = self.row(id)
            if row.kind == MessageKind.NOTICE.value:
                raw = self.database.read_blocking(lambda c, id=id: archive.body(c, ID, id))
                [to] = self.database.read_blocking(lambda c, id=id: archive.recipients(c, ID, id))
                said = BytesParser(policy=default).parsebytes(raw)
                body = said.get_body(("plain",))
                found.append((to.address, f"{said['Subject']}: {' '.join(body.get_content().split())}"))
        return found

    def to(self) -> list[str]:
        """To whom letters went, oldest first."""
        return [to for to, _ in self.letters()]

    def row(self, message: str) -> Any:
        return self.database.read_blocking(lambda c: archive.message(c, ID, message))

    def state(self, message: str) -> str:
        return str(self.row(message).state)

    def departures(self, message: str) -> list[Any]:
        return self.database.read_blocking(lambda c: archive.departures(c, ID, message))
