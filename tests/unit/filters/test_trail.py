from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.consent import Consent
from config.council_file import council_from
from filters.analysis import stripped
from filters.answers import Answers, KnownMail
from filters.finding import Finding
from signatures.message.anatomy import read
from signatures.message.splices import apply
from tests.unit.filters.letters import ANNE, COUNCIL, DOMAIN, letter, look

TESTS = Path(__file__).parents[2]
CLIENTS = TESTS / "corpus/clients"
LITTLE_WICKHAM = council_from(
    tomllib.loads((TESTS / "unit/signatures/cases/council.toml").read_text(encoding="utf-8")), "council.toml"
)
NEW, JILL, TOM = "officer@wickhamshire.example", "jill@gmail.com", "tom@org.example"

REPLIES = [
    "apple-mail/reply", "apple-mail/reply-flowed-delsp", "gmail-mobile/reply", "gmail-web/reply", "gmail-web/reply-nested",
    "gmail-web/reply-welsh", "gmx/reply", "gmx/reply-german", "ios-mail/reply", "ios-mail/reply-base64", "k9/reply",
    "k9/reply-original-message", "outlook-android/reply", "outlook-desktop/reply", "outlook-desktop/reply-plain",
    "outlook-desktop/reply-long-thread", "outlook-desktop/reply-welsh", "outlook-ios/reply", "outlook-mac/reply",
    "outlook-new/reply", "owa/reply", "owa/reply-nested", "proton/reply", "roundcube/reply", "roundcube/reply-plain",
    "samsung/reply", "sogo/reply", "thunderbird/reply", "thunderbird/reply-plain", "thunderbird/interleaved",
    "yahoo/reply", "gmail-web/interleaved", "gmail-web/reply-bottom",
]  # fmt: skip
FORWARDS = [
    "apple-mail/forward", "gmail-mobile/forward", "gmail-web/forward", "gmail-web/forward-attached", "gmx/forward",
    "ios-mail/forward", "k9/forward", "outlook-android/forward", "outlook-desktop/forward",
    "outlook-desktop/forward-attached", "outlook-ios/forward", "outlook-mac/forward", "outlook-new/forward",
    "owa/forward", "proton/forward", "roundcube/forward", "samsung/forward", "sogo/forward", "thunderbird/forward",
    "yahoo/forward",
]  # fmt: skip


def wrote(name: str, *, to: str = "", cc: str = "") -> list[Finding]:
    """What is found in a message of the corpus, its To replaced or a Cc added."""
    raw = (CLIENTS / f"{name}.eml").read_bytes()
    if to:
        raw, changed = re.subn(
            rb"(?mi)^To:[^\r]*(?:\r\n[ \t][^\r]*)*\r\n", f"To: {to}\r\n".encode(), raw, count=1
        )
        assert changed
    if cc:
        raw = f"Cc: {cc}\r\n".encode() + raw
    return look("trail", raw, council=LITTLE_WICKHAM, person="cllr.a@littlewickham-pc.example")


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_to_who_wrote_passes_and_a_new_recipient_is_asked_about(name):
    assert wrote(name) == []
    (finding,) = wrote(name, cc=NEW)
    assert finding.about == (NEW,)
    assert f"{NEW} is new to this conversation and would see earlier messages" in finding.reason
    assert "jill" in str(finding.evidence).lower()


@pytest.mark.parametrize("name", REPLIES)
def test_a_colleague_may_be_brought_in(name):
    assert wrote(name, cc="cllr.b@littlewickham-pc.example, clerk@littlewickham-pc.example") == []


@pytest.mark.parametrize("name", [name for name in REPLIES if not re.search("interleaved|bottom", name)])
def test_a_reply_without_its_trail_is_not_asked_about(name):
    raw = f"Cc: {NEW}\r\n".encode() + (CLIENTS / f"{name}.eml").read_bytes()
    person = "cllr.a@littlewickham-pc.example"
    assert look("trail", raw, council=LITTLE_WICKHAM, person=person)
    assert look("trail", apply(raw, stripped(raw)), council=LITTLE_WICKHAM, person=person) == []


@pytest.mark.parametrize("name", FORWARDS)
def test_a_letter_sent_on_within_the_council_passes_and_to_another_body_is_asked_about(name):
    assert wrote(name, to="clerk@littlewickham-pc.example") == []
    (finding,) = wrote(name, to=NEW)
    assert finding.about == (NEW,)


BLOCK = (
    "See below.\n\n-----Original Message-----\nFrom: {author}\nSent: 20 November 2026 14:05\nTo: Anne Archer <"
    + ANNE
    + ">\nCc: {cc}\nSubject: Hedge\n\n{words}\n"
)
REPLY = "Subject: Re: Hedge\nIn-Reply-To: <1@gmail.com>\n"


def block(
    author: str = f"Jill Carter <{JILL}>", cc: str = f"Clerk <clerk@{DOMAIN}>", words: str = "Who cuts it?"
) -> str:
    return BLOCK.format(author=author, cc=cc, words=words)


@pytest.mark.parametrize(
    ("to", "body", "asked"),
    [
        (JILL, block(), False),
        ("Jill <j.ill+home@googlemail.com>", block(), False),
        (f"{JILL}, {TOM}", block(), True),
        (f"{JILL}, {TOM}", block(cc=f"Tom <{TOM}>"), False),
        (f"{JILL}, Tom Reed <{TOM}>", block(cc="Reed, Tom; Clerk"), False),
        (f"{JILL}, tom.reed@org.example", block(cc="Reed, Tom; Clerk"), False),
        (f"{JILL}, Tim Reed <{TOM}>", block(cc="Reed, Tom; Clerk"), True),
        (f"{JILL}, Tom Reed <{TOM}>, 'Tom Reed' <reed@org.example>", block(cc="Reed, Tom; Clerk"), True),
        (f"{JILL}, {TOM}", "Nothing of hers.\n", False),
        # People of the council, whatever address of theirs: those declared are for the Clerk's consent.
        (f"{JILL}, brian@{DOMAIN}, brian.bell@county.example", block(), False),
        (f"{JILL}, bb@bell.example", block(), False),
        # Lists: those whose members are all in the council or the conversation; others.
        (f"{JILL}, councillors@{DOMAIN}, everyone@{DOMAIN}", block(), False),
        (f"{JILL}, friends@{DOMAIN}", block(), True),
        (f"{JILL}, friends@{DOMAIN}", block(cc="f1@gmail.com; f2@gmail.com; f3@gmail.com"), False),
        (f"{JILL}, friends@{DOMAIN}", block(cc="f1@gmail.com; f2@gmail.com"), True),
        (f"{JILL}, unknown@{DOMAIN}", block(), True),
        (f"{JILL}, f1@gmail.com", block(cc=f"friends@{DOMAIN}"), False),
        # The council's own words, and nobody else's address.
        (TOM, block(f"Clerk <clerk@{DOMAIN}>", "Brian <brian.bell@county.example>"), False),
        (TOM, block("Margaret Hale", "Bell, Brian"), False),
        (TOM, block(f"Clerk <clerk@{DOMAIN}>", JILL), True),
        (TOM, block(f"Clerk <clerk@{DOMAIN}>", words="Write to jill@gmail.com about it."), True),
        # The form on the website tells of whoever filled it in, in its words alone.
        (JILL, block(f"Website <website@{DOMAIN}>", words="Email: Jill@gmail.com\nMay I?"), False),
        (TOM, block(f"Website <website@{DOMAIN}>", words="Email: Jill@gmail.com\nMay I?"), True),
        (f"{JILL}, {TOM}", block(f"Website <website@{DOMAIN}>", words="Email: Jill@gmail.com\nMay I?"), True),
        (TOM, block("Jill Carter", "Clerk"), True),
    ],
)
def test_who_is_new_and_what_goes_along(to, body, asked):
    assert bool(look("trail", letter(f"{REPLY}To: {to}\n", body))) is asked


def test_who_got_an_earlier_message_is_in_the_conversation():
    parent = KnownMail(message="q", message_id="<1@gmail.com>", author=ANNE, people=(ANNE, JILL, TOM))
    raw = letter(f"{REPLY}To: {JILL}, {TOM}\n", block())
    assert look("trail", raw, answers=Answers(parents=(parent,))) == []


def test_a_new_recipient_in_bcc_is_asked_about():
    (finding,) = look("trail", letter(f"{REPLY}To: {JILL}\n", block()), bcc=[TOM])
    assert finding.about == (TOM,)


@pytest.mark.parametrize(
    ("header", "body", "asked"),
    [
        (REPLY, "> Who cuts it?\n\nThe contractor.\n", False),
        (f"{REPLY}Cc: {JILL}\n", "> Who cuts it?\n\nThe contractor.\n", True),
        ("Subject: The rules\n", "> No dogs on the green.\n\nThat is what they say.\n", False),
        (f"Subject: The rules\nCc: {JILL}\n", "> No dogs on the green.\n\nThat is what they say.\n", False),
    ],
)
def test_quoted_lines_that_nothing_says_whose_they_are(header, body, asked):
    assert bool(look("trail", letter(f"{header}To: {TOM}\n", body))) is asked


def test_the_prefix_taken_away_by_hand_makes_no_difference():
    assert look("trail", letter(f"Subject: Hedge\nTo: {TOM}\n", block()))


def test_a_name_stands_for_nobody_where_a_letter_is_sent_on():
    assert look("trail", letter(f"Subject: Fwd: Hedge\nTo: Tom Reed <{TOM}>\n", block(cc="Reed, Tom; Clerk")))


@pytest.mark.parametrize(("address", "asked"), [(TOM, False), ("una@org.example", True)])
def test_what_the_clerk_has_consented_to_is_not_asked_about(address, asked):
    consent = Consent(
        id="1",
        address=address,
        person=ANNE,
        granted_by=f"clerk@{DOMAIN}",
        granted_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    council = COUNCIL.model_copy(update={"consents": (consent,)})
    assert bool(look("trail", letter(f"{REPLY}To: {JILL}, {TOM}\n", block()), council=council)) is asked


def test_a_letter_redirected_to_another_body():
    header = (
        f"From: Jill <{JILL}>\nResent-From: {ANNE}\nResent-To: {{to}}\nTo: {ANNE}\nSubject: Hedge\n"
        "Message-ID: <1@gmail.com>\n"
    )
    (finding,) = look("trail", letter(header.format(to=TOM)))
    assert "Take the earlier messages out" not in finding.reason
    assert look("trail", letter(header.format(to=f"brian@{DOMAIN}"))) == []


ENCRYPTED = (
    f"From: {ANNE}\nTo: {{to}}\n{{header}}MIME-Version: 1.0\nContent-Type: multipart/encrypted; boundary=b;\n"
    ' protocol="application/pgp-encrypted"\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\n'
    "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n--b--\n"
)


@pytest.mark.parametrize(
    ("header", "to", "asked"),
    [
        ("Subject: Hedge\n", TOM, False),
        (REPLY, TOM, False),
        (REPLY, f"{TOM}, {JILL}", True),
        ("Subject: Fwd: Hedge\n", TOM, True),
        ("Subject: Fwd: Hedge\n", f"brian@{DOMAIN}", False),
    ],
)
def test_what_cannot_be_read_is_asked_about_where_it_may_hold_a_trail(header, to, asked):
    raw = ENCRYPTED.format(header=header, to=to).replace("\n", "\r\n").encode()
    assert read(raw).encrypted
    assert bool(look("trail", raw)) is asked


BOUNCE = (
    "See below.\n\n-----Original Message-----\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\n"
    f"Sent: 20 November 2026 14:05\nTo: Anne Archer <{ANNE}>\nSubject: Undelivered\n\n"
)


@pytest.mark.parametrize(
    ("words", "asked"), [("User unknown.\n", False), (f"<{JILL}>: user unknown.\n", True)]
)
def test_a_letter_that_came_back_is_nobodys_but_for_whom_it_names(words, asked):
    assert bool(look("trail", letter(f"Subject: Fwd: Undelivered\nTo: {TOM}\n", BOUNCE + words))) is asked


def test_the_reason_says_what_others_would_see_and_what_can_be_done():
    body = block(cc=f"Una <una@talktalk.net>; clerk@{DOMAIN}")
    (finding,) = look("trail", letter(f"{REPLY}To: {JILL}, Tom Reed <{TOM}>\n", body))
    assert finding.reason == (
        "Tom Reed is new to this conversation and would see earlier messages, with the addresses of 2 other people. "
        "Take the earlier messages out, or leave this recipient out; or confirm that it may all be passed on."
    )
    assert [each.text for each in finding.evidence] == [
        f"From: Jill Carter <{JILL}>",
        JILL,
        "una@talktalk.net",
    ]
    assert finding.about == (TOM,)


def test_an_outlook_message_is_one_that_nothing_is_known_of():
    raw = (
        f"From: {ANNE}\nTo: {TOM}\nSubject: Hedge\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nPlease see.\n--b\nContent-Type: application/vnd.ms-outlook; name=hedge.msg\n"
        "Content-Transfer-Encoding: base64\n\n0M8R4KGxGuE=\n--b--\n"
    )
    (finding,) = look("trail", raw.replace("\n", "\r\n").encode())
    assert [each.text for each in finding.evidence] == ["hedge.msg"]
