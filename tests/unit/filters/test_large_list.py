from __future__ import annotations

import pytest

from tests.unit.filters.letters import ANNE, DOMAIN, letter, listed, look, people

NEW = "Subject: Fete\n"


def asks(header: str, body: str = "Hello.\n", **options: object) -> bool:
    return bool(look("large_list", letter(header, body), **options))


@pytest.mark.parametrize(("count", "asked"), [(1, False), (9, False), (10, True), (12, True), (200, True)])
def test_case_32_the_boundary_is_exactly_n(count, asked):
    assert asks(f"{NEW}To: {listed(people(count))}\n") is asked


@pytest.mark.parametrize(("threshold", "asked"), [(2, True), (3, True), (4, False)])
def test_the_boundary_is_the_policys(threshold, asked):
    assert asks(f"{NEW}To: {listed(people(3))}\n", thresholds={"recipients": threshold}) is asked


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("Subject: Fete\n", True),
        ("Subject: Re: Fete\n", True),
        ("Subject: Fwd: Fete\n", True),
        ("Subject: Fwd: Fete\nIn-Reply-To: <1@org.example>\n", True),
        ("Subject: Re: Fete\nIn-Reply-To: <1@org.example>\n", False),
        # A rule's mail is no reply of a person's, and goes to as many.
        ("Subject: Re: Fete\nIn-Reply-To: <1@org.example>\nAuto-Submitted: auto-generated\n", True),
    ],
)
def test_case_32_a_new_message_or_one_sent_on(header, asked):
    assert asks(f"{header}To: {listed(people(12))}\n") is asked


def test_what_is_redirected_to_many():
    header = (
        f"From: Jill <jill@gmail.com>\nResent-From: {ANNE}\nResent-To: {listed(people(10))}\nTo: {ANNE}\n"
        "Subject: Re: Hedge\nIn-Reply-To: <1@org.example>\n"
    )
    assert asks(header)


@pytest.mark.parametrize(
    ("to", "bcc", "asked"),
    [
        # Nobody on an approved list counts; those beside it do.
        ([f"news@{DOMAIN}"], [], False),
        ([f"news@{DOMAIN}", *people(9)], [], False),
        ([f"news@{DOMAIN}", *people(10)], [], True),
        (["village@lists.example"], [], True),
        ([f"unknown@{DOMAIN}", *people(8)], [], False),
        ([f"unknown@{DOMAIN}", *people(9)], [], True),
        ([f"councillors@{DOMAIN}", f"brian@{DOMAIN}", *people(6)], [], False),
        ([f"councillors@{DOMAIN}", f"planning@{DOMAIN}", *people(6)], [], True),
        ([ANNE], people(9), False),
        ([ANNE], people(10), True),
        ([], [f"news@{DOMAIN}"], False),
    ],
)
def test_case_32_lists_and_hidden_recipients(to, bcc, asked):
    assert asks(f"{NEW}To: {listed(to)}\n" if to else NEW, bcc=bcc) is asked


def test_the_finding_is_not_about_the_approved_list():
    (finding,) = look("large_list", letter(f"{NEW}To: news@{DOMAIN},\n {listed(people(10))}\n"))
    assert finding.reason == (
        "This message goes to 10 people at once, among them p1@org.example, p2@org.example, p3@org.example and "
        "others. Confirm that all of them should have it; or leave some of them out."
    )
    assert finding.about == tuple(people(10))
