"""The Clerk's consent, and the Clerk's own mail home: research (d2) 2, 3, 21 and 22."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from config.verdict import Verdict
from gateway import clock
from gateway.store.errors import Conflict
from tests.end_to_end.who_gets_what.conftest import PC
from tests.end_to_end.who_gets_what.house import House
from tests.end_to_end.who_gets_what.letters import header, letter
from tests.end_to_end.who_gets_what.sent import Sent

HOME = "cllr.a.home@gmail.com"
MIKE = "mike.turner@gmail.com"
CLERK, DEPUTY, CLLR_A, CLLR_B = (f"{each}@{PC}" for each in ("clerk", "deputy", "cllr.a", "cllr.b"))
OF_THE_CLERK = "margaret.hale@btinternet.com"
WHY = "Agreed on Monday"
THREAD = "0b7c1a02-3f61-4a58@mail.resident.example"


def grant(house: House, address: str, *scope: str) -> str:
    """Have the Clerk grant a consent on the command line. Returns its id."""
    said = house.vestry("consent", "grant", "--address", address, "--by", CLERK, "--why", WHY, *scope)
    return re.match(r"Consent (\S+):", said)[1]


@pytest.fixture(autouse=True)
def as_before(house: House) -> Iterator[None]:
    """Each case begins with the council as it was, and without a consent."""
    before = house.council
    assert before.consents == ()
    yield
    house.adopt(before)


def revoke(house: House, consent: str) -> None:
    house.vestry("consent", "revoke", consent, "--by", CLERK, "--why", WHY)


def consented(house: House, raw: bytes, consent: str, login: str = "cllr.a") -> None:
    """A message leaves at once, and the record names the consent by which it did."""
    sent = house.passes(raw, login)
    note = sent.note("forwarding")
    assert note.verdict is Verdict.NOTE
    assert note.reason.startswith(f"The Clerk has given consent: consent {consent}")
    assert note.about == sent.recipients
    record = house.json("archive", "show", sent.id)
    assert consent in str(record["decisions"][0]["findings"])


def forward(to: str = HOME, name: str = "outlook-desktop/forward", **fields: str) -> bytes:
    return letter(name, to=to, **fields)


def test_d2_02_with_a_consent_to_the_address_it_leaves_and_the_consent_is_on_record(house: House):
    held = house.forwards(forward(), HOME, needs=("clerk",))
    consent = grant(house, HOME, "--person", CLLR_A)
    consented(house, forward(), consent)
    assert held.state == "held", "what was held before waits for a decision"
    listed = house.json("consent", "list", "--json")
    assert (consent, HOME, "in force") in {(each["id"], each["address"], each["state"]) for each in listed}


def test_d2_02_a_consent_covers_the_other_spellings_of_its_address(house: House):
    consent = grant(house, HOME, "--person", CLLR_A)
    consented(house, forward("cllrahome+pc@googlemail.com"), consent)


def test_d2_02_and_03_a_consent_for_a_thread_is_for_that_thread_alone(house: House):
    consent = grant(house, HOME, "--person", CLLR_A, "--thread", THREAD)
    raw = forward()
    assert header(raw, "References") == f"<{THREAD}>"
    consented(house, raw, consent)
    consented(house, forward(name="thunderbird/forward-attached"), consent)
    other = {"references": "<other@mail.resident.example>", "in_reply_to": "<other@mail.resident.example>"}
    house.forwards(forward(**other), HOME, needs=("clerk",))
    house.forwards(letter("16-apple-mail-agenda"), HOME, needs=("clerk",))


def test_d2_02_and_03_a_consent_for_one_writers_mail_is_for_that_mail_alone(house: House):
    consent = grant(house, HOME, "--person", CLLR_A, "--sender", "jill.fenwick@resident.example")
    consented(house, forward(), consent)
    house.forwards(forward(name="19-thunderbird-forward-of-the-clerks-notice"), HOME, needs=("clerk",))


def test_d2_02_and_03_a_consent_for_a_time_is_for_that_time_alone(house: House):
    today = clock.today_in_london(clock.now())
    consent = grant(house, HOME, "--person", CLLR_A, "--from", str(today), "--until", str(today))
    consented(house, forward(), consent)
    revoke(house, consent)
    grant(house, HOME, "--person", CLLR_A, "--from", str(today + timedelta(days=2)))
    house.forwards(forward(), HOME, needs=("clerk",))


def test_d2_03_a_consent_that_has_ended_lets_nothing_pass(house: House):
    """It was granted with a last day that is now over."""
    consent = grant(house, HOME, "--person", CLLR_A)
    before = house.council
    yesterday = clock.today_in_london(clock.now()) - timedelta(days=1)
    ended = [
        each.model_copy(update={"until": yesterday}) if each.id == consent else each
        for each in before.consents
    ]
    consented(house, forward(), consent)
    house.adopt(before.model_copy(update={"consents": tuple(ended)}))
    house.forwards(forward(), HOME, needs=("clerk",))
    house.adopt(before)


def test_d2_03_a_revoked_consent_lets_nothing_pass(house: House):
    consent = grant(house, HOME, "--person", CLLR_A)
    revoke(house, consent)
    house.forwards(forward(), HOME, needs=("clerk",))


def test_d2_03_a_consent_is_for_one_person_and_for_one_address(house: House):
    consent = grant(house, MIKE, "--person", CLLR_A)
    consented(house, forward(MIKE), consent)
    by_brian = letter("18-outlook-desktop-forward-by-brian", to=MIKE)
    house.forwards(by_brian, MIKE, login="cllr.b")
    sent = house.forwards(forward(MIKE, cc=HOME), HOME, needs=("clerk",))
    assert consent in sent.note("forwarding").reason


def test_d2_02_a_consent_to_use_a_declared_address_serves_who_writes_there(house: House):
    """It is the member's mailbox that it is about, whoever of the council sends something to it."""
    consent = grant(house, HOME, "--person", CLLR_A)
    consented(house, letter("18-outlook-desktop-forward-by-brian", to=HOME), consent, "cllr.b")


def test_d2_03_nobody_grants_it_to_themselves_and_no_member_grants_it(house: House):
    for by, person in ((CLERK, CLERK), (CLLR_A, CLLR_A), (CLLR_B, CLLR_A)):
        asked = ("--address", HOME, "--by", by, "--why", WHY, "--person", person)
        house.vestry("consent", "grant", *asked, code=1)
    house.forwards(forward(), HOME, needs=("clerk",))


def test_d2_21_a_contractor_at_a_great_provider_is_held_once_and_then_always_let_pass(house: House):
    contractor = "hobbs.hedges@outlook.com"
    to = f"Dave Hobbs <{contractor}>"
    sent = house.forwards(forward(to), contractor)
    assert house.release(sent, "cllr.a") == (
        "the Clerk or who stands in for the Clerk (clerk@littlewickham-pc.example, deputy@littlewickham-pc.example)"
    )
    house.release(sent, "clerk", "He cuts the hedge")
    sent.arrives()
    consent = grant(house, contractor, "--for-everyone")
    consented(house, forward(to), consent)
    consented(house, letter("18-outlook-desktop-forward-by-brian", to=to), consent, "cllr.b")
    house.forwards(forward(f"Dave Hobbs <{contractor}>", cc=MIKE), MIKE)
    revoke(house, consent)
    house.forwards(forward(to), contractor)


@pytest.fixture
def alone(house: House) -> Iterator[None]:
    """A council that lets its Clerk decide on mail to the Clerk's own private address."""
    before = house.council
    asked = before.policy.checks["forwarding"]
    assert asked.switches["second_person"], "as the demo council has it"
    checks = {**before.policy.checks, "forwarding": asked.model_copy(update={"switches": {}})}
    house.adopt(before.model_copy(update={"policy": before.policy.model_copy(update={"checks": checks})}))
    yield
    house.adopt(before)


def home(house: House) -> Sent:
    """What the Clerk sends home, which waits."""
    raw = letter("22-outlook-desktop-forward-by-the-clerk")
    return house.forwards(raw, OF_THE_CLERK, login="clerk", needs=("clerk",))


def test_d2_22_the_clerks_mail_home_needs_a_reason_that_the_deputy_can_read(house: House, alone: None):
    sent = home(house)
    for why in ("", "  "):
        with pytest.raises(Conflict, match="must say why"):
            house.release(sent, "clerk", why)
    house.vestry("held", "release", sent.id, "--by", CLERK, code=1)
    assert sent.state == "held"
    assert sent.copies == []
    house.release(sent, "clerk", "The office has no power today")
    sent.arrives()
    said = house.vestry("held", "show", sent.id)
    assert f"released by {CLERK}: The office has no power today" in said
    assert sent.decisions[-1].why == "The office has no power today"


def test_d2_22_another_officer_may_let_it_pass_and_no_member(house: House, alone: None):
    sent = home(house)
    with pytest.raises(Conflict):
        house.release(sent, "chair", "The Chair is no officer")
    house.release(sent, "deputy")
    sent.arrives()


def test_d2_22_where_a_second_person_is_asked_for_no_reason_of_the_clerk_will_do(house: House):
    """As the demo council has it."""
    sent = home(house)
    with pytest.raises(Conflict, match="another officer"):
        house.release(sent, "clerk", "The office has no power today")
    assert sent.copies == []
    house.release(sent, "deputy")
    sent.arrives()


def test_d2_22_the_same_to_a_colleagues_council_address_leaves(house: House):
    house.passes(letter("22-outlook-desktop-forward-by-the-clerk", to=f"deputy@{PC}"), "clerk")


def test_d2_22_the_clerk_grants_no_consent_for_the_clerks_own_address_and_the_deputy_may(house: House):
    """Nobody consents to themselves, in whatever words."""
    asked = ("--address", OF_THE_CLERK, "--why", WHY)
    for whom in (("--for-everyone",), ("--person", CLERK)):
        house.vestry("consent", "grant", *asked, "--by", CLERK, *whom, code=1)
    home(house)
    said = house.vestry("consent", "grant", *asked, "--by", DEPUTY, "--person", CLERK)
    raw = letter("22-outlook-desktop-forward-by-the-clerk")
    consented(house, raw, re.match(r"Consent (\S+):", said)[1], "clerk")
