"""What is a forward, and what only looks like one: research (d2) 1, 6 to 15 and 29."""

from __future__ import annotations

import pytest

from config.verdict import Verdict
from tests.end_to_end.who_gets_what.house import House
from tests.end_to_end.who_gets_what.letters import header, letter, message_id

MIKE = "mike.turner@gmail.com"
TO_MIKE = f"Mike Turner <{MIKE}>"
JILL = "jill.fenwick@gmail.com"
TO_JILL = f"Jill Fenwick <{JILL}>"
HOME = "cllr.a.home@gmail.com"
REFERENCES = ("In-Reply-To", "References", "X-Forwarded-Message-Id", "Thread-Index")
CLERK = "clerk@littlewickham-pc.example"


def test_d2_01_a_forward_to_a_new_private_address_is_held_and_the_clerk_is_asked_for_consent(house: House):
    raw = letter("outlook-desktop/forward", to=TO_MIKE)
    assert header(raw, "Subject").startswith("FW:")
    sent = house.forwards(raw, MIKE)
    finding = sent.finding("forwarding")
    assert "who had no part in that mail" in finding.reason
    assert ("To", MIKE) in {(each.where, each.text) for each in finding.evidence}
    assert "jill.fenwick@resident.example" in {each.text for each in finding.evidence}
    # The Clerk sees it, with what is asked of the Clerk.
    [listed] = [each for each in house.json("held", "list", "--json") if each["id"] == sent.id]
    assert listed["waits_for"] == ["clerk", "sender"]
    [said] = [each for each in listed["findings"] if each["check"] == "forwarding"]
    assert MIKE in said["reason"]
    assert "ask the Clerk for consent" in said["reason"]
    assert said["clause"] == str(finding.clause)
    shown = house.vestry("held", "show", sent.id)
    assert finding.reason in shown
    assert f"Policy: {finding.clause}" in shown


def test_d2_01_also_to_the_address_that_the_sender_has_declared(house: House):
    sent = house.forwards(letter("outlook-desktop/forward", to=f"Anne <{HOME}>"), HOME, needs=("clerk",))
    assert "a private address of Anne Archer" in sent.finding("forwarding").reason


def test_d2_01_the_same_to_the_clerk_leaves_at_once(house: House):
    sent = house.passes(letter("outlook-desktop/forward"))
    assert sent.recipients == (CLERK,)
    assert sent.decision.findings == ()


@pytest.mark.parametrize("drop", [(), REFERENCES], ids=["with its references", "without"])
def test_d2_06_a_forward_whose_prefix_was_deleted_is_still_one(house: House, drop: tuple[str, ...]):
    house.forwards(letter("outlook-desktop/forward", to=TO_MIKE, subject="The hedge", drop=drop), MIKE)


def test_d2_06_without_the_quoted_block_nothing_is_left_of_it(house: House):
    house.passes(letter("outlook-desktop/new", to=TO_MIKE, subject="The hedge"))


def test_d2_07_a_new_message_that_is_called_fw_is_none(house: House):
    sent = house.passes(letter("07-outlook-desktop-fw-bins"))
    assert JILL in sent.recipients
    assert header(sent.raw, "Subject") == "FW: bins"


def test_d2_07_with_a_file_it_may_well_be_one(house: House):
    sent = house.forwards(letter("07-outlook-desktop-fw-bins-with-a-file"), JILL, needs=("clerk",))
    assert "FW: bins" in {each.text for each in sent.finding("forwarding").evidence}
    house.passes(letter("07-outlook-desktop-fw-bins-with-a-file", subject="Bins"))


def test_d2_08_the_outermost_prefix_counts(house: House):
    house.passes(letter("04-outlook-desktop-reply", subject="RE: FW: Hedge by the school"))
    subject = "Fw: [External] Re: Hedge by the school"
    house.forwards(letter("outlook-ios/forward", to=TO_MIKE, subject=subject), MIKE)


def test_d2_08_where_only_names_are_told_a_reply_may_go_to_them_and_a_forward_may_not(house: House):
    """The body and the recipient are the same; the prefix alone makes the difference."""
    house.passes(letter("08-owa-names-only", subject="RE: FW: Hedge by the school"))
    raw = letter("08-owa-names-only", subject="Fw: [External] Re: Hedge by the school")
    house.forwards(raw, JILL)


def test_d2_09_thunderbirds_forward_is_none_the_less_one_for_its_in_reply_to(house: House):
    raw = letter("thunderbird/forward", to=TO_MIKE)
    assert header(raw, "In-Reply-To") == header(raw, "X-Forwarded-Message-Id") != ""
    house.forwards(raw, MIKE)


def test_d2_09_nor_if_its_block_is_deleted(house: House):
    sent = house.forwards(letter("09-thunderbird-forward-block-deleted", to=TO_MIKE), MIKE, needs=("clerk",))
    assert "X-Forwarded-Message-Id" in {each.where for each in sent.finding("forwarding").evidence}
    raw = letter("09-thunderbird-forward-block-deleted", to=TO_MIKE, drop=REFERENCES, subject="The hedge")
    house.passes(raw)


def test_d2_10_the_recipients_tell_a_reply_from_a_forward_and_not_the_block(house: House):
    """One body, as Outlook writes it in both: to whom it answers it goes under either name, to others under none."""
    bodies = set()
    for subject in ("RE: Hedge by the school", "FW: Hedge by the school"):
        to_jill = letter("04-outlook-desktop-reply", to=TO_JILL, subject=subject)
        to_mike = letter("04-outlook-desktop-reply", to=TO_MIKE, subject=subject)
        house.passes(to_jill)
        house.forwards(to_mike, MIKE)
        bodies |= {raw.partition(b"\r\n\r\n")[2] for raw in (to_jill, to_mike)}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "name",
    ["11-message-alone", "outlook-desktop/forward-attached-no-text", "thunderbird/forward-attached-no-text"],
)
def test_d2_11_nothing_but_an_attached_message_is_a_forward(house: House, name: str):
    raw = letter(name, to=TO_MIKE, subject="The hedge", drop=REFERENCES)
    house.forwards(raw, MIKE)


def test_d2_11_who_wrote_the_attached_message_may_have_it_back(house: House):
    house.passes(letter("11-message-alone", to=TO_JILL))


@pytest.mark.parametrize("name", ["12-gmail-web-eml-as-octets", "12-outlook-desktop-msg"])
def test_d2_12_a_message_attached_as_a_file_is_a_forward(house: House, name: str):
    sent = house.forwards(letter(name), MIKE)
    assert any("Hedge by the school" in each.text for each in sent.finding("forwarding").evidence)


def test_d2_12_another_file_is_none(house: House):
    house.passes(letter("12-gmail-web-drawing-as-octets"))


@pytest.mark.parametrize(
    "name",
    [
        "gmail-web/forward",
        "gmail-mobile/forward",
        "apple-mail/forward",
        "ios-mail/forward",
        "thunderbird/forward",
        "yahoo/forward",
        "13-yahoo-older-forward",
    ],
)
def test_d2_13_each_programs_line_above_a_forward_is_known(house: House, name: str):
    """Nothing else tells: prefix, references and marks in the header are gone."""
    house.forwards(letter(name, to=TO_MIKE, subject="The hedge", drop=REFERENCES), MIKE)
    house.passes(letter(name, to=f"Margaret Hale <{CLERK}>"))


@pytest.mark.parametrize("name", ["14-mutt-bounce", "14-redirect-fields-strewn"])
def test_d2_14_a_message_sent_on_as_it_is_is_a_forward(house: House, name: str):
    """The fields of a resending stand together on top (RFC 5322 §3.6.6); some programs strew them."""
    sent = house.forwards(letter(name), MIKE)
    assert JILL in {each.text for each in sent.finding("forwarding").evidence}
    house.passes(letter(name, resent_to=f"Margaret Hale <{CLERK}>"))
    house.passes(letter(name, resent_to=TO_JILL))


BY_A_RULE = {
    "15-owa-rule-forwards": "X-MS-Exchange-Inbox-Rules-Loop",
    "15-exchange-forwarding-loop": "X-MS-Exchange-ForwardingLoop",
    "15-gmail-filter-forwards": "X-Forwarded-To",
    "15-program-sends-on": "Auto-Submitted",
}


@pytest.mark.parametrize("name", BY_A_RULE)
def test_d2_15_automatic_forwarding_is_refused(house: House, name: str):
    """Nobody is written to about it, so nothing can go round; one notice a rule and day is the next issue's."""
    sent = house.refuses(letter(name))
    assert sent.reply.startswith("5.7.1 This is automatic forwarding")
    assert MIKE in sent.reply
    [found] = [each for each in sent.decision.findings if each.check == "forwarding"]
    assert found.verdict is Verdict.REFUSE
    assert found.about == (MIKE,)
    assert str(found.clause).split(",")[0] in " ".join(sent.reply.split())
    assert BY_A_RULE[name] in {each.where for each in found.evidence}
    house.passes(letter("outlook-desktop/new", to=f"<{CLERK}>"))
    spoken_of = (sent.id.encode(), message_id(sent.raw).encode())
    assert not [d for d in house.upstream.delivered() if any(each in d.content for each in spoken_of)]


def test_d2_15_what_a_rule_leaves_on_an_absence_notice_is_no_forwarding(house: House):
    raw = letter("cases/44-out-of-office", to=TO_JILL)
    assert header(raw, "X-MS-Exchange-Inbox-Rules-Loop")
    assert header(raw, "Auto-Submitted") == "auto-generated"
    house.passes(raw)
    house.passes(letter("cases/44-vacation-gmail", to=TO_JILL))


FOREIGN = ["WG: bins", "Wg: bins", "YML: bins", "[External] WG: bins"]
PROSE = ["I: item one", "Bins: WG: list", "WG list of bins", "Tr: bins", "VS: bins"]


@pytest.mark.parametrize("subject", FOREIGN)
def test_d2_29_prefixes_of_other_languages_count_at_the_start_with_a_colon(house: House, subject: str):
    """With a file, as without one a prefix says nothing at all (case 7)."""
    raw = letter("07-outlook-desktop-fw-bins-with-a-file", subject=subject)
    house.forwards(raw, JILL, needs=("clerk",))


@pytest.mark.parametrize("subject", PROSE)
def test_d2_29_prose_is_none(house: House, subject: str):
    """What may be a word of the subject as well says something beside a quotation only."""
    house.passes(letter("07-outlook-desktop-fw-bins-with-a-file", subject=subject))


@pytest.mark.parametrize("prefix", ["TR", "RV", "VS", "I", "WG"])
def test_d2_29_beside_a_quotation_the_short_ones_count_too(house: House, prefix: str):
    raw = letter("08-owa-names-only", subject=f"{prefix}: Hedge by the school")
    house.forwards(raw, JILL)
