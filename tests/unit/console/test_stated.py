"""What is stated by link: that a message does not bind the Council, on what basis it goes, that it was wrongly held."""

from __future__ import annotations

import json

import pytest

from gateway.store import archive, feedback
from gateway.store.kinds import MessageKind
from tests.unit.console.conftest import CLERK, JO
from tests.unit.holds.answers.conftest import ID
from tests.unit.holds.answers.test_stated import ONE, SAID, council, verdict

__all__ = ["council", "verdict"]

RELEASE = ("option", "release")
BOTH = "It is agreed with Mrs Newton."


def detail(site, message: str) -> dict:
    row = site.post.database.read_blocking(lambda c: archive.decisions(c, ID, message))[-1]
    return json.loads(row.detail or "{}")


async def test_it_does_not_bind_by_one_button(site):
    message = await site.post.ask(ONE, words="It is agreed.")
    page = await site.get(site.path())
    assert "It does not bind the Council: send it" in page.text
    assert "Hand it to the Clerk to send" in page.text
    assert 'value="send"' not in page.text
    assert (await site.choose(site.path(), ("option", "send"))).status == 422
    assert site.post.state(message) == "held"
    assert (await site.choose(site.path(), ("option", "not_binding"))).status == 303
    assert site.post.state(message) == "released"
    assert detail(site, message) == {"not_binding": True}


async def test_it_is_handed_to_the_clerk_by_one_button(site):
    message = await site.post.ask(ONE, words="It is agreed.")
    assert (await site.choose(site.path(), ("option", "clerk"))).status == 303
    assert site.post.acts(message) == ("handed to the Clerk",)
    site.post.later(hours=1)
    await site.remind()
    letter = site.post.letters(CLERK)[-1]
    assert letter["Subject"].startswith("HANDED TO YOU TO SEND")
    assert (await site.choose(site.path(CLERK), RELEASE)).status == 303
    assert site.post.state(message) == "released"


async def test_a_basis_is_written_in_its_field(site):
    message = await site.post.ask(ONE, words="Mrs Newton is unwell.")
    path = site.path()
    page = await site.get(path)
    assert 'name="basis"' in page.text
    assert "Newton" not in page.text
    wrong = await site.choose(path, ("option", "basis"), ("basis", " "))
    assert (wrong.status, site.post.state(message)) == (422, "held")
    long = f"{SAID} " * 15
    assert (await site.choose(path, ("option", "basis"), ("basis", f"{long}\r\n"))).status == 303
    assert site.post.state(message) == "released"
    assert detail(site, message) == {"basis": long.strip()}
    [kept] = site.post.kept(MessageKind.ANSWER)
    raw = site.post.database.read_blocking(lambda c: archive.body(c, ID, kept.id))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


async def test_both_are_wanted_on_one_page(site):
    message = await site.post.ask(ONE, words=BOTH)
    path = site.path()
    page = await site.get(path)
    assert 'name="not_binding"' in page.text
    assert 'value="not_binding"' not in page.text
    assert (await site.choose(path, ("option", "basis"), ("basis", SAID))).status == 422
    done = await site.choose(path, ("option", "basis"), ("basis", SAID), ("not_binding", "yes"))
    assert done.status == 303
    assert detail(site, message) == {"not_binding": True, "basis": SAID}


async def test_somebody_is_left_out_and_a_basis_is_given(site):
    message = await site.post.ask(("ann@a.example", "ben@b.example"), words="Mrs Newton is unwell.")
    path = site.path()
    assert (await site.choose(path, ("option", "leave_out"), ("number", "2"))).status == 409
    path = site.path()
    done = await site.choose(path, ("option", "leave_out"), ("number", "2"), ("basis", SAID))
    assert done.status == 303
    assert detail(site, message) == {"left_out": [1], "basis": SAID}


@pytest.mark.parametrize("verdict", ["hold"])
async def test_the_clerk_writes_the_basis_and_that_it_was_wrongly_held(site):
    message = await site.post.ask(ONE, words="Mrs Newton is unwell.")
    site.post.later(hours=1)
    await site.remind()
    path = site.path(CLERK)
    page = await site.get(path)
    assert 'name="basis"' in page.text
    assert "Newton" not in page.text
    assert (await site.choose(path, RELEASE)).status == 422
    assert site.post.state(message) == "held"
    done = await site.choose(path, RELEASE, ("basis", SAID), ("wrongly_held", "She is  in the news."))
    assert done.status == 303
    assert detail(site, message) == {"basis": SAID}
    [row] = site.post.database.read_blocking(lambda c: feedback.of_council(c, ID))
    assert (row.message_id, row.check, row.kind) == (message, "personal_data", "wrongly_held")
    assert (row.by, row.why) == (CLERK, "She is in the news.")
    assert "in the news" not in site.post.letters(JO)[-1].get_body(("plain",)).get_content()
