"""The first rows of a text are those that the whole text begins with."""

from __future__ import annotations

import pytest

from signatures.block.rows import html_page, plain_page

PLAIN = "One\r\n\r\n  \r\nTwo\r\n> <https://a.example>\r\n<https://a.example>\r\nThree\r\n\r\nFour"
SOURCE = "<p>One</p>\r\n<p> </p><b>Two</b> and<br>Three<pre>Four\nFive</pre><!-- x -->Six<p>"


@pytest.mark.parametrize(
    ("whole", "first"),
    [
        (plain_page(PLAIN), lambda until: plain_page(PLAIN, until)),
        (html_page(SOURCE, 100), lambda until: html_page(SOURCE, 100, until)),
    ],
)
def test_the_first_rows(whole, first):
    assert len(whole.rows) >= 5
    for until in range(len(whole.source) + 1):
        rows = first(until).rows
        assert rows == whole.rows[: len(rows)]
        assert all(row.start >= until for row in whole.rows[len(rows) :])
        assert len(rows) <= 1 + sum(row.start < until for row in whole.rows)
    assert first(0).rows
