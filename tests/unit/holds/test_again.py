"""The same message sent again while the first waits joins it: one leaves. Anything else is another message."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event

from filters.again import same
from gateway.archive.verify import verify
from gateway.holds import decisions
from gateway.store import again, archive
from tests.unit.holds.office import ANN, BOB, CLERK, RESIDENT, replied

HOME = "cllr.a.home@gmail.com"
SENT = replied(HOME, RESIDENT, text="See below.", more="Message-ID: <1@x.example>\r\n")
AGAIN = SENT.replace(b"<1@x.example>", b"<2@x.example>").replace(b"09:00:00", b"09:07:00")


async def test_the_same_again_joins_the_first(office):
    first = await office.send(SENT, HOME, RESIDENT)
    reply = await office.submit(AGAIN, HOME, RESIDENT)
    assert reply.code == 250
    assert f"waits with {first}" in reply.text
    joined = reply.text.partition("queued as ")[2].split(",")[0]
    assert joined != first
    assert (office.state(joined), office.row(joined).about) == ("joined", first)
    assert office.notices(joined) == []
    raw = office.database.read_blocking(lambda c: archive.body(c, office.council.id, joined))
    assert raw == AGAIN
    third = await office.send(AGAIN.replace(b"<2@", b"<3@"), RESIDENT, HOME)
    assert office.row(third).about == first
    assert (await office.release(first, CLERK)).departure
    assert len(office.left(first)) == 1
    assert office.left(joined) == office.left(third) == []
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []


async def test_the_very_same_submission_is_answered_alike(office):
    await office.send(SENT, HOME, RESIDENT)
    one, other = [await office.submit(AGAIN, HOME, RESIDENT) for _ in range(2)]
    assert one.text.split(",")[0] == other.text.split(",")[0]
    assert "waits with" in other.text


@pytest.mark.parametrize(
    ("raw", "to", "login"),
    [
        (AGAIN.replace(b"See below.", b"See below!"), (HOME, RESIDENT), ANN),
        (AGAIN.replace(b"See below.", b"Do not see below."), (HOME, RESIDENT), ANN),
        (AGAIN.replace(b"The pond is dry", b"The pond is wet"), (HOME, RESIDENT), ANN),
        (AGAIN.replace(b"Re: The pond", b"Re: The lake"), (HOME, RESIDENT), ANN),
        (AGAIN, (HOME,), ANN),
        (AGAIN, (HOME, RESIDENT, "else@z.example"), ANN),
        (AGAIN.replace(ANN.encode(), BOB.encode()), (HOME, RESIDENT), BOB),
    ],
)
async def test_another_message_waits_by_itself(office, raw, to, login):
    first = await office.send(SENT, HOME, RESIDENT)
    other = await office.send(raw, *to, login=login)
    assert office.state(first) == "held"
    assert office.state(other) == "held"
    assert office.row(other).about is None


async def test_what_was_decided_is_joined_no_more(office):
    first = await office.send(SENT, HOME, RESIDENT)
    await office.write(lambda c: decisions.reject(c, office.council.id, first, office.act(CLERK)))
    assert office.state(await office.send(AGAIN, HOME, RESIDENT)) == "held"


async def test_two_at_once_are_one(office):
    sent = [SENT.replace(b"<1@", b"<%d@" % number) for number in range(4)]
    replies = await asyncio.gather(*(office.submit(raw, HOME, RESIDENT) for raw in sent))
    assert {reply.code for reply in replies} == {250}
    ids = office.database.read_blocking(lambda c: archive.message_ids(c, office.council.id))
    states = sorted(office.state(id) for id in ids if office.row(id).kind == "submitted")
    assert states.count("held") >= 1
    assert set(states) <= {"held", "joined"}
    assert len(states) == 4


async def test_the_first_decided_in_the_very_moment(office, monkeypatch):
    """What it would join is released between the look and the commit: it waits by itself."""
    first = await office.send(SENT, HOME, RESIDENT)
    asked = office.analyst.same

    async def released_meanwhile(one, other, deadline):
        office.analyst.same = asked
        await office.release(first, CLERK)
        return await asked(one, other, deadline)

    office.analyst.same = released_meanwhile
    again = await office.send(AGAIN, HOME, RESIDENT)
    assert office.state(first) == "released"
    assert office.state(again) == "held"


def mixed(boundary: str, content: str, text: str = "Here it is.") -> bytes:
    return (
        f"From: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
        f"Content-Type: text/plain\r\n\r\n{text}\r\n--{boundary}\r\nContent-Type: text/csv; name=a.csv\r\n"
        f"Content-Disposition: attachment; filename=a.csv\r\n\r\n{content}\r\n--{boundary}--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("again", "is_same"),
    [
        (mixed("two", "1,500"), True),
        (mixed("two", "1,600"), False),
        (mixed("two", "1,500", "Here  it\r\nis."), True),
        (mixed("two", "1,500", "Here it isn't."), False),
        (mixed("two", "1,500").replace(b"a.csv", b"b.csv"), False),
        (mixed("two", "1,500").replace(b"c@d", b"e@d"), False),
        (mixed("two", "1,500", "Here it is.\r\n\r\n> It was there."), False),
    ],
)
def test_what_is_attached_counts_octet_for_octet(again, is_same):
    assert same(mixed("one", "1,500"), again).same is is_same


def test_what_waits_is_found_by_its_index(office):
    if office.database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in its tables")
    asked = again.Asked(office.council.id, ANN, "x", frozenset(), (), office.now())
    with office.database.engine.connect() as connection:
        statements = []
        event.listen(connection, "before_cursor_execute", lambda *told: statements.append(told[2:4]))
        again.look_all(connection, [asked, asked])
        statement, parameters = next(each for each in statements if "FROM message" in each[0])
        plan = connection.exec_driver_sql(f"explain query plan {statement}", parameters).all()
    assert any("ix_message_waiting" in str(row) for row in plan), plan
