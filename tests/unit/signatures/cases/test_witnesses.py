"""The witnesses themselves: that they see what a reader sees, and that they can say no."""

from __future__ import annotations

import pytest

from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import AFTER, END, SIGNATURE, TOP_POSTED, WAIVER, client
from tests.unit.signatures.cases.visible import Text, page_lines, parsed, plain_lines, texts


@pytest.mark.parametrize("name", TOP_POSTED)
def test_the_corpus_says_what_the_cases_take_for_granted(name):
    for text in texts(client(name)):
        first = next(number for number, line in enumerate(text.lines) if expect.TRAIL.match(line))
        own = [line for line in text.lines[:first] if not expect.TAG_LINE.fullmatch(line)]
        assert own[-1] == "Anne"


def test_a_page_shows_its_lines_and_not_what_is_hidden():
    source = (
        "<html><head><style>p{}</style></head><body><p>One <b>word</b>.<br>Two</p><!-- no --><div hidden>no</div>"
        '<span style="color: #FFFFFF">no</span><span style="background-color:#ffffff">yes</span>'
        "<pre>a\nb</pre><script>no</script></body></html>"
    )
    assert page_lines(source) == ["One word.", "Two", "yes", "a", "b"]


def test_a_flowed_text_shows_its_paragraphs():
    text = "One long \r\nline.\r\n> quoted \r\n> text\r\n-- \r\nMe\r\n From here\r\n"
    assert plain_lines(text, flowed=True) == ["One long line.", "> quoted text", "--", "Me", "From here"]
    assert plain_lines("One  \r\nline.", flowed=True, delsp=True) == ["One line."]


def _text(*lines: str) -> Text:
    return Text("text/plain", "us-ascii", "7bit", "", list(lines), parsed(b""))


TRAIL = ("On Fri, 20 Nov 2026, Jill wrote:", "> Who?")


def test_a_block_in_its_place_is_accepted():
    expect.block(_text("Dear Jill,", "Anne", *SIGNATURE, WAIVER, *TRAIL), AFTER)
    expect.block(_text("Dear Jill,", "Anne", *SIGNATURE, *TRAIL, WAIVER), END)
    expect.block(_text("Dear Jill,", "Anne", "--", *SIGNATURE, WAIVER), AFTER, trail=False)
    expect.block(_text(*SIGNATURE, WAIVER, *TRAIL), AFTER, last=None)


@pytest.mark.parametrize(
    "lines",
    [
        ("Dear Jill,", "Anne", *TRAIL),
        ("Dear Jill,", "Anne", *SIGNATURE, *TRAIL),
        ("Dear Jill,", "Anne", *SIGNATURE, *TRAIL, WAIVER),
        ("Dear Jill,", "Anne", *SIGNATURE, WAIVER, *TRAIL, WAIVER),
        ("Dear Jill,", *SIGNATURE, WAIVER, "Anne", *TRAIL),
        ("Dear Jill,", "Anne", "--", *SIGNATURE, WAIVER, *TRAIL),
        ("Dear Jill,", "Anne", *TRAIL, *SIGNATURE, WAIVER),
        ("Dear Jill,", "Anne", *TRAIL[:1], *SIGNATURE, WAIVER, *TRAIL[1:]),
        ("Dear Jill,", "Anne", *SIGNATURE[:-1], WAIVER, *TRAIL),
    ],
)
def test_a_block_that_is_missing_doubled_or_misplaced_is_not(lines):
    with pytest.raises(AssertionError):
        expect.block(_text(*lines), AFTER)


HEAD = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"\r\nno line end at the end",
        HEAD + b"\r\nbare\nlf\r\n",
        HEAD + b"\r\n" + b"x" * 999 + b"\r\n",
        HEAD + b"Content-Transfer-Encoding: 7bit\r\n\r\ncaf\xc3\xa9\r\n",
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n100 = one hundred\r\n",
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"x" * 80 + b"\r\n",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nplain text!\r\n",
    ],
)
def test_a_message_whose_header_lies_is_not_fit(raw):
    with pytest.raises((AssertionError, ValueError)):
        expect.fit(raw)
