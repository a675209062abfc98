from __future__ import annotations

import base64

import pytest

from filters.answers import Answers, KnownMail
from tests.unit.filters.letters import ANNE, DOMAIN, letter, listed, look, people

REPLY = "Subject: Re: Hedge\nIn-Reply-To: <1@org.example>\n"
QUOTE = "\nThank you.\n\nOn Fri, 20 Nov 2026 at 14:05, Pat One <p1@org.example> wrote:\n\n> Who cuts it?\n"
LATER = "Thread-Index: " + base64.b64encode(bytes(27)).decode() + "\n"
FIRST = "Thread-Index: " + base64.b64encode(bytes(22)).decode() + "\n"


def asks(header: str, body: str = QUOTE, **options: object) -> bool:
    return bool(look("reply_all", letter(header, body), **options))


@pytest.mark.parametrize(("count", "asked"), [(1, False), (5, False), (6, True), (7, True)])
def test_case_31_the_boundary_is_exactly_n(count, asked):
    assert asks(f"{REPLY}To: {listed(people(count))}\n") is asked


@pytest.mark.parametrize(("threshold", "asked"), [(4, True), (5, True), (6, False)])
def test_the_boundary_is_the_policys(threshold, asked):
    assert asks(f"{REPLY}To: {listed(people(5))}\n", thresholds={"recipients": threshold}) is asked


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("Subject: Re: Hedge\nIn-Reply-To: <1@org.example>\n", True),
        ("Subject: Re: Hedge\nReferences: <0@org.example>\n <1@org.example>\n", True),
        ("Subject: The hedge, renamed\nIn-Reply-To: <1@org.example>\n", True),
        (f"Subject: RE: Hedge\n{LATER}", True),
        (f"Subject: AW: Hedge\n{LATER}", True),
        (f"Subject: RE: FW: Hedge\n{LATER}", True),
        (f"Subject: RE: Hedge\n{FIRST}", False),
        ("Subject: Re: Hedge\n", False),
        (f"Subject: Hedge\n{LATER}", False),
        ("Subject: Hedge\n", False),
        ("Subject: Fwd: Hedge\nIn-Reply-To: <1@org.example>\n", False),
        ("Subject: FW: Re: Hedge\nReferences: <1@org.example>\n", False),
        ("Subject: Hedge\nIn-Reply-To: <1@org.example>\nX-Forwarded-Message-Id: <1@org.example>\n", False),
        ("Subject: Re: Hedge\nIn-Reply-To: <1@org.example>\nAuto-Submitted: auto-replied\n", False),
        ("Subject: Automatic reply: Hedge\nIn-Reply-To: <1@org.example>\nAuto-Submitted: auto-generated\n", False),
    ],
)  # fmt: skip
def test_case_31_what_is_a_reply(header, asked):
    assert asks(f"{header}To: {listed(people(6))}\n") is asked


def test_what_is_redirected_answers_nobody():
    to = listed(people(6))
    header = (
        f"From: Jill <jill@gmail.com>\nResent-From: {ANNE}\nResent-To: {to}\nTo: {ANNE}\n"
        "Subject: Re: Hedge\nIn-Reply-To: <1@org.example>\n"
    )
    assert not asks(header)


@pytest.mark.parametrize(
    ("to", "cc", "bcc", "asked"),
    [
        # Five others, and what makes no sixth of them.
        (people(5), [ANNE], [], False),
        (people(5), [f"allotments@{DOMAIN}"], [], False),
        (people(5), people(5), [], False),
        (people(5), ["P1@ORG.example"], [], False),
        (people(5), [], ["p1@org.example"], False),
        (people(5), [], [ANNE], False),
        # A sixth.
        (people(5), ["six@org.example"], [], True),
        (people(5), [], ["six@org.example"], True),
        (people(5), [f"planning@{DOMAIN}"], [], True),
        (people(5), [f"was@{DOMAIN}"], [], True),
        (people(5), [f"clerk@{DOMAIN}"], [], True),
        (["p.1@gmail.com", "p1@gmail.com", "p1+x@gmail.com", *people(3)], [], [], True),
        ([], [], people(6), True),
    ],
)
def test_case_31_who_is_counted(to, cc, bcc, asked):
    fields = "".join(f"{name}: {listed(each)}\n" for name, each in (("To", to), ("Cc", cc)) if each)
    assert asks(REPLY + fields, bcc=bcc) is asked


@pytest.mark.parametrize(
    ("to", "asked"),
    [
        # The list has four members, of whom one is the sender.
        ([f"councillors@{DOMAIN}", *people(2)], False),
        ([f"councillors@{DOMAIN}", *people(3)], True),
        ([f"councillors@{DOMAIN}", f"brian@{DOMAIN}", f"carol@{DOMAIN}", *people(2)], False),
        ([f"councillors@{DOMAIN}", f"brian@{DOMAIN}", f"planning@{DOMAIN}", *people(2)], True),
        # A list in a list: three others and the staff.
        ([f"everyone@{DOMAIN}", *people(1)], False),
        ([f"everyone@{DOMAIN}", f"councillors@{DOMAIN}", *people(1)], False),
        ([f"everyone@{DOMAIN}", *people(2)], True),
        # Of one list the size is known, of another nothing.
        (["village@lists.example"], True),
        ([f"unknown@{DOMAIN}", *people(4)], False),
        ([f"unknown@{DOMAIN}", *people(5)], True),
        # A reply to an approved list is a reply to many.
        ([f"news@{DOMAIN}"], True),
    ],
)
def test_case_31_lists_count_by_who_is_behind_them(to, asked):
    assert asks(f"{REPLY}To: {listed(to)}\n") is asked


def test_case_32_a_reply_to_one_under_a_quotation_that_lists_thirty():
    header = "\n".join(f"> Cc: Person {number} <p{number}@org.example>" for number in range(30))
    body = (
        "Thank you.\n\n-----Original Message-----\nFrom: Pat One <p1@org.example>\nSent: 20 November 2026 14:05\n"
        f"To: Anne Archer <{ANNE}>\nCc: {'; '.join(people(30))}\nSubject: Hedge\n\nWho cuts it?\n{header}\n"
    )
    assert not asks(f"{REPLY}To: p1@org.example\n", body)


def test_case_32_a_new_message_to_twelve_is_no_reply():
    assert not asks(f"Subject: Hedge\nTo: {listed(people(12))}\n", "Hello.\n")


def test_the_reason_says_how_many_and_what_can_be_done():
    to = ["Pat One <p1@org.example>", "Sam Two <p2@org.example>", "p3@org.example", *people(6)[3:]]
    (finding,) = look("reply_all", letter(f"{REPLY}To: {listed(to)}\n", QUOTE))
    assert finding.reason == (
        "This reply goes to 6 people, among them Pat One, Sam Two, p3@org.example and others. Confirm that all of "
        "them should have it; or send it to Pat One only, who wrote the message that you answer, or leave some of "
        "them out."
    )
    assert finding.about == tuple(people(6)[1:])
    assert [each.text for each in finding.evidence] == people(6)


def test_who_wrote_what_is_answered_is_known_from_the_archive_too():
    parent = KnownMail(message="q", message_id="<1@org.example>", author="p2@org.example", people=())
    raw = letter(f"{REPLY}To: {listed(people(6))}\n", "Yes.\n")
    (finding,) = look("reply_all", raw, answers=Answers(parents=(parent,)))
    assert "p2@org.example only" in finding.reason
    assert "p2@org.example" not in finding.about


def test_the_archives_other_messages_do_not_say_who_is_answered():
    parent = KnownMail(message="q", message_id="<0@org.example>", author="p2@org.example", people=())
    raw = letter(f"{REPLY}To: {listed(people(6))}\n", "Yes.\n")
    (finding,) = look("reply_all", raw, answers=Answers(parents=(parent,)))
    assert "only" not in finding.reason
    assert finding.about == tuple(people(6))


def test_who_stands_in_the_envelope_alone_is_not_among_those_whom_all_see():
    (finding,) = look("reply_all", letter(f"{REPLY}To: p1@org.example\n", QUOTE), bcc=people(6)[1:])
    assert "p2@" not in finding.reason
    assert finding.about == tuple(people(6)[1:])
    assert [each.where for each in finding.evidence] == [
        "To",
        *["recipient that no line of the message names"] * 5,
    ]
