from __future__ import annotations

import pytest

from signatures.block.bodies import bodies
from signatures.message.scanner import scan_parts
from tests.unit.signatures.block.letters import HEAD, multipart, part

PLAIN, HTML = part("text/plain", "Hello"), part("text/html", "<p>Hello</p>")
IMAGE = part("image/png", "x", "Content-ID: <i>")
TEXT_FILE = part("text/plain", "file", "Content-Disposition: attachment; filename=a.txt")


def standing(raw: bytes, *stopping: int, silent: tuple[int, ...] = ()) -> tuple[int, ...]:
    parts = scan_parts(raw)
    return bodies(raw, parts).standing(parts, lambda n: n in stopping, lambda n: n not in silent)


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        (HEAD + PLAIN, (0,)),
        (HEAD + multipart("alternative", PLAIN, HTML), (1, 2)),
        (HEAD + multipart("mixed", PLAIN, TEXT_FILE), (1,)),
        (HEAD + multipart("mixed", TEXT_FILE, PLAIN), (2,)),
        (HEAD + multipart("mixed", HTML, IMAGE, HTML), (3,)),
        (HEAD + multipart("related", HTML, PLAIN), (1,)),
        (
            HEAD
            + multipart("related", IMAGE, part("text/html", "x", "Content-ID: <r>"), more='; start="<r>"'),
            (2,),
        ),
        (HEAD + multipart("mixed", multipart("alternative", PLAIN, HTML, boundary="c"), IMAGE), (2, 3)),
        (
            HEAD
            + multipart(
                "alternative", PLAIN, multipart("mixed", HTML, IMAGE, HTML, boundary="c"), boundary="b"
            ),
            (1, 5),
        ),
        (HEAD + part("text/plain; name=a.txt", "file"), ()),
        (HEAD + part("text/plain", "file", "Content-Disposition: inline; filename*=utf-8''a.txt"), ()),
        (HEAD + multipart("mixed", part("message/rfc822", "Subject: x\n\nHello")), ()),
        (HEAD + multipart("signed", PLAIN, IMAGE), ()),
        (HEAD + part("text/enriched", "Hello"), ()),
    ],
)
def test_a_block_stands_once_in_each_version(raw, numbers):
    assert standing(raw) == numbers


def test_a_text_in_pieces_has_it_where_the_authors_words_end():
    raw = HEAD + multipart("mixed", HTML, IMAGE, HTML)
    assert standing(raw, 1) == (1,)
    assert standing(raw, 3) == (3,)
    assert standing(raw, silent=(3,)) == (1,)
    assert standing(raw, silent=(1, 3)) == (3,)


def test_the_related_around_a_text_is_the_one_it_is_shown_for():
    inner = multipart("alternative", PLAIN, HTML, boundary="c")
    raw = HEAD + multipart("mixed", multipart("related", inner, IMAGE, boundary="d"), HTML)
    parts = scan_parts(raw)
    assert bodies(raw, parts).related == {3: 1, 4: 1}


def test_many_nested_parts_take_no_recursion():
    raw, content = HEAD, PLAIN
    for number in range(90):
        content = multipart("mixed", content, boundary=f"b{number}")
    assert standing(raw + content) == (90,)
