"""What is written of an item is found by its words, and by none of them once it is taken out."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config.policy import Verdict
from filters.context import Added
from filters.finding import Decision
from gateway.store.errors import NotFound, Unavailable
from gateway.store.index import writing
from gateway.store.index.columns import Column
from gateway.store.index.content import Content
from tests.unit.index.conftest import COUNCIL, content, piece
from tests.unit.store.test_store import finding


def complete(index, message, new: Content) -> None:
    number = index.number(message)
    index.database.write_blocking(lambda c: writing.complete(c, COUNCIL, number, new))


def remove(index, message) -> None:
    number = index.number(message)
    index.database.write_blocking(lambda c: writing.remove(c, COUNCIL, number))


def kept(index, message) -> Content:
    number = index.number(message)
    return index.database.read_blocking(lambda c: writing.content(c, COUNCIL, number))


@pytest.mark.parametrize(
    "words",
    [
        "24/01234/FUL",
        "01234",
        "71450/36214",
        "O'Brien",
        "O\u2019Brien",
        "\u00a31,250.00",
        "SL6 2AB",
        "bray-pc.gov.uk",
        "cafe",
    ],
)
def test_words_of_councils_are_found(index, words):
    message = index.take(
        content(
            "Ref 24/01234/FUL, tax 71450/36214: Mrs O'Brien pays \u00a31,250.00, SL6 2AB; www.bray-pc.gov.uk, Caf\u00e9"
        )
    )
    index.take(content("Nothing of it."))
    assert index.phrase(words) == [index.number(message)]
    assert index.phrase(words, Column.OWN) == [index.number(message)]
    assert index.phrase(words, Column.TRAIL) == []


def test_each_column_has_its_own_words(index):
    said = {
        "subject": "alpha", "author": "Ann <bravo@x.example>", "recipients": "charlie", "copied": "delta",
        "hidden": "echo", "trail": "golf",
    }  # fmt: skip
    index.take(content("foxtrot", piece("india", name="hotel.pdf"), **said))
    words = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india")
    for column, word in zip(Column, words, strict=True):
        found = {each for each in Column if index.phrase(word, each)}
        assert found == {column}
        assert {each for each in Column if index.stem(word, each)} == {column}


def test_forms_of_a_word_are_found_by_its_stem_alone(index):
    index.take(content("The parking meters were parked."))
    assert index.stem("parks", Column.OWN) == [1]
    assert index.phrase("parks") == []
    assert index.phrase("parking meters") == [1]


def test_no_phrase_runs_from_one_attachment_into_the_next(index):
    index.take(content("", piece("the old", name="one.txt"), piece("mill lane", name="two.txt")))
    assert index.phrase("mill lane", Column.ATTACHED) == [1]
    assert index.phrase("old mill", Column.ATTACHED) == []
    assert index.phrase("txt two", Column.FILES) == []


def test_a_phrase_after_word_100000_is_found(index):
    words = [f"word{number}" for number in range(101_000)]
    words[100_500:100_502] = ["burial", "ground"]
    index.take(content("", piece(" ".join(words))))
    assert index.phrase("burial ground", Column.ATTACHED) == [1]
    assert index.phrase("word100999") == [1]
    # And across every place where a vector may end.
    for at in range(0, 101_000, 777):
        if not 100_470 < at < 100_502:
            assert index.phrase(" ".join(words[at : at + 30])) == [1], at


def test_200000_distinct_words_are_all_found(index):
    large = " ".join(f"w{number:07d}abcdef" for number in range(200_000))
    assert len(large) > 2_900_000
    index.take(content("", piece(large)))
    for number in (0, 16_000, 99_999, 199_999):
        assert index.phrase(f"w{number:07d}abcdef") == [1]


def test_a_word_that_comes_a_thousand_times_is_found_wherever_it_stands(index):
    index.take(content(" ".join(["the"] * 1000 + ["pond"] + ["the"] * 1000)))
    assert index.phrase("the pond the") == [1]
    assert index.phrase(" ".join(["the"] * 30)) == [1]


def test_the_words_of_any_script_and_of_none(index):
    index.take(
        content(
            "\u0427\u0438\u043d\u043e\u0432\u043d\u0438\u043a \u6e05\u6f54 \U0001f600 \x00 \ue000 na\u00efve \u200b"
        )
    )
    assert index.phrase("\u0447\u0438\u043d\u043e\u0432\u043d\u0438\u043a") == [1]
    assert index.phrase("naive") == [1]
    index.sound()


def test_what_is_read_later_takes_the_place_of_what_was_known(index):
    message = index.take(content("pond", subject="Heading", pending=True))
    assert index.rows("select state from item") == [("pending",)]
    assert index.phrase("pond") == [1]
    complete(index, message, content("lake", piece("lease"), subject="Heading"))
    assert index.phrase("pond") == [] == index.stem("pond")
    assert index.phrase("heading", Column.SUBJECT) == index.phrase("lake") == index.phrase("lease") == [1]
    assert index.rows("select state from item") == [("indexed",)]
    assert "pond" not in index.vocabulary()
    assert "lake" in index.vocabulary()
    index.sound()


def test_what_nothing_was_known_of_can_be_read_too(index):
    """As items are that were in the archive before there was an index."""
    message = index.take(content("pond", piece("x"), pending=True))
    remove(index, message)
    complete(index, message, content("lake"))
    assert index.phrase("lake") == [1]
    index.sound()


def test_content_comes_back_as_it_was_put_in(index):
    made = content(
        "own\n\u00e4",
        piece("text of one", unread="half of it"),
        piece("", name="b in a", unread="it is encrypted"),
        subject="S",
        trail="> t",
        message_id="<1@x>",
        references=("<a@x>", "<b@x>"),
        unread="",
    )
    message = index.take(made)
    back = kept(index, message)
    assert back.pieces == made.pieces
    assert (back.message_id, back.references, back.pending) == ("<1@x>", ("<a@x>", "<b@x>"), False)
    assert back.said.own == made.said.own
    assert back.said.trail == "> t"


def test_an_item_that_is_removed_leaves_its_row_and_no_word(index):
    keeps = index.take(content("lake pond", piece("shared")))
    message = index.take(
        content("pond secret", piece("shared hidden"), message_id="<m@x>", references=("<r@x>",))
    )
    remove(index, message)
    number = index.number(message)
    for word in ("pond", "secret", "shared", "hidden"):
        assert number not in index.phrase(word)
        assert number not in index.stem(word)
    assert index.vocabulary() >= {"lake", "pond", "shared"}
    assert not index.vocabulary() & {"secret", "hidden"}
    for table in ("text", "attachment", "reference"):
        assert index.rows(f"select 1 from {table} where item = :n", n=number) == []
    assert index.phrase("shared") == [index.number(keeps)]
    index.sound()


def test_sealed_messages_are_numbered_downwards(index):
    for sealed in (False, True, False, True):
        index.take(content("pond"), sealed=sealed)
    assert sorted(row[0] for row in index.rows("select number from item")) == [-2, -1, 1, 2]
    assert index.phrase("pond") == [-2, -1, 1, 2]


def test_recipients_that_the_header_does_not_name_are_hidden(index):
    index.take(
        content(recipients="A <a@b.example>"),
        shown=frozenset({"a@b.example"}),
        added=(Added(address="clerk@nether.example", name="Ann", by="clerk_copy"),),
    )
    assert index.phrase("c@d.example", Column.HIDDEN) == [1]
    assert index.phrase("a@b.example", Column.HIDDEN) == []
    assert index.phrase("clerk@nether.example", Column.COPIED) == [1]


def test_a_message_that_was_not_read_is_pending_and_found_by_its_heading(index):
    index.take(None)
    assert index.rows("select state from item") == [("pending",)]
    assert index.phrase("hi", Column.SUBJECT) == index.phrase("jo@nether.example", Column.AUTHOR) == [1]
    assert index.phrase("a@b.example", Column.RECIPIENTS) == [1]
    index.sound()


def test_of_a_refused_message_it_is_said_that_nothing_was_kept(index):
    refused = Decision(findings=(finding(Verdict.REFUSE),))
    index.take(content("pond", piece("lease"), subject="Heading"), decision=refused)
    assert index.phrase("pond") == [] == index.phrase("lease")
    assert index.phrase("heading") == [1]
    assert index.rows("select state, unread, verdict from item") == [
        ("indexed", "it was refused, so its text was not kept", "refuse")
    ]
    assert index.rows('select "check", verdict from found') == [("sender_identity", "refuse")]


def test_what_is_not_there_is_not_found(index):
    with pytest.raises(NotFound):
        index.database.write_blocking(lambda c: writing.complete(c, COUNCIL, 99, content("x")))
    with pytest.raises(NotFound):
        index.database.read_blocking(lambda c: writing.content(c, COUNCIL, 99))


def test_the_index_is_whole_after_any_order_of_acts(index):
    """Nothing but what is in the index now is found, and no table is amiss."""
    dice = random.Random(8)
    words = [f"w{number}" for number in range(30)]
    known: dict[str, set[str]] = {}
    for _ in range(60):
        said = set(dice.sample(words, 5))
        act = dice.choice(["take", "complete", "remove"]) if known else "take"
        if act == "take":
            known[index.take(content(" ".join(sorted(said)), piece("\u00e9t\u00e9 O'Brien")))] = said
        elif act == "complete":
            message = dice.choice(list(known))
            complete(index, message, content("", piece(" ".join(sorted(said)))))
            known[message] = said
        else:
            message = dice.choice(list(known))
            remove(index, message)
            known[message] = set()
    for word in words:
        expected = sorted(index.number(message) for message, said in known.items() if word in said)
        assert index.phrase(word) == expected
        assert index.stem(word) == expected
    in_it = set().union(*known.values())
    assert {each for each in index.vocabulary() if each in words} == in_it
    index.sound()


def test_a_transaction_that_fails_leaves_nothing(index):
    message = index.take(content("pond"))

    def fails(connection):
        writing.complete(connection, COUNCIL, index_number, content("lake"))
        connection.execute(text("select * from no_such_table"))

    index_number = index.number(message)
    with pytest.raises((Unavailable, SQLAlchemyError)):
        index.database.write_blocking(fails)
    assert index.phrase("pond") == [1]
    assert index.phrase("lake") == []
    index.sound()
