"""Five hundred messages of a council, written and read the real way, and what each query must find of them.

What it must find is worked out from what the generator knows of its letters, by plain regular expressions: neither the
archive's words nor its query language are asked for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from gateway.archive.search import search
from gateway.store.database import Database
from gateway.store.index.tokens import tokens
from gateway.store.search import Order
from gateway.store.upgrade import upgrade
from tests.bench.archive import truth, vestry
from tests.bench.archive.council import Letter, letters

NUMBER, SEED = 500, 3
TODAY = date(2026, 4, 1)
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Archive:
    database: Database
    letters: list[Letter]

    def found(self, query: str, order: Order = Order.NEWEST) -> tuple[list[str], object]:
        """Message-IDs of all that is found, and the result."""
        result = self.database.read_blocking(
            lambda connection: search(connection, vestry.COUNCIL, query, TODAY, order, limit=NUMBER)
        )
        by_id = {each.message: each for each in result.found}
        assert result.total == len(result.found) == len(by_id)
        known = {(each.at, each.subject): each.message_id for each in self.letters}
        return [known[each.at, each.subject] for each in result.found], result


@pytest.fixture(scope="module")
def written() -> list[tuple[Letter, object]]:
    """The letters, each as the worker's code reads it."""
    return [(each, vestry.read(each)) for each in letters(NUMBER, SEED)]


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.neighbour("postgresql"))]
)
def archive(request, written, tmp_path_factory) -> Iterator[Archive]:
    """An archive with all of them."""
    if request.param == "postgresql":
        cluster = request.getfixturevalue("cluster")
        name = cluster.lend()
        url = cluster.url(name)
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('archive')}/vestry.sqlite"
        upgrade(url)
    database = vestry.new(url)
    vestry.fill(database, written)
    yield Archive(database, [letter for letter, _ in written])
    database.stop()
    if request.param == "postgresql":
        cluster.give_back(name)


def folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def one_after_the_other(*words: str) -> re.Pattern[str]:
    """These, with only signs in between; nothing that another text begins in between."""
    return re.compile(r"(?<![^\W_])" + r"(?:[^\w\0]|_)+".join(words) + r"(?![^\W_])")


def anywhere(*words: str) -> Callable[[Letter], bool]:
    pattern = one_after_the_other(*words)
    return lambda letter: pattern.search(folded(truth.words_of(letter))) is not None


def in_attachments(*words: str) -> Callable[[Letter], bool]:
    pattern = one_after_the_other(*words)
    return lambda letter: any(pattern.search(folded(text)) for file in letter.files for _, text in file.texts)


def in_file_names(*words: str) -> Callable[[Letter], bool]:
    pattern = one_after_the_other(*words)
    return lambda letter: any(pattern.search(folded(name)) for file in letter.files for name, _ in file.texts)


def local_day(letter: Letter) -> date:
    return letter.at.astimezone(LONDON).date()


ALLOTMENT = "allot(?:ment|ments|mentness)?"
"""Words with the stem of "allotment", among those that the generator has."""

POTHOLE = "pothole(?:s|ness)?"

QUERIES: dict[str, Callable[[Letter], bool]] = {
    '"burial fees"': anywhere("burial", "fees"),
    'subject:"burial fees"': lambda letter: "burial fees" in letter.subject.lower(),
    "pothole": anywhere(POTHOLE),
    "allotment AND pothole": lambda letter: anywhere(ALLOTMENT)(letter) and anywhere(POTHOLE)(letter),
    '"precept" OR "election"': lambda letter: anywhere("precept")(letter) or anywhere("election")(letter),
    '"planning application" NOT "objection"': lambda letter: (
        anywhere("planning", "application")(letter) and not anywhere("objection")(letter)
    ),
    "from:clerk": lambda letter: one_after_the_other("clerk").search(letter.author.lower()) is not None,
    "to:northvale-dc.example": lambda letter: "northvale-dc" in f"{letter.recipients} {letter.copied}",
    "cc:deputy.clerk@ashcombe-parva.example": lambda letter: "<deputy.clerk@" in letter.copied,
    "person:deputy.clerk": lambda letter: letter.sender.address.startswith("deputy.clerk@"),
    'attachment:"quote"': in_attachments("quote"),
    'filename:"standing orders"': in_file_names("standing", "orders"),
    "after:2024-04-01 before:2025-04-01": lambda letter: (
        date(2024, 4, 1) <= local_day(letter) < date(2025, 4, 1)
    ),
    '(from:clerk OR from:deputy) "grant" has:attachment after:2021-01-01': lambda letter: (
        "clerk" in letter.sender.address
        and anywhere("grant")(letter)
        and bool(letter.files)
        and local_day(letter) >= date(2021, 1, 1)
    ),
    "inter*": lambda letter: re.search(r"(?<![^\W_])inter", folded(truth.words_of(letter))) is not None,
    "O’Brien": anywhere("o", "brien"),
    "sian": anywhere("sian"),
    '"01632 960111"': anywhere("01632", "960111"),
    "COUNCIL has:attachments -from:deputy": lambda letter: (
        anywhere("councils?")(letter) and bool(letter.files) and "deputy" not in letter.sender.address
    ),
    "zeppelin": anywhere("zeppelin"),
    "before:2019-04-01": lambda letter: False,
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_what_it_must(archive, query):
    found, _ = archive.found(query)
    assert found == [each.message_id for each in reversed(archive.letters) if QUERIES[query](each)]


def test_queries_are_about_something():
    several = list(letters(NUMBER, SEED))
    for query, holds in QUERIES.items():
        number = sum(map(holds, several))
        assert (number > 0) == (query not in {"zeppelin", "before:2019-04-01"}), query
        assert number < NUMBER, query


@pytest.mark.parametrize("topic", ["planning", "invoices", "grants"])
def test_what_a_conversation_is_about_is_found(archive, topic):
    """Planning references (24/01234/FUL), invoice numbers, and amounts of money as they are written."""
    facts = next(each.facts for each in archive.letters if each.facts.topic == topic)
    wanted = facts.amount if topic == "grants" else facts.ref
    holds = anywhere(*re.findall(r"[^\W_]+", wanted.lower()))
    found, _ = archive.found(wanted)
    assert found == [each.message_id for each in reversed(archive.letters) if holds(each)]
    assert found


def test_whom_nobody_sees_is_found_among_the_recipients(archive):
    letter = next(each for each in archive.letters if each.hidden)
    for query in (f"bcc:{letter.hidden[0]}", f"to:{letter.hidden[0]}"):
        assert letter.message_id in archive.found(query)[0]


def test_a_file_is_found_by_what_it_is(archive):
    file = next(file for each in archive.letters for file in each.files if file.readable)
    found, _ = archive.found(f"hash:{file.sha256}")
    assert found == [each.message_id for each in reversed(archive.letters) if file in each.files]


def test_relevance_finds_the_same_in_another_order(archive):
    newest, _ = archive.found("pothole")
    found, _ = archive.found("pothole", Order.RELEVANCE)
    assert sorted(found) == sorted(newest)


def test_what_could_not_be_read_is_counted_beside(archive):
    unread = [each for each in archive.letters if any(not file.readable for file in each.files)]
    assert unread
    _, result = archive.found("zeppelin")
    assert (result.unsearched.messages, result.unsearched.pending) == (len(unread), 0)
    _, result = archive.found("subject:precept")
    assert (result.unsearched.messages, result.unsearched.pending) == (0, 0)


def test_what_is_read_is_what_was_written(written):
    """So that a measurement may take the generator's word for what a message is found by."""
    for letter, content in written:
        known = vestry.known(letter)
        assert sorted(content.references) == sorted(known.references)
        assert content.message_id == known.message_id
        for name, text in known.said:
            assert tokens(getattr(content.said, name)) == tokens(text), (letter.number, name)
        read = {each.name: each for each in content.pieces}
        for piece in known.pieces:
            assert tokens(read[piece.name].text) == tokens(piece.text), piece.name
            assert bool(read[piece.name].unread) == bool(piece.unread), piece.name
