"""Cases 10 to 16: the structure of HTML, and what a template puts into it."""

from __future__ import annotations

import re

import pytest

from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import AFTER, END, SIGNATURE, WAIVER, client, council, send
from tests.unit.signatures.cases.visible import page_lines, parsed, texts

ODDITIES = [
    "cases/html-unclosed",
    "cases/html-unclosed-table",
    "cases/html-end-tag-in-comment",
    "cases/html-end-tag-in-script",
    "cases/html-end-tag-in-attribute",
    "cases/html-conditional-comments",
    "cases/html-comment-unclosed",
    "cases/html-text-after-body",
    "cases/html-in-style",
    "cases/html-fragment",
]


def inserted(was: str, now: str) -> str:
    """What was put in at the one place where two texts differ; nothing else may have changed."""
    start = 0
    while start < len(was) and was[start] == now[start]:
        start += 1
    assert now.endswith(was[start:]), "more than one place changed"
    length = len(now) - len(was)
    # The same letters may stand before and behind what was put in: it begins with a tag where it can.
    while start and now[start] != "<" and now[start - 1] == now[start + length - 1]:
        start -= 1
    return now[start : start + length]


@pytest.mark.parametrize("position", [AFTER, END])
@pytest.mark.parametrize("name", ["gmx/new", "cases/html-end-tag-in-comment"])
def test_case_10_html_alone_gets_its_block_before_the_end_of_the_body(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position, trail=False)
    (was,), (now,) = texts(sent.received), texts(sent.raw)
    assert now.kind == "text/html"
    added = inserted(was.source, now.source)
    assert WAIVER in " ".join(page_lines(added))
    below = now.source[now.source.index(added) + len(added) :]
    assert re.match(r"\s*(?:</div>\s*)*(?:<!--.*?-->)?\s*</body>", below), below


def test_case_10_a_reply_in_html_alone_gets_no_text_of_another_kind():
    sent = send("gmx/reply")
    expect.own_and_trail(sent)
    assert [part.get_content_type() for part in parsed(sent.raw).walk()] == ["text/html"]


@pytest.mark.parametrize("position", [AFTER, END])
@pytest.mark.parametrize(
    "name",
    [
        "outlook-desktop/new",
        "owa/new",
        "outlook-new/new",
        "gmail-web/new",
        "gmail-mobile/new",
        "thunderbird/new",
        "yahoo/new",
        "proton/new",
    ],
)
def test_case_11_each_alternative_gets_one_block_in_its_own_format(name, position):
    sent = send(name, position)
    plain, html = texts(sent.raw)
    expect.own_and_trail(sent, position, trail=False)
    assert (plain.kind, html.kind) == ("text/plain", "text/html")
    added = inserted(texts(sent.received)[0].source, plain.source)
    assert "<" not in added
    assert "&" not in added
    assert "<" in inserted(texts(sent.received)[1].source, html.source)


def test_case_12_a_fragment_gets_its_block_after_the_last_element():
    sent = send("cases/html-fragment")
    (was,), (now,) = texts(sent.received), texts(sent.raw)
    added = inserted(was.source, now.source)
    assert now.source.rstrip().endswith(added.rstrip())
    assert "body" not in added.lower()
    expect.own_and_trail(sent, trail=False)


@pytest.mark.parametrize("name", ["proton/new", "gmail-web/new"])
def test_case_12_clients_that_write_fragments(name):
    sent = send(name)
    assert "<html" not in texts(sent.raw)[1].source
    expect.own_and_trail(sent, trail=False)


@pytest.mark.parametrize("position", [AFTER, END])
def test_case_13_a_whole_document_within_the_quotation_gets_nothing_of_its_own(position):
    assert texts(client("gmail-web/reply-quoting-whole-document"))[1].source.count("</body>") == 2
    sent = send("gmail-web/reply-quoting-whole-document", position)
    expect.own_and_trail(sent, position)


@pytest.mark.parametrize("position", [AFTER, END])
@pytest.mark.parametrize("name", ODDITIES)
def test_case_14_oddities_of_html_show_the_block_once_and_stay_as_they_are(name, position):
    sent = send(name, position)
    (was,), (now,) = texts(sent.received), texts(sent.raw)
    expect.own_and_trail(sent, position, trail=False)
    inserted(was.source, now.source)


def test_case_14_what_word_writes_is_not_written_again():
    sent = send("outlook-desktop/new")
    was, now = texts(sent.received)[1].source, texts(sent.raw)[1].source
    added = inserted(was, now)
    assert now.count("<!--[if gte mso 9]>") == was.count("<!--[if gte mso 9]>") == 2
    assert now.index(added) < now.index("</body>")
    assert now.index(added) > now.index("<div class=WordSection1>")


@pytest.mark.parametrize("name", ["owa/reply", "gmail-web/new", "thunderbird/reply-plain"])
def test_case_15_a_display_name_injects_no_markup(name):
    raw = client(name).replace(b"cllr.a@", b"cllr.c@")
    sent = send(raw, login="cllr.c@littlewickham-pc.example", mail_from="cllr.c@littlewickham-pc.example")
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        # Said as it is spelt, in both kinds: in HTML a tag would have vanished from sight.
        expect.the_only(now.lines, "O'Brien <b>& Sons</b>")
        if now.kind == "text/html":
            assert "<b>& sons" not in now.source.lower()
            assert re.search(r"<b>|<b\s", now.source) is None or now.source.count("<b>") == was.source.count(
                "<b>"
            )


@pytest.mark.parametrize("name", ["gmail-web/new", "thunderbird/new-plain", "owa/reply"])
def test_case_16_a_field_that_is_empty_takes_its_line_with_it(name):
    raw = client(name).replace(b"cllr.a@", b"cllr.b@").replace(b"Anne Archer", b"Brian Bell")
    sent = send(raw, login="cllr.b@littlewickham-pc.example", mail_from="cllr.b@littlewickham-pc.example")
    lines = ("Brian Bell", "Councillor for the Mill ward", "Little Wickham Parish Council", SIGNATURE[-1])
    for now in texts(sent.raw):
        top, bottom = expect.the_only(now.lines, " ".join(lines))
        assert now.lines[top:bottom] == list(lines)
        assert "Telephone:" not in " ".join(now.lines)
        if now.kind == "text/plain":
            assert "\r\n".join(lines) in now.source, "a gap where the line was"


def test_case_16_and_a_field_that_is_not_empty_keeps_it():
    for now in texts(send("gmail-web/new", council()).raw):
        assert "Telephone: 01632 960001" in now.lines
