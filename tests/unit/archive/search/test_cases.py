"""What a council asks of its archive: one test for each case that other archives get wrong."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from gateway.archive.query import QueryError
from gateway.archive.query.terms import EVERYTHING
from gateway.archive.thread import Gap, Known, thread
from gateway.store.search import Order, unread, unsearched
from tests.unit.archive.search.shelf import COUNCIL, Given, piece

REFERENCES = {
    "24/01234/FUL": "Planning application 24/01234/FUL was refused.",
    "P24/S0456/HH": "See P24/S0456/HH.",
    "71450/36214": "The tax number 71450/36214 stands in the PDF only.",
    "O'Brien": "Councillor O'Brien sends apologies.",
    "O’Brien": "Councillor O'Brien sends apologies.",
    "£1,250.00": "The grant of £1,250.00 was paid.",
    "SL6 2AB": "The house at SL6 2AB.",
    "INV-2025-0042": "Invoice INV-2025-0042 is due.",
    "bray-pc.gov.uk": "Write to www.bray-pc.gov.uk for it.",
}


@pytest.mark.parametrize("where", ["body", "attachment"])
def test_case_01_council_references_are_found_as_they_are_typed(shelf, where):
    shelf.put(
        own="24 sheep, 01234 cows, and a FUL barn; O and Brien; 1 or 250 or 00; SL6 or 2AB; bray gov pc uk"
    )
    put = {
        text: shelf.put(own=text) if where == "body" else shelf.put(pieces=(piece(text, name="a.pdf"),))
        for text in dict.fromkeys(REFERENCES.values())
    }
    for query, text in REFERENCES.items():
        assert put[text] in shelf.find(query), query
        assert put[text] in shelf.find(f"{where}:{query}" if " " not in query else f'{where}:"{query}"')
        assert shelf.find(f'"{query}"') == [put[text]]
    assert shelf.find("24/01234/FUL") == [put[REFERENCES["24/01234/FUL"]]]


def test_case_02_part_of_a_planning_reference_is_found(shelf):
    made = shelf.put(own="About 24/01234/FUL.")
    assert shelf.find("01234") == shelf.find("FUL") == shelf.find("ful") == [made]
    assert shelf.find("0123") == []


def test_case_03_a_word_that_stands_only_in_an_address_is_found(shelf):
    made = shelf.put(author="clerk@bray-pc.gov.uk")
    other = shelf.put(author="x@y.example", own="mailto:clerk@bray-pc.gov.uk")
    assert shelf.find("clerk") == shelf.find("clerk@bray-pc.gov.uk") == [other, made]
    assert shelf.find("from:clerk@bray-pc.gov.uk") == [made]


def test_case_04_capitals_find_what_small_letters_find(shelf):
    made = shelf.put(own="The land form and the order of it")
    shelf.put(own="The and of m l")
    assert shelf.find("LAND FORM ORDER") == shelf.find("land form order") == [made]
    assert shelf.find("Land Form Order") == [made]


def test_case_05_everything_together_and_said_in_plain_english(shelf):
    right = Given(
        author="Ann Clerk <clerk@bray.example>",
        recipients="Mrs Jones <jones@x.example>",
        subject="The burial fees",
        at=datetime(2025, 6, 1, tzinfo=UTC),
        pieces=(piece("list"),),
    )
    wrong = [
        {"author": "Jo <jo@bray.example>"},
        {"recipients": "Smith <smith@x.example>"},
        {"subject": "The fees of the burial"},
        {"subject": "The burial fees, draft"},
        {"at": datetime(2025, 3, 31, 12, tzinfo=UTC)},
        {"at": datetime(2026, 4, 1, 12, tzinfo=UTC)},
        {"pieces": ()},
        {"own": "a draft"},
    ]
    [made, *_] = shelf.put(right, *(replace(right, **each) for each in wrong))
    query = (
        'from:clerk to:jones subject:"burial fees" after:2025-04-01 before:2026-04-01 -draft has:attachment'
    )
    result = shelf.result(query)
    assert [each.message for each in result.found] == [made]
    assert result.total == 1
    for said in ("clerk", "jones", "burial fees", "1 April 2025", "draft", "attach"):
        assert said in result.meaning, result.meaning


@pytest.mark.parametrize(
    "query",
    [
        'an "unbalanced quote',
        "NEAR(",
        "NEAR(a b)",
        "a AND",
        "OR",
        "((((",
        "))))",
        "a* *b",
        '"a" "',
        "x " * 100,
        "y" * 5_000,
        '"' + "phrase " * 700 + '"',
        "{own} : x",
        "own : ^x + y",
        "subject:",
        "-",
        "\0 nothing",
    ],
)
def test_case_06_nonsense_is_taken_as_it_stands_or_refused_in_plain_words(shelf, query):
    shelf.put(own="Nothing of it.")
    try:
        said = f"{shelf.result(query).total}."
    except QueryError as error:
        said = str(error)
    assert said.endswith(".")


def test_case_06_a_lone_star_is_refused(shelf):
    with pytest.raises(QueryError):
        shelf.result("*")


def test_case_07_a_phrase_far_down_in_an_attachment_is_found(shelf):
    filler = "the council met and the clerk read the minutes of the last meeting which were approved " * 7_000
    made = shelf.put(pieces=(piece(filler + "velvet hammer " + filler[:1_000]),))
    shelf.put(pieces=(piece("velvet and a hammer"),))
    assert len(filler.split()) > 100_000
    assert shelf.find('"velvet hammer"') == [made]
    assert shelf.find('attachment:"approved velvet hammer the council"') == [made]
    assert shelf.find('"meeting which were approved the council met"') == [made]
    assert shelf.find('"hammer velvet"') == []


def test_case_08_two_hundred_thousand_different_words(shelf):
    words = [f"{hashlib.sha256(str(number).encode()).hexdigest()[:14]}" for number in range(200_000)]
    text = " ".join(words)
    assert len(text) > 2_900_000
    made = shelf.put(pieces=(piece(text, name="words.txt"),))
    for at in (0, 15_999, 16_000, 31_990, 100_000, 199_998):
        assert shelf.find(words[at]) == [made]
        assert shelf.find(f'"{words[at]} {words[at + 1]}"') == [made]
    assert shelf.find(f'"{words[5]} {words[7]}"') == []
    assert shelf.find("words.txt") == [made]


def test_case_09_the_last_of_forty_attachments(shelf):
    pieces = tuple(piece(f"text of number {number}", name=f"a{number}.txt") for number in range(39))
    made = shelf.put(pieces=(*pieces, piece("the needle", name="last.txt")))
    [found] = shelf.result("attachment:needle").found
    assert found.message == made
    assert [(each.where, each.text) for each in found.snippets] == [("in attachment last.txt", "the needle")]
    assert len(found.attachments) == 40
    assert shelf.find("filename:last.txt") == [made]


def test_case_10_what_cannot_be_searched_is_counted_with_its_reason(shelf):
    shelf.put(own="readable")
    scan = shelf.put(subject="bench", pieces=(piece(name="scan.pdf", unread="is a scanned image"),))
    locked = shelf.put(
        pieces=(piece(name="a.docx", unread="is encrypted"), piece(name="b.docx", unread="is encrypted"))
    )
    broken = shelf.put(own="bench", unread="is damaged", author="jo@nether.example")
    shelf.put(pieces=(piece(name="secret.zip", unread="is encrypted"),), sealed=True)
    pending = shelf.put(own="bench", pending=True)
    result = shelf.result("bench")
    assert result.total == 3
    assert (result.unsearched.messages, result.unsearched.pending) == (3, 1)
    assert result.unsearched.reasons == (
        ("is encrypted", 2),
        ("is a scanned image", 1),
        ("is damaged", 1),
    )
    assert shelf.find("is:unsearched") == [pending, broken, locked, scan]
    assert shelf.result("from:jo").unsearched.messages == 1
    assert shelf.result("from:jo bench").unsearched.reasons == (("is damaged", 1),)
    assert shelf.result("subject:bench").unsearched.messages == 1
    assert shelf.result("bench before:2026-01-01").unsearched.messages == 0
    assert shelf.result("-bench").unsearched.messages == 3
    listed = shelf.database.read_blocking(lambda c: list(unread(c, COUNCIL, EVERYTHING)))
    assert [(each.message, each.name, each.reason) for each in listed] == [
        (scan, "scan.pdf", "is a scanned image"),
        (locked, "a.docx", "is encrypted"),
        (locked, "b.docx", "is encrypted"),
        (broken, "", "is damaged"),
        (pending, "", "it is still to be read"),
    ]


def test_case_11_within_an_archive_and_one_that_was_stopped(shelf):
    found = shelf.put(pieces=(piece("the needle", name="plan.pdf in papers.zip"),))
    shelf.put(pieces=(piece(name="bomb.zip", unread="is too large when unpacked"),))
    result = shelf.result("attachment:needle")
    assert [each.message for each in result.found] == [found]
    assert result.unsearched.messages == 1
    assert result.unsearched.reasons == (("is too large when unpacked", 1),)


def test_case_12_five_thousand_matches_are_counted_and_all_reached(shelf):
    ids = shelf.put(*(Given(own="bench 24/01234/FUL" if number % 2 else "bench") for number in range(5_003)))
    newest = ids[::-1]
    assert shelf.result("bench").total == 5_003
    last = shelf.result("bench", limit=20, offset=4_990)
    assert [each.message for each in last.found] == newest[4_990:]
    middle = shelf.result("bench -01234", limit=20, offset=1_500)
    assert middle.total == 2_502
    assert [each.message for each in middle.found] == newest[::2][1_500:1_520]
    ranked = shelf.result("bench", order=Order.RELEVANCE, limit=10, offset=4_995)
    assert len(ranked.found) == 8
    assert shelf.every("bench") == ids
    assert shelf.every("01234") == ids[1::2]
    assert shelf.result("bench", offset=5_003).found == ()


def test_case_13_days_begin_at_midnight_in_london(shelf):
    eve = shelf.put(own="bench", at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    summer = shelf.put(own="bench", at=datetime(2025, 6, 30, 23, 30, tzinfo=UTC))
    assert shelf.find("bench after:2026-01-01") == []
    assert shelf.find("bench after:2025-12-31") == [eve]
    assert shelf.find("bench after:2025-07-01 before:2025-07-02") == [summer]
    assert shelf.find("bench before:2025-07-01") == []


def test_case_14_a_hidden_recipient_is_found_by_to_and_bcc(shelf):
    made = shelf.put(recipients="a@b.example", hidden="Secret Sam <sam@x.example>")
    assert shelf.find("to:sam") == shelf.find("bcc:sam@x.example") == [made]
    assert shelf.find("cc:sam") == []


def test_case_16_state_and_the_reason_that_was_given(shelf):
    released = shelf.put(
        own="bench",
        state="released",
        verdict="hold",
        decisions=(
            ("clerk@nether.example", "released", "It names nobody."),
            ("clerk@nether.example", "marked as wrongly held", "No name."),
        ),
    )
    rejected = shelf.put(
        own="bench",
        state="rejected",
        verdict="hold",
        decisions=(("clerk@nether.example", "rejected", "Not ours to say."),),
    )
    refused = shelf.put(own="bench", state="refused", verdict="refuse")
    found = {each.message: each for each in shelf.result("bench").found}
    assert list(found) == [refused, rejected, released]
    assert (found[released].state, found[released].act) == ("released", "released")
    assert (found[released].decided_by, found[released].why) == ("clerk@nether.example", "It names nobody.")
    assert (found[rejected].state, found[rejected].why) == ("rejected", "Not ours to say.")
    assert found[refused].decided_by == "policy"
    assert shelf.find("state:rejected") == [rejected]


def test_case_17_a_thread_of_twelve_with_one_missing(shelf):
    ids = [f"<{number}@x>" for number in range(1, 13)]
    for number, (before, own) in enumerate(pairwise(["", *ids]), 1):
        if number != 5:
            references = tuple(each for each in ids[: number - 1])
            shelf.put(message_id=own, references=references if before else (), subject=f"Message {number}")
    shelf.put(message_id="<other@x>", subject="Another")
    steps = shelf.database.read_blocking(lambda c: thread(c, COUNCIL, "<8@x>"))
    told = [each.message_id if isinstance(each, Gap) else each.subject for each in steps]
    assert told == [
        *(f"Message {number}" for number in range(1, 5)),
        "<5@x>",
        *(f"Message {number}" for number in range(6, 13)),
    ]
    assert sum(isinstance(each, Known) for each in steps) == 11


def test_case_18_by_the_hash_of_a_file(shelf):
    wanted = hashlib.sha256(b"a file").hexdigest()
    ids = [shelf.put(pieces=(piece(), piece(sha256=wanted))) for _ in range(3)]
    shelf.put(pieces=(piece(sha256=hashlib.sha256(b"another").hexdigest()),))
    assert shelf.find(f"hash:{wanted}") == shelf.find(f"hash:{wanted.upper()}") == ids[::-1]


def test_nothing_is_unsearched_in_an_archive_that_was_read(shelf):
    shelf.put(own="bench", pieces=(piece("all of it"),))
    found = shelf.database.read_blocking(lambda c: unsearched(c, COUNCIL, EVERYTHING))
    assert (found.messages, found.pending, found.reasons) == (0, 0, ())
