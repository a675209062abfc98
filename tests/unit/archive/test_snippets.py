"""Pieces of text that show why a message was found."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.archive.places import Sought
from gateway.archive.query import parse, positive_words
from gateway.archive.query.terms import Form, Words
from gateway.archive.result import Snippet
from gateway.archive.snippets import snippets
from gateway.store.index.content import Content, Piece, Said
from gateway.store.index.tokens import placed, stems, tokens

_FILLER = "The quick brown fox jumps over the lazy dog and sees nothing at all of what was looked for. " * 40


def _words(query: str) -> tuple[Words, ...]:
    return positive_words(parse(query, date(2026, 11, 21)).term)


def _own(text: str, query: str) -> Snippet | None:
    found = snippets(Content(said=Said(own=text)), _words(query))
    assert len(found) <= 1
    return found[0] if found else None


def _marked(snippet: Snippet | None) -> list[str]:
    assert snippet is not None
    return [snippet.text[begin:end] for begin, end in snippet.marks]


def _attached(text: str, name: str = "list.xlsx") -> Piece:
    return Piece(part=1, name=name, kind="text/plain", size=1, sha256="00" * 32, text=text)


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("See 24/01234/FUL, please.", "24/01234/FUL", ["24/01234/FUL"]),
        ("See P24/S0456/HH.", "S0456", ["S0456"]),
        ("Mr O’Brien called", "O'Brien", ["O’Brien"]),
        ("It costs £1,250.00.", "£1,250.00", ["1,250.00"]),
        ("at SL6 2AB", "SL6 2AB", ["SL6", "2AB"]),
        ("at SL6 2AB", '"SL6 2AB"', ["SL6 2AB"]),
        ("See 24/01234/FUL.", "01234", ["01234"]),
        ("clerk@bray-pc.gov.uk", "clerk", ["clerk"]),
        ("Land form, orders.", "LAND FORM ORDER", ["Land", "form", "orders"]),
        ("fee fees feeding FEE", "fees", ["fee", "fees", "FEE"]),
        ("fee fees FEES", '"fees"', ["fees", "FEES"]),
        ("Burials, burying, bur", "buri*", ["Burials"]),
        ("burial fees and burial feet", '"burial fee*"', ["burial fees", "burial feet"]),
        ("Café Cafe\u0301 cafes", "cafe", ["Café", "Cafe\u0301", "cafes"]),
        ("a a a b", '"a a b"', ["a a b"]),
        ("a b a b a c", '"a b a c"', ["a b a c"]),
        ("a a b c", '"a b c"', ["a b c"]),
        ("ab ab ac", '"ab a*"', ["ab ab ac"]),
    ],
)
def test_what_the_index_finds_is_marked(text: str, query: str, marked: list[str]) -> None:
    assert _marked(_own(text, query)) == marked


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("burial of fees", '"burial fees"'),
        ("buried", '"burial"'),
        ("1250", "£1,250.00"),
        ("clerks", '"clerk"'),
        ("reburial", "burial*"),
        ("burial", "subject:burial"),
        ("burial", "-burial"),
        ("anything", ""),
        ("", "burial"),
    ],
)
def test_what_it_does_not_find_is_not(text: str, query: str) -> None:
    assert _own(text, query) is None


def test_it_is_cut_where_most_different_words_are() -> None:
    text = f"burial {_FILLER} burial burial {_FILLER} the burial fees of a grave {_FILLER} fees {_FILLER}"
    snippet = _own(text, "burial fees grave")
    assert _marked(snippet) == ["burial", "fees", "grave"]
    assert snippet is not None
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")
    assert 130 < len(snippet.text) <= 170
    # No word is cut.
    assert set(tokens(snippet.text)) <= set(tokens(text))


def test_all_that_stands_in_the_piece_is_marked() -> None:
    assert _marked(_own("burial, then a burial ground", "burial")) == ["burial", "burial"]


def test_a_phrase_longer_than_a_piece_is_marked_as_far_as_it_is_shown() -> None:
    phrase = " ".join(f"word{number}" for number in range(200))
    snippet = _own(f"{_FILLER} {phrase} {_FILLER}", f'"{phrase}"')
    assert snippet is not None
    assert len(snippet.text) < 400
    assert _marked(snippet)[0].startswith("word0 word1")


def test_order_columns_and_how_many() -> None:
    content = Content(
        said=Said(
            subject="Burial",
            author="Burial Clerk <clerk@example.org>",
            recipients="burial@example.org",
            own="On burial.",
            trail="An earlier burial",
        ),
        pieces=(
            _attached("nothing"),
            _attached("of burials", "list.xlsx in papers.zip"),
            _attached("", "burial.pdf"),
        ),
    )
    found = snippets(content, _words("burial"), most=99)
    assert [each.where for each in found] == [
        "subject",
        "text",
        "earlier message",
        "in attachment list.xlsx in papers.zip",
        "file name",
        "from",
        "to",
    ]
    assert len(snippets(content, _words("burial"))) == 3
    assert [each.where for each in snippets(content, _words("body:burial"))] == ["text", "earlier message"]
    assert [each.where for each in snippets(content, _words("attachment:burial filename:burial"))] == [
        "in attachment list.xlsx in papers.zip",
        "file name",
    ]
    # Words of different columns are not looked for in each other's.
    assert snippets(content, _words("subject:earlier body:clerk")) == ()


def test_a_phrase_does_not_go_over_from_one_attachment_to_another() -> None:
    content = Content(pieces=(_attached("burial"), _attached("fees")))
    assert snippets(content, _words('"burial fees"')) == ()


def test_it_is_one_line_in_which_nothing_is_hidden() -> None:
    text = "The\r\n\tburial\u00a0 \x00\x1b[31m fees\u202e are\u200b so\u00adft \ud800 \u2028 end"
    snippet = _own(text, "burial fees soft")
    assert snippet is not None
    assert snippet.text == "The burial \ufffd\ufffd[31m fees\ufffd are soft \ufffd end"
    assert _marked(snippet) == ["burial", "fees", "soft"]
    found = snippets(Content(pieces=(_attached("burial", "a\u202excod\n.exe"),)), _words("burial"))
    assert found[0].where == "in attachment a\ufffdxcod .exe"


_TEXTS = st.lists(
    st.sampled_from(
        ("burial", "burials", "fees", "fee", "a", "b", "é", "E\u0301", "24/01234", "½", "\u202e", "x" * 450)
    ),
    max_size=60,
).map(" ".join) | st.text(max_size=300)
_QUERIES = st.sampled_from(
    (
        "burial",
        "fees b",
        '"a b"',
        '"a a b"',
        '"a b*"',
        "e",
        "x*",
        "24/01234",
        '"burial fees" a',
        "burial OR fee* OR é",
    )
)


def _by_hand(text: str, words: Words) -> set[tuple[int, int]]:
    said = list(placed(text))
    found: set[tuple[int, int]] = set()
    *most, last = words.tokens
    for at in range(len(said) - len(most)):
        here = [word for word, _, _ in said[at : at + len(words.tokens)]]
        if words.form is Form.STEMMED:
            fits = stems.of([here[0]])[here[0]] == stems.of([last])[last]
        elif words.form is Form.PREFIX:
            fits = here[:-1] == most and here[-1].startswith(last)
        else:
            fits = here == [*most, last]
        if fits:
            found.add((said[at][1], said[at + len(most)][2]))
    return found


@given(_TEXTS, _QUERIES)
def test_places_are_those_that_are_found_by_hand(text: str, query: str) -> None:
    words = _words(query)
    found: dict[int, set[tuple[int, int]]] = {number: set() for number in range(len(words))}
    for each in Sought(words).within(text, range(len(words))).places():
        found[each.which].add((each.begin, each.end))
    assert found == {number: _by_hand(text, each) for number, each in enumerate(words)}


@given(_TEXTS, _QUERIES)
def test_marks_are_within_the_piece_and_in_order(text: str, query: str) -> None:
    snippet = _own(text, query)
    assert (snippet is None) == (not any(_by_hand(text, each) for each in _words(query)))
    if snippet is None:
        return
    assert snippet.marks
    assert snippet.text == " ".join(snippet.text.split())
    assert len(snippet.text) < 500
    last = 0
    for begin, end in snippet.marks:
        assert last <= begin < end <= len(snippet.text)
        last = end


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a " * 500_000 + "b", '"' + "a " * 2_000 + 'b"'),
        ("x" * 1_000_000, "burial x*"),
        ("\u0301" * 300_000 + "b", "b"),
        ("é" * 300_000, "burial"),
        (" ".join(f"b{number}" for number in range(100_000)), "burial"),
        (("a" * 30 + "\n" * 1_000) * 500, "aa*"),
    ],
    ids=["phrase", "word", "marks", "letters", "words", "lines"],
)
def test_a_large_text_takes_time_in_proportion(text: str, query: str) -> None:
    begun = time.process_time()
    _own(text, query)
    assert time.process_time() - begun < 10
