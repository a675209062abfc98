"""Cases 34 to 39: one signature and one waiver for the own text, whatever else there is."""

from __future__ import annotations

import re

import pytest

from config.council import Council
from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import (
    AFTER,
    ANNE,
    CLIENTS,
    EARLIER_SIGNATURE,
    EARLIER_WAIVER,
    END,
    SIGNATURE,
    WAIVER,
    council,
    send,
)
from tests.unit.signatures.cases.visible import Text, is_body, leaves, parsed, texts

BOTH = pytest.mark.parametrize("position", [AFTER, END])


def own_lines(text: Text) -> list[str]:
    """What stands above the trail."""
    first = next((n for n, line in enumerate(text.lines) if expect.TRAIL.match(line)), len(text.lines))
    return text.lines[:first]


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "cases/34-trail-with-waiver",
        "cases/34-trail-with-waiver-outlook",
        "cases/34-trail-with-old-waiver",
        "cases/34-trail-with-old-waiver-outlook",
    ],
)
def test_case_34_earlier_waivers_in_the_trail_neither_suppress_nor_multiply_ours(name, position):
    sent = send(name, position)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        own = own_lines(now)
        top, bottom = expect.the_only(own, " ".join(SIGNATURE))
        assert own[top - 1] == "Anne"
        trail = now.lines[len(own) :]
        if position == AFTER:
            assert expect.the_only(own, WAIVER) == (bottom, len(own))
        else:
            assert bottom == len(own)
            start, end = expect.found(trail, WAIVER)[-1]
            assert end == len(trail)
            trail = trail[:start]
        # The trail is untouched, the signatures and waivers in it included.
        assert trail == was.lines[len(own_lines(was)) :]
    expect.alone(sent)


def _inserted(name: str, position: str, earlier: tuple[str, ...]) -> None:
    reply = "reply" in name
    sent = send(name, position)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        said = expect.block(now, position, trail=reply)
        top, bottom = expect.the_only(was.lines, " ".join(earlier))
        if was.lines[top - 1] == "--":
            top -= 1
        assert said == was.lines[:top] + was.lines[bottom:]
    expect.alone(sent)


CLIENTS_WITH_SIGNATURES = [
    "gmail-new",
    "gmail-reply",
    "outlook-reply",
    "thunderbird-new",
    "thunderbird-plain-new",
    "apple-reply",
]


@BOTH
@pytest.mark.parametrize("client", CLIENTS_WITH_SIGNATURES)
def test_case_35_the_agreed_signature_that_a_client_inserted_is_there_once(client, position):
    _inserted(f"cases/35-current-signature-{client}", position, SIGNATURE)


@BOTH
@pytest.mark.parametrize("client", CLIENTS_WITH_SIGNATURES)
def test_case_36_last_years_signature_is_replaced_and_not_stacked(client, position):
    _inserted(f"cases/36-earlier-signature-{client}", position, EARLIER_SIGNATURE)


@BOTH
@pytest.mark.parametrize("client", CLIENTS_WITH_SIGNATURES)
def test_case_35_signature_and_waiver_that_a_client_inserted_are_there_once(client, position):
    _inserted(f"cases/35-current-signature-and-waiver-{client}", position, (*SIGNATURE, WAIVER))


@BOTH
@pytest.mark.parametrize("client", CLIENTS_WITH_SIGNATURES)
def test_case_36_last_years_waiver_goes_with_last_years_signature(client, position):
    _inserted(
        f"cases/36-earlier-signature-and-waiver-{client}", position, (*EARLIER_SIGNATURE, EARLIER_WAIVER)
    )


@BOTH
@pytest.mark.parametrize("form", ["", "-plain"])
@pytest.mark.parametrize(
    ("name", "earlier"),
    [
        ("cases/35-current-signature-below-the-trail", SIGNATURE),
        ("cases/36-earlier-signature-below-the-trail", EARLIER_SIGNATURE),
    ],
)
def test_cases_35_and_36_also_where_the_client_put_it_below_the_trail(name, earlier, form, position):
    sent = send(name + form, position)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        top, _ = expect.the_only(was.lines, " ".join(earlier))
        assert expect.block(now, position) == was.lines[: top - 1]
    expect.alone(sent)


@BOTH
@pytest.mark.parametrize("form", ["", "-plain"])
def test_case_31_a_signature_of_ones_own_below_the_trail_makes_no_bottom_poster(form, position):
    sent = send(f"cases/31-own-signature-below-the-trail{form}", position)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        top, bottom = expect.the_only(now.lines, " ".join(SIGNATURE))
        assert now.lines[top - 1] == "Anne"
        # It is not only contact lines: it stays, and is noted.
        assert "Gardens, dogs and hedges" in now.lines[bottom:]
        assert [line for line in now.lines if line in was.lines] == was.lines
        assert len(expect.found(now.lines, WAIVER)) == 1
    assert "Gardens" in sent.notes
    expect.alone(sent)


@BOTH
def test_case_35_with_a_waiver_at_the_end_of_the_trail_that_stays_where_it_is(position):
    sent = send("cases/35-signature-and-waiver-in-trail-outlook", position)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        own = own_lines(now)
        assert own[expect.the_only(own, " ".join(SIGNATURE))[0] - 1] == "Anne"
        trail = was.lines[len(own_lines(was)) :]
        assert now.lines[len(own) : len(own) + len(trail)] == trail
        assert len(expect.found(now.lines, WAIVER)) == 2
        if position == AFTER:
            expect.the_only(own, WAIVER)
    expect.alone(sent)


_TRAIL_WITH_A_WAIVER_WITHIN = f"""\
From: Jill Fenwick <jill.fenwick@resident.example>
Sent: Friday, 13 November 2026 18:02
To: Anne Archer <{ANNE}>
Subject: Hedge

The hedge is over the path again. You wrote:
{WAIVER}
What does that mean?
Jill
"""


@BOTH
def test_case_35_with_a_waiver_within_the_trail_that_stays_where_it_is(position):
    text = "\n".join(["It will be cut.", "", "Anne", *SIGNATURE, "", _TRAIL_WITH_A_WAIVER_WITHIN])
    head = (
        f"From: Anne Archer <{ANNE}>\nTo: jill.fenwick@resident.example\nSubject: Re: Hedge\n"
        "Message-ID: <within@littlewickham-pc.example>\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
    )
    sent = send(f"{head}\n{text}".replace("\n", "\r\n").encode(), position)
    trail = _TRAIL_WITH_A_WAIVER_WITHIN.replace("\n", "\r\n").encode().rstrip()
    assert trail in sent.raw


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "cases/37-waiver-in-quote",
        "cases/37-waiver-in-white",
        "cases/37-waiver-hidden",
        "cases/37-waiver-in-comment",
        "cases/37-marker-forged",
    ],
)
def test_case_37_nothing_that_only_looks_like_our_block_stands_in_for_it(name, position):
    sent = send(name, position)
    for now in texts(sent.raw):
        own = own_lines(now)
        expect.the_only(own, " ".join(SIGNATURE))
        if position == AFTER:
            expect.the_only(own, WAIVER)
        else:
            assert expect.found(now.lines, WAIVER)[-1][1] == len(now.lines)
            assert not expect.found(own, WAIVER)
    expect.fit(sent.raw)
    expect.outside(sent)


def test_case_37_headers_that_are_ours_to_write_do_not_come_from_outside():
    sent = send("cases/37-marker-forged")
    assert not [name for name in parsed(sent.raw) if name.lower().startswith("x-vestry-")]


EVERYTHING = [f"{file.parent.name}/{file.stem}" for file in sorted(CLIENTS.glob("*/*.eml"))]
HOUSES = {AFTER: council(AFTER), END: council(END)}


@BOTH
@pytest.mark.parametrize("name", EVERYTHING)
def test_case_38_what_was_written_once_is_not_written_twice(name, position):
    house: Council = HOUSES[position]
    first = send(name, house)
    again = send(name, house)
    assert (again.raw, again.splices) == (first.raw, first.splices), "a retry writes the very same"
    assert send(first.raw, house).raw == first.raw, "a release or a second pass adds nothing"


@BOTH
def test_case_39_several_texts_of_apple_mail_get_one_block_below_the_last(position):
    sent = send("apple-mail/text-picture-text", position)
    first, last = texts(sent.raw)
    assert first.source == texts(sent.received)[0].source
    expect.block(last, position, trail=False)
    expect.alone(sent)


@BOTH
@pytest.mark.parametrize(
    ("name", "trail"),
    [("apple-mail/new-attachment-between", False), ("apple-mail/answer-attachment-between", True)],
)
def test_case_39_also_within_one_of_two_alternatives(name, trail, position):
    sent = send(name, position)
    plain, first, last = texts(sent.raw)
    assert (plain.kind, first.kind, last.kind) == ("text/plain", "text/html", "text/html")
    assert first.source == texts(sent.received)[1].source
    expect.block(plain, position, trail=trail)
    expect.block(last, position, trail=trail)
    expect.alone(sent)


def test_case_39_a_picture_without_a_word_gets_a_text_for_the_block():
    sent = send("ios-mail/picture-no-text")
    assert [now.lines.count("Anne Archer") for now in texts(sent.raw)] in ([1], [1, 1])
    for now in texts(sent.raw):
        expect.the_only(now.lines, WAIVER)
    pictures = [part for _, part in leaves(parsed(sent.raw)) if not is_body(part)]
    (picture,) = [part for _, part in leaves(parsed(sent.received))]
    assert [part.as_bytes() for part in pictures] == [picture.as_bytes()]
    expect.fit(sent.raw)
    expect.outside(sent)


def test_what_stands_below_a_delimiter_goes_only_if_it_is_the_senders_own_contact_lines():
    sent = send("cases/signature-contact-lines")
    (now,) = texts(sent.raw)
    said = expect.block(now, trail=False)
    assert "01632 960001" not in said
    assert re.search(r"signature", sent.notes)


def test_a_signature_with_words_of_its_author_stays_and_is_noted():
    sent = send("cases/signature-with-words")
    (now,) = texts(sent.raw)
    assert "Please bring your own gloves on Tuesday, and tell Owen." in now.lines
    expect.the_only(now.lines, " ".join(SIGNATURE))
    expect.the_only(now.lines, WAIVER)
    assert sent.notes
