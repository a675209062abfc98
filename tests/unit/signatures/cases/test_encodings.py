"""Cases 1 to 9: charsets, transfer encodings, line ends."""

from __future__ import annotations

import pytest

from config.policy import Verdict
from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import (
    AFTER,
    END,
    SIGNATURE,
    WAIVER,
    WELSH_WAIVER,
    client,
    council,
    send,
    with_fallback,
    with_waiver,
)
from tests.unit.signatures.cases.visible import leaves, parsed, texts

WELSH = council(AFTER, with_waiver(WELSH_WAIVER))


@pytest.mark.parametrize("position", [AFTER, END])
def test_case_01_plain_ascii_keeps_its_charset_and_encoding(position):
    sent = send("apple-mail/new", position)
    (was,), (now,) = texts(sent.received), texts(sent.raw)
    assert (now.charset, now.encoding) == (was.charset, was.encoding) == ("us-ascii", "7bit")
    above = was.source + "\r\n-- \r\n" + "\r\n".join(SIGNATURE) + "\r\n"
    assert now.source.startswith(above)
    assert " ".join(now.source.removeprefix(above).split()) == WAIVER
    assert parsed(sent.raw).items() == parsed(sent.received).items()
    expect.alone(sent)


@pytest.mark.parametrize("name", ["apple-mail/new", "roundcube/new", "thunderbird/new-plain"])
def test_case_02_a_text_that_ascii_cannot_hold_makes_the_part_utf_8(name):
    sent = send(name, WELSH)
    (now,) = texts(sent.raw)
    assert now.charset == "utf-8"
    assert now.encoding in {"8bit", "quoted-printable", "base64"}
    expect.block(now, waiver=WELSH_WAIVER, trail=False)
    assert "?" not in now.source.replace("meeting on Monday?", "")
    expect.alone(sent)


def test_case_02_an_html_part_that_says_its_charset_twice_tells_no_lie():
    sent = send("outlook-desktop/new", WELSH)
    for now in texts(sent.raw):
        expect.block(now, waiver=WELSH_WAIVER, trail=False)
        if now.kind == "text/html" and now.charset != "us-ascii":
            # Outlook wrote a <meta> with us-ascii: entities would do, and so would a charset it can hold.
            assert now.charset == "utf-8"
    expect.alone(sent)


@pytest.mark.parametrize("name", ["thunderbird/new-plain-latin1", "outlook-desktop/new-latin1"])
def test_case_03_latin_1_with_a_welsh_waiver_becomes_utf_8_and_keeps_its_accents(name):
    sent = send(name, WELSH)
    for now in texts(sent.raw):
        if now.kind == "text/plain":
            assert now.charset == "utf-8"
        said = expect.block(now, waiver=WELSH_WAIVER, trail=False)
        assert "The caf\u00e9 by the green re-opens on Tuesday, with cr\u00e8me br\u00fbl\u00e9e." in said
    expect.alone(sent)


@pytest.mark.parametrize("name", ["thunderbird/new-plain-latin1", "outlook-desktop/new-latin1"])
def test_case_03_latin_1_stays_latin_1_where_it_can_hold_the_block(name):
    sent = send(name)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        assert (now.charset, now.encoding) == (was.charset, was.encoding)
    expect.own_and_trail(sent, trail=False)


@pytest.mark.parametrize("name", ["outlook-desktop/new-mislabelled", "outlook-desktop/new-mislabelled-html"])
@pytest.mark.parametrize("house", [council(), WELSH], ids=["ascii", "welsh"])
def test_case_04_curly_quotes_in_a_text_called_latin_1_survive(name, house):
    sent = send(name, house)
    after = texts(sent.raw, tolerant=True)
    assert after
    for now in after:
        said = " ".join(now.lines)
        assert (
            "The \u201cpath by the school\u201d \u2013 Mr Ford\u2019s path \u2013 costs \u20ac50 a year."
            in said
        )
        assert len(expect.found(now.lines, " ".join(SIGNATURE))) == 1
    expect.fit(sent.raw)
    expect.outside(sent)


@pytest.mark.parametrize("house", [council(), WELSH], ids=["ascii", "welsh"])
@pytest.mark.parametrize("name", ["ios-mail/new", "ios-mail/reply-base64"])
def test_case_05_base64_from_an_iphone_is_decoded_and_encoded_again(name, house):
    sent = send(name, house)
    (now,) = texts(sent.raw)
    assert now.encoding == "base64"
    expect.block(now, waiver=WAIVER if house is not WELSH else WELSH_WAIVER, trail="reply" in name)
    expect.alone(sent)


FLOWED_WAIVER = "From the Council: nothing is agreed by mail.\nit is minuted. " + "word " * 40 + "end."


@pytest.mark.parametrize(
    ("name", "trail"), [("apple-mail/new-flowed-delsp", False), ("apple-mail/reply-flowed-delsp", True)]
)
def test_case_06_flowed_text_keeps_its_parameters_and_its_block_is_stuffed(name, trail):
    sent = send(name, council(AFTER, with_waiver(FLOWED_WAIVER)))
    (now,) = texts(sent.raw)
    assert now.part["Content-Type"] == parsed(sent.received)["Content-Type"]
    lines = now.source.split("\r\n")
    assert " From the Council: nothing is agreed by mail." in lines
    # Read as RFC 3676 says, the block's lines are its own lines again, none run into another.
    assert "From the Council: nothing is agreed by mail." in now.lines
    expect.the_only(now.lines, "it is minuted. " + "word " * 40 + "end.")
    top, bottom = expect.the_only(now.lines, " ".join(SIGNATURE))
    assert now.lines[top:bottom] == list(SIGNATURE)
    assert max(map(len, lines)) <= 998
    assert ("--" in now.lines[:top]) is (not trail)
    expect.alone(sent)


def test_case_06_what_the_author_wrote_flowed_reads_as_before():
    sent = send("apple-mail/new-flowed-delsp")
    expect.own_and_trail(sent, trail=False)


@pytest.mark.parametrize("name", ["cases/charset-unknown", "cases/charset-undecodable"])
def test_case_07_a_charset_that_cannot_be_read_is_never_passed_in_silence(name):
    held = send(name, council(AFTER, with_fallback(unknown_charset="hold")))
    assert held.decision.verdict is Verdict.HOLD
    assert held.notes
    assert _payload(held.raw) == _payload(held.received)

    refused = send(name, council(AFTER, with_fallback(unknown_charset="refuse")))
    assert refused.decision.verdict is Verdict.REFUSE

    recorded = send(name, council(AFTER, with_fallback(unknown_charset="record")))
    assert recorded.raw == recorded.received
    assert recorded.notes


def _payload(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("name", ["cases/charset-unknown", "cases/charset-undecodable"])
def test_case_07_wrapped_it_stands_untouched_beside_the_block(name):
    sent = send(name, council(AFTER, with_fallback(unknown_charset="wrap")))
    parts = [part for _, part in leaves(parsed(sent.raw))]
    assert len(parts) == 2
    kept = [part for part in parts if part["Content-Type"] == parsed(sent.received)["Content-Type"]]
    assert len(kept) == 1
    assert kept[0].get_payload(decode=True).strip() == parsed(sent.received).get_payload(decode=True).strip()
    added = next(part for part in parts if part is not kept[0])
    shown = " ".join(added.get_payload(decode=True).decode(added.get_content_charset("us-ascii")).split())
    assert shown.count(WAIVER) == 1
    assert shown.count(" ".join(SIGNATURE)) == 1
    assert _payload(sent.received) in sent.raw
    expect.outside(sent)


def test_case_07_what_is_only_called_utf_8_is_read_as_every_client_reads_it_and_called_what_it_is():
    sent = send("cases/charset-mislabelled-utf-8")
    (now,) = texts(sent.raw)
    assert now.charset == "windows-1252"
    assert "The caf\u00e9 by the green re-opens on Tuesday, with cr\u00e8me br\u00fbl\u00e9e." in now.lines
    assert _payload(sent.raw).startswith(_payload(sent.received).rstrip())
    expect.own_and_trail(sent, trail=False)


def test_case_07_one_broken_byte_makes_no_mojibake_of_the_rest():
    # UTF-8 but for one byte: called anything else, its Welsh letters would be others.
    sent = send("cases/charset-undecodable", council(AFTER, with_fallback(unknown_charset="record")))
    assert b"d\xc5\xb5r" in _payload(sent.raw)
    assert parsed(sent.raw).get_content_charset() == "utf-8"


def test_case_07_a_charset_that_nobody_names_but_everybody_can_read_is_no_reason_to_hold():
    sent = send("outlook-desktop/new-utf16", WELSH)
    (now,) = texts(sent.raw)
    assert "Mae d\u0175r ar y t\u0177 eto." in now.lines
    expect.block(now, waiver=WELSH_WAIVER, trail=False)


def test_case_07_utf_8_without_a_name_keeps_its_accents():
    sent = send("cases/charset-none-8bit", WELSH)
    if sent.decision.verdict is Verdict.HOLD:
        assert _payload(sent.raw) == _payload(sent.received)
        return
    (now,) = texts(sent.raw, tolerant=True)
    assert now.part.get_payload(decode=True).decode("utf-8").count("caf\u00e9") == 1


def test_case_08_a_line_of_html_that_is_too_long_becomes_quoted_printable():
    assert max(map(len, client("cases/html-long-line").split(b"\r\n"))) > 998
    sent = send("cases/html-long-line")
    (now,) = texts(sent.raw)
    assert now.encoding == "quoted-printable"
    assert now.charset == "utf-8"
    expect.own_and_trail(sent, trail=False)


def test_case_08_a_block_of_one_long_line_makes_no_line_too_long():
    waiver = "Nothing in this message binds the Council. " * 60
    sent = send("gmx/new", council(AFTER, with_waiver(waiver)))
    expect.block(texts(sent.raw)[0], waiver=" ".join(waiver.split()), trail=False)
    sent = send("apple-mail/new", council(AFTER, with_waiver(waiver)))
    expect.block(texts(sent.raw)[0], waiver=" ".join(waiver.split()), trail=False)
    expect.fit(sent.raw)


@pytest.mark.parametrize("name", ["apple-mail/new", "outlook-desktop/reply", "gmx/new", "gmail-web/reply"])
def test_case_08_what_came_in_7bit_leaves_in_7bit(name):
    assert client(name).isascii()
    assert send(name, council(AFTER, with_waiver(WELSH_WAIVER))).raw.isascii()


NAMES = [
    "apple-mail/new",
    "ios-mail/new",
    "thunderbird/new",
    "outlook-desktop/new",
    "owa/new",
    "gmail-web/new",
    "cases/plain-no-final-newline",
    "cases/plain-ends-blank",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("house", [council(), WELSH], ids=["ascii", "welsh"])
def test_case_09_line_ends_first_line_and_last_line(name, house):
    sent = send(name, house)
    expect.same_first_line(sent)
    expect.alone(sent)
    for now in texts(sent.raw):
        assert now.source.endswith("\r\n") or now.kind == "text/html"
        expect.block(now, waiver=WAIVER if house is not WELSH else WELSH_WAIVER, trail=False)
