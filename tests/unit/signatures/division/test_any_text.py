"""What holds for every text: nothing is left out, no place is inside of markup, and time is in proportion."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.message.division import Division, Style, Zone, divide_html, divide_plain
from signatures.message.division.own import read_html, read_plain
from signatures.message.html import Kind, tokens
from signatures.message.scanner import CAPS, Unscannable
from tests.quick import within
from tests.unit.signatures.division.clients import ANNOUNCEMENTS, LANGUAGES, PLAIN
from tests.unit.signatures.division.pages import CITE_LIKE, PAGES

LINES = st.sampled_from(
    [
        *LANGUAGES.values(),
        *(line for pair in ANNOUNCEMENTS.values() for line in pair),
        *(
            "From: M",
            "Sent: 8 Nov 2026",
            "To: A",
            "Subject: B",
            "> Old.",
            "> > Older.",
            "Mine.",
            "",
            " ",
            "-- ",
            "--",
        ),
        *(
            "________________",
            "> On 8 Nov 2026, M wrote:",
            "Gesendet: 8.11.2026",
            "Von: M",
            "M kirjoitti 8.11.2026:",
        ),
    ]
)
PIECES = st.sampled_from(
    [
        *CITE_LIKE,
        *(
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<br>",
            "<hr>",
            "</blockquote>",
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
        ),
        *(
            "</table>",
            "<ul>",
            "<li>",
            "</ul>",
            "<pre>",
            "</pre>",
            "<textarea>",
            "</textarea>",
            "<script>",
            "</script>",
        ),
        *(
            "<!--",
            "-->",
            "--!>",
            "<html>",
            "<head>",
            "</head>",
            "<body>",
            "</body>",
            "</html>",
            "<p title='",
            "'>",
            "<",
        ),
        *(
            "Mine.",
            " ",
            "\r\n",
            "&nbsp;",
            "-- ",
            "On 8 Nov 2026, M wrote:",
            "From: M<br>",
            "Sent: 8 Nov 2026<br>",
            "&#10;",
        ),
        *(
            "To: A<br>",
            "Subject: B<br>",
            "<img src=x>",
            '<a href="',
            '">',
            "<h1>",
            "</h1>",
            "<plaintext>",
            "<title>",
            "</title>",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(LINES, max_size=30).map("\r\n".join))
SOURCES = st.one_of(
    st.text(max_size=100), st.lists(st.one_of(PIECES, PIECES, st.text(max_size=5)), max_size=40).map("".join)
)


def check(division: Division, length: int) -> None:
    position = 0
    for span in division.spans:
        assert span.start == position < span.end
        position = span.end
    assert position == length
    assert 0 <= division.end_of_own <= division.end_of_text <= length
    trails = [span for span in division.spans if span.zone in {Zone.TRAIL, Zone.FORWARDED}]
    assert (division.style is Style.NEW) == (not trails)
    assert (division.rule == "no_trail") == (not trails)
    if division.style not in {Style.TOP, Style.FORWARD}:
        assert division.end_of_own == division.end_of_text


@given(TEXTS)
def test_any_plain_text(text):
    division = divide_plain(text)
    check(division, len(text))
    assert division.end_of_text == len(text)
    assert (
        division.end_of_own == 0 or division.end_of_own == len(text) or text[division.end_of_own - 1] == "\n"
    )
    words = set(text.split())
    assert set(read_plain(text).own.split()) <= words


@given(SOURCES)
def test_any_html(source):
    division = divide_html(source, 10_000)
    check(division, len(source))
    position = 0
    for token in tokens(source, 10_000):
        assert token.start == position < token.end
        position = token.end
        for place in (division.end_of_own, division.end_of_text):
            if token.kind not in {Kind.TEXT, Kind.UNENDED}:
                assert not token.start < place < token.end
            elif token.kind is Kind.UNENDED:
                assert place <= token.start or place == len(source)
    assert position == len(source)


@given(SOURCES)
def test_a_block_put_in_is_found_as_own_words_again(source):
    division = divide_html(source, 10_000)
    block = "<div>ZZblockZZ</div>"
    written = source[: division.end_of_text] + block + source[division.end_of_text :]
    again = read_html(written, 10_000)
    assert again.shown.count("ZZblockZZ") == 1


@given(SOURCES)
def test_all_words_shown_are_own_or_in_a_trail(source):
    read = read_html(source, 10_000)
    if read.division.style is Style.NEW:
        assert read.own.split() == read.shown.replace("> ", "").split() or ">" in source or "&" in source


@pytest.mark.parametrize("sample", PLAIN, ids=str)
def test_a_block_in_its_place_is_not_found_a_second_time_as_a_trail(sample):
    source, place = sample.source, sample.place
    written = source[:place] + "Anne Archer\r\nCouncillor\r\n\r\n" + source[place:]
    division = divide_plain(written)
    assert written[division.end_of_own :] == source[place:]


@pytest.mark.parametrize("sample", PAGES, ids=str)
def test_a_block_in_its_place_is_found_above_the_trail_again(sample):
    source, place = sample.source, sample.place
    written = source[:place] + "<div><p>Anne Archer<br>Councillor</p></div>" + source[place:]
    division = divide_html(written, 1000)
    assert "Councillor" in written[: division.end_of_own]
    assert source[place:].endswith(written[division.end_of_own :])
    assert division.style is sample.style
    assert division.rule == sample.rule


BOMBS = {
    "quote marks": lambda n: ">" * n,
    "quoted lines": lambda n: "> x\n" * (n // 4),
    "attributed": lambda n: "On 8 Nov 2026, M wrote:\n" + "> x\ny\n" * (n // 6),
    "attributions": lambda n: "On 8 Nov 2026, M wrote:\n> x\n" * (n // 28),
    "long attributions": lambda n: ("On 8 " + "wrote " * 60 + ":\n") * (n // 370),
    "From lines": lambda n: "From: x\n" * (n // 8),
    "header blocks": lambda n: "> From: x\n> Sent: 8\n> To: y\n\n" * (n // 32),
    "header lines": lambda n: "Subject: x\nFrom: y\n\n" * (n // 20),
    "dates": lambda n: "Date: 8\n" * (n // 8),
    "announcements": lambda n: "-----Original Message-----\n" * (n // 27),
    "rules": lambda n: "____\n" * (n // 5) + "From: x\nSent: 8\nTo: y\n",
    "rules and attributions": lambda n: "____\nOn 8, M wrote:\n> x\n" * (n // 24),
    "delimiters": lambda n: "-- \n" * (n // 4),
    "empty lines": lambda n: "> x\n" + "\n" * n,
    "hyphens": lambda n: "-" * n,
    "labels": lambda n: "-----Original Message-----\n" + "aa: 1\n" * (n // 6),
}
TAG_BOMBS = {
    "nested quotations": lambda n: "<blockquote type=cite>" * (n // 22),
    "nested quotations with words": lambda n: "<blockquote type=cite>x" * (n // 23),
    "quotations side by side": lambda n: "<blockquote type=cite>x</blockquote>y" * (n // 37),
    "rules quoted side by side": lambda n: "<blockquote type=cite>____</blockquote>" * (n // 39),
    "gmail": lambda n: "<div class=gmail_quote><blockquote>x</blockquote>y" * (n // 50),
    "unclosed": lambda n: "<div><p><td><span>" * (n // 18),
    "ends": lambda n: "</div></p></table>" * (n // 18),
    "floods": lambda n: "<" * n,
    "markers": lambda n: "<div id=appendonsend></div>x" * (n // 28),
    "borders": lambda n: '<div style="border-top:' + "solid " * (n // 6) + '">',
    "many borders": lambda n: '<div style="border-top:solid #E1E1E1 1.0pt">a: 1<br>' * (n // 52),
    "classes": lambda n: '<div class="' + "x_x_x_gmail_quote " * (n // 18) + '">',
    "yahoo": lambda n: '<div class="' + "ydp" + "a" * n + '">',
    "bodies": lambda n: "</body>" * (n // 7),
    "loose": lambda n: "<p a='" * (n // 6) + ">",
    "loose tags": lambda n: '<p a=">' * (n // 7),
    "typed": lambda n: "<pre>" + "From: x\n" * (n // 8),
    "rows": lambda n: "<tr><td>From: x<td>y" * (n // 20),
    "textareas": lambda n: "<textarea>" * (n // 10),
    "lists": lambda n: "<ul><li>" * (n // 8),
    "references": lambda n: "<pre>" + "&#10" * (n // 4),
    "signatures": lambda n: "<div class=gmail_signature>" * (n // 27),
    "rules": lambda n: "<hr>" * (n // 4) + "From: x<br>Sent: 8<br>To: y",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_lines_takes_time_in_proportion(name):
    text = BOMBS[name](1_000_000)
    with within(12):
        divide_plain(text)
    _grows_in_proportion(lambda n: divide_plain(BOMBS[name](n)))


@pytest.mark.parametrize("name", TAG_BOMBS)
def test_a_bomb_of_tags_takes_time_in_proportion_or_is_unscannable(name):
    source = TAG_BOMBS[name](1_000_000)
    with within(12):
        try:
            divide_html(source, CAPS.tags)
        except Unscannable:
            pass
    _grows_in_proportion(lambda n: divide_html(TAG_BOMBS[name](n), 10**9))


def _grows_in_proportion(divide) -> None:
    """Quadratic time would be sixteen times as long for four times as much."""

    def cost(size: int) -> float:
        best = 1e9
        for _ in range(2):
            began = time.process_time()
            divide(size)
            best = min(best, time.process_time() - began)
        return best

    assert cost(80_000) < 10 * max(cost(20_000), 0.005)
