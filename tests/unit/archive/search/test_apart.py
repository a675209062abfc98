"""What nobody may find: another council's mail, and what is sealed."""

from __future__ import annotations

import pytest

from gateway.archive.query.terms import EVERYTHING
from gateway.archive.thread import Gap, thread
from gateway.store import councils
from gateway.store.errors import NotFound
from gateway.store.search import Order, span, unread
from tests.unit.archive.search.shelf import COUNCIL, NOW, piece

OTHER = "over-poppleton"


@pytest.fixture
def other(database, council) -> str:
    """Another council in the same database."""
    made = council.model_copy(
        update={"id": OTHER, "name": "Over Poppleton", "domains": ("over.example",), "people": ()}
    )
    database.write_blocking(lambda c: councils.save(c, made, NOW, "test"))
    return OTHER


def test_two_councils_in_one_database_never_meet(shelf, other):
    ours = shelf.put(own="zebra bench", message_id="<1@x>", pieces=(piece("x", unread="is damaged"),))
    theirs = shelf.put(council=other, own="zebra giraffe", message_id="<2@x>", references=("<1@x>",))
    shelf.put(council=other, own="zebra", unread="is damaged", person="clerk@nether.example")
    assert shelf.find("zebra") == [ours]
    assert shelf.find("zebra", council=other)[1:] == [theirs]
    for query in ("giraffe", f"id:{theirs}", "id:2@x", '"zebra giraffe"', "giraf*"):
        assert shelf.result(query).total == 0, query
        assert shelf.result(query, council=other).total == 1, query
    assert shelf.find("person:clerk") == [ours]
    assert shelf.find("in-thread:1@x") == [ours]
    assert shelf.find("in-thread:2@x") == []
    assert shelf.result("girafe").suggestions == ()
    assert shelf.result("girafe", council=other).suggestions == ("giraffe",)
    assert shelf.result("").unsearched.messages == 1
    assert shelf.result("", council=other).unsearched.messages == 1
    with pytest.raises(NotFound):
        shelf.database.read_blocking(lambda c: thread(c, COUNCIL, "<2@x>"))
    steps = shelf.database.read_blocking(lambda c: thread(c, other, "<2@x>"))
    assert steps[0] == Gap("<1@x>")
    assert len(steps) == 2
    assert shelf.database.read_blocking(lambda c: span(c, COUNCIL).messages) == 1


def test_what_is_sealed_is_never_found(shelf):
    sealed = shelf.put(
        own="whistle bench 24/01234/FUL",
        sealed=True,
        message_id="<2@x>",
        references=("<1@x>",),
        pieces=(piece("zzz", unread="is damaged", sha256="a" * 64),),
        state="held",
        verdict="hold",
        found=(("naming", "hold"),),
        person="jo@nether.example",
        kind="report",
    )
    first = shelf.put(own="bench", message_id="<1@x>")
    last = shelf.put(own="bench", message_id="<3@x>", references=("<2@x>",))
    queries = (
        "whistle",
        "01234",
        "whist*",
        "state:held",
        "verdict:hold",
        "check:naming",
        "person:jo",
        "kind:report",
        f"id:{sealed}",
        "id:2@x",
        "in-thread:2@x",
        f"hash:{'a' * 64}",
        "has:attachment",
        "is:unsearched",
        "type:text",
        f"in-thread:{sealed}",
        "state:held OR whistle",
        "-bench",
    )
    for query in queries:
        for order in Order:
            result = shelf.result(query, order=order)
            assert (result.total, result.found, result.suggestions) == (0, (), ()), query
        assert shelf.every(query) == []
        assert (result.unsearched.messages, result.unsearched.pending) == (0, 0)
    assert shelf.find("bench") == shelf.find("") == shelf.find("-whistle") == [last, first]
    assert shelf.find("in-thread:1@x") == [first]
    assert shelf.result("whistel").suggestions == ()
    assert shelf.result("whistel OR bench").suggestions == ()
    assert shelf.database.read_blocking(lambda c: list(unread(c, COUNCIL, EVERYTHING))) == []
    assert shelf.database.read_blocking(lambda c: span(c, COUNCIL).messages) == 2
    for asked in (sealed, "<2@x>"):
        with pytest.raises(NotFound):
            shelf.database.read_blocking(lambda c, asked=asked: thread(c, COUNCIL, asked))
    steps = shelf.database.read_blocking(lambda c: thread(c, COUNCIL, "<3@x>"))
    assert steps[0] == Gap("<2@x>")
    assert [each.message for each in steps[1:]] == [last]


def test_casework_is_found_and_not_told(shelf):
    made = shelf.put(
        subject="Housing of Mary Smith",
        own="Mary lives at the mill",
        capacity="casework",
        to=("mary@home.example",),
        pieces=(piece("x", name="Mary.pdf"),),
    )
    plain = shelf.put(subject="The mill", to=("mary@home.example",))
    [other, found] = shelf.result("mill").found
    assert (found.message, other.message) == (made, plain)
    assert found.snippets == ()
    shown = f"{found.subject} {found.recipients} {found.attachments}".lower()
    assert "mary" not in shown
    assert "smith" not in shown
    assert other.recipients == ("mary@home.example",)
    assert other.snippets


def test_suggestions_are_words_of_the_archive_that_find_something(shelf):
    shelf.put(own="allotment rents", subject="burial")
    shelf.put(own="councillor bench")
    assert shelf.result("alotment").suggestions == ("allotment",)
    assert shelf.result("councilor bench").suggestions == ("councillor bench",)
    assert shelf.result("councilor allotment").suggestions == ()
    assert shelf.result("from:councilor").suggestions == ()
    assert shelf.result("subject:buriel").suggestions == ("subject:burial",)
    assert shelf.result('"alotment rents"').suggestions == ('"allotment rents"',)
    assert shelf.result("alotment -rents").suggestions == ()
    assert shelf.result("allotment councillor").suggestions == ()
    assert shelf.result("lalotment OR bench").suggestions == ("allotment OR bench",)
    assert shelf.result("lalotment OR bench").total == 1
    assert shelf.result("bench -alotment").suggestions == ()
    assert shelf.result("xyzzy").suggestions == ()


def test_at_most_three_suggestions(shelf):
    for word in ("beech", "beach", "bench", "bench", "bexch"):
        shelf.put(own=f"{word} there")
    assert shelf.result("bemch").suggestions == ("bench", "beach", "beech")


def test_a_number_is_not_taken_for_another(shelf):
    shelf.put(own="24/01234/FUL")
    assert shelf.result("01235").suggestions == ()
