from __future__ import annotations

import pytest

from signatures.message.carried.prints import MOST_STORED, prints_of, reproduces, stored
from tests.quick import within
from tests.unit.signatures.carried.letters import made, plain

LETTER = " ".join(
    f"The council considered item {number} and resolved to ask contractor {number * 7} for a written price."
    for number in range(20)
)


def test_words_count_and_nothing_else():
    rewrapped = LETTER.upper().replace(" ", "\n  > ").replace(".", " -")
    assert prints_of([LETTER]) == prints_of([rewrapped]) != ()
    assert prints_of([LETTER.replace("council", "cöuncil")]) != prints_of([LETTER])


def test_plain_text_and_html_have_the_same_prints():
    alternative = made(
        'From: a@b.example\nContent-Type: multipart/alternative; boundary="b"\n\n'
        f"--b\n\n{LETTER}\n--b\nContent-Type: text/html\n\n<p>{LETTER.replace('.', '.<br>')}</p>\n--b--\n"
    )
    assert alternative.prints == plain(LETTER).prints == prints_of([LETTER])


@pytest.mark.parametrize(("words", "some"), [(19, False), (60, True)])
def test_short_texts_have_none(words, some):
    assert bool(prints_of([" ".join(f"word{number}" for number in range(words))])) is some


def test_about_a_quarter_is_kept_and_at_most_so_many():
    prints = prints_of([" ".join(f"word{number}" for number in range(4007))])
    assert 800 < len(prints) < 1200
    assert list(prints) == sorted(prints)
    assert all(0 <= each < 2**63 for each in prints)
    assert len(prints_of([" ".join(f"word{number}" for number in range(20_000))])) == 2000


def test_prints_are_the_same_in_every_process():
    assert prints_of([LETTER])[:2] == (11728805871014650, 94559984946537403)


def test_an_archived_message_is_reproduced_by_one_that_contains_it():
    kept = stored(prints_of([LETTER]))
    assert len(kept) == MOST_STORED
    pasted = plain(f"Have you seen this?\n\n{LETTER}\n\nI thought you should know before Monday.\n").prints
    assert reproduces(kept, pasted)
    assert not reproduces(kept, prints_of([" ".join(f"other{number}" for number in range(200))]))
    assert not reproduces(kept, prints_of([LETTER[: len(LETTER) // 5]]))
    assert not reproduces(kept[:4], pasted)


def test_what_is_quoted_is_not_the_authors():
    quoted = "\n".join(f"> {line}" for line in LETTER.split(". "))
    assert plain(f"Thank you.\n\nOn 8 Nov 2026 at 18:02, J <j@x.example> wrote:\n{quoted}\n").prints == ()


def test_long_texts_take_linear_time():
    with within(3):
        prints_of(["word " * 200_000, "".join(f"w{number} " for number in range(150_000))])
