"""What is stated with an answer: that it does not bind the Council, or on what basis personal data go on."""

from __future__ import annotations

import json

import pytest

from config.council import Council
from config.verdict import Verdict
from filters import registry
from filters.finding import Evidence, Need, Wants, finding_of
from gateway.archive.verify import verify
from gateway.holds import decisions
from gateway.holds.answers.question import question
from gateway.holds.decisions import Act
from gateway.holds.handing_over import hand_over
from gateway.holds.ready import ready_with
from gateway.holds.statement import Statement
from gateway.store import archive, councils
from gateway.store.errors import Conflict
from tests.unit.holds.answers.conftest import CLERK, ID, JO, MANY, SAM, check, text_of
from tests.unit.store.conftest import NOW

ONE = ("ann@a.example",)
TODAY = NOW.date()
SAID = "she asked me on 3 May to pass it to the county"


def _authority(anatomy, context, policy):
    """Asks whether "agreed" binds; a stand-in for the check of that name."""
    if any("agreed" in text for text in anatomy.own_texts):
        seen = [Evidence(where="text", text="agreed")]
        yield finding_of(
            "authority", policy, "It may bind.", seen, verdict=Verdict.ASK, wants=Wants.NOT_BINDING
        )


def _personal_data(anatomy, context, policy):
    """Asks about Mrs Newton where she is written of to outsiders."""
    outside = [each.canonical for each in context.envelope.recipients if each.canonical != SAM]
    if any("Newton" in text for text in anatomy.own_texts) and outside:
        seen = [Evidence(where="text", text="Mrs Newton")]
        yield finding_of(
            "personal_data",
            policy,
            "It names Mrs Newton.",
            seen,
            wants=Wants.BASIS,
            masked=True,
            about=outside,
        )


@pytest.fixture
def verdict() -> str:
    return "ask"


@pytest.fixture
def council(council, verdict, monkeypatch) -> Council:
    stand_ins = {**registry.CHECKS, "authority": _authority, "personal_data": _personal_data}
    monkeypatch.setattr("filters.decide.CHECKS", stand_ins)
    data = council.model_dump(mode="json", by_alias=True)
    data["people"].append(
        {
            "login": "deputy@nether.example",
            "name": "Dee Deputy",
            "roles": [{"role": "deputy"}],
            "identities": [{"address": "deputy@nether.example"}],
        }
    )
    data["policy"]["checks"] |= {"authority": check("hold"), "personal_data": check(verdict)}
    return Council.model_validate(data)


def detail(post, message: str) -> dict:
    row = post.database.read_blocking(lambda c: archive.decisions(c, ID, message))[-1]
    return json.loads(row.detail or "{}")


def act(post, by: str, **said) -> Act:
    return Act(by=by, why="So", now=post.now[0], today=TODAY, hostname="x.example", said=Statement(**said))


async def release(post, message: str, by: str, **said):
    given = act(post, by, **said)
    ready = await ready_with(post.analyst, post.database.read, ID, message, given)
    return post.database.write_blocking(lambda c: decisions.release(c, ID, message, given, ready))


def newest(post, to: str = JO) -> str:
    return " ".join(text_of(post.letters(to)[-1]).split())


async def test_that_it_does_not_bind_is_said_and_kept(post):
    message = await post.ask(ONE, words="Agreed then, all is agreed.")
    assert "NOT BINDING" in newest(post)
    await post.answer(post.address(), "SEND")
    assert post.state(message) == "held"
    assert "That alone is not enough here: the message may bind the Council." in newest(post)
    await post.answer(post.address(), "Not binding")
    assert post.state(message) == "released"
    assert post.left(message) == [list(ONE)]
    assert detail(post, message) == {"not_binding": True}
    row = post.database.read_blocking(lambda c: archive.decisions(c, ID, message))[-1]
    assert (row.by, row.act) == (JO, "released")
    assert post.database.read_blocking(lambda c: list(verify(c, ID))) == []


async def test_it_is_handed_to_the_clerk(post):
    message = await post.ask(ONE, words="It is agreed.")
    await post.answer(post.address(), "CLERK")
    assert (post.state(message), post.acts(message)) == ("held", ("handed to the Clerk",))
    assert "The Clerk will look at it first." in newest(post)
    assert "NOT BINDING" not in newest(post)
    # Its sender has no say any more but to cancel it, and no councillor has.
    for login in (JO, SAM):
        with pytest.raises(Conflict, match="waits for the Clerk"):
            await release(post, message, login, not_binding=True)
    with pytest.raises(Conflict, match="does not wait for its sender"):
        post.database.write_blocking(lambda c: hand_over(c, ID, message, act(post, JO)))
    await release(post, message, CLERK)
    assert post.state(message) == "released"
    assert detail(post, message) == {}


async def test_what_was_handed_over_can_be_cancelled_by_its_sender(post):
    message = await post.ask(ONE, words="It is agreed.")
    await post.answer(post.address(), "CLERK")
    await post.answer(post.address(), "CANCEL")
    assert post.state(message) == "rejected"


async def test_the_basis_is_said_and_kept(post):
    message = await post.ask(ONE, words="Mrs Newton is unwell.")
    said = newest(post)
    assert "BASIS and why" in said
    assert "Newton" not in said
    assert "It names M\u2026 N\u2026." in said
    await post.answer(post.address(), "SEND")
    assert "a resident's details are in it" in newest(post)
    await post.answer(post.address(), "BASIS")
    assert post.state(message) == "held"
    await post.answer(post.address(), f"Basis: {SAID}")
    assert post.state(message) == "released"
    assert detail(post, message) == {"basis": SAID}
    # It counts for that message only.
    again = await post.ask(ONE, words="Mrs Newton is better.")
    assert post.state(again) == "held"


async def test_both_are_wanted_and_said(post):
    message = await post.ask(ONE, words="It is agreed with Mrs Newton.")
    await post.answer(post.address(), "NOT BINDING")
    assert post.state(message) == "held"
    await post.answer(post.address(), f"NOT BINDING\r\nBASIS {SAID}")
    assert post.state(message) == "released"
    assert detail(post, message) == {"not_binding": True, "basis": SAID}


async def test_it_is_decided_on_anew_where_somebody_is_left_out(post):
    message = await post.ask((SAM, "ann@a.example"), words="Mrs Newton is unwell.")
    await post.answer(post.address(), "LEAVE OUT 1")
    assert post.state(message) == "held"
    assert "a resident's personal details are in it" in newest(post)
    await post.answer(post.address(), "LEAVE OUT 2")
    assert post.state(message) == "released"
    assert post.left(message) == [[SAM]]
    assert detail(post, message) == {"left_out": [1]}
    other = await post.ask(("ben@b.example", "ann@a.example"), words="Mrs Newton is well.")
    await post.answer(post.address(), f"LEAVE OUT 1\r\nBASIS {SAID}")
    assert post.state(other) == "released"
    assert detail(post, other) == {"left_out": [0], "basis": SAID}


async def test_what_nobody_wants_to_know_is_not_kept(post):
    message = await post.ask(MANY)
    await release(post, message, JO, not_binding=True, basis="no reason")
    assert post.state(message) == "released"
    assert detail(post, message) == {}


async def test_what_was_asked_about_personal_data_is_the_clerks_to_state_once_it_is_handed_over(post):
    message = await post.ask(ONE, words="It is agreed with Mrs Newton.")
    await post.answer(post.address(), "CLERK")
    with pytest.raises(Conflict, match="personal details"):
        await release(post, message, CLERK)
    await release(post, message, CLERK, basis="legal duty")
    assert detail(post, message) == {"basis": "legal duty"}


async def test_an_officer_may_bind_the_council(post, council):
    message = await post.ask(ONE, words="It is agreed.", by=CLERK)
    letter = newest(post, CLERK)
    assert "NOT BINDING" not in letter
    await post.answer(post.address(CLERK), "SEND", by=CLERK)
    assert post.state(message) == "released"


@pytest.mark.parametrize("verdict", ["hold"])
async def test_the_clerk_says_on_what_basis_it_goes(post):
    message = await post.ask(ONE, words="Mrs Newton is unwell.")
    assert "BASIS" not in newest(post)
    with pytest.raises(Conflict, match=r"personal details are in it\. Say why"):
        await release(post, message, CLERK)
    assert post.state(message) == "held"
    await release(post, message, CLERK, basis=SAID)
    assert post.state(message) == "released"
    assert detail(post, message) == {"basis": SAID}


@pytest.mark.parametrize("verdict", ["hold"])
async def test_the_clerks_word_before_it_was_handed_over_does_not_count(post):
    message = await post.ask(ONE, words="It is agreed with Mrs Newton.")
    given = await release(post, message, CLERK, basis=SAID)
    assert given.departure is None
    await post.answer(post.address(), "CLERK")
    assert post.state(message) == "held"
    row = post.database.read_blocking(lambda c: archive.message(c, ID, message))
    _, council = post.database.read_blocking(lambda c: councils.load(c, ID))
    asked = post.database.read_blocking(lambda c: question(c, council, row.id, TODAY))
    assert asked.needs == {Need.CLERK}
    await release(post, message, "deputy@nether.example", basis=SAID)
    assert post.state(message) == "released"
