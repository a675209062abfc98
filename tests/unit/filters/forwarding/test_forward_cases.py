"""Research (d2) 1 to 30: what is sent on to private addresses, in messages as mail programs write them."""

from __future__ import annotations

from datetime import date

import pytest

from config.policy import Verdict
from filters.answers import Answers
from tests.unit.filters.forwarding.mail import (
    ANNE,
    BRIAN,
    CLERK,
    DOMAIN,
    HOME,
    RESIDENT,
    consent,
    corpus,
    findings,
    headed,
    holds,
    known,
    message,
    parents,
    sent_to,
    with_more,
)

STRANGER = "snowleopard23@yahoo.com"
FORWARDS = [
    "apple-mail/forward",
    "apple-mail/forward-attached",
    "apple-mail/forward-no-text",
    "gmail-mobile/forward",
    "gmail-web/forward",
    "gmail-web/forward-attached",
    "gmail-web/forward-no-text",
    "gmx/forward",
    "ios-mail/forward",
    "k9/forward",
    "outlook-android/forward",
    "outlook-desktop/forward",
    "outlook-desktop/forward-attached",
    "outlook-desktop/forward-attached-no-text",
    "outlook-desktop/forward-no-text",
    "outlook-ios/forward",
    "outlook-mac/forward",
    "outlook-new/forward",
    "owa/forward",
    "owa/forward-no-text",
    "proton/forward",
    "roundcube/forward",
    "samsung/forward",
    "sogo/forward",
    "thunderbird/forward",
    "thunderbird/forward-attached",
    "thunderbird/forward-attached-no-text",
    "thunderbird/forward-no-text",
    "yahoo/forward",
]
REPLIES = [
    "apple-mail/reply",
    "apple-mail/reply-plain",
    "gmail-mobile/reply",
    "gmail-web/reply",
    "gmail-web/reply-bottom",
    "gmail-web/reply-nested",
    "gmail-web/reply-welsh",
    "gmx/reply",
    "ios-mail/reply",
    "ios-mail/reply-base64",
    "k9/reply",
    "outlook-android/reply",
    "outlook-desktop/reply",
    "outlook-desktop/reply-2010",
    "outlook-desktop/reply-plain",
    "outlook-desktop/reply-welsh",
    "outlook-ios/reply",
    "outlook-mac/reply",
    "outlook-new/reply",
    "owa/reply",
    "owa/reply-nested",
    "proton/reply",
    "roundcube/reply",
    "samsung/reply",
    "sogo/reply",
    "thunderbird/reply",
    "thunderbird/reply-plain",
    "yahoo/reply",
]
AT_HOME = (RESIDENT, "jill.fenwick@gmail.com")


@pytest.mark.parametrize("name", FORWARDS)
@pytest.mark.parametrize("address", [STRANGER, HOME])
def test_01_a_forward_to_a_private_address_is_held(name, address):
    [found] = findings(sent_to(name, address))
    assert found.verdict is Verdict.HOLD
    assert found.about == (address,)
    assert "carries earlier mail" in found.reason
    assert address in found.reason
    assert "ask the Clerk for consent" in found.reason
    assert found.evidence[0].where == "To"
    assert address in found.evidence[0].text
    assert len(found.evidence) > 1


def test_01_the_evidence_names_who_wrote_what_is_sent_on():
    for name, where, text in (
        ("owa/forward", "quoted message", RESIDENT),
        ("gmail-web/forward", "forwarded message", RESIDENT),
        ("thunderbird/forward", "X-Forwarded-Message-Id", "<0b7c1a02-3f61-4a58@mail.resident.example>"),
        ("thunderbird/forward-attached", "attached message", "Hedge by the school.eml"),
    ):
        [found] = findings(sent_to(name, STRANGER))
        assert (where, text) in [(each.where, each.text) for each in found.evidence[1:]]


@pytest.mark.parametrize("name", ["owa/forward", "thunderbird/forward", "thunderbird/forward-attached"])
def test_02_a_live_consent_lets_it_pass_and_is_named(name):
    allowed = with_more(consents=[consent(until=date(2026, 12, 31))])
    [found] = findings(sent_to(name, HOME), council=allowed)
    assert found.verdict is Verdict.NOTE
    assert "consent 2026-1 (until 31.12.2026)" in found.reason
    assert found.about == (HOME,)


@pytest.mark.parametrize(
    "terms",
    [
        {"until": date(2026, 11, 19)},
        {"thread": "<another@mail.resident.example>"},
        {"person": BRIAN},
        {"address": "cllr.a.other@gmail.com"},
        {"sender": CLERK},
        {"revoked_by": CLERK, "revoked_at": "2026-11-20T16:00:00Z"},
    ],
)
def test_03_any_other_consent_does_not(terms):
    assert holds(sent_to("owa/forward", HOME), council=with_more(consents=[consent(**terms)])) == [HOME]


@pytest.mark.parametrize("name", REPLIES)
def test_04_a_resident_is_answered_at_home(name):
    assert findings(corpus(name, AT_HOME)) == []


@pytest.mark.parametrize("name", REPLIES)
@pytest.mark.parametrize("own", [HOME, "anne.archer@btinternet.com"])
def test_05_a_copy_to_the_members_own_private_address_is_held_for_that_one_alone(name, own):
    raw = headed(corpus(name, AT_HOME), f"Cc: Anne Archer <{own}>")
    assert set(holds(raw)) == {own}


@pytest.mark.parametrize(
    "name", ["owa/forward", "gmail-web/forward", "outlook-desktop/forward", "yahoo/forward"]
)
def test_06_without_its_prefix_it_is_a_forward_still(name):
    raw = headed(corpus(name), To=STRANGER, Subject="Hedge by the school")
    assert holds(raw) == [STRANGER]


def test_07_a_new_message_called_a_forward_is_none():
    assert findings(message(f"To: {STRANGER}\nSubject: FW: bins", "The bins go out on Tuesday.\n")) == []


HEADER_BLOCK = f"""Please see below.

From: Margaret Hale <{CLERK}>
Sent: 20 November 2026 14:05
To: {{people}}
Subject: Hedge

The hedge is to be cut on Tuesday.
"""


@pytest.mark.parametrize(
    ("subject", "people", "held"),
    [
        ("RE: FW: Hedge", f"Anne Archer <{ANNE}>; {STRANGER}", []),
        ("Fw: [External] Re: Hedge", f"Anne Archer <{ANNE}>; {STRANGER}", []),
        ("RE: FW: Hedge", f"Anne Archer <{ANNE}>", [STRANGER]),
        ("Fw: [External] Re: Hedge", f"Anne Archer <{ANNE}>", [STRANGER]),
    ],
)
def test_08_and_10_who_took_part_counts_and_no_prefix_or_block(subject, people, held):
    raw = message(
        f"To: {STRANGER}\nSubject: {subject}\nIn-Reply-To: <1@x.example>", HEADER_BLOCK.format(people=people)
    )
    assert holds(raw) == held


def test_08_a_forward_is_no_answer_to_whom_it_names_without_an_address():
    block = (
        HEADER_BLOCK.replace(f" <{CLERK}>", "")
        .replace("Margaret Hale", "Jo Summer")
        .format(people="Anne Archer")
    )
    header = f"To: Jo Summer <{STRANGER}>\nSubject: {{}} Hedge\nIn-Reply-To: <1@x.example>"
    assert holds(message(header.format("RE:"), block)) == []
    assert holds(message(header.format("FW:"), block)) == [STRANGER]


def test_09_thunderbird_says_reply_and_forward_and_it_is_a_forward():
    raw = sent_to("thunderbird/forward", STRANGER)
    assert b"In-Reply-To" in raw
    assert b"X-Forwarded-Message-Id" in raw
    assert holds(raw) == [STRANGER]


@pytest.mark.parametrize(
    "name",
    [
        "thunderbird/forward-attached-no-text",
        "outlook-desktop/forward-attached-no-text",
        "apple-mail/forward-attached",
    ],
)
def test_11_an_attached_message_alone(name):
    assert holds(sent_to(name, STRANGER)) == [STRANGER]


MIXED = "Content-Type: multipart/mixed; boundary=b"


def attached(kind: str, name: str, content: str = "bm90aGluZyB0byByZWFk", text: str = "As asked.\n") -> str:
    return (
        f'--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: {kind}; name="{name}"\n'
        f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
        f"{content}\n--b--\n"
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/octet-stream", "Hedge.eml"),
        ("application/vnd.ms-outlook", "Hedge.msg"),
        ("application/octet-stream", "Hedge.msg"),
    ],
)
def test_12_a_message_attached_as_a_file(kind, name):
    [found] = findings(message(f"To: {STRANGER}\nSubject: Hedge\n{MIXED}", attached(kind, name)))
    assert found.verdict is Verdict.HOLD
    assert ("attached message", name) in [(each.where, each.text) for each in found.evidence]


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Forwarded Message --------",
        "--- Forwarded Message ---",
        "----- Forwarded message -----",
    ],
)
def test_13_every_programs_words_for_it(line):
    text = (
        f"See below.\n\n{line}\nFrom: Margaret Hale <{CLERK}>\nDate: Fri, 20 Nov 2026 at 14:05\n"
        f"Subject: Hedge\nTo: Anne Archer <{ANNE}>\n\nThe hedge is to be cut.\n"
    )
    assert holds(message(f"To: {STRANGER}\nSubject: Hedge", text)) == [STRANGER]


@pytest.mark.parametrize(("address", "held"), [(STRANGER, [STRANGER]), (RESIDENT, []), (BRIAN, [])])
def test_14_a_redirect(address, held):
    header = (
        f"Resent-From: Anne Archer <{ANNE}>\nResent-To: {address}\nResent-Date: Fri, 20 Nov 2026 16:12:44 +0000\n"
        f"From: Ray Wells <ray.wells@gmail.com>\nTo: {ANNE}\nSubject: Bins"
    )
    assert holds(message(header)) == held


def test_14_a_redirect_to_its_own_author():
    header = (
        f"Resent-From: Anne Archer <{ANNE}>\nResent-To: ray.wells@gmail.com\n"
        f"From: Ray Wells <raywells@googlemail.com>\nTo: {ANNE}\nSubject: Bins"
    )
    assert findings(message(header)) == []


@pytest.mark.parametrize(
    "field",
    [
        f"X-MS-Exchange-Inbox-Rules-Loop: {ANNE}",
        f"X-MS-Exchange-ForwardingLoop: {ANNE};e8ad",
        f"X-Forwarded-To: {STRANGER}",
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-forwarded",
    ],
)
@pytest.mark.parametrize("address", [STRANGER, "officer@wickhamshire.example"])
def test_15_automatic_forwarding_out_of_the_council_is_refused(field, address):
    [found] = findings(headed(corpus("owa/forward"), field, To=address))
    assert found.verdict is Verdict.REFUSE
    assert "automatic forwarding" in found.reason
    assert found.about == (address,)
    assert field.partition(":")[0] in [each.where for each in found.evidence]


def test_15_within_the_council_it_is_no_matter():
    raw = headed(corpus("owa/forward"), "Auto-Submitted: auto-forwarded")
    assert findings(raw) == []


PDF = attached("application/pdf", "Budget 2027.pdf")


def test_16_papers_for_a_declared_address():
    [found] = findings(message(f"To: {HOME}\nSubject: Budget\n{MIXED}", PDF))
    assert found.verdict is Verdict.HOLD
    assert found.about == (HOME,)
    assert "a private address of Anne Archer" in found.reason
    assert ("attachment", "Budget 2027.pdf") in [(each.where, each.text) for each in found.evidence]


def test_16_papers_for_a_resident_pass():
    assert findings(message(f"To: {STRANGER}\nSubject: Allotment agreement\n{MIXED}", PDF)) == []


def test_17_a_private_address_in_bcc_alone():
    [found] = findings(corpus("owa/forward"), bcc=[HOME])
    assert found.about == (HOME,)
    assert found.evidence[0].where == "recipient that no line of the message names"
    assert found.evidence[0].text == HOME


@pytest.mark.parametrize("sender", [ANNE, CLERK, BRIAN])
def test_18_members_have_it_at_the_council_and_not_at_home(sender):
    raw = headed(corpus("owa/forward"), From=sender)
    assert findings(raw, recipients=[CLERK, BRIAN, ANNE]) == []
    assert holds(raw, recipients=[HOME]) == [HOME]


@pytest.mark.parametrize(
    "address",
    [
        "planning@wickhamshire.gov.uk",
        "jane.mp@parliament.uk",
        "clerk@solicitors.co.uk",
        "surgery@nhs.net",
        "brian.bell@wickhamshire.example",
        "secretary@bradingtowntrust.co.uk",
        "warden@unitedcharitiesosm.org.uk",
        "hall@marchguidesassociation.org.uk",
    ],
)
@pytest.mark.parametrize("name", ["owa/forward", "thunderbird/forward-attached"])
def test_19_and_20_agencies_and_trusts_at_their_own_domains(name, address):
    assert findings(sent_to(name, address)) == []


def test_21_a_contractor_at_a_great_provider_is_held_until_the_clerk_consents_for_everyone():
    raw = sent_to("outlook-desktop/forward", "dave.hedges@outlook.com")
    assert holds(raw) == ["dave.hedges@outlook.com"]
    given = consent(address="dave.hedges@outlook.com", person=None)
    [found] = findings(raw, council=with_more(consents=[given]))
    assert found.verdict is Verdict.NOTE


def test_22_the_clerk_too():
    raw = headed(corpus("owa/forward"), From=CLERK, To="m.hale@icloud.com")
    assert holds(raw) == ["m.hale@icloud.com"]


@pytest.mark.parametrize(
    ("declared", "address", "same"),
    [
        ("janesmith@gmail.com", "jane.smith+pc@googlemail.com", True),
        ("jane.smith@googlemail.com", "JaneSmith@gmail.com", True),
        ("jane.smith@outlook.com", "jane.smith+pc@outlook.com", True),
        ("jane.smith@outlook.com", "janesmith@outlook.com", False),
        ("jane@smith.example", "jane@smith.example", True),
        ("jane.s@smith.example", "janes@smith.example", False),
        ("jane@smith.example", "jane+pc@smith.example", False),
    ],
)
def test_23_spellings_of_one_mailbox(declared, address, same):
    people = with_more().model_dump(by_alias=True)["people"]
    people[3]["personal_addresses"] = [{"address": declared}]
    raw = message(f"To: {address}\nSubject: Agenda")
    assert bool(holds(raw, council=with_more(people=people))) is same


@pytest.mark.parametrize(
    ("written", "held"),
    [
        (f'"{CLERK}" <me@gmail.com>', True),
        (f'"{CLERK}" <ME@GMAIL.COM>', True),
        ('"me"@gmail.com', True),
        ('"jill.fenwick@resident.example" <me@gmail.com>', True),
        ("me@gmail.com.example", False),
        ("me@notgmail.com", False),
        ("me@gm\u0430il.com", False),
        (f'"me@gmail.com" <{CLERK}>', False),
    ],
)
def test_24_the_address_counts_that_the_mail_goes_to(written, held):
    raw = sent_to("owa/forward", written)
    assert bool(holds(raw)) is held


@pytest.mark.parametrize(
    "domain",
    [
        "duck.com",
        "mozmail.com",
        "privaterelay.appleid.com",
        "talktalk.net",
        "plusnet.com",
        "btinternet.com",
        "sky.com",
    ],
)
def test_25_british_providers_and_relays(domain):
    assert holds(sent_to("owa/forward", f"x7@{domain}")) == [f"x7@{domain}"]


def test_26_an_alias_is_judged_by_its_members_and_named_itself():
    alias = f"councillors@{DOMAIN}"
    lists = [
        {"address": alias, "members": [ANNE, f"working-party@{DOMAIN}"]},
        {"address": f"working-party@{DOMAIN}", "members": [BRIAN, HOME]},
    ]
    raw = sent_to("owa/forward", alias)
    [found] = findings(raw, council=with_more(lists=lists))
    assert found.verdict is Verdict.HOLD
    assert found.about == (alias,)
    assert alias in found.reason
    assert HOME not in found.model_dump_json()
    assert findings(raw, council=with_more(lists=[{"address": alias, "members": [ANNE, BRIAN]}])) == []


def test_27_the_words_of_anothers_message():
    raw = message(f"To: {STRANGER}\nSubject: Hedge", "The hedge is to be cut on Tuesday.\n")
    [found] = findings(raw, answers=Answers(copied=(known(CLERK, ANNE, "hidden@police.uk"),)))
    assert found.verdict is Verdict.HOLD
    assert CLERK in found.evidence[1].text
    assert "hidden@police.uk" not in found.model_dump_json()
    assert findings(raw, answers=Answers(copied=(known(CLERK, ANNE, STRANGER),))) == []
    assert findings(raw, answers=Answers(copied=(known(ANNE, CLERK),))) == []


ENCRYPTED = (
    "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n"
    "-----BEGIN PGP MESSAGE-----\n\nhQEMA5\n-----END PGP MESSAGE-----\n--b--\n"
)


@pytest.mark.parametrize(
    ("address", "held"), [(STRANGER, True), (HOME, True), ("officer@wickhamshire.gov.uk", False)]
)
def test_28_what_cannot_be_looked_into(address, held):
    header = f'To: {address}\nSubject: x\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b'
    found = [each for each in findings(message(header, ENCRYPTED)) if "locked or encrypted" in each.reason]
    assert bool(found) is held
    assert all(each.verdict is Verdict.HOLD and each.about == (address,) for each in found)


LOCKED_ZIP = "UEsDBBQACQAIAAAAIQAAAAAAEAAAABAAAAAFAAAAYS50eHQAAAAAAAAAAAAAAAAAAAAAUEsHCAAAAAAQAAAAEAAAAA=="


def test_28_a_locked_zip():
    raw = message(
        f"To: {STRANGER}\nSubject: x\n{MIXED}", attached("application/zip", "papers.zip", LOCKED_ZIP)
    )
    [found] = findings(raw)
    assert ("attachment", "papers.zip") in [(each.where, each.text) for each in found.evidence]


@pytest.mark.parametrize("prefix", ["WG: ", "TR: ", "RV: ", "VS: ", "I: ", "YML: "])
def test_29_prefixes_of_other_languages(prefix):
    quote = f"\n> The hedge is to be cut.\n> {CLERK}\n"
    new = message(f"To: {STRANGER}\nSubject: {prefix}item one", "Item one is the hedge.\n")
    assert findings(new) == []
    assert holds(message(f"To: {STRANGER}\nSubject: {prefix}hedge", f"See below.\n{quote}")) == [STRANGER]
    # With a paper a word of a list is no forward; whatever is only ever a prefix is one.
    with_paper = message(f"To: {STRANGER}\nSubject: {prefix}item one\n{MIXED}", PDF)
    assert bool(holds(with_paper)) is (prefix in {"WG: ", "YML: "})


def test_30_one_private_recipient_holds_the_whole_message():
    raw = sent_to("owa/forward", f"{CLERK}, planning@wickhamshire.gov.uk, {STRANGER}")
    [found] = findings(raw)
    assert found.verdict is Verdict.HOLD
    assert found.about == (STRANGER,)


def test_in_a_thread_that_the_archive_knows_its_people_are_not_new():
    raw = message(
        f"To: {STRANGER}\nSubject: Re: Hedge\nIn-Reply-To: <old@council.example>", "Yes.\n\n> Well?\n> No.\n"
    )
    assert findings(raw, answers=parents(known(ANNE, STRANGER))) == []
    assert holds(raw, answers=parents(known(ANNE, CLERK))) == [STRANGER]
