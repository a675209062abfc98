"""Ways out of a question that change who gets a message, or what of it."""

from __future__ import annotations

import pytest

from gateway.store import archive, splices
from signatures.message.splices import apply
from tests.unit.holds.answers.conftest import ID, JO, MANY, Council, check, text_of

JILL = "jill@d.example"
TRAIL = "Who cuts the hedge?"
QUOTED = f"Soon.\r\n\r\nOn Monday, 11 May 2026, Jill <{JILL}> wrote:\r\n> {TRAIL}\r\n> Tell me at once.\r\n"
REPLY = "In-Reply-To: <jills@d.example>\r\nReferences: <jills@d.example>\r\n"


@pytest.fixture
def council(council):
    data = council.model_dump(mode="json", by_alias=True)
    data["policy"]["checks"] = {
        "reply_all": check("ask", thresholds={"recipients": 4}),
        "trail": check("ask"),
    }
    return Council.model_validate(data)


def left_as(post, message) -> bytes:
    """The message as it leaves, without trace."""
    row = post.database.read_blocking(lambda c: archive.departures(c, ID, message))[0]
    raw = post.database.read_blocking(lambda c: archive.body(c, ID, message))
    return apply(raw, splices.load(row.splices))


async def test_only_to_whom_it_answers(post):
    message = await post.ask((MANY[0], JILL, *MANY[1:]), words=QUOTED, more=REPLY, subject="Re: Hedge")
    assert "ONLY SENDER" in text_of(post.letters()[-1])
    await post.answer(post.address(), "Only sender.")
    assert post.left(message) == [[JILL]]
    assert post.state(message) == "released"


async def test_only_to_whom_it_answers_where_nobody_can_tell_who_that_is(post):
    message = await post.ask((*MANY, "dan@e.example"), words="Soon.", more=REPLY, subject="Re: Hedge")
    assert post.state(message) == "held"
    assert "ONLY SENDER" not in text_of(post.letters()[-1])
    await post.answer(post.address(), "Only sender.")
    assert post.state(message) == "held"


async def test_without_the_earlier_messages(post):
    message = await post.ask((JILL, "new@f.example"), words=QUOTED, more=REPLY, subject="Re: Hedge")
    assert post.state(message) == "held"
    assert "WITHOUT TRAIL" in text_of(post.letters()[-1])
    await post.answer(post.address(), "Without trail")
    assert post.state(message) == "released"
    assert TRAIL.encode() not in left_as(post, message)
    assert b"Soon." in left_as(post, message)


async def test_leaving_out_whom_it_was_asked_about_sends_it_to_the_rest(post):
    message = await post.ask((JILL, "new@f.example"), words=QUOTED, more=REPLY, subject="Re: Hedge")
    await post.answer(post.address(), "Leave out 2")
    assert post.left(message) == [[JILL]]
    assert TRAIL.encode() in left_as(post, message)


async def test_nobody_chooses_bcc_where_the_policy_forbids_it(post, council):
    from gateway.store import councils

    data = council.model_dump(mode="json", by_alias=True)
    data["policy"]["checks"]["reply_all"]["switches"] = {"bcc": False}
    post.database.write_blocking(
        lambda c: councils.save(c, Council.model_validate(data), post.now[0], "test")
    )
    message = await post.ask((*MANY, "dan@e.example"), words="Soon.", more=REPLY, subject="Re: Hedge")
    assert "BCC" not in text_of(post.letters()[-1])
    await post.answer(post.address(), "BCC 1")
    assert post.state(message) == "held"
    assert post.acts(message) == ()
    assert len(post.letters(JO)) == 2
