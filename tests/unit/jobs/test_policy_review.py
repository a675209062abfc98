"""Whose review date has passed is told of it: once for each version of the policy, then every four weeks."""

from __future__ import annotations

import email
from datetime import UTC, date, datetime, timedelta
from email import policy as mail

import pytest
from sqlalchemy import text

from config.council import Council, Identity, Person, Role, RoleHeld
from config.policy import Policy
from gateway.jobs.policy_review import EVERY, KIND, LETTER, look, telling
from gateway.jobs.task import Done, LeaseLost, Task
from gateway.store import archive, councils, jobs
from gateway.store.kinds import MessageKind
from tests.unit.store.conftest import NOW, council, database, url  # noqa: F401  # fixtures

REVIEW = date(2026, 5, 10)
SUBJECT = "The review date of your e-mail policy has passed"
HANDLERS = {KIND: look, LETTER: telling(lambda upstream: f"{upstream}-notices")}


def person(name: str, *roles: Role, login: str = "", **term: date) -> Person:
    return Person(
        login=login or f"{name}@nether.example",
        name=name.title(),
        roles=tuple(RoleHeld(role=role, **term) for role in roles),
        identities=(Identity(address=f"{name}@nether.example"),),
    )


class Office:
    """A council in a real store, and time that passes over it with every job done that is due."""

    def __init__(self, database, council: Council) -> None:
        self.database = database
        self.council = council
        self.now = NOW

    async def adopt(self, review: date | None, version: str = "v1", **changes) -> None:
        adopted = Policy(title="E-mail policy", version=version, review=review, checks={})
        self.council = self.council.model_copy(update={"policy": adopted, **changes})
        await self.database.write(lambda c: councils.save(c, self.council, self.now, "test"))

    async def pass_by(self, **span: float) -> None:
        """Let time pass in steps of a day, and do each day what is due."""
        until = self.now + timedelta(**span)
        while True:
            await self.work()
            if self.now >= until:
                return
            self.now = min(until, self.now + timedelta(days=1))

    async def work(self) -> None:
        await self.database.write(lambda c: jobs.add_for_everyone(c, KIND, self.now))
        while claimed := await self.database.write(
            lambda c: jobs.claim(c, "node", self.now, 5, 60, tuple(HANDLERS))
        ):
            for job in claimed:
                due = await HANDLERS[job.kind](Task(job, self.database, lambda: self.now))
                if not isinstance(due, Done):
                    await self.database.write(lambda c, job=job, due=due: jobs.finish(c, job, self.now, due))

    def letters(self) -> list[email.message.EmailMessage]:
        def find(connection):
            ids = archive.message_ids(connection, self.council.id)
            rows = [archive.message(connection, self.council.id, one) for one in ids]
            return [
                archive.body(connection, self.council.id, row.id)
                for row in rows
                if row.kind == MessageKind.NOTICE.value
            ]

        raw = self.database.read_blocking(find)
        return [email.message_from_bytes(one, policy=mail.default) for one in raw]

    def to(self) -> list[str]:
        return [str(letter["To"]) for letter in self.letters()]


@pytest.fixture
def office(database, council) -> Office:
    return Office(database, council)


async def test_the_clerk_is_told_in_plain_words(office):
    await office.adopt(REVIEW)
    await office.work()
    [letter] = office.letters()
    assert (letter["To"], letter["Subject"]) == ("clerk@nether.example", SUBJECT)
    said = " ".join(letter.get_body(("plain",)).get_content().split())
    assert '"E-mail policy" (version v1), was to be reviewed by 10 May 2026. That day has passed.' in said
    assert "nothing changes by itself" in said
    [departure] = await office.database.read(
        lambda c: c.execute(text("select upstream from departure")).scalars().all()
    )
    assert departure == "default-notices"


async def test_once_and_then_every_four_weeks(office):
    await office.adopt(REVIEW)
    await office.pass_by(days=27)
    assert len(office.letters()) == 1
    await office.pass_by(days=1)
    assert len(office.letters()) == 2
    await office.pass_by(days=28)
    assert len(office.letters()) == 3
    assert timedelta(days=28) == EVERY


@pytest.mark.parametrize("review", [None, date(2026, 5, 11), date(2026, 6, 30)])
async def test_a_date_that_has_not_passed_is_not_told(office, review):
    await office.adopt(review)
    await office.work()
    assert office.letters() == []


async def test_the_day_ends_in_london(office):
    await office.adopt(date(2026, 5, 11))
    office.now = datetime(2026, 5, 11, 22, 59, tzinfo=UTC)
    await office.work()
    assert office.letters() == []
    office.now += timedelta(days=1, minutes=2)
    await office.work()
    assert len(office.letters()) == 1


async def test_a_new_date_ends_it_and_a_new_version_that_is_late_is_told_at_once(office):
    await office.adopt(REVIEW)
    await office.work()
    await office.adopt(date(2027, 5, 10), "v2")
    await office.pass_by(days=60)
    assert len(office.letters()) == 1
    await office.adopt(REVIEW, "v3")
    await office.pass_by(days=1)
    assert len(office.letters()) == 2
    await office.adopt(REVIEW, "v4")
    await office.pass_by(days=1)
    assert len(office.letters()) == 3


async def test_every_clerk_has_a_letter_and_nobody_else(office):
    clerks = person("ann", Role.CLERK), person("bea", Role.CLERK)
    gone = person("cy", Role.CLERK, until=date(2026, 5, 10))
    others = person("di", Role.DEPUTY), person("ed", Role.COUNCILLOR, Role.CHAIR)
    await office.adopt(REVIEW, people=(*clerks, gone, *others))
    await office.work()
    assert sorted(office.to()) == ["ann@nether.example", "bea@nether.example"]


async def test_where_there_is_no_clerk_whoever_acts_as_one_is_told(office):
    await office.adopt(REVIEW, people=(person("di", Role.DEPUTY), person("ed", Role.COUNCILLOR)))
    await office.work()
    assert office.to() == ["di@nether.example"]


async def test_the_clerk_of_several_councils_is_written_to_at_this_ones_address(office):
    await office.adopt(REVIEW, people=(person("ann", Role.CLERK, login="ann@clerks.example"),))
    await office.work()
    assert office.to() == ["ann@nether.example"]


async def test_where_nobody_acts_as_clerk_the_next_one_is_told_the_day_after_coming(office):
    await office.adopt(REVIEW, people=())
    await office.pass_by(days=3)
    assert office.letters() == []
    await office.adopt(REVIEW, people=(person("ann", Role.CLERK),))
    await office.pass_by(days=1)
    assert office.to() == ["ann@nether.example"]


async def test_whoever_lost_the_job_writes_no_letter(office):
    await office.adopt(REVIEW)
    await office.database.write(lambda c: jobs.add(c, office.council.id, LETTER, NOW, key=f"v1 {REVIEW}"))
    [job] = await office.database.write(lambda c: jobs.claim(c, "slow", NOW, 1, 60, (LETTER,)))
    await office.database.write(lambda c: jobs.put_back(c, job))
    await office.work()
    with pytest.raises(LeaseLost):
        await HANDLERS[LETTER](Task(job, office.database, lambda: NOW))
    assert len(office.letters()) == 1
