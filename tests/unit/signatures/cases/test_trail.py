"""Cases 17 to 27: where what is quoted or forwarded begins, by client."""

from __future__ import annotations

import re

import pytest

from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import (
    AFTER,
    END,
    TOP_POSTED,
    WAIVER,
    WELSH_WAIVER,
    client,
    council,
    send,
    with_waiver,
)
from tests.unit.signatures.cases.visible import around, page_lines, texts

BOTH = pytest.mark.parametrize("position", [AFTER, END])


def html_of(raw: bytes) -> str:
    """The source of the HTML text."""
    return next(text.source for text in texts(raw) if text.kind == "text/html")


def test_the_corpus_has_the_clients():
    assert len(TOP_POSTED) > 50
    assert {name.partition("/")[0] for name in TOP_POSTED} == {
        "apple-mail", "gmail-mobile", "gmail-web", "gmx", "ios-mail", "k9", "outlook-android", "outlook-desktop",
        "outlook-ios", "outlook-mac", "outlook-new", "owa", "proton", "roundcube", "samsung", "sogo", "thunderbird",
        "yahoo",
    }  # fmt: skip


@BOTH
@pytest.mark.parametrize("name", TOP_POSTED)
def test_cases_17_to_27_the_block_stands_below_the_words_and_above_the_trail(name, position):
    expect.own_and_trail(send(name, position), position)


@BOTH
@pytest.mark.parametrize("name", TOP_POSTED)
def test_cases_2_and_17_to_27_also_where_the_block_is_welsh(name, position):
    sent = send(name, council(position, with_waiver(WELSH_WAIVER)))
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        said = expect.block(now, position, waiver=WELSH_WAIVER)
        assert said == [line for line in was.lines if not expect.TAG_LINE.fullmatch(line)]
    assert sent.raw.isascii() or not sent.received.isascii(), "what came in 7bit leaves in 7bit"
    expect.alone(sent)


OF_A_QUOTATION = re.compile(
    r"\A(?:blockquote|table|td|font|b|i|pre)\b|quot|cite|RplyFwdMsg|reference-message|forward-container|gmail_attr"
)


@BOTH
@pytest.mark.parametrize(
    "name", [*TOP_POSTED, "thunderbird/reply-bottom", "gmail-web/interleaved", "owa/new"]
)
def test_cases_17_to_30_the_block_is_inside_of_nothing_that_clients_fold_away_or_colour(name, position):
    for now in texts(send(name, position).raw):
        if now.kind == "text/html":
            for words in ("Councillor for the Green ward", "Nothing in it binds the Council"):
                (tags,) = around(now.source, words)
                assert not [tag for tag in tags if OF_A_QUOTATION.search(tag.replace("vestry-", ""))], tags


@BOTH
@pytest.mark.parametrize("name", ["gmail-web/reply", "gmail-web/reply-nested", "gmail-mobile/reply"])
def test_case_17_gmail_the_block_stands_directly_before_the_container(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position)
    source = html_of(sent.raw)
    above = source[: source.index('<div class="gmail_quote gmail_quote_container">')]
    assert page_lines(above)[-6 if position == END else -7] == "Anne"


@BOTH
@pytest.mark.parametrize("name", ["owa/reply", "owa/forward", "owa/reply-welsh", "outlook-android/reply"])
def test_case_18_owa_reply_block_stands_before_the_rule(name, position):
    sent = send(name, position)
    source = html_of(sent.raw)
    rule = source.index("<hr ")
    assert source[rule:].startswith(
        '<hr style="display:inline-block;width:98%" tabindex="-1">\r\n<div id="divRplyFwdMsg"'
    )
    assert "Councillor for the Green ward" in source[:rule] or "Green" in " ".join(page_lines(source[:rule]))
    assert "Councillor for the Green ward" not in source[rule:]


@BOTH
@pytest.mark.parametrize(
    "name", ["outlook-new/reply", "outlook-new/forward", "outlook-ios/reply", "outlook-mac/reply"]
)
def test_case_18_new_outlook_the_block_stands_before_the_reference_container(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position)
    source = html_of(sent.raw)
    container = source.index('<div id="mail-editor-reference-message-container"')
    assert "authority to contract" in " ".join(page_lines(source[:container]))


@BOTH
@pytest.mark.parametrize(
    ("name", "border"),
    [
        ("outlook-desktop/reply", "solid #E1E1E1 1.0pt"),
        ("outlook-desktop/reply-2010", "solid #B5C4DF 1.0pt"),
        ("outlook-desktop/forward", "solid #E1E1E1 1.0pt"),
        ("outlook-desktop/reply-long-thread", "solid #E1E1E1 1.0pt"),
    ],
)
def test_case_19_outlook_desktop_the_block_stands_before_the_line_and_inside_the_section(
    name, border, position
):
    sent = send(name, position)
    expect.own_and_trail(sent, position)
    source = html_of(sent.raw)
    line = source.index(f"<div style='border:none;border-top:{border}")
    section = source.index("<div class=WordSection1>")
    assert "authority to contract" in " ".join(page_lines(source[section:line]))


@BOTH
@pytest.mark.parametrize(
    "name", ["apple-mail/reply", "apple-mail/reply-plain", "ios-mail/reply", "sogo/reply", "roundcube/reply"]
)
def test_case_20_apple_mail_the_block_stands_before_the_attribution(name, position):
    expect.own_and_trail(send(name, position), position)


@BOTH
@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("thunderbird/reply", '<div class="moz-cite-prefix">'),
        ("thunderbird/forward", '<div class="moz-forward-container">'),
        ("proton/reply", '<div class="protonmail_quote">'),
        ("proton/reply-tag-line", '<div class="protonmail_quote">'),
        ("yahoo/reply", '<div id="ydp3b1f90cdyahoo_quoted_4711082315"'),
        ("yahoo/reply-plain-marker", '<div id="yahoo_quoted_4711082315"'),
        ("gmx/reply", '<div name="quote"'),
        ("gmx/reply-german", '<div name="quote"'),
    ],
)
def test_case_21_the_block_stands_before_each_clients_mark(name, mark, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position)
    source = html_of(sent.raw)
    assert "authority to contract" in " ".join(page_lines(source[: source.index(mark)]))


@BOTH
@pytest.mark.parametrize("name", ["owa/reply-nested", "owa/reply-prefixed"])
def test_case_22_the_outermost_boundary_wins_also_with_prefixes(name, position):
    expect.own_and_trail(send(name, position), position)


@BOTH
@pytest.mark.parametrize("name", ["gmail-web/reply", "gmail-mobile/reply", "gmail-web/reply-nested"])
def test_case_23_an_attribution_on_two_lines_stays_below_the_block(name, position):
    sent = send(name, position)
    plain = texts(sent.raw)[0]
    assert plain.kind == "text/plain"
    expect.block(plain, position)
    assert "\r\nwrote:\r\n" in plain.source


@BOTH
def test_case_24_outlooks_fields_without_a_rule(position):
    sent = send("outlook-desktop/reply-plain-no-rule", position)
    expect.own_and_trail(sent, position)
    assert "-----" not in texts(sent.raw)[0].source


@BOTH
@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("outlook-ios/reply", "Get Outlook for iOS"),
        ("outlook-ios/reply-plain", "Get Outlook for iOS"),
        ("outlook-ios/forward", "Get Outlook for iOS"),
        ("outlook-android/reply", "Get Outlook for Android"),
        ("ios-mail/reply", "Sent from my iPhone"),
        ("ios-mail/reply-base64", "Sent from my iPhone"),
        ("ios-mail/forward", "Sent from my iPhone"),
        ("samsung/reply", "Sent from my Galaxy"),
    ],
)
def test_case_25_a_devices_tag_line_goes_and_is_recorded(name, tag, position):
    assert all(tag in " ".join(text.lines) for text in texts(client(name)))
    sent = send(name, position)
    expect.own_and_trail(sent, position)
    for text in texts(sent.raw):
        assert tag not in text.source
    assert tag in sent.notes


def test_case_25_outlook_mobile_the_block_stands_before_the_underscores():
    sent = send("outlook-ios/reply-plain")
    (now,) = texts(sent.raw)
    top, _ = expect.the_only(now.lines, WAIVER)
    assert now.lines[top - 6] == "Anne"
    assert now.lines[expect.the_only(now.lines, WAIVER)[1]] == "_" * 32


def test_case_25_a_tag_line_above_the_authors_own_words_is_no_reason_to_take_words():
    sent = send("cases/25-words-below-tag-line")
    (now,) = texts(sent.raw)
    said = expect.block(now, trail=False)
    assert "That line above came by itself. I will ask at the meeting on Monday." in said


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "samsung/reply",
        "samsung/reply-no-tag-line",
        "samsung/forward",
        "k9/reply-original-message",
        "k9/reply-plain-original-message",
    ],
)
def test_case_26_the_block_stands_before_original_message(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position)


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "outlook-desktop/reply-welsh",
        "owa/reply-welsh",
        "gmail-web/reply-welsh",
        "ios-mail/reply-welsh",
        "thunderbird/reply-plain-welsh",
    ],
)
def test_case_27_welsh_is_read_as_english_is(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position)
    assert "\u0175" in texts(sent.raw)[0].source
    assert "?r ar y t?" not in texts(sent.raw)[0].source
