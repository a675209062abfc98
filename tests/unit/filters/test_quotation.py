"""Words in quotation marks."""

from __future__ import annotations

import pytest

from filters.quotation import is_quoted


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He wrote “go AWAY now” to her.", True),
        ('He wrote "go AWAY now" to her.', True),
        ("He wrote ‘don’t go AWAY now’ to her.", True),
        ("He wrote 'go AWAY now' to her.", True),
        ("He wrote «go AWAY now» to her.", True),
        ("He wrote “go” and AWAY now.", False),
        ('He wrote "go" and AWAY "now".', False),
        ("Don't go AWAY, it isn't late.", False),
        ("The residents' AWAY day is the clerks' own.", False),
        ('It is 6" wide, AWAY from here.', False),
        ("Go AWAY.", False),
        ("“" + "x" * 700 + " AWAY ”", False),
    ],
)
def test_whether_words_are_quoted(text, quoted):
    start = text.index("AWAY")
    assert is_quoted(text, start, start + 4) is quoted
