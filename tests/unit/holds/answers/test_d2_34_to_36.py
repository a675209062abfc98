"""Research (d2) 34 and 36, and 35 as far as an answer by mail goes: silence, remedies, and two reasons at once."""

from __future__ import annotations

import pytest

from gateway.clock import today_in_london
from gateway.holds.decisions import Act, release
from gateway.store import archive, holds
from tests.unit.holds.answers.conftest import CLERK, ID, MANY, PRIVATE, text_of


def clerk_releases(post, message: str):
    act = Act(CLERK, "Agreed", post.now[0], today_in_london(post.now[0]), "post.example")
    return post.database.write_blocking(lambda c: release(c, ID, message, act))


async def test_d2_34_without_an_answer_it_is_not_sent_its_sender_was_told_and_it_is_kept(post):
    message = await post.ask()
    told = text_of(post.letters()[-1])
    assert "has not gone to anybody yet" in " ".join(told.split())
    address = post.address()
    post.later(days=400)
    assert (post.state(message), post.left(message)) == ("held", [])
    assert post.database.read_blocking(lambda c: archive.body(c, ID, message))
    await post.answer(address, "SEND")  # The address has expired, so this asks afresh and sends nothing.
    assert (post.state(message), post.left(message)) == ("held", [])
    assert post.address() != address
    await post.answer(post.address(), "SEND")
    assert post.left(message) == [list(MANY)]


async def test_d2_35_only_to_some_changes_who_gets_it(post):
    message = await post.ask()
    await post.answer(post.address(), "LEAVE OUT 2")
    assert post.left(message) == [[MANY[0], MANY[2]]]


@pytest.mark.parametrize("clerk_first", [False, True], ids=["sender-first", "clerk-first"])
async def test_d2_36_two_reasons_need_two_words_and_neither_stands_in_for_the_other(post, clerk_first):
    message = await post.ask(to=(*MANY, PRIVATE))
    found = post.database.read_blocking(lambda c: holds.findings(c, ID, message))
    assert {need.value for need in found.needs} == {"sender", "clerk"}
    if clerk_first:
        assert clerk_releases(post, message).departure is None
    else:
        await post.answer(post.address(), "SEND")
    assert (post.state(message), post.left(message)) == ("held", [])
    if clerk_first:
        await post.answer(post.address(), "SEND")
    else:
        clerk_releases(post, message)
    assert (post.state(message), post.left(message)) == ("released", [[*MANY, PRIVATE]])
