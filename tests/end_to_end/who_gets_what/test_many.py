"""Replies to all and mail to many: research (d2) 8, and 31 to 33.

Here a sender's word is given on the command line, as the office gives it for whoever calls. The confirmation link,
its token and the word by reply, of which case 33 speaks too, come with the notices of the next issue, and with them
34 to 36.
"""

from __future__ import annotations

import pytest

from gateway.store.errors import Conflict
from tests.end_to_end.who_gets_what.conftest import NEWSLETTER, PC
from tests.end_to_end.who_gets_what.house import House
from tests.end_to_end.who_gets_what.letters import addressed, header, letter

CLERK, CLLR_A = f"clerk@{PC}", f"cllr.a@{PC}"
SHEILA = "Sheila Grant <s.grant@meadowschool.example>"
PRIYA, OWEN, KARL, IVY = (
    "Priya Nair <p.nair@wickhamshire-dc.example>",
    "Owen Lloyd <o.lloyd@hall-trust.example>",
    "Karl Weber <karl@footpaths.example>",
    "Ivy Long <ivy.long@wickham-news.example>",
)
FIVE = f"Margaret Hale <{CLERK}>, {PRIYA}, {OWEN}, {KARL}"
"""With Sheila, whom it answers: one fewer than are asked about."""

THREADED = ("In-Reply-To", "References")
REPLIES = ["31-owa-reply-to-all", "31-outlook-desktop-reply-to-all"]


def asked(house: House, raw: bytes, count: int, check: str = "reply_all") -> None:
    """A message is taken, waits for its sender's word and for nobody else's, and says to how many it goes."""
    sent = house.waits(raw, needs=("sender",))
    assert sent.checks == {check}, sent.told
    assert f"goes to {count} people" in sent.finding(check).reason


def test_d2_31_a_reply_to_six_waits_for_its_senders_word_and_then_leaves_for_all(house: House):
    raw = letter("31-owa-reply-to-all")
    assert len(addressed(raw)) == 6
    sent = house.waits(raw, needs=("sender",))
    assert sent.reply.endswith("waiting for its sender's word")
    finding = sent.finding("reply_all")
    assert "This reply goes to 6 people, among them Sheila Grant, Margaret Hale, Priya Nair and others" in (
        finding.reason
    )
    assert "send it to Sheila Grant only, who wrote the message that you answer" in finding.reason
    assert set(finding.about) == set(addressed(raw)) - {"s.grant@meadowschool.example"}
    # The notice is with the sender at once, as the client's folder says that it was sent.
    assert "has not gone to anybody yet" in sent.notice()
    assert sent.notices[0].recipients == (CLLR_A,)
    house.release(sent, "cllr.a")
    copy = sent.arrives()
    assert set(copy.recipients) == set(addressed(raw))
    assert [each.act for each in sent.decisions[1:]] == ["released"]


@pytest.mark.parametrize("name", REPLIES)
def test_d2_31_one_fewer_is_not_asked_about_and_the_number_itself_is(house: House, name: str):
    house.passes(letter(name, cc=FIVE))
    asked(house, letter(name, cc=f"{FIVE}, {IVY}"), 6)


def test_d2_31_nobody_is_counted_twice_and_the_sender_not_at_all(house: House):
    more = f"{FIVE}, P.NAIR@Wickhamshire-DC.example, {SHEILA}, Anne Archer <{CLLR_A}>"
    house.passes(letter("31-owa-reply-to-all", cc=more))
    asked(house, letter("31-owa-reply-to-all", cc=f"{more}, {IVY}"), 6)


def test_d2_31_a_list_is_counted_by_its_members(house: House):
    """The five members of the list, one of whom is the Clerk, who stands in Cc once more."""
    members = f"members@{PC}"
    house.passes(letter("31-owa-reply-to-all", to=members, cc=f"Margaret Hale <{CLERK}>"))
    asked(house, letter("31-owa-reply-to-all", cc=f"{members}, Margaret Hale <{CLERK}>"), 6)


def test_d2_31_without_references_prefix_and_thread_index_tell_a_reply(house: House):
    raw = letter("31-outlook-desktop-reply-to-all", drop=THREADED)
    assert header(raw, "Thread-Index")
    asked(house, raw, 6)
    house.passes(letter("31-outlook-desktop-reply-to-all", drop=(*THREADED, "Thread-Index")))
    # A thread that begins here has nothing behind the first 22 octets.
    begun = letter("31-owa-reply-to-all", drop=THREADED)
    assert header(begun, "Thread-Index").endswith("==")
    house.passes(begun)


def test_d2_31_blind_recipients_count_and_are_shown_to_nobody(house: House):
    blind = "rita.moss@societies.example"
    raw = letter("31-owa-reply-to-all", cc=FIVE)
    sent = house.send(raw, blind=(blind,))
    assert "goes to 6 people" in sent.finding("reply_all").reason
    assert blind not in sent.finding("reply_all").reason
    sent.is_waiting({"sender"})
    house.release(sent, "cllr.a")
    copy = sent.arrives()
    assert blind in copy.recipients
    assert b"rita" not in copy.content


def test_d2_08_and_31_the_outermost_prefix_tells_a_reply_to_all_from_a_forward(house: House):
    asked(house, letter("31-owa-reply-to-all", subject="RE: FW: School crossing"), 6)
    forward = house.send(letter("31-owa-reply-to-all", subject="Fw: [External] Re: School crossing"))
    assert header(forward.raw, "In-Reply-To")
    assert "reply_all" not in forward.checks


def many(number: int) -> str:
    return ", ".join(f"Society {each} <post@society{each}.example>" for each in range(number))


def test_d2_32_a_new_message_to_twelve_is_a_large_list_and_no_reply(house: House):
    asked(house, letter("thunderbird/new", to=many(12), cc=CLERK), 13, "large_list")
    asked(house, letter("thunderbird/new", to=many(9), cc=CLERK), 10, "large_list")
    house.passes(letter("thunderbird/new", to=many(8), cc=CLERK))


def test_d2_32_a_new_message_to_six_is_neither(house: House):
    house.passes(letter("thunderbird/new", to=many(6), cc=CLERK))


def test_d2_32_a_forward_to_six_is_no_reply_to_all(house: House):
    sent = house.send(letter("thunderbird/forward", to=many(6), cc=CLERK))
    assert header(sent.raw, "In-Reply-To")
    assert sent.checks.isdisjoint({"reply_all", "large_list"})


def test_d2_32_a_reply_to_one_of_thirty_who_are_quoted_leaves(house: House):
    raw = letter("32-owa-reply-to-one-of-thirty")
    assert len(addressed(raw)) == 1
    assert raw.count(b"member30@society30") >= 1
    house.passes(raw)


def test_d2_32_an_approved_list_is_not_asked_about(house: House):
    raw = letter("thunderbird/new", to=NEWSLETTER["address"], cc=CLERK)
    house.passes(raw)


def test_d2_33_only_the_sender_confirms_and_only_once(house: House):
    """Neither a stranger's word nor the Clerk's stands in for the sender's (invariant 2)."""
    sent = house.waits(letter("31-owa-reply-to-all"), needs=("sender",))
    for other in ("clerk", "deputy", "chair", "cllr.b", "foi"):
        with pytest.raises(Conflict, match=f"not for {other}@"):
            house.release(sent, other, "I am sure that it should go")
    for other in (CLERK, "somebody@elsewhere.example"):
        house.vestry("held", "release", sent.id, "--by", other, code=1)
    assert sent.state == "held"
    assert sent.copies == []
    house.vestry("held", "release", sent.id, "--by", CLLR_A)
    sent.arrives()
    with pytest.raises(Conflict, match="not held"):
        house.release(sent, "cllr.a")
    with pytest.raises(Conflict, match="not held"):
        house.reject(sent, "cllr.a")
    house.vestry("held", "release", sent.id, "--by", CLLR_A, code=1)
    house.passes(letter("thunderbird/new"))
    assert len(sent.copies) == 1


def test_d2_33_the_sender_may_think_better_of_it(house: House):
    sent = house.waits(letter("31-owa-reply-to-all"), needs=("sender",))
    house.reject(sent, "cllr.a")
    with pytest.raises(Conflict, match="not held"):
        house.release(sent, "cllr.a")
    assert sent.state == "rejected"
    house.passes(letter("thunderbird/new"))
    assert sent.copies == []


def test_d2_33_the_same_message_handed_in_again_is_one_message(house: House):
    """A client that sends it once more gets the reply that it got, and one leaves."""
    raw = letter("31-owa-reply-to-all")
    sent = house.waits(raw, needs=("sender",))
    again = house.send(raw)
    assert again.id == sent.id
    assert house.listed().count(sent.id) == 1
    house.release(sent, "cllr.a")
    sent.arrives()
    assert house.send(raw).id == sent.id
    house.passes(letter("thunderbird/new"))
    assert len(sent.copies) == 1
