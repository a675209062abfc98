"""What somebody writes in confidence, and that they did, is seen by no officer in any list or count."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, generate_latest
from sqlalchemy import text

from config.settings import load
from filters.context import Envelope, Profile, Recipient
from gateway.clock import today_in_london
from gateway.holds import reminding
from gateway.holds.casework import open_body
from gateway.holds.decisions import Act, reject, release
from gateway.intake.accept import Intake
from gateway.intake.submission import Origin, Submission
from gateway.jobs.task import Task
from gateway.notices.notice import notice
from gateway.store import acknowledgements, archive, councils, holds, jobs, messages
from gateway.store.database import Database
from gateway.store.errors import Conflict, NotFound
from tests.unit.cli.test_signature import Vestry, folder, host, vestry
from tests.unit.holds.analyst import InProcess

__all__ = ["folder", "host", "vestry"]

ID = "littlewickham"
DOMAIN = "littlewickham-pc.example"
ANNE, CLERK, DEPUTY, FOI = (f"{each}@{DOMAIN}" for each in ("cllr.a", "clerk", "deputy", "foi"))
OFFICER = "monitoring.officer@wickhamshire.example"
NEAR = "monitoring.oficer@wickhamshire.example"
RESIDENT = "ada@parishioner.example"
SUBJECT = "The Clerk and the cheques"


class Post:
    """The installation's post room, with time that is moved by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.settings = load(Path("vestry.toml"))
        self.now = datetime.now(UTC)
        self.intake = Intake(self.settings, database, InProcess(), lambda: None, lambda: self.now)
        _, self.council = database.read_blocking(lambda c: councils.load(c, ID))

    def send(
        self, *to: str, text: str = "I have seen the cheques.", subject: str = SUBJECT, login: str = ANNE
    ):
        raw = f"From: {login}\r\nTo: {', '.join(to)}\r\nSubject: {subject}\r\nMessage-ID: <{hash(text + str(to))}@x>\r\n\r\n{text}\r\n"
        envelope = Envelope(mail_from=login, recipients=tuple(Recipient(address=a, canonical=a) for a in to))
        origin = Origin(Profile.SUBMISSION, login, (ID,), "192.0.2.1", "pc", "ESMTPSA")
        return asyncio.run(self.intake.accept(Submission(raw=raw.encode(), envelope=envelope, origin=origin)))

    def act(self, by: str) -> Act:
        return Act(by, "Because", self.now, today_in_london(self.now), "post.example")

    def id_of(self, reply) -> str:
        return reply.text.partition("queued as ")[2].partition(",")[0].split()[0]


@pytest.fixture
def post(host: Path):
    database = Database(load(Path("vestry.toml")).database_url)
    database.start()
    made = Post(database)
    for person in made.council.people:
        database.write_blocking(
            lambda c, p=person: acknowledgements.acknowledge(c, made.council, p.login, made.now)
        )
    yield made
    database.stop()


@pytest.fixture
def written(post: Post) -> list[str]:
    """Ids of what is sealed: passed, asked about and refused, and what the post room wrote about the first."""
    passed = post.send(OFFICER)
    assert passed.code == 250
    assert "held" not in passed.text
    asked = post.send(OFFICER, f"foi@{DOMAIN}", RESIDENT, text="It is attached.")
    refused = post.send(OFFICER, "cllr.a.home@gmail.com", text="Council papers for home")
    found = [post.id_of(passed)]
    if asked.code == 250:
        found.append(post.id_of(asked))
    told = notice(
        post.council,
        ANNE,
        found[0],
        SUBJECT,
        ["Not delivered."],
        post.now,
        upstream="default",
        in_reply_to=None,
    )
    found.append(post.database.write_blocking(lambda c: messages.write_own(c, told, post.now)))
    ids = post.database.read_blocking(lambda c: archive.message_ids(c, ID))
    rows = [post.database.read_blocking(lambda c, i=i: archive.message(c, ID, i)) for i in ids]
    assert all(row.sealed for row in rows)
    assert refused.code in {250, 550}
    # They came in at one moment: the first is to be the one that passed.
    return sorted((row.id for row in rows), key=lambda id: id != found[0])


LISTS = [
    ("held", "list"),
    ("held", "list", "--json"),
    ("archive", "list"),
    ("archive", "list", "--json"),
    ("archive", "list", "--without-waiver"),
]


@pytest.mark.parametrize("command", LISTS)
def test_no_list_shows_it(written, vestry: Vestry, command):
    said = vestry(*command)
    for word in (*written, SUBJECT, "cheques", OFFICER):
        assert word not in said


@pytest.mark.parametrize(
    "command",
    [
        ("held", "show"),
        ("held", "show", "--json"),
        ("archive", "show"),
        ("archive", "show", "--as", "received"),
        ("archive", "show", "--as", "sent"),
        ("held", "open", "--by", CLERK, "--why", "Curious"),
        ("held", "release", "--by", CLERK, "--why", "Curious"),
        ("held", "release", "--by", CLERK, "--leave-out", "1"),
        ("held", "reject", "--by", CLERK, "--why", "Curious"),
        ("held", "return", "--by", CLERK, "--note", "Curious"),
        ("held", "send-as-clerk", "--by", CLERK),
        ("held", "claim", "--by", CLERK),
    ],
)
def test_who_knows_its_id_is_told_that_it_is_not_there(written, vestry: Vestry, command):
    for message in written:
        said = vestry(*command[:2], message, *command[2:], code=1)
        assert f"{ID} has no message {message}" in said
        assert SUBJECT not in said
        assert ANNE not in said


@pytest.mark.parametrize("command", [("queue", "list"), ("queue", "list", "--json"), ("queue", "show")])
def test_the_queue_shows_the_host_that_something_waits_and_not_for_whom(written, vestry: Vestry, command):
    said = vestry(*command, *(written[:1] if "show" in command else ()))
    assert OFFICER not in said
    assert SUBJECT not in said


def counted() -> list[str]:
    """How many messages, and findings of the check, this process has counted."""
    lines = generate_latest(REGISTRY).decode().split("\n")
    return [
        each for each in lines if each.startswith("vestry_messages_total{") or 'check="protected"' in each
    ]


@pytest.fixture
def before() -> list[str]:
    return counted()


def test_no_count_has_it(before, post, written):
    assert post.database.read_blocking(holds.counts) == {}
    assert counted() == before
    assert not any('check="protected"' in each for each in before)


def test_nobody_but_its_sender_is_told_of_it(post, written):
    def claimed(connection):
        jobs.add_for_everyone(connection, reminding.KIND, post.now)
        return jobs.claim(connection, "node", post.now, 1, 60, (reminding.KIND,))

    handler = reminding.reminding(lambda upstream: upstream, lambda: 14.0)
    for _ in range(20):
        post.now += timedelta(days=1)
        for job in post.database.write_blocking(claimed):
            asyncio.run(handler(Task(job, post.database, lambda: post.now)))
    ids = post.database.read_blocking(lambda c: archive.message_ids(c, ID))
    to = {
        each.canonical
        for i in ids
        if i not in written
        for each in post.database.read_blocking(lambda c, i=i: archive.recipients(c, ID, i))
    }
    assert to <= {ANNE}


def test_the_archive_is_whole_with_it(written, vestry: Vestry):
    assert "no faults" in vestry("archive", "verify")


def test_no_check_tells_others_of_it(post, written):
    """Neither whom somebody wrote to, nor what: who writes alike or sends the same on is told nothing."""
    near = post.send("monitoring.oficer@wickhamshire.example", text="Hello", login=f"cllr.b@{DOMAIN}")
    same = post.send(RESIDENT, text="I have seen the cheques. " * 40, login=f"cllr.b@{DOMAIN}", subject="Hi")
    for reply in (near, same):
        if reply.code == 250:
            found = post.database.read_blocking(lambda c, r=reply: holds.findings(c, ID, post.id_of(r)))
            told = found.model_dump_json()
            assert SUBJECT not in told
            assert ANNE not in told
            # The council's own file may tell for whom an address was meant; that anybody wrote there, nothing does.
            assert OFFICER not in told or reply is near
            assert ANNE not in found.model_dump_json()


def test_an_officer_who_sent_it_decides_on_it_like_any_sender(post):
    asked = post.send(OFFICER, RESIDENT, text="It is attached.", login=FOI)
    assert (asked.code, "waiting" in asked.text) == (250, True), asked.text
    message = post.id_of(asked)
    for by in (CLERK, DEPUTY):
        with pytest.raises(NotFound):
            post.database.write_blocking(lambda c, b=by: release(c, ID, message, post.act(b)))
        with pytest.raises(NotFound):
            post.database.write_blocking(lambda c, b=by: reject(c, ID, message, post.act(b)))
    post.database.write_blocking(lambda c: reject(c, ID, message, post.act(FOI)))


def test_nobody_learns_whom_it_was_written_to(post, written):
    """Correspondents and fingerprints are what other people's mail is compared with."""
    asked = next(
        each
        for each in written
        if post.database.read_blocking(lambda c, i=each: archive.message(c, ID, i)).state == "held"
    )
    post.database.write_blocking(lambda c: release(c, ID, asked, post.act(ANNE)))
    for table in ("correspondent", "correspondent_domain", "print"):
        rows = post.database.read_blocking(lambda c, t=table: c.execute(text(f"select * from {t}")).all())
        assert rows == []


def test_only_casework_is_opened_and_only_what_is_not_sealed(post, written):
    with pytest.raises((NotFound, Conflict)):
        post.database.write_blocking(lambda c: open_body(c, ID, written[0], post.act(CLERK)))


def test_the_backup_counts_none_of_it(written, vestry: Vestry):
    vestry("backup", "there")
    manifest = json.loads(next(Path("there").glob("*anifest*")).read_text())
    assert manifest["held"] == 0
