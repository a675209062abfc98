"""What the archive answers to a message's questions, and that it answers from one council's mail alone."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import text

from config.council import Council
from config.policy import Verdict
from filters.answers import Alike
from filters.context import Envelope, Recipient
from filters.finding import Decision
from gateway.store import answers, correspondents, councils, messages
from gateway.store.answers import Asked
from gateway.store.messages import Heading
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import COUNCIL, count, entry, finding

ANN = "ann@builders.example"
BOB = "bob.brown@gmail.com"
PRINTS = tuple(range(2**62, 2**62 + 24))


_numbers = itertools.count()


def sent(*to: str, message_id: str = "<one@here.example>", hold: Verdict = Verdict.PASS, **changes):
    """A message to these, which left at once unless it is held."""
    findings = (finding(hold),) if hold else ()
    # Messages that come in within a millisecond are in no order.
    changes.setdefault("id", messages.new_id(NOW + timedelta(seconds=next(_numbers))))
    return entry(
        envelope=Envelope(
            mail_from="jo@nether.example",
            recipients=tuple(Recipient(address=address, canonical=address) for address in to),
        ),
        heading=Heading(message_id, "Subject", "jo@nether.example", "nether.example"),
        decision=Decision(findings=findings),
        **changes,
    )


def keep(database, *entries) -> None:
    for one in entries:
        database.write_blocking(lambda c, one=one: messages.record(c, one))


def ask(database, council=COUNCIL, message="NOBODY", **asked):
    return database.read_blocking(
        lambda c: answers.answer(c, Asked(council=council, message=message, **asked))
    )


@pytest.fixture
def elsewhere(database, council):
    """Another council of the same installation."""
    other = council.model_copy(update={"id": "elsewhere", "domains": ("elsewhere.example",), "people": ()})
    database.write_blocking(
        lambda c: councils.save(c, Council.model_validate(other.model_dump(by_alias=True)), NOW, "test")
    )
    return "elsewhere"


class TestParents:
    def test_are_found_by_the_message_id_that_a_message_names(self, database):
        one = sent(ANN, BOB, shown=frozenset({ANN}))
        keep(database, one)
        [found] = ask(database, parents=("<none@here.example>", "<one@here.example>")).parents
        assert (found.message, found.message_id, found.author) == (
            one.id,
            "<one@here.example>",
            "jo@nether.example",
        )
        assert found.people == ("jo@nether.example", ANN, BOB)
        assert found.hidden == (BOB,)

    def test_the_first_named_comes_first_and_a_message_is_no_parent_of_itself(self, database):
        one, two = sent(ANN), sent(ANN, message_id="<two@here.example>")
        keep(database, one, two)
        asked = ("<two@here.example>", "<one@here.example>")
        assert [each.message for each in ask(database, parents=asked).parents] == [two.id, one.id]
        assert [each.message for each in ask(database, message=two.id, parents=asked).parents] == [one.id]

    def test_one_without_a_message_id_is_found_by_the_one_that_it_left_with(self, database):
        one = sent(ANN, message_id="")
        keep(database, one)
        name = f"<{one.id}@post.nether.example>"
        assert [(each.message, each.message_id) for each in ask(database, parents=(name,)).parents] == [
            (one.id, name)
        ]
        keep(database, two := sent(ANN, message_id="<other@here.example>"))
        assert ask(database, parents=(f"<{two.id}@post.nether.example>",)).parents == ()

    def test_what_waits_counts_and_what_was_refused_does_not(self, database):
        held = sent(ANN, hold=Verdict.HOLD)
        keep(database, held, sent(ANN, message_id="<two@here.example>", hold=Verdict.REFUSE))
        asked = ("<one@here.example>", "<two@here.example>")
        assert [each.message for each in ask(database, parents=asked).parents] == [held.id]


class TestCopied:
    def test_half_of_the_kept_prints_make_a_copy(self, database):
        one = sent(ANN, prints=PRINTS)
        keep(database, one)
        assert [each.message for each in ask(database, prints=PRINTS[:12]).copied] == [one.id]
        assert ask(database, prints=PRINTS[:11]).copied == ()
        assert ask(database, message=one.id, prints=PRINTS).copied == ()

    def test_of_a_short_message_five_are_needed(self, database):
        one = sent(ANN, prints=PRINTS[:6])
        keep(database, one)
        assert ask(database, prints=PRINTS[:4]).copied == ()
        assert [each.message for each in ask(database, prints=PRINTS[1:6]).copied] == [one.id]

    def test_many_prints_are_asked_for_in_pieces(self, database):
        one = sent(ANN, prints=PRINTS)
        keep(database, one)
        asked = (*range(3000), *PRINTS[:6], *range(3000, 6000), *PRINTS[6:12])
        assert [each.message for each in ask(database, prints=asked).copied] == [one.id]

    def test_a_refused_message_leaves_no_prints(self, database):
        keep(database, sent(ANN, prints=PRINTS, hold=Verdict.REFUSE))
        assert count(database, "print") == 0

    def test_the_first_with_the_words_is_the_original_and_whom_they_went_to_later_has_had_them(
        self, database
    ):
        first = sent(ANN, prints=PRINTS)
        again = sent(BOB, prints=PRINTS, message_id="<2@x.example>")
        held_back = sent("x@waits.example", prints=PRINTS, message_id="<3@x.example>", hold=Verdict.HOLD)
        others = tuple(range(2**63 - 12, 2**63))
        partly = sent("y@more.example", prints=(*others, *PRINTS[:12]), message_id="<4@x.example>")
        keep(database, first, again, held_back, partly)
        [found] = ask(database, prints=PRINTS).copied
        assert found.message == first.id
        assert found.people == ("jo@nether.example", ANN, BOB, "y@more.example")
        both = ask(database, prints=(*PRINTS, *others)).copied
        assert {each.message for each in both} == {first.id, partly.id}  # It has words of its own.

    def test_what_was_rejected_is_nobodys_original(self, database):
        gone, later = (
            sent(ANN, prints=PRINTS, hold=Verdict.HOLD),
            sent(BOB, prints=PRINTS, message_id="<2@x.example>"),
        )
        keep(database, gone, later)
        with database.engine.begin() as connection:
            connection.execute(text("update message set state = 'rejected' where id = :id"), {"id": gone.id})
        assert [each.message for each in ask(database, prints=PRINTS).copied] == [later.id]

    def test_of_very_many_copies_the_newest_are_looked_at(self, database):
        kept = [sent(f"p{n}@x.example", prints=PRINTS, message_id=f"<{n}@x.example>") for n in range(60)]
        keep(database, *kept)
        newest = sorted((each.id for each in kept), reverse=True)[:50]
        [found] = ask(database, prints=PRINTS).copied
        assert found.message == newest[-1]
        assert len(found.people) == 51

    def test_what_was_rejected_is_no_copy(self, database):
        keep(database, one := sent(ANN, prints=PRINTS, hold=Verdict.HOLD))
        with database.engine.begin() as connection:
            connection.execute(text("update message set state = 'rejected' where id = :id"), {"id": one.id})
        assert ask(database, prints=PRINTS).copied == ()


class TestKnown:
    def test_who_was_written_to_is_known_and_so_is_the_domain(self, database):
        keep(database, sent(ANN))
        found = ask(database, recipients=(ANN, "joe@builders.example", "new@gmail.com"))
        assert (found.known, found.known_domains) == ((ANN,), ("builders.example",))

    def test_held_mail_makes_nobody_known_until_it_leaves(self, database):
        keep(database, sent(ANN, hold=Verdict.HOLD))
        assert ask(database, recipients=(ANN,)).known == ()
        database.write_blocking(
            lambda c: correspondents.keep(c, correspondents.rows_of(COUNCIL, [ANN, ANN], NOW))
        )
        assert ask(database, recipients=(ANN,)).known == (ANN,)

    def test_the_first_time_is_kept(self, database):
        keep(database, sent(ANN), sent(ANN, message_id="<2@x.example>", received_at=NOW + timedelta(days=2)))
        assert count(database, "correspondent") == count(database, "correspondent_domain") == 1
        with database.engine.connect() as connection:
            at = connection.execute(text("select first_written_at from correspondent")).scalar_one()
        assert at == NOW.timestamp() * 1_000_000

    def test_very_many_recipients(self, database):
        many = tuple(f"person{n}@gmail.com" for n in range(1200))
        keep(database, sent(*many[:700]))
        assert len(ask(database, recipients=many).known) == 700


class TestAlike:
    @pytest.mark.parametrize(
        "recipient",
        [
            "bob.brwn@gmail.com",  # a letter left out
            "bob.browwn@gmail.com",
            "bpb.brown@gmail.com",
            "bob.borwn@gmail.com",  # swapped
            "bob.brown@gmial.com",
            "bo.bbrown@gmail.com",  # swapped in the very middle
            "bobb.rown@gmail.com",
            "ob.brown@gmail.com",
            "bob.brow@gmail.com",
        ],
    )
    def test_one_letter_apart(self, database, recipient):
        keep(database, sent(BOB, ANN))
        assert ask(database, recipients=(recipient,)).alike == (Alike(recipient=recipient, known=BOB),)

    @pytest.mark.parametrize(
        "recipient", ["rob.green@gmail.com", "bob.brown@hotmail.com", BOB, "bob@gmail.com", "ana@gmail.com"]
    )
    def test_others_are_not(self, database, recipient):
        keep(database, sent(BOB, "ann@gmail.com"))
        assert ask(database, recipients=(recipient,)).alike == ()

    def test_every_single_slip_is_found(self, database):
        known = "margaret.hale@gmail.com"
        keep(database, sent(known))
        local = "margaret.hale"
        slips = {local[:n] + local[n + 1 :] for n in range(len(local))}
        slips |= {local[:n] + "x" + local[n:] for n in range(len(local) + 1)}
        slips |= {local[:n] + "x" + local[n + 1 :] for n in range(len(local))}
        slips |= {local[:n] + local[n + 1] + local[n] + local[n + 2 :] for n in range(len(local) - 1)}
        slips = {f"{each}@gmail.com" for each in slips - {local}}
        found = ask(database, recipients=tuple(sorted(slips))).alike
        assert {each.recipient for each in found} == slips
        assert {each.known for each in found} == {known}

    def test_letters_beyond_ascii_stand_in_the_same_order_everywhere(self, database):
        keep(database, sent("siân.évans@post.cymru"))
        found = ask(database, recipients=("siân.évanz@post.cymru", "sian.évans@post.cymru")).alike
        assert {each.recipient for each in found} == {"siân.évanz@post.cymru", "sian.évans@post.cymru"}

    def test_domains(self, database):
        keep(database, sent("ann@smithandsons.co.uk", BOB))
        strange = ("x@smithandson.co.uk", "y@smithandsons.co.k", "z@other.example", "w@gmial.com")
        assert ask(database, recipients=strange).near_domains == ("gmail.com", "smithandsons.co.uk")
        assert ask(database, recipients=("x@smithandsons.co.uk", "y@gmail.com")).near_domains == ()


def test_nothing_is_answered_from_another_councils_mail(database, elsewhere):
    keep(database, sent(ANN, BOB, prints=PRINTS), sent(ANN, message_id=""))
    without = sent(ANN, message_id="").id
    asked = {
        "parents": ("<one@here.example>", f"<{without}@x.example>"),
        "recipients": (ANN, BOB, "bob.borwn@gmail.com", "x@buiders.example"),
        "prints": PRINTS,
    }
    assert ask(database, **asked).copied
    found = ask(database, council=elsewhere, **asked)
    assert found == type(found)()


def test_answers_to_several_at_once_are_each_ones_own(database):
    keep(database, sent(ANN))
    first, second = database.read_blocking(
        lambda c: answers.answer_all(
            c,
            [Asked(COUNCIL, "A", recipients=(ANN,)), Asked(COUNCIL, "B", recipients=(BOB,))],
        )
    )
    assert (first.known, second.known) == ((ANN,), ())
