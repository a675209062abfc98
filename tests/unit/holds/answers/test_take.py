"""Answers through intake: what counts, what does not, and what is told."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from filters.context import Profile
from gateway.archive.verify import verify
from gateway.holds.answers import follow as following
from gateway.holds.answers import tokens
from gateway.holds.answers.options import Purpose
from gateway.store import departures
from gateway.store.kinds import MessageKind
from tests.unit.holds.answers.conftest import (
    CLERK,
    ID,
    JO,
    MANY,
    NOW,
    PRIVATE,
    SAM,
    reply_to,
    submitted,
    text_of,
)


def whole(post) -> bool:
    return not post.database.read_blocking(lambda c: list(verify(c, ID)))


async def test_the_letter_can_be_answered(post):
    message = await post.ask()
    [letter] = post.letters()
    assert "NOT SENT YET" in letter["Subject"]
    assert letter["In-Reply-To"]
    assert tokens.token_in(post.address())
    assert "SEND" in text_of(letter)
    assert "LEAVE OUT" in text_of(letter)
    assert post.state(message) == "held"
    assert post.left(message) == []


async def test_send_sends_to_everybody_once(post):
    message = await post.ask()
    rung = len(post.rung)
    reply = await post.answer(post.address(), "SEND")
    assert (reply.code, reply.enhanced) == (250, "2.0.0")
    assert post.state(message) == "released"
    assert post.left(message) == [list(MANY)]
    assert len(post.rung) == rung + 1
    [answer] = post.kept(MessageKind.ANSWER)
    assert (answer.state, answer.about, answer.person, answer.authenticated) == ("taken", message, JO, True)
    assert answer.id in reply.text
    assert post.left(answer.id) == []
    assert "has now been sent" in text_of(post.letters()[-1])
    assert whole(post)


async def test_cancel_sends_nothing(post):
    message = await post.ask()
    assert (await post.answer(post.address(), "Cancel.")).code == 250
    assert post.state(message) == "rejected"
    assert post.acts(message) == ("cancelled",)
    assert post.left(message) == []
    assert whole(post)


async def test_those_who_are_left_out_do_not_get_it(post):
    message = await post.ask()
    assert (await post.answer(post.address(), "leave out 2")).code == 250
    assert post.left(message) == [[MANY[0], MANY[2]]]
    assert post.state(message) == "released"


async def test_those_moved_to_bcc_get_it(post):
    message = await post.ask()
    assert (await post.answer(post.address(), "BCC all")).code == 250
    assert [sorted(each) for each in post.left(message)] == [sorted(MANY)]


async def test_the_same_answer_again_changes_nothing(post):
    message = await post.ask()
    raw = reply_to(post.address(), "SEND", JO)
    first = await post.submit(raw, (post.address(),))
    address = post.address()
    letters = len(post.letters())
    again = await post.submit(raw, (address,))
    assert again == first
    assert len(post.letters()) == letters
    assert len(post.kept(MessageKind.ANSWER)) == 1
    assert len(post.left(message)) == 1


@pytest.mark.parametrize("second", ["SEND", "CANCEL", "LEAVE OUT 1"])
async def test_a_second_answer_is_told_what_was_decided(post, second):
    message = await post.ask()
    address = post.address()
    await post.answer(address, "SEND")
    letters = len(post.letters())
    assert (await post.answer(address, second)).code == 250
    assert post.acts(message) == ("released",)
    assert len(post.left(message)) == 1
    assert len(post.letters()) == letters + 1
    assert "changes nothing" in text_of(post.letters()[-1])


async def test_two_answers_at_once_are_one_decision(post):
    message = await post.ask()
    address = post.address()
    replies = await asyncio.gather(
        *(post.answer(address, words) for words in ("SEND", "CANCEL", "LEAVE OUT 1", "SEND"))
    )
    assert {reply.code for reply in replies} == {250}
    assert len(post.acts(message)) == 1
    assert len(post.left(message)) == (0 if post.state(message) == "rejected" else 1)
    assert whole(post)


UNCLEAR = [
    "Yes please",
    "SEND CANCEL",
    "",
    "leave out 7",
    "I am on leave until Monday",
    "Hello\r\n\r\nSEND",
    "CONSENT",
]


@pytest.mark.parametrize("words", UNCLEAR)
async def test_what_is_not_understood_is_asked_again_and_the_address_stays_good(post, words):
    message = await post.ask()
    address = post.address()
    assert (await post.answer(address, words)).code == 250
    assert post.state(message) == "held"
    assert post.acts(message) == ()
    assert len(post.letters()) == 2
    assert "not understood" in text_of(post.letters()[-1])
    assert post.address() == address
    await post.answer(address, "SEND")
    assert post.state(message) == "released"


async def test_nobody_is_asked_again_for_ever(post):
    await post.ask()
    address = post.address()
    for _ in range(8):
        await post.answer(address, "what?")
    assert len(post.letters()) == 1 + 3
    post.later(hours=1, minutes=1)
    await post.answer(address, "what?")
    assert len(post.letters()) == 1 + 4


AUTOMATIC = {
    "auto-replied": "Auto-Submitted: auto-replied\r\n",
    "auto-generated": "Auto-Submitted: auto-generated\r\n",
    "bulk": "Precedence: bulk\r\n",
    "list": "List-Id: <all.example.org>\r\n",
    "old": "X-Autoreply: yes\r\n",
    "rule": "X-MS-Exchange-Inbox-Rules-Loop: jo@nether.example\r\n",
    "forwarded": "X-Forwarded-To: jo@example.org\r\n",
    "resent": "Resent-From: jo@nether.example\r\nResent-To: x@example.org\r\n",
    "receipt": "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification;"
    " boundary=b\r\n",
}


@pytest.mark.parametrize("more", AUTOMATIC.values(), ids=AUTOMATIC)
async def test_what_a_machine_writes_is_no_answer_and_is_not_answered(post, more):
    message = await post.ask()
    assert (await post.answer(post.address(), "SEND", more=more)).code == 250
    assert post.state(message) == "held"
    assert len(post.letters()) == 1
    assert len(post.kept(MessageKind.ANSWER)) == 1


async def test_the_null_sender_is_a_machine(post):
    message = await post.ask()
    assert (await post.answer(post.address(), "SEND", mail_from="")).code == 250
    assert post.state(message) == "held"
    assert len(post.letters()) == 1


@pytest.mark.parametrize("by", [SAM, CLERK])
async def test_nobody_else_answers(post, by):
    message = await post.ask()
    assert (await post.answer(post.address(), "SEND", by=by)).code == 250
    assert post.state(message) == "held"
    assert post.acts(message) == ()
    [letter] = [each for each in post.letters(by) if "not counted" in each["Subject"]]
    assert "Grass" not in str(letter)
    assert letter["Reply-To"] is None
    assert len(post.letters()) == 1
    await post.answer(post.address(), "SEND")
    assert post.state(message) == "released"


async def test_a_forged_from_does_not_make_somebody_else_the_one(post):
    message = await post.ask()
    address = post.address()
    raw = reply_to(address, "SEND", JO)
    assert (await post.submit(raw, (address,), login=SAM)).code == 250
    assert post.state(message) == "held"


async def test_who_stands_in_another_council_knows_of_no_such_address(post):
    message = await post.ask()
    address = post.address()
    reply = await post.submit(reply_to(address, "SEND", JO), (address,), councils_of=("other",))
    assert (reply.code, reply.enhanced) == (550, "5.1.1")
    assert post.state(message) == "held"
    assert post.kept(MessageKind.ANSWER) == []


async def test_an_answer_with_other_recipients_is_refused_and_goes_nowhere(post):
    message = await post.ask()
    before = len(post.database.read_blocking(departures.listing))
    reply = await post.answer(post.address(), "SEND", also=("ann@a.example",))
    assert (reply.code, reply.enhanced) == (550, "5.7.1")
    assert "alone" in reply.text
    assert post.state(message) == "held"
    assert len(post.database.read_blocking(departures.listing)) == before
    assert post.kept(MessageKind.ANSWER) == []


async def test_two_addresses_to_answer_to_are_one_too_many(post):
    await post.ask()
    first = post.address()
    await post.ask(words="Another matter altogether.", subject="Potholes")
    reply = await post.answer(first, "SEND", also=(post.address(),))
    assert (reply.code, reply.enhanced) == (550, "5.7.1")


async def test_a_forged_address_is_unknown_and_never_relayed(post):
    await post.ask()
    local, _, domain = post.address().partition("@")
    for forged in (f"{local[:-2]}aa@{domain}", "answer-" + "a" * 42 + f"@{domain}"):
        reply = await post.answer(forged, "SEND")
        assert (reply.code, reply.enhanced) == (550, "5.1.1")
    assert post.kept(MessageKind.ANSWER) == []


async def test_a_genuine_token_that_nobody_was_given_is_unknown(post, council):
    await post.ask()
    key = post.database.read_blocking(lambda c: c.execute(text("select value from secret")).scalar())
    made = tokens.make(bytes(key), council, "M", JO, Purpose.QUESTION, NOW)
    reply = await post.answer(made.address, "SEND")
    assert (reply.code, reply.enhanced) == (550, "5.1.1")


async def test_what_only_looks_like_one_elsewhere_is_mail(post):
    await post.ask()
    reply = await post.answer("answer-" + "a" * 42 + "@elsewhere.example", "SEND")
    assert reply.code == 250
    assert post.kept(MessageKind.ANSWER) == []


async def test_an_address_that_has_run_out_is_asked_afresh(post):
    message = await post.ask()
    old = post.address()
    post.later(days=14)
    assert (await post.answer(old, "SEND")).code == 250
    assert post.state(message) == "held"
    new = post.address()
    assert new != old
    assert "run out" in text_of(post.letters()[-1])
    await post.answer(new, "SEND")
    assert post.state(message) == "released"


async def test_a_login_that_was_disabled_meanwhile_does_not_count(post):
    from gateway.store import people

    message = await post.ask()
    post.database.write_blocking(lambda c: people.set_disabled(c, JO, NOW))
    await post.answer(post.address(), "SEND")
    assert post.state(message) == "held"


async def test_what_cannot_be_read_is_kept_and_asked_again(post):
    message = await post.ask()
    address = post.address()
    post.analyst.fails = True
    assert (await post.answer(address, "SEND")).code == 250
    post.analyst.fails = False
    assert post.state(message) == "held"
    assert len(post.letters()) == 2
    await post.answer(address, "SEND")
    assert post.state(message) == "released"


async def test_versions_that_differ_are_no_answer(post):
    message = await post.ask()
    address = post.address()
    raw = (
        f"From: {JO}\r\nTo: {address}\r\nSubject: Re: x\r\nMessage-ID: <d@x>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nCANCEL\r\n"
        "--b\r\nContent-Type: text/html\r\n\r\n<p>SEND</p>\r\n--b--\r\n"
    )
    await post.submit(raw.encode(), (address,))
    assert post.state(message) == "held"


async def test_after_the_senders_word_it_still_waits_for_the_clerk(post):
    message = await post.ask((*MANY, "sam.smith@gmail.com", PRIVATE), words="See below.")
    assert post.state(message) == "held"
    question = post.address()
    await post.answer(question, "SEND")
    assert post.acts(message) == ("confirmed",)
    assert post.state(message) == "held"
    assert post.left(message) == []
    hold = post.address()
    assert hold != question
    await post.answer(question, "CANCEL")
    assert post.acts(message) == ("confirmed",)
    await post.answer(hold, "CANCEL")
    assert post.state(message) == "rejected"


@pytest.mark.parametrize(
    ("words", "act"),
    [("Review", "asked for a second reviewer"), ("Consent", "asked for the Clerk's consent")],
)
async def test_what_is_asked_for_is_recorded_and_told_to_the_clerk(post, words, act):
    raw_more = "In-Reply-To: <old@x.example>\r\n"
    message = await post.ask((PRIVATE,), words="See below.", more=raw_more, subject="Fwd: Grass")
    assert post.state(message) == "held"
    before = len(post.letters(CLERK))
    await post.answer(post.address(), words)
    assert post.state(message) == "held"
    assert post.acts(message) == (act,)
    assert len(post.letters(CLERK)) == before + 1
    await post.answer(post.address(), "CANCEL")
    assert post.state(message) == "rejected"


async def test_nothing_is_kept_of_an_answer_whose_decision_fails(post, monkeypatch):
    message = await post.ask()
    address = post.address()

    def fails(*_):
        raise RuntimeError("fault")

    with monkeypatch.context() as patch:
        patch.setattr(following.answer_addresses, "use", fails)
        reply = await post.answer(address, "SEND")
    assert reply.code == 451
    assert post.kept(MessageKind.ANSWER) == []
    assert post.state(message) == "held"
    assert post.left(message) == []
    assert whole(post)
    await post.answer(address, "SEND")
    assert post.left(message) == [list(MANY)]


async def test_a_decision_that_cannot_be_made_leaves_nothing_but_the_answer(post, monkeypatch):
    from gateway.store.errors import Conflict

    message = await post.ask()
    address = post.address()

    def refuses(*_, **__):
        raise Conflict("it cannot be done")

    with monkeypatch.context() as patch:
        patch.setattr(following.confirmations, "keep", refuses)
        reply = await post.answer(address, "SEND")
    assert reply.code == 250
    assert post.state(message) == "held"
    assert post.left(message) == []
    assert post.acts(message) == ()
    assert "it cannot be done" in text_of(post.letters()[-1])
    assert whole(post)
    await post.answer(address, "SEND")
    assert post.state(message) == "released"


async def test_a_council_that_is_changed_meanwhile_is_prepared_for_anew(post, council, monkeypatch):
    message = await post.ask()
    address = post.address()
    real, changed = following.follow, []

    def changing(connection, found, version, answer):
        if not changed:
            changed.append(version)
            raise following.Stale
        return real(connection, found, version, answer)

    monkeypatch.setattr("gateway.holds.answers.take.follow", changing)
    assert (await post.answer(address, "SEND")).code == 250
    assert post.state(message) == "released"
    assert len(post.kept(MessageKind.ANSWER)) == 1


# From outside.


async def outside(post, address, words, sender, **more):
    raw = reply_to(address, words, sender, **more)
    return await post.intake.accept(
        submitted(raw, (address,), login=None, profile=Profile.REPLIES, mail_from=sender)
    )


@pytest.mark.parametrize("sender", [JO, PRIVATE])
async def test_from_outside_an_answer_counts_from_an_address_of_the_one_who_was_asked(post, sender):
    message = await post.ask()
    assert (await outside(post, post.address(), "SEND", sender)).code == 250
    assert post.state(message) == "released"
    [answer] = post.kept(MessageKind.ANSWER)
    assert (answer.person, answer.authenticated, answer.profile) == (JO, False, "replies")


@pytest.mark.parametrize("sender", ["stranger@example.org", SAM, CLERK])
async def test_from_outside_nobody_else_counts_or_is_told_anything(post, sender):
    message = await post.ask()
    before = len(post.kept(MessageKind.NOTICE))
    assert (await outside(post, post.address(), "SEND", sender)).code == 250
    assert post.state(message) == "held"
    assert len(post.kept(MessageKind.NOTICE)) == before


@pytest.mark.parametrize(
    "more", ["From: x@example.org\r\n", "Sender: x@example.org\r\nFrom: jo@nether.example\r\n"]
)
async def test_from_outside_two_authors_are_nobody(post, more):
    message = await post.ask()
    await outside(post, post.address(), "SEND", JO, more=more)
    assert post.state(message) == "held"


async def test_from_outside_nothing_but_answers_is_taken(post):
    reply = await post.intake.accept(
        submitted(b"From: a@b\r\n\r\nx\r\n", ("clerk@nether.example",), login=None, profile=Profile.REPLIES)
    )
    assert (reply.code, reply.enhanced) == (550, "5.7.1")
    assert post.kept(MessageKind.SUBMITTED) == []


async def test_is_answer_tells_genuine_addresses(post):
    await post.ask()
    assert await post.intake.is_answer(post.address())
    assert not await post.intake.is_answer("answer-" + "a" * 42 + "@nether.example")
    assert not await post.intake.is_answer(JO)
