"""What HTML a signature may have."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.block.markup import ATTRIBUTES, TAGS, check_markup
from signatures.block.refused import TemplateError

LOGO = '<img src="cid:logo" alt="A">'


@pytest.mark.parametrize(
    "source",
    [
        "words, no tag at all & an ampersand > that",
        "<p>a<br>b<br/>c<br />d</p>",
        '<P CLASS="x">'.replace(' CLASS="x"', "") + "a</P>",
        "<table role='presentation' cellpadding='0'><tr><td style=\"padding: 0 4px\">a</td></tr></table>",
        '<a href="https://www.stoke.example/a?b=1&amp;c=2">a</a>',
        '<a href="http://stoke.example">a</a> <a href="mailto:a@stoke.example?subject=x">a</a>',
        '<a href="tel:+441632960001">a</a> <a href="TEL:01632 960 001">a</a>',
        "<span style=\"color: #0b5; font: bold 12px/1.4 Arial, 'Segoe UI', sans-serif\">a</span>",
        '<span style="color: rgb(0, 10, 20); margin-top: -1px; border-left: 2px solid red;">a</span>',
        "<ul><li>a</li><li><em>b</em></li></ul>",
        f"<p>{LOGO}</p>",
    ],
)
def test_what_a_signature_needs_is_there(source):
    check_markup(source, LOGO)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<SCRIPT SRC='https://x.example/x.js'></SCRIPT>", "<script>"),
        ("<img src='https://tracker.example/p.gif'>", "<img>"),
        ('<img src="cid:other">', "<img>"),
        ('<img src="data:image/png;base64,AAAA">', "<img>"),
        ("<iframe></iframe>", "<iframe>"),
        ("<object></object>", "<object>"),
        ("<svg></svg>", "<svg>"),
        ("<style></style>", "<style>"),
        ("<link>", "<link>"),
        ("<meta>", "<meta>"),
        ("<base>", "<base>"),
        ("<form></form>", "<form>"),
        ("<blockquote>x</blockquote>", "<blockquote>"),
        ("<hr>", "<hr>"),
        ("<html><body>x</body></html>", "<html>"),
        ("</body>", "<body>"),
        ("<!-- x -->", "'<!-- x -->'"),
        ("<!--[if mso]>x<![endif]-->", "'<!--[if mso]>x<![endif]-->'"),
        ('<?xml version="1"?>', "'<?xml version="),
        ("a < b", "'< b'"),
        ("<p", "'<p'"),
        ("<p class=x>y</p>", "'<p class=x>y</p>'"),
        ('<p title="a>b">y</p>', "'<p title="),
        ('<p onclick="x()">y</p>', "the attribute onclick"),
        ('<p class="gmail_quote">y</p>', "the attribute class"),
        ('<p id="divRplyFwdMsg">y</p>', "the attribute id"),
        ('<a name="x">y</a>', "the attribute name"),
        ('<td background="https://x.example/y.png">y</td>', "the attribute background"),
        ('<a href="javascript:alert(1)">y</a>', "a link to 'javascript:alert(1)'"),
        ('<a href="&#106;avascript:alert(1)">y</a>', "a link to 'javascript:alert(1)'"),
        ('<a href=" JaVa\tscript:alert(1)">y</a>', "a link to 'JaVa\\tscript:alert(1)'"),
        ('<a href="data:text/html,x">y</a>', "a link to 'data:text/html,x'"),
        ('<a href="cid:logo">y</a>', "a link to 'cid:logo'"),
        ('<a href="file:///etc/passwd">y</a>', "a link to 'file:///etc/passwd'"),
        ('<a href="//stoke.example">y</a>', "a link to '//stoke.example'"),
        ('<a href="">y</a>', "a link to ''"),
        ('<a href="https://a b">y</a>', "a link to 'https://a b'"),
        ('<p style="background-image: none">y</p>', "the style 'background-image'"),
        ('<p style="position: fixed">y</p>', "the style 'position'"),
        ('<p style="display: none">y</p>', "the style 'display'"),
        ('<p style="color: url(https://x.example)">y</p>', "the style color: url(https://x.example)"),
        ('<p style="width: expression(alert(1))">y</p>', "the style width: expression(alert(1))"),
        ('<p style="color: \\75rl(x)">y</p>', "the style color: \\75rl(x)"),
        ('<p style="border-image: url&#40;x)">y</p>', "the style border-image: url(x)"),
        ('<p style="color">y</p>', None),
        ("<p>a", "<p> that is not closed"),
        ("<p>a</div>", "</div>"),
        ("<b><i>a</b></i>", "</b>"),
        ("a</p>", "</p>"),
        (LOGO + LOGO, "the logo a second time"),
    ],
)
def test_what_is_not_on_the_list_is_refused_by_name_and_line(source, found):
    if found is None:
        check_markup(source)
        return
    with pytest.raises(TemplateError) as caught:
        check_markup(f"<p>\n</p>\n{source}", LOGO)
    assert caught.value.part == "html"
    assert caught.value.found.startswith(f"in line 3 of the result, {found}")
    assert caught.value.allowed


def test_without_a_logo_no_picture_may_stand_there():
    with pytest.raises(TemplateError, match=r"<img>.*allowed: the logo by \{\{ logo \}\}, and a, b, br"):
        check_markup(LOGO)


@pytest.mark.parametrize(
    "piece",
    ["<", "<p", "<p ", '<p a="', "<p a='x' ", "</", "<p>", "</p>", "&", "<a\n", '<p a=""', '<p a="" '],
)
def test_looking_takes_time_in_proportion_to_the_length(piece):
    def seconds(times: int) -> float:
        source = piece * times
        started = time.process_time()
        try:
            check_markup(source)
        except TemplateError:
            pass
        return time.process_time() - started

    seconds(100)
    assert seconds(200_000 // len(piece)) < 1


class _Tags(HTMLParser):
    """What a parser that is not ours makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.others = 0

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        self.others += any(name not in ATTRIBUTES for name, _ in attrs)

    def handle_endtag(self, tag):
        self.closed.append(tag)

    def handle_comment(self, data):
        self.others += 1

    handle_decl = handle_pi = unknown_decl = handle_comment


tags = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<br>",
        '<p title="a">',
        "<p style='color: red'>",
        '<a href="https://a">',
        "</a>",
        "<",
        ">",
        "/",
        '"',
        "'",
        "=",
        "a",
        "<!--",
        "-->",
        "<script>",
        "<p ",
        "&lt;",
        "&",
        "\n",
        "<P>",
        "<?",
        "<!",
    ]
)


@given(st.lists(tags, max_size=12).map("".join))
def test_what_is_passed_has_only_such_tags_to_another_parser_too(source):
    try:
        check_markup(source)
    except TemplateError:
        return
    parser = _Tags()
    parser.feed(source)
    parser.close()
    assert TAGS.issuperset(parser.opened)
    assert sorted(tag for tag in parser.opened if tag != "br") == sorted(parser.closed)
    assert not parser.others
