"""What holds of any query, however odd."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.archive.query import QueryError, explain, parse, positive_words, scope, written
from gateway.archive.query.terms import And, Attribute, Is, Not, Or, Term, Words
from gateway.store.index.columns import HEADING
from tests.unit.archive.query.terms_made import TERMS

_TODAY = date(2026, 11, 21)
_ODD = st.lists(
    st.sampled_from(
        (
            *(
                "(",
                ")",
                '"',
                "“",
                "”",
                "-",
                "--",
                "*",
                "AND",
                "OR",
                "NOT",
                "NEAR(",
                " ",
                "\n",
                "\0",
                ":",
                "£",
            ),
            *(
                "from:",
                "subject:",
                "check:",
                "after:",
                "on:",
                "has:",
                "is:",
                "id:",
                "type:",
                "Re:",
                "http://",
            ),
            *(
                "burial",
                "24/01234",
                "attachment",
                "2026-01-01",
                "today",
                "hold",
                "<a@b>",
                "\u202e",
                "\ud800",
                "é",
            ),
        )
    ),
    max_size=40,
).map("".join)


@settings(max_examples=600)
@given(_ODD | st.text(max_size=200) | st.lists(st.text(max_size=9) | _ODD, max_size=9).map(" ".join))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        query = parse(text, _TODAY)
    except QueryError as error:
        said = [str(error)]
    else:
        assert query.text == text
        assert parse(written(query.term), _TODAY).term == query.term
        said = [explain(query.term), explain(scope(query.term)), *query.remarks]
    for sentence in said:
        assert sentence.isprintable()
        assert sentence[-1] in ".?"


@settings(max_examples=400)
@given(TERMS)
def test_what_is_written_is_read_as_the_same_term(term: Term) -> None:
    assert parse(written(term), _TODAY).term == term


@given(TERMS)
def test_it_is_explained_in_one_sentence(term: Term) -> None:
    sentence = explain(term)
    assert sentence.startswith(("Mail ", "All mail."))
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert "  " not in sentence


def _holds(term: Term, leaf: Callable[[Term], bool]) -> bool:
    match term:
        case Not(inner):
            return not _holds(inner, leaf)
        case And(terms):
            return all(_holds(each, leaf) for each in terms)
        case Or(terms):
            return any(_holds(each, leaf) for each in terms)
    return leaf(term)


def _leaves(term: Term) -> set[Term]:
    match term:
        case Not(inner):
            return _leaves(inner)
        case And(terms) | Or(terms):
            return {leaf for each in terms for leaf in _leaves(each)}
    return {term}


@given(TERMS, st.randoms(use_true_random=False))
def test_a_scope_has_all_that_might_be_found_could_it_be_read(term: Term, chance: object) -> None:
    """Whatever the words of what was not read may turn out to be, what the term then holds for is in its scope."""
    known = {
        leaf: chance.random() < 0.5  # type: ignore[attr-defined]
        for leaf in sorted(_leaves(scope(term)), key=repr)
    }
    for _ in range(20):
        guessed = {leaf: chance.random() < 0.5 for leaf in sorted(_leaves(term), key=repr)}  # type: ignore[attr-defined]
        if _holds(term, lambda leaf, guessed=guessed: known.get(leaf, guessed[leaf])):  # type: ignore[misc]
            assert _holds(scope(term), known.__getitem__)


@given(TERMS)
def test_a_scope_speaks_of_nothing_that_is_not_known(term: Term) -> None:
    for leaf in _leaves(scope(term)):
        if isinstance(leaf, Words):
            assert leaf.columns
            assert set(leaf.columns) <= set(HEADING)
        assert not (isinstance(leaf, Is) and leaf.attribute in {Attribute.TYPE, Attribute.HASH})


@given(TERMS)
def test_words_that_are_marked_stand_under_no_not(term: Term) -> None:
    marked = positive_words(term)
    assert set(marked) <= _leaves(term)
    assert len(set(marked)) == len(marked)
    assert positive_words(Not(Not(term))) == marked


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        ")",
        '"',
        "-",
        "*",
        "a(",
        "a)",
        "(a",
        "a*",
        "a:",
        "NOT ",
        "AND ",
        "() ",
        "from:",
        "-(",
        "é",
        "a\u0301",
        "ﷺ",
    ],
)
@pytest.mark.parametrize("end", ["", "x"])
def test_it_takes_time_in_proportion(piece: str, end: str) -> None:
    text = piece * (9_999 // len(piece)) + end
    begun = time.process_time()
    try:
        written(parse(text, _TODAY).term)
    except QueryError:
        pass
    assert time.process_time() - begun < 1
