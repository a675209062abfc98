"""Who has confirmed a thread and its recipients is not asked the same again that day."""

from __future__ import annotations

import pytest

from gateway.store import archive, holds
from tests.unit.holds.answers.conftest import CLAUSE, ID, JO, MANY, SAM, Council, check, person  # noqa: F401

ROOT = "<root@x.example>"
IN_THREAD = f"In-Reply-To: <later@x.example>\r\nReferences: {ROOT} <later@x.example>\r\n"


@pytest.fixture
def council(council):
    data = council.model_dump(mode="json", by_alias=True)
    checks = data["policy"]["checks"]
    checks["reply_all"] = check("ask", thresholds={"recipients": 3})
    checks["exposure"] = check("ask", thresholds={"recipients": 2})
    checks["recipients"] = check("ask")
    return Council.model_validate(data)


def notes(post, message: str) -> dict[str, str]:
    decision = post.database.read_blocking(lambda c: holds.findings(c, ID, message))
    return {each.check: each.reason for each in decision.findings if each.effect.word == "note"}


async def asked_and_confirmed(post, words="SEND", **more):
    message = await post.ask(**more)
    assert post.state(message) == "held"
    await post.answer(post.address(), words)
    assert post.state(message) == "released"
    return message


async def test_the_same_thread_and_people_are_not_asked_again(post):
    await asked_and_confirmed(post, more=IN_THREAD)
    again = await post.ask(more=IN_THREAD, words="And another thing.")
    assert post.state(again) == "passed"
    assert "Confirmed today" in notes(post, again)["reply_all"]


async def test_a_new_message_begins_a_thread_that_answers_to_it_belong_to(post):
    first = await asked_and_confirmed(post)
    id = post.database.read_blocking(lambda c: archive.message(c, ID, first)).message_id
    again = await post.ask(more=f"In-Reply-To: {id}\r\nReferences: {id}\r\n", words="More.")
    assert post.state(again) == "held"  # That is a reply to all, which is another question.
    await post.answer(post.address(), "SEND")
    third = await post.ask(more=f"In-Reply-To: {id}\r\nReferences: {id}\r\n", words="Yet more.")
    assert post.state(third) == "passed"


CHANGED = {
    "another person more": {"to": (*MANY, "dan@d.example")},
    "one person fewer and another": {"to": (*MANY[:2], "dan@d.example")},
    "another thread": {
        "more": "In-Reply-To: <o@x.example>\r\nReferences: <other@x.example> <o@x.example>\r\n"
    },
    "another sender": {"by": SAM},
}


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
async def test_anything_else_is_asked(post, changed):
    await asked_and_confirmed(post, more=IN_THREAD)
    again = await post.ask(**{"more": IN_THREAD, "words": "And another thing."} | changed)
    assert post.state(again) == "held"


async def test_the_next_day_it_is_asked_again(post):
    await asked_and_confirmed(post, more=IN_THREAD)
    post.later(hours=13, minutes=29)  # 22:59 in UTC, and 23:59 in London.
    same_day = await post.ask(more=IN_THREAD, words="And another thing.")
    assert post.state(same_day) == "passed"
    post.later(minutes=2)
    next_day = await post.ask(more=IN_THREAD, words="And yet another thing.")
    assert post.state(next_day) == "held"


async def test_what_another_check_asks_is_asked(post):
    await asked_and_confirmed(post, more=IN_THREAD)
    again = await post.ask(more=IN_THREAD, words="And another thing. Please find attached the map.")
    assert post.state(again) == "held"
    decision = post.database.read_blocking(lambda c: holds.findings(c, ID, again))
    assert {each.check for each in decision.findings if each.need} == {"missing_attachment"}


async def test_what_was_cancelled_was_not_confirmed(post):
    message = await post.ask(more=IN_THREAD)
    await post.answer(post.address(), "CANCEL")
    assert post.state(message) == "rejected"
    again = await post.ask(more=IN_THREAD, words="And another thing.")
    assert post.state(again) == "held"


async def test_those_who_were_left_out_were_not_confirmed(post):
    to = (*MANY, "dan@d.example")
    await asked_and_confirmed(post, "LEAVE OUT 4", more=IN_THREAD, to=to)
    everybody = await post.ask(more=IN_THREAD, to=to, words="And another thing.")
    assert post.state(everybody) == "held"
    rest = await post.ask(more=IN_THREAD, to=MANY, words="And yet another thing.")
    assert post.state(rest) == "passed"


PRIVATE_PEOPLE = ("ann@gmail.com", "ben@gmail.com", "cat@gmail.com")


async def test_who_moved_people_to_bcc_did_not_confirm_that_they_are_shown(post):
    await asked_and_confirmed(post, "BCC all", more=IN_THREAD, to=PRIVATE_PEOPLE)
    again = await post.ask(more=IN_THREAD, to=PRIVATE_PEOPLE, words="And another thing.")
    assert post.state(again) == "held"
    decision = post.database.read_blocking(lambda c: holds.findings(c, ID, again))
    assert {each.check for each in decision.findings if each.need} == {"exposure"}


async def test_what_is_held_is_held_whatever_was_confirmed(post, council):
    from gateway.store import councils

    await asked_and_confirmed(post, more=IN_THREAD)
    data = council.model_dump(mode="json", by_alias=True)
    data["policy"]["checks"]["reply_all"]["verdict"] = "hold"
    changed = Council.model_validate(data)
    post.database.write_blocking(lambda c: councils.save(c, changed, post.now[0], "test"))
    again = await post.ask(more=IN_THREAD, words="And another thing.")
    assert post.state(again) == "held"
    assert "reply_all" not in notes(post, again)
