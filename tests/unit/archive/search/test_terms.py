"""What terms find, one after the other, on either kind of database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.archive.query.terms import And, Form, Not, Or, Words
from gateway.store.index.columns import Column
from gateway.store.search import Order
from tests.unit.archive.search.shelf import piece


def test_all_words_of_a_query_may_stand_in_different_places(shelf):
    both = shelf.put(own="The allotment rents.", pieces=(piece("A list of hedges."),))
    shelf.put(own="The allotment rents.")
    shelf.put(pieces=(piece("A list of hedges."),))
    assert shelf.find("allotment hedges") == [both]
    assert shelf.find('allotment "list of hedges"') == [both]
    assert shelf.find("body:allotment attachment:hedges") == [both]
    assert shelf.find("attachment:allotment") == []


def test_not_leaves_out_whatever_stands_anywhere_in_the_message(shelf):
    first = shelf.put(own="bench", subject="final")
    second = shelf.put(own="bench", pieces=(piece("draft"),))
    third = shelf.put(own="swing")
    assert shelf.find("bench -draft") == [first]
    assert shelf.find("-draft") == [third, first]
    assert shelf.find('-"bench" -draft') == [third]
    assert shelf.find("bench -attachment:draft") == [first]
    assert shelf.find("-(bench -draft)") == [third, second]
    assert shelf.find('bench -"no such words"') == [second, first]


def test_groups(shelf):
    a = shelf.put(own="oak bench")
    b = shelf.put(own="elm bench")
    c = shelf.put(own="oak swing 24/01234/FUL")
    shelf.put(own="ash swing")
    assert shelf.find("(oak OR elm) bench") == [b, a]
    assert shelf.find("oak OR elm bench") == [c, b, a]
    assert shelf.find('(oak swing) OR ("elm bench")') == [c, b]
    assert shelf.find("(elm OR 01234) -(oak bench)") == [c, b]
    assert shelf.find("(oak (bench OR 01234)) OR elm") == [c, b, a]


def test_a_beginning_finds_what_begins_so_and_nothing_else(shelf):
    a = shelf.put(own="playground")
    b = shelf.put(own="play")
    c = shelf.put(own="the play area in the park")
    assert shelf.find("play*") == [c, b, a]
    assert shelf.find("playg*") == [a]
    assert shelf.find('"play ar*"') == [c]
    assert shelf.find("subject:play*") == []


def test_a_word_is_found_with_other_endings_and_in_quotation_marks_is_not(shelf):
    a = shelf.put(own="planning permission")
    b = shelf.put(own="planned permissions")
    assert shelf.find("plans") == [b, a]
    assert shelf.find("planning") == [b, a]
    assert shelf.find('"planning"') == [a]
    assert shelf.find('"permission"') == [a]


def test_a_phrase_stands_in_one_place(shelf):
    shelf.put(subject="burial", own="fees")
    shelf.put(pieces=(piece("the burial"), piece("fees of 2025", name="other.txt")))
    shelf.put(recipients="burial <a@b.example>", copied="fees")
    shelf.put(pieces=(piece("x", name="burial"), piece("y", name="fees")))
    right = shelf.put(pieces=(piece("nothing"), piece("the burial fees of 2025")))
    assert shelf.find('"burial fees"') == [right]


def test_fields_are_looked_in_alone(shelf):
    made = shelf.put(
        subject="alpha",
        author="bravo",
        recipients="charlie",
        copied="delta",
        hidden="echo",
        own="foxtrot",
        trail="golf",
        pieces=(piece("hotel", name="india"),),
    )
    where = {
        "subject": {"alpha"},
        "from": {"bravo"},
        "to": {"charlie", "delta", "echo"},
        "cc": {"delta"},
        "bcc": {"echo"},
        "body": {"foxtrot", "golf"},
        "own": {"foxtrot"},
        "attachment": {"hotel"},
        "filename": {"india"},
    }
    for field, words in where.items():
        for word in ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india"):
            expected = [made] if word in words else []
            assert shelf.find(f"{field}:{word}") == expected, (field, word)
            assert shelf.find(f'{field}:"{word}"') == expected, (field, word)
            assert shelf.find(word) == [made]


def test_attributes(shelf):
    held = shelf.put(
        state="held",
        verdict="hold",
        person="jo@nether.example",
        found=(("naming", "hold"), ("spelling", "note")),
        message_id="<one@nether.example>",
    )
    notice = shelf.put(kind="notice", person=None)
    plain = shelf.put(pieces=(piece("x", name="map.pdf"), piece("y", name="map2.pdf")))
    assert shelf.find("person:jo") == shelf.find("person:jo@nether.example") == [held]
    assert shelf.find("person:j") == []
    assert shelf.find("state:held") == shelf.find("verdict:hold") == shelf.find("check:naming") == [held]
    assert shelf.find("kind:notice") == [notice]
    assert shelf.find("has:attachment") == [plain]
    assert shelf.find("type:text") == shelf.find("type:text/plain") == [plain]
    assert shelf.find("type:image") == []
    assert shelf.find(f"id:{held}") == shelf.find("id:one@nether.example") == [held]
    assert shelf.find("id:<one@nether.example>") == [held]
    assert shelf.find("id:two@nether.example") == []
    assert shelf.find("-person:jo -kind:notice") == [plain]
    assert shelf.find("person:jo OR kind:notice") == [notice, held]


def test_a_thread_is_all_that_is_connected(shelf):
    first = shelf.put(message_id="<1@x>")
    second = shelf.put(message_id="<2@x>", references=("<1@x>",))
    third = shelf.put(message_id="<3@x>", references=("<2@x>", "<gone@x>"))
    fourth = shelf.put(message_id="<4@x>", references=("<gone@x>",), own="bench")
    shelf.put(message_id="<5@x>", own="bench")
    for each in (first, fourth, "3@x"):
        assert shelf.find(f"in-thread:{each}") == [fourth, third, second, first]
    assert shelf.find("in-thread:1@x bench") == [fourth]
    assert shelf.find("in-thread:nobody@x") == []


def test_what_came_in_between_days(shelf):
    at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    # The second is older than its number, as imported mail is.
    ids = [shelf.put(own="bench", at=at + timedelta(days=days)) for days in (0, -9, 1, 2, 3)]
    assert shelf.find("bench after:2026-03-04 before:2026-03-06") == [ids[3], ids[2]]
    assert shelf.find("after:2026-03-04 before:2026-03-06") == [ids[3], ids[2]]
    assert shelf.find("bench before:2026-03-04") == [ids[0], ids[1]]
    assert shelf.find("bench -after:2026-03-04") == [ids[0], ids[1]]
    assert shelf.find("bench after:2026-02-01 before:2026-03-01") == [ids[1]]
    assert shelf.find("(bench after:2026-03-06) OR before:2026-03-01") == [ids[4], ids[1]]
    assert shelf.find("bench after:2027-01-01") == []
    assert shelf.find("bench after:2026-03-06 before:2026-03-04") == []
    assert shelf.every("bench after:2026-03-04") == [ids[2], ids[3], ids[4]]


def test_the_orders(shelf):
    at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    few = shelf.put(own="bench among very many other words of all kinds that say nothing of it", at=at)
    many = shelf.put(own="bench bench bench", at=at - timedelta(days=1))
    none = shelf.put(own="swing", at=at)
    both = shelf.put(own="bench swing", at=at)
    assert shelf.find("bench") == [both, few, many]
    assert shelf.find("bench", order=Order.OLDEST) == [many, few, both]
    assert shelf.find("bench", order=Order.RELEVANCE)[0] == many
    assert sorted(shelf.find("bench OR swing", order=Order.RELEVANCE)) == sorted([few, many, none, both])
    assert shelf.find("has:attachment OR kind:submitted", order=Order.RELEVANCE) == [both, none, few, many]
    ranked = shelf.find("bench", order=Order.RELEVANCE)
    pages = [shelf.find("bench", order=Order.RELEVANCE, limit=1, offset=at) for at in range(3)]
    assert [each for page in pages for each in page] == ranked


def test_nothing_that_is_typed_becomes_sql(shelf):
    made = shelf.put(own="it's a 'quoted' \\ word; DROP TABLE item -- :council %s ? NEAR 100%")
    for query in (
        "it's",
        "'quoted'",
        '"quoted word"',
        "DROP TABLE",
        "subject:x' OR '1'='1",
        ":council",
        "%s",
        "100%",
        "NEAR",
        "person:x'--",
        "id:x'||'",
        'in-thread:"x\' OR 1=1"',
    ):
        assert shelf.result(query).total in (0, 1), query
    assert shelf.find("drop table") == shelf.find("'quoted'") == shelf.find('"100%"') == [made]
    odd = Words(('a"b', "c'd\\", "e:*|&!"), Form.EXACT)
    for form in (Form.EXACT, Form.PREFIX):
        total, _ = shelf.by_term(Words(odd.tokens, form, (Column.OWN,)))
        assert total == 0


def test_terms_of_nothing(shelf):
    made = shelf.put(own="bench")
    assert shelf.by_term(And()) == (1, [made])
    assert shelf.by_term(Or()) == (0, [])
    assert shelf.by_term(Not(And())) == (0, [])
    assert shelf.by_term(Not(Or())) == (1, [made])
    assert shelf.by_term(Or((Or(), And((And(), Words(("bench",), Form.STEMMED)))))) == (1, [made])
    assert shelf.by_term(Words((), Form.EXACT)) == (0, [])


@pytest.mark.parametrize("word", ["bench", "1234", '"garden bench"'])
def test_parentheses_as_deep_as_a_query_may_have_them(shelf, word):
    made = shelf.put(own="garden bench 1234")
    shelf.put(own="swing")
    deep = word
    for each in range(24):
        deep = f"(-{each}x (swing OR {deep}))" if each % 2 else f"(z{each} OR (kind:submitted {deep}))"
    found = shelf.find(deep)
    assert made in found
    assert found == shelf.find(deep.replace("-", "-"))


def test_two_hundred_words(shelf):
    made = shelf.put(own=" ".join(f"word{number}" for number in range(200)) + " bench")
    shelf.put(own="bench word1")
    words = [f"word{number}" for number in range(199)]
    assert shelf.find(" ".join(words) + " bench") == [made]
    assert len(shelf.find(" OR ".join(words))) == 2
    mixed = [f'"word{number}"' if number % 2 else f"attachment:x{number}" for number in range(200)]
    assert len(shelf.find(" OR ".join(mixed))) == 2
    assert shelf.find(" ".join(f"(x{number} OR word{number})" for number in range(100))) == [made]
