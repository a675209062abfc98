"""Watched papers on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, text

from filters.answers import Watched
from gateway.archive.verify import verify
from gateway.store import councils, papers
from gateway.store.answers import Asked, answer
from gateway.store.consents import Act
from gateway.store.errors import Conflict, NotFound
from gateway.store.models import PaperPrint
from gateway.store.papers import Paper, Printed, is_passage
from signatures.message.carried.prints import EVERY, placed, prints_of
from tests.intruder import alone
from tests.unit.store.conftest import NOW

CLERK = Act(by="clerk@nether.example", why="Pay", now=NOW, today=date(2026, 5, 11))
COUNCIL = "nether-poppleton"
PAPER = """The staffing committee considered the report of the external auditor upon the pay of the two groundsmen and
agreed, subject to the budget, that with effect from the first of April both move up by two points of the national
scale, that the van be sold before its test falls due in August, and that nobody outside the committee hear of either
matter until the two men have been told in person by the chairman of the committee, which is to happen within a week.
The Clerk reported that the pension fund had asked for a further payment of nine thousand pounds, which was agreed."""
CHANGED = (
    PAPER.replace("first of April", "second of April").replace("van", "lorry").replace("Clerk", "Chairman")
)


def paper(words: str = PAPER, title: str = "Pay of the groundsmen") -> Paper:
    return Paper(title, placed(words))


def printed(words: str, where: str = "body") -> Printed:
    return Printed(where, prints_of((words,), EVERY))


def added(database, given: Paper | None = None, act: Act = CLERK, council: str = COUNCIL) -> str:
    return database.write_blocking(lambda c: papers.add(c, council, given or paper(), act))


def found(database, *asked: Printed, council: str = COUNCIL) -> tuple[Watched, ...]:
    return database.read_blocking(lambda c: papers.watched(c, council, asked))


def faults(database, council: str = COUNCIL) -> list[str]:
    return database.read_blocking(lambda c: [each.what for each in verify(c, council)])


def test_a_paper_is_found_by_its_passages(database):
    assert added(database) == "2026-1"
    whole = Watched(title="Pay of the groundsmen", where="body")
    assert found(database, printed(PAPER)) == (whole,)
    assert found(database, printed("Dear Jo, this is what they said: " + PAPER[:420])) == (whole,)
    assert found(database, printed("> " + CHANGED.replace("\n", "\n> "), "earlier message")) == (
        replace_where(whole, "earlier message"),
    )
    assert found(database, printed("The van is for sale. " * 20)) == ()
    assert faults(database) == []


def replace_where(watched: Watched, where: str) -> Watched:
    return watched.model_copy(update={"where": where})


def test_the_archive_answers_it_with_the_rest(database):
    added(database)
    asked = Asked(COUNCIL, "Q1", printed=(printed(PAPER), printed("Something else.")))
    [each] = database.read_blocking(lambda c: answer(c, asked)).watched
    assert each.title == "Pay of the groundsmen"


def test_what_stands_everywhere_is_no_passage(database):
    """A run of words that any two letters may share."""
    added(database)
    shared = "and agreed, subject to the budget, that with effect from the first of"
    assert (
        found(database, printed(f"We met {shared} June the hall has new hours for everybody in the village."))
        == ()
    )


def test_passages_and_places():
    assert not is_passage([])
    assert not is_passage([4])
    assert not is_passage([4, 5, 9, 11])  # The same fifteen words.
    assert is_passage([4, 12])
    assert not is_passage([4, 65])
    assert is_passage([4, 65, 400, 450])
    assert is_passage(range(0, 900, 7))


def test_one_council_never_finds_anothers(database, council):
    other = council.model_copy(update={"id": "other", "domains": ("other.example",), "people": ()})
    database.write_blocking(lambda c: councils.save(c, other, NOW, "test"))
    added(database)
    assert found(database, printed(PAPER), council="other") == ()
    assert database.read_blocking(lambda c: papers.list_(c, "other")) == []


def test_no_text_is_kept(database):
    added(database)
    with database.engine.connect() as connection:
        kept = [
            str(row)
            for table in ("paper", "paper_print")
            for row in connection.execute(text(f"select * from {table}"))
        ]
    assert len(kept) > 20
    assert not any("auditor" in row or "pension" in row for row in kept)


def test_a_removed_paper_is_found_no_longer(database):
    added(database)
    act = replace(CLERK, why="Published")
    assert (
        database.write_blocking(lambda c: papers.remove(c, COUNCIL, "2026-1", act)) == "Pay of the groundsmen"
    )
    assert found(database, printed(PAPER)) == ()
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(PaperPrint)).scalar() == 0
    [row] = database.read_blocking(lambda c: papers.list_(c, COUNCIL))
    assert (row.removed_by, row.removed_why, row.title) == (CLERK.by, "Published", "Pay of the groundsmen")
    assert faults(database) == []
    assert added(database) == "2026-2"
    with pytest.raises(Conflict, match="not been watched since"):
        database.write_blocking(lambda c: papers.remove(c, COUNCIL, "2026-1", act))
    with pytest.raises(NotFound, match="no watched paper 1999-1"):
        database.write_blocking(lambda c: papers.remove(c, COUNCIL, "1999-1", act))


@pytest.mark.parametrize(
    ("given", "by", "said"),
    [
        (paper(), "jo@nether.example", "neither Clerk, deputy nor locum"),
        (paper("Eight words are no passage of a paper."), CLERK.by, "too short"),
    ],
)
def test_who_may_not_and_what_cannot(database, given, by, said):
    with pytest.raises(Conflict, match=said):
        added(database, given, replace(CLERK, by=by))
    assert database.read_blocking(lambda c: papers.list_(c, COUNCIL)) == []


def test_a_paper_is_watched_once(database):
    added(database)
    with pytest.raises(Conflict, match="watched already, as 2026-1"):
        added(database, paper(title="Again"))


@pytest.mark.parametrize(
    ("tampered", "fault"),
    [
        ("delete from paper_print where place > 20", "what was watched was altered"),
        ("update paper set title = 'Bins'", "what was watched was altered"),
        ("delete from ledger", "that the paper was watched is not in the ledger"),
        ("delete from paper_print; delete from paper", "what was watched is missing"),
        ("update paper set removed_at = 1", "that the paper was unwatched is not in the ledger"),
    ],
)
def test_the_ledger_tells_what_was_tampered_with(database, tampered, fault):
    added(database)
    with alone(database) as connection:
        for each in tampered.split("; "):
            connection.execute(text(each))
    assert fault in faults(database)


def test_many_prints_are_asked_for_in_pieces(database, monkeypatch):
    monkeypatch.setattr(papers, "_AT_ONCE", 7)
    added(database)
    assert len(found(database, printed(PAPER))) == 1
