"""To whom council mail may go, and to whom it may not: research (d2) 4, 5, 16 to 20, 23 to 28 and 30."""

from __future__ import annotations

import pytest

from tests.end_to_end.who_gets_what.conftest import PC
from tests.end_to_end.who_gets_what.house import House
from tests.end_to_end.who_gets_what.letters import CLIENTS, header, letter

MIKE = "mike.turner@gmail.com"
TO_MIKE = f"Mike Turner <{MIKE}>"
JILL = "jill.fenwick@gmail.com"
HOME = "cllr.a.home@gmail.com"
BRIANS = "brian.bell@talktalk.net"
CLERK, CLLR_A, CLLR_B = f"clerk@{PC}", f"cllr.a@{PC}", f"cllr.b@{PC}"
OWN = "anne.archer58@btinternet.com"

REPLIES = sorted(file.stem for file in (CLIENTS / "who_gets_what").glob("04-*.eml"))


def test_d2_04_there_is_a_reply_of_every_client():
    with_a_reply = {file.parent.name for file in CLIENTS.glob("*/reply.eml")}
    assert {each.removeprefix("04-").removesuffix("-reply") for each in REPLIES} == with_a_reply
    assert len(REPLIES) == 18


@pytest.mark.parametrize("name", REPLIES)
def test_d2_04_a_reply_to_a_resident_at_a_private_address_leaves_with_its_quotation(house: House, name: str):
    sent = house.passes(letter(name))
    assert sent.recipients == (JILL,)
    assert not [each for each in sent.decision.findings if each.check == "forwarding"]


@pytest.mark.parametrize("name", REPLIES)
def test_d2_05_the_councillors_own_private_address_in_cc_holds_it(house: House, name: str):
    """It is held for that one recipient, and to take it out and send again is what is offered."""
    finding = house.forwards(letter(name, cc=f"Anne Archer <{OWN}>"), OWN).finding("forwarding")
    assert JILL not in finding.reason
    assert "Please take the address out and send the message again" in finding.reason


def test_d2_05_sent_again_without_it_the_reply_leaves(house: House):
    held = house.send(letter("04-outlook-desktop-reply", cc=f"Anne Archer <{OWN}>"))
    house.passes(letter("04-outlook-desktop-reply"))
    house.reject(held, "cllr.a", "sent anew")
    assert held.state == "rejected"


def test_d2_16_council_papers_to_the_senders_own_declared_address_are_held(house: House):
    sent = house.forwards(letter("16-apple-mail-agenda"), HOME, needs=("clerk",))
    finding = sent.finding("forwarding")
    assert "Files are attached" in finding.reason
    assert "Agenda 23 November.pdf" in {each.text for each in finding.evidence}


@pytest.mark.parametrize("to", [CLLR_B, JILL, OWN])
def test_d2_16_the_same_papers_leave_for_a_council_address_and_for_a_resident(house: House, to: str):
    """The last is a private address too; that it is the sender's own nobody here can know, as it is not declared."""
    house.passes(letter("16-apple-mail-agenda", to=to))


def test_d2_17_a_private_address_in_bcc_only_is_caught_and_shown_to_nobody(house: House):
    """The client says it in RCPT TO alone."""
    raw = letter("outlook-desktop/forward")
    assert MIKE.encode() not in raw
    sent = house.forwards(raw, MIKE, blind=(MIKE,))
    for by in ("clerk", "cllr.a"):
        house.release(sent, by)
    copy = sent.arrives()
    assert set(copy.recipients) == {CLERK, MIKE}
    assert MIKE.encode() not in copy.content
    assert b"turner" not in copy.content.lower()


def test_d2_17_nor_from_a_bcc_line(house: House):
    sent = house.forwards(letter("outlook-desktop/forward", bcc=TO_MIKE), MIKE)
    for by in ("clerk", "cllr.a"):
        house.release(sent, by)
    copy = sent.arrives()
    assert set(copy.recipients) == {CLERK, MIKE}
    assert MIKE.encode() not in copy.content
    assert b"turner" not in copy.content.lower()


def test_d2_17_without_it_the_message_leaves(house: House):
    assert set(house.passes(letter("outlook-desktop/forward")).arrives().recipients) == {CLERK}


def test_d2_18_a_forward_to_another_members_council_address_leaves_and_to_their_private_one_does_not(house):
    name = "18-outlook-desktop-forward-by-brian"
    house.passes(letter(name, to=CLLR_A), "cllr.b")
    sent = house.forwards(letter(name, to=f"Anne Archer <{HOME}>"), HOME, login="cllr.b", needs=("clerk",))
    assert "a private address of Anne Archer" in sent.finding("forwarding").reason


AGENCIES = [
    "p.nair@wickhamshire-dc.gov.uk",
    "jane.holt.mp@parliament.uk",
    "office@holtandlane-solicitors.co.uk",
    "practice.manager@nhs.net",
]
LETTERS = ["19-thunderbird-forward-of-the-clerks-notice", "thunderbird/forward", "outlook-desktop/forward"]
"""The council's own notice sent on, of which `recipients` asks, and a resident's letter, of which `trail` does."""


@pytest.mark.parametrize("to", AGENCIES)
@pytest.mark.parametrize("name", LETTERS)
def test_d2_19_a_forward_to_an_agency_waits_for_no_clerk(house: House, name: str, to: str):
    """It is no forward to a private address. What goes out of the council with it is its sender's to think of."""
    sent = house.waits(letter(name, to=to), needs=("sender",))
    assert "forwarding" not in {each.check for each in sent.decision.findings}
    assert house.release(sent, "cllr.a") == ""
    sent.arrives()


TRUSTS = [
    "trustees@sitwelltownlands.org.uk",
    "secretary@churchhousemanaton.co.uk",
    "post@bradingtowntrust.co.uk",
    "office@guides.mail.org.uk",
]
"""At domains that lists of free providers, as they can be had, count among these (research A4). No mail goes there."""


@pytest.mark.parametrize("to", TRUSTS)
def test_d2_20_a_village_trust_is_no_private_person(house: House, to: str):
    house.passes(letter("outlook-desktop/new", to=to))
    sent = house.waits(letter("outlook-desktop/forward", to=to), needs=("sender",))
    assert "forwarding" not in {each.check for each in sent.decision.findings}


@pytest.mark.parametrize(
    "written", ["cllrahome+pc@googlemail.com", "cllr.a.home@googlemail.com", "C.l.l.r.A.Home+x@GMail.com"]
)
def test_d2_23_a_declared_address_is_known_in_all_its_spellings(house: House, written: str):
    sent = house.waits(letter("16-apple-mail-agenda", to=written))
    finding = sent.finding("forwarding")
    assert finding.about == (written.lower(),)
    assert "a private address of Anne Archer" in finding.reason


def test_d2_23_dots_are_not_ignored_elsewhere(house: House):
    """New business may go to anybody at a great provider, but not where a member has declared the address."""
    house.forwards(letter("16-apple-mail-agenda", to=BRIANS), BRIANS, needs=("clerk",))
    sent = house.send(letter("16-apple-mail-agenda", to="brianbell@talktalk.net"))
    assert "forwarding" not in {each.check for each in sent.decision.findings}


DISGUISED = {
    '"clerk@x-pc.gov.uk" <mike.turner@gmail.com>': MIKE,
    f'"{CLERK}" <mike.turner@gmail.com>': MIKE,
    "MIKE.TURNER@GMAIL.COM": MIKE,
    '"mike.turner"@gmail.com': MIKE,
    "mike.turner@gmail.com (clerk@x-pc.gov.uk)": MIKE,
    '"the.clerk@x-pc.gov.uk"@gmail.com': '"the.clerk@x-pc.gov.uk"@gmail.com',
}


@pytest.mark.parametrize("written", DISGUISED)
def test_d2_24_the_address_counts_and_not_what_it_is_dressed_up_as(house: House, written: str):
    meant = DISGUISED[written]
    sent = house.send(letter("outlook-desktop/forward", to=written), to=(meant,))
    assert sent.finding("forwarding").about == (meant,)
    sent.is_waiting({"clerk", "sender"})


def test_d2_24_a_dot_behind_the_domain_gets_nobody_past(house: House):
    """No client can say it in RCPT TO; in the header it changes nothing."""
    refused = house.send(letter("outlook-desktop/forward", to=f"{MIKE}."), to=(f"{MIKE}.",))
    assert refused.code in {501, 553}
    house.sent.remove(refused)
    sent = house.send(letter("outlook-desktop/forward", to=f"{MIKE}."), to=(MIKE,))
    assert sent.finding("forwarding").about == (MIKE,)
    sent.is_waiting({need.value for need in sent.decision.needs})


@pytest.mark.parametrize(
    "shown", ["littlewickh\N{CYRILLIC SMALL LETTER A}m-pc.example", "gm\N{CYRILLIC SMALL LETTER A}il.com"]
)
def test_d2_24_a_look_alike_is_not_what_it_looks_like(house: House, shown: str):
    """With a Cyrillic `a` it is neither the council nor the great provider, and is asked about."""
    address = f"m.hale@{shown.encode('idna').decode()}"
    sent = house.waits(letter("outlook-desktop/new", to=f"Margaret Hale <{address}>"), needs=("sender",))
    assert sent.finding("recipients").about == (address,)
    forward = house.send(letter("outlook-desktop/forward", to=address))
    assert address in forward.finding("recipients").about
    assert "forwarding" not in forward.checks


CONSUMERS = ["duck.com", "mozmail.com", "privaterelay.appleid.com", "talktalk.net", "plusnet.com"]


@pytest.mark.parametrize("domain", CONSUMERS)
def test_d2_25_relays_and_british_providers_are_private(house: House, domain: str):
    house.forwards(letter("outlook-desktop/forward", to=f"mturner@{domain}"), f"mturner@{domain}")


@pytest.mark.parametrize("domain", ["btconnect.com", "mail.duck.com.example", "talktalk.net.example"])
def test_d2_25_businesses_and_names_that_only_look_like_theirs_are_not(house: House, domain: str):
    sent = house.send(letter("outlook-desktop/forward", to=f"m.turner@{domain}"))
    assert "forwarding" not in {each.check for each in sent.decision.findings}


def test_d2_26_an_alias_is_judged_by_who_is_behind_it(house: House):
    alias = f"allotment-group@{PC}"
    sent = house.send(letter("outlook-desktop/forward", to=alias))
    assert "clerk" in {need.value for need in sent.decision.needs}
    finding = sent.finding("forwarding")
    assert finding.about == (alias,)
    assert "pat.lane" not in finding.reason
    sent.is_waiting({need.value for need in sent.decision.needs})
    house.passes(letter("outlook-desktop/forward", to=f"bins@{PC}"))


def test_d2_27_pasted_words_of_an_archived_letter_to_a_new_private_address_are_held(house: House):
    """Nothing else tells that they are another's: no prefix, no line above them, no mark."""
    original = house.passes(letter("27-thunderbird-clerks-letter"), "clerk")
    sent = house.forwards(letter("27-ios-mail-pasted"), MIKE, needs=("clerk",))
    [seen] = [each.text for each in sent.finding("forwarding").evidence if each.where == "text"]
    assert CLERK in seen
    assert original.id in seen
    house.passes(letter("27-ios-mail-own-words"))


def test_d2_27_they_may_go_to_the_council_to_agencies_and_to_who_had_the_letter(house: House):
    house.passes(letter("27-ios-mail-pasted", to=CLLR_B))
    house.passes(letter("27-ios-mail-pasted", to="surveyor@playgrounds.example"))
    house.forwards(letter("27-ios-mail-pasted", to=f"Jill Fenwick <{JILL}>"), JILL, needs=("clerk",))
    house.passes(letter("27-thunderbird-clerks-letter", to=f"Jill Fenwick <{JILL}>"), "clerk")
    house.passes(letter("27-ios-mail-pasted", to=f"Jill Fenwick <{JILL}>"))


LOCKED = [
    "28-outlook-desktop-smime-encrypted",
    "28-thunderbird-pgp-encrypted",
    "28-outlook-desktop-zip-with-password",
]


@pytest.mark.parametrize("name", LOCKED)
def test_d2_28_what_nobody_here_can_read_is_held_on_its_way_to_a_private_address(house: House, name: str):
    sent = house.send(letter(name))
    finding = sent.finding("forwarding")
    assert finding.about == (MIKE,)
    assert "nobody here can tell whether" in finding.reason
    sent.is_waiting({"clerk"})
    agency = house.send(letter(name, to="p.nair@wickhamshire-dc.gov.uk"))
    assert "forwarding" not in {each.check for each in agency.decision.findings}


def test_d2_28_an_archive_that_opens_leaves(house: House):
    house.passes(letter("28-outlook-desktop-zip-open"))


def test_d2_30_the_whole_message_waits_for_the_one_private_recipient(house: House):
    raw = letter(
        "outlook-desktop/forward", to=CLLR_B, cc=f"Priya Nair <p.nair@wickhamshire-dc.gov.uk>, {TO_MIKE}"
    )
    sent = house.forwards(raw, MIKE)
    assert len(sent.recipients) == 3
    for by in ("cllr.a", "clerk"):
        assert sent.copies == []
        house.release(sent, by)
    assert set(sent.recipients) < set(sent.arrives().recipients)
    assert header(raw, "Cc").endswith(TO_MIKE)


def test_d2_30_without_that_recipient_nobody_waits_for_the_clerk(house: House):
    cc = "Priya Nair <p.nair@wickhamshire-dc.gov.uk>"
    sent = house.waits(letter("outlook-desktop/forward", to=CLLR_B, cc=cc), needs=("sender",))
    assert "forwarding" not in sent.checks
