from __future__ import annotations

import pytest

from signatures.message.division.page import shown
from signatures.message.scanner import CAPS, Unscannable
from tests.quick import within


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("words", "words"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("a <b>b</b>\n c", "a b c"),
        ("<td>Anne</td><td>Clerk</td>", "Anne\n\nClerk"),
        ("&lt;b&gt; &amp; &pound;5 &#163; &#xA3;&nbsp;x", "<b> & £5 £ £ x"),
        ("&#0000000067;lerk", "Clerk"),
        ("&#x00000043;lerk", "Clerk"),
        (f"&#{'9' * 5000};x", "\ufffdx"),
        (f"&#x{'f' * 5000};x", "\ufffdx"),
        ("<!-- hidden -->shown", "shown"),
        ("<!-->shown", "shown"),
        ("<!--->shown", "shown"),
        ("<!doctype html><?xml?>shown", "shown"),
        ("<style>p {}</style><script>if (a < b) x();</script><title>t</title>shown", "shown"),
        ("<SCRIPT>x</script >shown", "shown"),
        ("<scripting>shown</scripting>", "shown"),
        ("<textarea>shown</textarea><iframe>too</iframe>", "showntoo"),
        ('<a title="<p>hidden</p>">shown</a>', "shown"),
        ("<a title='>'>shown", "shown"),
        ("<a title=don't>shown it's here</a>", "shown it's here"),
        ('<a "stray>shown</a>', "shown"),
        ('<p title="never closed>shown</p>', "shown"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<3 you", "<3 you"),
        ("<p never closed", "<p never closed"),
        ("one<!-- never closed", "one<!-- never closed"),
        ("<script>never closed", "<script>never closed"),
        ("<pre>a\n  b</pre>c\nd", "a\nb\nc d"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("<é>", "<é>"),
    ],
)
def test_what_is_shown(source, text):
    assert shown(source, 1000) == text


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ('<blockquote type="cite">', "</blockquote>"),
        ("<BLOCKQUOTE TYPE=cite class=x>", "</BLOCKQUOTE>"),
        ('<div class="gmail_quote gmail_quote_container">', "</div>"),
        ("<div class='x_gmail_quote'>", "</div>"),
        ('<div class="x_x_yahoo_quoted" id="y">', "</div>"),
        ('<div class="protonmail_quote">', "</div>"),
        ('<div name="quote">', "</div>"),
        ('<div id="isReplyContent">', "</div>"),
    ],
)
def test_what_is_marked_as_quoted_ends_where_its_element_ends(opened, closed):
    inner = "old<div>older</div><blockquote>oldest</blockquote>"
    text = shown(f"own{opened}{inner}{closed}own again", 1000)
    assert [line for line in text.split("\n") if line.startswith(">")] == [
        line for line in text.split("\n")[1:-1] if line
    ]
    assert text.startswith("own\n> ")
    assert text.endswith("> oldest\nown again")


@pytest.mark.parametrize(
    "opened", ["<blockquote>", '<blockquote style="margin: 0 0 0 40px">', '<p class="quotes">']
)
def test_an_indentation_is_no_quotation(opened):
    assert ">" not in shown(f"own{opened}mine", 1000)


def test_more_tags_than_allowed_are_unscannable():
    assert shown("<b>" * 10, 10) == ""
    with pytest.raises(Unscannable, match="more than 10 tags"):
        shown("<b>" * 11, 10)


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 1_000_000,
        "<" * 2_000_000,
        "</" * 1_000_000,
        "<a" * 1_000_000,
        "</a" * 1_000_000,
        "<!--" * 1_000_000,
        "<!-->" * 500_000,
        "<!" * 1_000_000,
        "<?" * 1_000_000,
        "<script>" * 500_000,
        "<script>" + "</scrip" * 500_000,
        "<a b=" + '"' * 4_000_000,
        "<a " + "b=" * 2_000_000,
        "<a " + "b=' " * 1_000_000,
        "<a " + "b " * 2_000_000 + ">",
        '<a b="' + "x" * 4_000_000,
        '<blockquote type="cite" ' + "quote=" * 700_000 + ">",
        '<div class="' + "gmail_quote " * 300_000 + '">',
        '<div class="' + "x_" * 2_000_000 + 'quote">',
        "&" * 4_000_000,
        "&#" * 2_000_000,
        "&" + "a" * 4_000_000,
        "&#" + "9" * 4_000_000,
        "&#" + "0" * 4_000_000,
        "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 120_000,
        "\n" * 4_000_000,
        " \n" * 2_000_000,
        "<pre>" + " \n" * 2_000_000,
        "\xa0" * 2_000_000,
        "x" * 5_000_000,
        '<blockquote type="cite">' + "<blockquote>" * 400_000,
    ],
    ids=lambda source: repr(source[:14]),
)
def test_a_bomb_takes_time_in_proportion_or_is_unscannable(source):
    with within(6):
        try:
            shown(source, CAPS.tags)
        except Unscannable:
            pass
