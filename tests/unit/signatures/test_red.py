"""The author's own words in red."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.message.anatomy import read
from signatures.message.colours import is_red, names_red
from signatures.message.division import divide_html
from signatures.message.red import red_runs
from signatures.message.scanner import CAPS

MSO = """<html><head><style><!--
/* Font Definitions */
p.MsoNormal, li.MsoNormal { margin:0cm; font-size:11.0pt; color:#C00000; }
a:link { color:#0563C1 }
span.EmailStyle17 { mso-style-type:personal-compose; color:windowtext }
--></style></head><body lang=EN-GB>"""


def message(html: str) -> bytes:
    text = f"From: a@b.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{html}\n"
    return text.replace("\n", "\r\n").encode()


def red(html: str) -> tuple[str, ...]:
    return read(message(html)).red


@pytest.mark.parametrize(
    "colour",
    [
        "red", "RED", "#f00", "#FF0000", "#c00000", "#C00", "rgb(255,0,0)", "rgb(255, 0, 0)", "rgb(100%, 0%, 0%)",
        "rgba(255,0,0,1)", "rgb(220 20 60)", "hsl(0,100%,50%)", "hsl(355, 90%, 45%)", "crimson", "darkred",
        "firebrick", "#e60000", "red !important",
    ],
)  # fmt: skip
def test_red_in_every_way_of_writing_it(colour):
    assert red(f'<p style="font-size:11pt;color:{colour}">PAY your rent.</p>') == ("PAY your rent.",)


@pytest.mark.parametrize(
    "colour",
    [
        "black", "#000", "windowtext", "inherit", "currentcolor", "transparent", "#0563C1", "#1F497D", "blue",
        "orange", "#FFA500", "#ED7D31", "orangered", "pink", "deeppink", "salmon", "maroon", "brown", "saddlebrown",
        "purple", "#fff", "rgba(255,0,0,0)", "rosybrown", "reddish", "none", "rgb(none none none)", "hsl(1e400 1% 2%)",
        "lab(50 80 60)", "var(--x)", "12345678901", "#ff000", "",
    ],
)  # fmt: skip
def test_other_colours(colour):
    assert red(f'<p style="color:{colour}">Pay your rent.</p>') == ()
    assert not is_red(colour)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Please <font color=red>do not</font> park.</p>", ("do not",)),
        ("<p>Please <FONT COLOR='#FF0000' size=2>do not</FONT> park.</p>", ("do not",)),
        ("<p>Please <font color=ff0000 size=2>do not</font> park.</p>", ("do not",)),
        ('<body text="#ff0000"><p>All of it</p></body>', ("All of it",)),
        ('<body text="#000000" bgcolor="#FF0000"><p>None of it</p></body>', ()),
        (MSO + "<p class=MsoNormal>All of it</p></body></html>", ("All of it",)),
        (MSO + "<p class=MsoNormal><span class=EmailStyle17>None</span></p></body></html>", ()),
        (MSO + "<p class=Other>None of it</p></body></html>", ()),
        ("<style>.warn{color:red}</style><p class='x warn'>Mind the gap</p>", ("Mind the gap",)),
        ("<style>#w{color:red}</style><p id=w>Mind the gap</p>", ("Mind the gap",)),
        ("<style>b{color:red}</style><p>Mind the <b>gap</b></p>", ("gap",)),
        ("<style>p b{color:red}</style><p>Mind the <b>gap</b></p>", ()),
        ("<style>p{color:red}.k{color:black}</style><p class=k>Mind</p>", ()),
        ("<style>.k{color:black}p{color:red}</style><p class=k>Mind</p>", ()),
        ("<style>p{color:red !important}.k{color:black}</style><p class=k>Mind</p>", ("Mind",)),
        ("<style>p{color:red}</style><p style='color:black'>Mind</p>", ()),
        ("<div style='color:red'><p>One</p><p>Two <span style='color:black'>three</span></p></div>", ("One", "Two")),
        ("<div style='color:red'><p>One <b>and a</b> half</p></div>", ("One and a half",)),
        ("<div style='color:red'>One<br>line</div>", ("One line",)),
        ("<p style='color:red'>One<p>Two", ("One",)),
        ("<ul><li style='color:red'>One<li>Two</ul>", ("One",)),
        ("<table><tr><td style='color:red'>One<td>Two</table>", ("One",)),
        ("<p>Name <span style='color:red'>*</span></p>", ()),
        ("<p style='color:red'><a href='https://x.example' style='color:red'>Our site</a></p>", ()),
        ("<p style='background-color:red'>White on red</p>", ()),
        ("<p style='border-color:red'>Framed</p>", ()),
        ("<p style='color:red'>Tea &amp; cake</p>", ("Tea & cake",)),
        ("<p style='font-family:&quot;Arial&quot;;color:red'>Tea</p>", ("Tea",)),
        ("<p style='color:red'><!-- nothing --></p>", ()),
        ("</span></p><p style='color:red'>Tea</p></p></div>Cake", ("Tea",)),
        ("<p>Ordinary</p>", ()),
    ],
)  # fmt: skip
def test_what_is_red(html, expected):
    assert red(html) == expected


def test_each_run_is_told_once():
    assert red("<p style='color:red'>One</p><p style='color:red'>One</p>") == ("One",)


def test_what_others_wrote_and_the_signature_are_left_out():
    quoted = (
        "<div dir=ltr>Thank you.<div><span class=gmail_signature_prefix>-- </span><br>"
        "<div dir=ltr class=gmail_signature><font color=red>Little Wickham</font></div></div></div>"
        '<div class="gmail_quote"><div dir=ltr class=gmail_attr>On Mon, 9 Nov 2026 at 10:00, Jill '
        "&lt;jill@post.example&gt; wrote:<br></div><blockquote class=gmail_quote><p style='color:red'>NOW!</p>"
        "</blockquote></div>"
    )
    assert red(quoted) == ()
    assert red(quoted.replace("Thank you.", "<font color=red>Thank you.</font>")) == ("Thank you.",)


def test_plain_text_has_no_colour():
    raw = b"From: a@b.example\r\n\r\n<p style='color:red'>One</p>\r\n"
    assert read(raw).red == ()


def test_the_runs_are_few_and_short():
    many = read(
        message("".join(f"<p style='color:red'>{number} {'x' * 500}</p>" for number in range(100)))
    ).red
    assert len(many) == 20
    assert max(map(len, many)) == 200


COLOURS = st.sampled_from(
    ["red", "#C00000", "#f00", "black", "rgb(255,0,0)", "blue", "red !important", "ff0000"]
)
PIECES = st.one_of(
    st.builds(lambda c: f"<p style='color:{c}'>one</p>", COLOURS),
    st.builds(lambda c: f'<p STYLE="margin:0; COLOR : {c};">two</p>', COLOURS),
    st.builds(lambda c: f"<font color={c} size=2>three</font>", COLOURS),
    st.builds(lambda c: f'<font size=2 color="{c}">four</font>', COLOURS),
    st.builds(lambda c: f"<style><!-- p, .k {{ font:x; color:{c} }} --></style><p>five</p>", COLOURS),
    st.builds(lambda c: f'<body text="{c}">six', COLOURS),
    st.builds(lambda c: f"<p style='background:{c}'>seven</p>", COLOURS),
    st.sampled_from(
        ["</p>", "<div>", "</div>", "eight ", "<a href=x>", "</a>", "<li>", "<b class=k>nine</b>"]
    ),
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_first_look_loses_nothing(html):
    found = list(red_runs(html, divide_html(html, 10_000), 10_000))
    assert names_red(html) or not found


@pytest.mark.parametrize(
    "piece",
    [
        "<p style='color:red'>x", "<font color=red>", "<b style='color:red", "color:red ", "color ", "color:" , "text=",
        "<style>p{color:red}</style>", "<style>{{{{(((([[[[", "<p class='a b c d e f'>x</p>", "</p>", "<a><p color=red>",
        "color" + " " * 200, "<p style='" + "color:red;" * 50 + "'>x",
    ],
)  # fmt: skip
def test_time_grows_with_the_length_only(piece):
    def seconds(size: int) -> float:
        html = "<style>p,.a{color:red}</style><p style='color:red'>x</p>" + piece * (size // len(piece))
        division = divide_html(html, CAPS.tags)
        best = 9.0
        for _ in range(2):
            started = time.process_time()
            assert names_red(html)
            list(red_runs(html, division, CAPS.tags))
            best = min(best, time.process_time() - started)
        return best

    assert seconds(100_000) < 2
    assert seconds(100_000) < 8 * seconds(25_000) + 0.1


def test_html_without_red_is_not_read_twice():
    """What Outlook writes has many colours, none of them red: then only the first look is taken."""
    html = "<p style='color:#1F497D;font-size:11pt'>Ordinary words of a letter.</p>" * 200
    best = 9.0
    for _ in range(5):
        started = time.process_time()
        assert not names_red(html)
        best = min(best, time.process_time() - started)
    assert best < 0.002
