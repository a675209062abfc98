"""Bounces, read by an independent parser and by the standard library's."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest
from flufl.bounce import all_failures
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.notices.bounce import Failure, Undelivered, bounce, subject

ORIGINAL = (
    b"Received: from pc by vestry.example\r\n"
    b"From: Jo <jo@nether.example>\r\n"
    b"Message-ID: <1@nether.example>\r\n"
    b"Subject: =?utf-8?q?Allotment_rents_=E2=80=93_caf=C3=A9?=\r\n"
    b"\r\n"
    b"Dear all,\r\n.\r\n--not a boundary\r\n\r\n"
)
NO_SUCH = Failure("j.smith@there.example", None, "5.1.1", "550 5.1.1 No such user", "mx.there.example")
UNDELIVERED = Undelivered(
    council="Nether Poppleton Parish Council",
    sender="postroom@nether.example",
    author="jo@nether.example",
    failures=(NO_SUCH,),
    original=ORIGINAL,
    ret=None,
    envid=None,
    received_at=datetime(2026, 5, 11, 9, 30, tzinfo=UTC),
    attempted_at=datetime(2026, 5, 11, 9, 31, tzinfo=UTC),
    hostname="vestry.example",
    reference="01ARZ3NDEKTSV4RR",
)
ID = "<77@nether.example>"
HEADER = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]


def parsed(undelivered: Undelivered):
    raw = bounce(undelivered, ID)
    assert raw == bounce(undelivered, ID)
    message = email.message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        assert part.defects == []
    return message


def parts_of(undelivered: Undelivered):
    text, status, original = parsed(undelivered).iter_parts()
    return text.get_content().replace("\r\n", "\n"), status, original


def status_fields(undelivered: Undelivered):
    _, status, _ = parts_of(undelivered)
    return [dict(block.items()) for block in status.get_payload()]


def failures_in(undelivered: Undelivered) -> set[str]:
    temporary, permanent = all_failures(email.message_from_bytes(bounce(undelivered, ID)))
    assert not temporary
    return {address.decode() for address in permanent}


def test_the_header():
    message = parsed(UNDELIVERED)
    assert message.keys() == HEADER
    assert message["From"] == "Nether Poppleton Parish Council post room <postroom@nether.example>"
    assert message["To"] == "jo@nether.example"
    assert message["Subject"] == "Not delivered: Allotment rents – café"
    assert message["Message-ID"] == ID
    assert message["In-Reply-To"] == message["References"] == "<1@nether.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Date"].datetime == UNDELIVERED.attempted_at
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"


def test_a_councillor_can_read_it():
    text, _, _ = parts_of(UNDELIVERED)
    assert text.startswith(
        "Your message could not be delivered to this address:\n\n  j.smith@there.example\n"
    )
    assert "There is no such address at that organisation." in text
    assert "Check the address, letter by letter, and send your message again." in text
    assert "Subject: Allotment rents – café" in text
    assert "11 May 2026 at 10:30" in text  # British Summer Time
    assert "mx.there.example: 550 5.1.1 No such user" in text
    assert "01ARZ3NDEKTSV4RR" in text


def test_a_machine_can_read_it():
    whole, one = status_fields(
        replace(
            UNDELIVERED,
            envid="a+2Bb",
            failures=(replace(NO_SUCH, orcpt="rfc822;J+2BSmith@old.example"),),
        )
    )
    assert whole == {
        "Original-Envelope-Id": "a+b",
        "Reporting-MTA": "dns; vestry.example",
        "Arrival-Date": "Mon, 11 May 2026 09:30:00 +0000",
    }
    assert one == {
        "Original-Recipient": "rfc822; J+Smith@old.example",
        "Final-Recipient": "rfc822; j.smith@there.example",
        "Action": "failed",
        "Status": "5.1.1",
        "Remote-MTA": "dns; mx.there.example",
        "Diagnostic-Code": "smtp; 550 5.1.1 No such user",
        "Last-Attempt-Date": "Mon, 11 May 2026 09:31:00 +0000",
    }


def test_an_independent_parser_finds_exactly_those_who_failed():
    late = Failure("late@slow.example", None, "4.4.7", "451 4.4.1 the connection was lost", expired=True)
    assert failures_in(replace(UNDELIVERED, failures=(NO_SUCH, late))) == {
        "j.smith@there.example",
        "late@slow.example",
    }


def test_what_was_tried_too_long_says_so():
    late = Failure("late@slow.example", None, "4.4.7", "451 4.4.1 the connection was lost", expired=True)
    undelivered = replace(UNDELIVERED, failures=(late,))
    assert "the time for trying is up" in parts_of(undelivered)[0]
    assert "Remote-MTA" not in status_fields(undelivered)[1]


class TestReturned:
    def test_the_message_itself_byte_for_byte(self):
        raw = bounce(UNDELIVERED, ID)
        assert b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + ORIGINAL in raw

    @pytest.mark.parametrize("ret", ["HDRS", "hdrs"])
    def test_only_the_heading_where_the_sender_asked_for_that(self, ret):
        text, _, original = parts_of(replace(UNDELIVERED, ret=ret))
        assert original.get_content_type() == "text/rfc822-headers"
        assert original.get_payload(decode=True) == ORIGINAL.split(b"\r\n\r\n")[0] + b"\r\n"
        assert "Its heading is attached" in text
        assert "Dear all" not in bounce(replace(UNDELIVERED, ret=ret), ID).decode()

    @pytest.mark.parametrize(
        "body",
        [b"x\r\n" * 200_000, b"x" * 999 + b"\r\n", b"bare\nlf\r\n", b"bare\rcr\r\n", b"nul\0\r\n", b"no end"],
    )
    def test_only_the_heading_of_what_is_too_large_or_unfit(self, body):
        _, _, original = parts_of(replace(UNDELIVERED, ret="FULL", original=ORIGINAL + body))
        assert original.get_content_type() == "text/rfc822-headers"

    def test_an_8_bit_message_is_returned_as_8_bit(self):
        raw = ORIGINAL + "café\r\n".encode()
        message = parsed(replace(UNDELIVERED, original=raw))
        assert message["Content-Transfer-Encoding"] == "8bit"
        assert raw in bounce(replace(UNDELIVERED, original=raw), ID)

    @pytest.mark.parametrize("status", ["5.3.4", "5.2.3", "5.7.1", "5.0.0"])
    def test_not_to_a_server_that_refused_it_for_what_it_is(self, status):
        """It would refuse the bounce for the same reason, and the author would never know."""
        other = replace(NO_SUCH, address="other@there.example", status=status)
        undelivered = replace(UNDELIVERED, ret="FULL", failures=(NO_SUCH, other))
        assert parts_of(undelivered)[2].get_content_type() == "text/rfc822-headers"
        assert b"Dear all" not in bounce(undelivered, ID)

    @pytest.mark.parametrize("status", ["5.6.3", "5.6.7"])
    def test_but_not_over_a_road_that_carries_7_bit_alone(self, status):
        raw = ORIGINAL + "café\r\n".encode()
        undelivered = replace(UNDELIVERED, original=raw, failures=(replace(NO_SUCH, status=status),))
        assert bounce(undelivered, ID).isascii()

    def test_headers_in_utf8_have_their_own_type(self):
        raw = "From: <jó@nether.example>\r\nSubject: Ça va\r\n\r\nHi\r\n".encode()
        assert parts_of(replace(UNDELIVERED, original=raw))[2].get_content_type() == "message/global"
        _, _, heading = parts_of(replace(UNDELIVERED, original=raw, ret="HDRS"))
        assert heading.get_content_type() == "message/global-headers"
        header = raw.split(b"\r\n\r\n")[0] + b"\r\n"
        assert b"\r\n\r\n" + header + b"\r\n--" in bounce(replace(UNDELIVERED, original=raw, ret="HDRS"), ID)

    def test_headers_in_no_known_encoding_are_returned_encoded(self):
        raw = b"From: <jo@nether.example>\r\nSubject: \xe7a va\r\n\r\nHi\r\n"
        _, _, heading = parts_of(replace(UNDELIVERED, original=raw))
        assert heading.get_content_type() == "text/rfc822-headers"
        assert heading.get_payload(decode=True) == raw.split(b"\r\n\r\n")[0] + b"\r\n"

    def test_a_huge_heading_is_cut_short_and_says_so(self):
        raw = b"From: a@b.example\r\n" + b"X-Long: 0123456789\r\n" * 20_000 + b"\r\nHi\r\n"
        _, _, heading = parts_of(replace(UNDELIVERED, original=raw))
        assert heading["Content-Description"] == "The beginning of the heading of your message"
        assert len(heading.get_payload(decode=True)) <= 65_536
        assert heading.get_payload(decode=True).endswith(b"X-Long: 0123456789\r\n")


class TestInternational:
    FAILURE = Failure("jürgen@straße.example", None, "5.6.7", "553 5.6.7 no SMTPUTF8")

    def test_addresses_stand_as_they_are_in_a_report_of_their_own_type(self):
        raw = bounce(replace(UNDELIVERED, failures=(self.FAILURE,)), ID)
        assert b"Content-Type: message/global-delivery-status\r\n" in raw
        assert "Final-Recipient: utf-8; jürgen@straße.example\r\n".encode() in raw

    def test_an_author_with_such_an_address(self):
        raw = bounce(replace(UNDELIVERED, author="jürgen@straße.example"), ID)
        assert "\r\nTo: <jürgen@straße.example>\r\n".encode() in raw


class TestHostile:
    """Whatever stands in a message or comes from an upstream stays where it belongs."""

    @given(
        original=st.one_of(
            st.binary(max_size=400),
            st.builds(
                lambda name, value, body: name + b": " + value + b"\r\n\r\n" + body,
                st.sampled_from([b"Subject", b"Message-ID", b"From"]),
                st.binary(max_size=200),
                st.binary(max_size=50),
            ),
        ),
        reply=st.text(max_size=300),
        orcpt=st.one_of(st.none(), st.text(max_size=60)),
        envid=st.one_of(st.none(), st.text(max_size=60)),
        council=st.text(min_size=1, max_size=80),
    )
    @example(
        b"Subject: a\r\nSubject: b\r\n\r\n",
        "550 x\r\nBcc: evil@x",
        "rfc822;a+0D+0ABcc: evil",
        "+0Ax",
        "A\r\nB",
    )
    @example(b"Message-ID: <a\r\n b>\r\n\r\n", "", None, None, "C")
    @example(b"Subject: =?utf-8?b?Zm9vDQpCY2M6IGV2aWxAeA==?=\r\n\r\n", "", None, None, "C")
    @example(b"Subject: =?nonsense?q?x?= =?utf-8?b?!!!?=\r\n\r\n", "", None, None, "C")
    @example(b"--77netherexample=0\r\n\r\n--77netherexample=0--\r\n", "", None, None, "C")
    def test_nothing_breaks_out(self, original, reply, orcpt, envid, council):
        undelivered = replace(
            UNDELIVERED,
            original=original,
            envid=envid,
            council=council,
            failures=(replace(NO_SUCH, orcpt=orcpt, reply=" ".join(reply.split()) or "550"),),
        )
        raw = bounce(undelivered, ID)
        assert raw.endswith(b"\r\n")
        assert raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n")
        assert b"\0" not in raw
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        message = email.message_from_bytes(raw, policy=policy.default)
        assert [key for key in message if key not in ("In-Reply-To", "References")] in (
            [key for key in HEADER if key not in ("In-Reply-To", "References")],
            [
                *(key for key in HEADER if key not in ("In-Reply-To", "References")),
                "Content-Transfer-Encoding",
            ],
        )
        assert len(list(message.iter_parts())) == 3
        status = list(message.iter_parts())[1]
        assert len(status.get_payload()) == 2
        assert set(status.get_payload()[1].keys()) <= {
            "Original-Recipient",
            "Final-Recipient",
            "Action",
            "Status",
            "Remote-MTA",
            "Diagnostic-Code",
            "Last-Attempt-Date",
        }

    def test_thousands_of_encoded_words_are_not_decoded(self):
        raw = b"Subject: " + b"=?utf-8?q?a?=\r\n " * 20_000 + b"\r\n\r\nHi\r\n"
        assert len(subject(replace(UNDELIVERED, original=raw))) <= 200

    def test_a_long_message_id_is_not_folded_into_something_else(self):
        long = "<" + "a" * 500 + "@nether.example>"
        raw = f"Message-ID: {long}\r\n\r\nHi\r\n".encode()
        assert f"\r\nIn-Reply-To: {long}\r\n".encode() in bounce(replace(UNDELIVERED, original=raw), ID)
