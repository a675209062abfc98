"""Making a copy: the very bytes, where to, what is tried again and when, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from config.settings import MailboxSettings
from gateway.archive import versions
from gateway.jobs.task import Done, LeaseLost
from gateway.sent import copying
from gateway.sent.copying import Copies
from gateway.store import archive
from gateway.upstream.imap import ImapFailed, ImapStep
from gateway.upstream.imap_folder import LoginRefused
from tests.unit.delivery.conftest import COUNCIL
from tests.unit.sent.conftest import JO, submit, tasks

MASTER = MailboxSettings(
    host="mailboxes.example", login="{address}*vestry", password=SecretStr("secret"), give_up_hours=24
)


class Server:
    """A mailbox server that answers with what it is told to, and with True where nothing is left of that."""

    def __init__(self) -> None:
        self.answers: list[bool | Exception] = []
        self.asked: list[tuple] = []

    async def __call__(self, _pool, server, opening, filing):
        self.asked.append((server, opening, filing))
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def server(monkeypatch) -> Server:
    server = Server()
    monkeypatch.setattr(copying, "file_once", server)
    return server


@pytest.fixture
def copies(house):
    copies = Copies(house.settings.model_copy(update={"mailboxes": {"default": MASTER}}))
    yield copies
    copies.close()


@pytest.fixture
async def sent(house, serving, ask_for):
    """`await sent(way=…)`: a message that was taken by its upstream; the job for its copy, in our hands."""

    async def send(count=1, people=(), person=JO, **wish):
        await ask_for(people, **wish)
        await serving()
        for _ in range(count):
            await submit(house, person=person)
        await house.turn()
        return await tasks(house)

    return send


async def as_sent(house, message):
    return await house.database.read(lambda c: versions.as_sent(c, COUNCIL, message))


async def letters(house):
    def find(connection):
        ids = archive.message_ids(connection, COUNCIL)
        rows = [archive.message(connection, COUNCIL, one) for one in ids]
        return [(row, archive.body(connection, COUNCIL, row.id)) for row in rows if row.kind == "notice"]

    return await house.database.read(find)


async def test_it_is_the_very_bytes_at_the_time_they_went(house, sent, copies, server):
    [task] = await sent(way="sent_folder", folder="Gone")
    went = house.clock()
    house.clock.move(hours=3)
    assert await copies.make(task) is None
    [(where, opening, filing)] = server.asked
    assert (where.host, where.port, where.tls) == ("mailboxes.example", 993, "implicit")
    assert (opening.login, opening.password, opening.on_behalf_of) == (f"{JO}*vestry", "secret", "")
    assert filing.message == await as_sent(house, task.job.key)
    assert filing.message.startswith(b"DKIM-Signature: ")
    assert (filing.at, filing.mark, filing.folder) == (went, ("Received", task.job.key), "Gone")
    assert "secret" not in repr(opening)
    assert b"Hello" not in repr(filing).encode()


async def test_a_master_user_who_names_the_mailbox_beside_the_login(sent, copies, server):
    copies.reload(
        copies.settings.model_copy(
            update={"mailboxes": {"cyrus": MASTER.model_copy(update={"login": "postroom"})}}
        )
    )
    [task] = await sent(way="sent_folder", mailboxes="cyrus")
    assert await copies.make(task) is None
    assert (server.asked[0][1].login, server.asked[0][1].on_behalf_of) == ("postroom", JO)


async def test_there_already_is_as_good(sent, copies, server):
    server.answers = [False]
    [task] = await sent(way="sent_folder")
    assert await copies.make(task) is None


async def test_what_fails_is_tried_again_later_each_time_and_at_last_given_up(house, sent, copies, server):
    server.answers = [ImapFailed(ImapStep.COMMAND, "it said no, OVERQUOTA")] * 1000
    [task] = await sent(way="sent_folder")
    went, waits = house.clock(), []
    while (again := await copies.make(task)) is not None:
        waits.append((again - house.clock()).total_seconds() / 60)
        house.clock.moment = again
    assert waits[:9] == [1, 1, 2, 4, 8, 16, 32, 64, 120]
    assert set(waits[9:]) == {120}
    assert timedelta(hours=24) <= house.clock() - went < timedelta(hours=26)
    assert len(server.asked) == len(waits) + 1


async def test_a_server_that_is_away_is_asked_for_one_and_not_for_all(house, sent, copies, server):
    server.answers = [ImapFailed(ImapStep.CONNECT, "away")]
    several = await sent(5, way="sent_folder")
    again = [await copies.make(task) for task in several]
    assert len(server.asked) == 1
    assert again == [house.clock() + timedelta(minutes=1)] * 5
    house.clock.move(minutes=1)
    assert [await copies.make(task) for task in several] == [None] * 5


async def test_who_waits_for_long_looks_seldom(house, sent, copies, server):
    server.answers = [ImapFailed(ImapStep.CONNECT, "away")]
    first, second = await sent(2, way="sent_folder")
    house.clock.move(hours=2)
    await copies.make(first)
    assert await copies.make(second) == house.clock() + timedelta(minutes=15)


async def test_a_mailbox_that_is_not_there_keeps_no_other_waiting(house, sent, copies, server):
    server.answers = [LoginRefused()]
    first, second = await sent(2, way="sent_folder")
    [other] = await sent(way="sent_folder", person="al@nether.example")
    assert await copies.make(first) == house.clock() + timedelta(minutes=1)
    assert await copies.make(second) == house.clock() + timedelta(minutes=10)
    assert len(server.asked) == 1
    assert await copies.make(other) is None
    assert server.asked[1][1].login == "al@nether.example*vestry"


async def test_a_mailbox_that_is_broken_keeps_no_other_waiting(house, sent, copies, server):
    server.answers = [ImapFailed(ImapStep.COMMAND, "the connection was lost")]
    first, second = await sent(2, way="sent_folder")
    [other] = await sent(way="sent_folder", person="al@nether.example")
    assert await copies.make(first) == await copies.make(second) == house.clock() + timedelta(minutes=1)
    assert len(server.asked) == 1
    assert await copies.make(other) is None


async def test_new_settings_ask_everybody_anew(sent, copies, server):
    server.answers = [LoginRefused()]
    first, second = await sent(2, way="sent_folder")
    await copies.make(first)
    copies.reload(copies.settings)
    assert await copies.make(second) is None


async def test_a_mailbox_server_that_the_settings_do_not_know_is_waited_for(house, sent, copies, server):
    [task] = await sent(way="sent_folder", mailboxes="other")
    assert await copies.make(task) == house.clock() + timedelta(minutes=1)
    house.clock.move(hours=72)
    assert await copies.make(task) is None
    assert server.asked == []


async def test_a_copy_that_is_given_up_while_its_server_rests_is_given_up(house, sent, copies, server):
    server.answers = [ImapFailed(ImapStep.CONNECT, "away")]
    first, second = await sent(2, way="sent_folder")
    house.clock.move(hours=24)
    assert await copies.make(first) is None
    assert await copies.make(second) is None
    assert len(server.asked) == 1


async def test_no_longer_wanted_or_nobodys_is_not_made(sent, ask_for, copies, server):
    [task] = await sent(way="sent_folder")
    await ask_for(way="off")
    assert await copies.make(task) is None
    for way in ("sent_folder", "mail"):
        [task] = await sent(way=way, person="clerk@upper.example")
        assert await copies.make(task) is None
    assert server.asked == []


async def test_what_is_not_as_it_was_sent_is_no_copy(house, sent, copies, server):
    [task] = await sent(way="sent_folder")
    await house.database.write(lambda c: c.execute(text("update departure set prepended = x'00'")))
    assert await copies.make(task) is None
    assert server.asked == []


async def test_by_mail_it_is_written_once_whatever_happens_next(house, sent, copies, server):
    [task] = await sent(way="mail")
    before = await as_sent(house, task.job.key)
    assert await copies.make(task) is Done.DONE
    done = await house.database.read(lambda c: c.execute(text("select done_at from job")).scalar_one())
    assert done is not None
    # This process is killed here: whoever comes next finds the job done, and we ourselves have lost it.
    house.clock.move(hours=1)
    assert await tasks(house) == []
    with pytest.raises(LeaseLost):
        await copies.make(task)
    [(row, letter)] = await letters(house)
    assert (row.mail_from, row.about, row.person) == ("", task.job.key, None)
    assert before in letter
    assert server.asked == []
    # The letter leaves, and that is the end of it.
    await house.turn()
    assert await tasks(house) == []
    assert len(await letters(house)) == 1


async def test_by_mail_it_takes_the_way_of_bounces(house, sent, copies):
    usual = {"host": "127.0.0.1"}
    upstreams = {"default": usual | {"bounce_upstream": "other"}, "other": usual}
    changed = copies.settings.model_dump() | {"upstreams": upstreams, "mailboxes": {}}
    copies.reload(type(copies.settings).model_validate(changed))
    [task] = await sent(way="mail")
    await copies.make(task)
    [(row, _)] = await letters(house)
    [departure] = await house.departures(row.id)
    assert departure["upstream"] == "other"


async def test_the_letter_is_one_that_people_and_machines_understand(house, sent, copies):
    [task] = await sent(way="mail")
    await copies.make(task)
    [(_, letter)] = await letters(house)
    parsed = message_from_bytes(letter, policy=default)
    assert parsed["To"] == JO
    assert parsed["Subject"] == "As sent: Allotments"
    assert parsed["Auto-Submitted"] == "auto-replied"
    assert parsed["In-Reply-To"] == "<1@nether.example>"
    said = " ".join(parsed.get_body().get_content().split())
    assert 'Your message "Allotments" was sent on 11 May 2026 at 10:30.' in said
    assert "named in it" in said
    assert "Clerk" not in said
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "message/rfc822"]
