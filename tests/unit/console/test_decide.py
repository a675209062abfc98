"""What an officer is asked, decided by link."""

from __future__ import annotations

import asyncio

import pytest

from gateway.holds.answers import tokens
from gateway.holds.answers.options import Purpose
from gateway.store import answer_addresses, archive, councils
from gateway.store.kinds import MessageKind
from gateway.store.models import MessageRow
from tests.unit.console.conftest import CLERK, JO
from tests.unit.holds.answers.conftest import ID, text_of

RELEASE, REJECT = ("option", "release"), ("option", "reject")


@pytest.fixture
async def held(site) -> str:
    """What waits for the Clerk: a councillor sends to their own personal address."""
    message = await site.post.ask(("jo.bloggs@gmail.com",))
    site.post.later(hours=1)
    await site.remind()
    return message


def decided(site, message):
    return site.post.database.read_blocking(lambda c: archive.decisions(c, ID, message))


async def test_the_page_is_masked_and_looking_does_nothing(site, held):
    for _ in range(10):
        page = await site.get(site.path(CLERK))
    assert page.status == 200
    assert "jo.bloggs@gmail.com" not in page.text
    assert "Let it be sent" in page.text
    assert site.post.state(held) == "held"


async def test_it_is_released_as_that_officer_once(site, held):
    path = site.path(CLERK)
    assert (await site.choose(path, RELEASE, ("why", "Agreed by telephone."))).status == 303
    assert site.post.state(held) == "released"
    last = decided(site, held)[-1]
    assert (last.act, last.by, last.why) == ("released", CLERK, "Agreed by telephone. (Decided by link.)")
    assert "It has been sent." in (await site.get(path)).text
    assert "It has been sent." in (await site.choose(path, REJECT, ("why", "No"))).text


async def test_rejecting_needs_a_reason(site, held):
    page = await site.choose(site.path(CLERK), REJECT, ("why", "  "))
    assert (page.status, site.post.state(held)) == (422, "held")
    assert (await site.choose(site.path(CLERK), REJECT, ("why", "Use the council's address."))).status == 303
    assert site.post.state(held) == "rejected"


async def test_two_at_once_have_one_outcome(site, held):
    path = site.path(CLERK)
    await asyncio.gather(
        *(site.choose(path, each, ("why", "x")) for each in (RELEASE, REJECT, RELEASE, REJECT))
    )
    assert len(decided(site, held)) == 2
    assert len(site.post.left(held)) == (site.post.state(held) == "released")


async def test_who_is_out_of_office_that_day_cannot(site, held, council):
    path = site.path(CLERK)
    today = site.post.now[0].date()
    people = [
        each.model_copy(
            update={
                "roles": tuple(
                    role.model_copy(update={"until": today.replace(year=today.year - 1)})
                    for role in each.roles
                )
            }
        )
        if each.login == CLERK
        else each
        for each in council.people
    ]
    new = council.model_copy(update={"people": tuple(people)})
    await site.post.database.write(lambda c: councils.save(c, new, site.post.now[0], "test"))
    page = await site.choose(path, RELEASE)
    assert "You cannot decide this" in page.text
    assert site.post.state(held) == "held"


async def test_a_link_to_decide_is_no_address_to_answer_to(site, held):
    token = site.path(CLERK).rpartition("/")[2]
    reply = await site.post.answer(f"answer-{token}@nether.example", "SEND", by=CLERK)
    assert reply.code == 550
    assert site.post.kept(MessageKind.ANSWER) == []


async def test_the_link_is_the_officers_and_the_sender_gets_none(site, held):
    token = site.path(CLERK).rpartition("/")[2]
    kept = site.post.database.read_blocking(lambda c: answer_addresses.find(c, tokens.digest(token)))
    assert (kept.login, kept.purpose) == (CLERK, Purpose.DECIDE.value)
    assert all(token not in str(each) for each in site.post.letters(JO))


@pytest.mark.parametrize("private", [{"sealed": True}, {"capacity": "casework"}])
async def test_what_is_not_for_officers_to_look_at_is_on_no_page(site, held, private):
    path = site.path(CLERK)
    table = MessageRow.__table__
    await site.post.database.write(
        lambda c: c.execute(table.update().where(table.c.id == held).values(**private))
    )
    assert (await site.get(path)).status == 404
    assert (await site.choose(path, RELEASE)).status == 404
    assert site.post.state(held) == "held"


async def test_an_expired_link_decides_nothing(site, held):
    path = site.path(CLERK)
    site.post.later(days=15)
    assert "This link has expired" in (await site.choose(path, RELEASE)).text
    assert site.post.state(held) == "held"


async def test_what_waits_for_its_sender_alone_gives_the_office_no_link(site):
    await site.post.ask()
    site.post.later(days=10)
    await site.remind()
    told = [text_of(each) for each in site.post.letters(CLERK)]
    assert told
    assert not any("/answer/" in each for each in told)


async def test_a_forged_link_decides_nothing(site, held):
    path = site.path(CLERK)
    forged = path[:-2] + ("aa" if path[-2:] != "aa" else "bb")
    assert (await site.choose(forged, RELEASE)).status == 404
    assert site.post.state(held) == "held"
