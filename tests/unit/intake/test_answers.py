"""What is asked before a message is decided on, and that the decision is given the answers."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

from config.council import Council
from config.settings import Settings
from filters.analysis import read_step
from filters.context import Envelope, Recipient
from gateway.holds import decisions
from gateway.holds.ready import make_ready
from gateway.intake.accept import Intake
from gateway.intake.answers import Answerer, questions, shown
from gateway.intake.resolve import Resolver
from gateway.store import answers, councils
from gateway.store.errors import Unavailable
from tests.peers.name_server import name_server
from tests.unit.intake.conftest import CLERK, ID, JO, InProcess, held, submission
from tests.unit.store.conftest import NOW

WORDS = " ".join(f"The {word} of the green shall be mown on each second day." for word in "abcdefghijklm")


class Recording(InProcess):
    """Keeps the situations that are decided in. Its verdict is ours to say."""

    def __init__(self) -> None:
        super().__init__()
        self.situations = []

    async def decide(self, raw, reading, council, situation, deadline):
        self.situations.append(situation)
        return await super().decide(raw, reading, council, situation, deadline)

    @property
    def answers(self):
        return self.situations[-1].answers


@pytest.fixture
def analyst():
    return Recording()


@pytest.fixture
def intake(settings, database, analyst):
    return Intake(settings, database, analyst, lambda: None, lambda: NOW)


def message(words="Hello.", *, to="a@b.example", id="<first@x.example>", more="", sender=JO):
    header = f"From: {sender}\r\nTo: {to}\r\nSubject: S\r\nMessage-ID: {id}\r\n{more}"
    return f"{header}\r\n{words}\r\n".encode()


def handed_in(raw, *to, **options):
    return submission(raw=raw, to=to or ("a@b.example",), **options)


async def test_a_reply_is_decided_on_with_what_it_answers(intake, analyst):
    await intake.accept(handed_in(message(), "a@b.example", "unseen@c.example"))
    await intake.accept(
        handed_in(
            message(id="<second@x.example>", more="In-Reply-To: <first@x.example>\r\n"),
            "a@b.example",
            "a@b.exmaple",
            "x@c.example",
        )
    )
    found = analyst.answers
    assert [each.message_id for each in found.parents] == ["<first@x.example>"]
    assert found.parents[0].people == (JO, "a@b.example", "unseen@c.example")
    assert found.parents[0].hidden == ("unseen@c.example",)
    assert (found.known, found.known_domains) == (("a@b.example",), ("b.example", "c.example"))


async def test_words_from_the_archive_are_found_where_they_leave(intake, analyst):
    await intake.accept(handed_in(message(WORDS), JO))
    pasted = message(f"Look at this. {WORDS} Is it not odd?", id="<second@x.example>")
    await intake.accept(handed_in(pasted))
    assert [each.message_id for each in analyst.answers.copied] == ["<first@x.example>"]
    await intake.accept(handed_in(pasted.replace(b"second", b"third"), CLERK))
    assert analyst.answers.copied == ()


async def test_a_refused_message_is_no_answer_later(intake, analyst, database):
    await intake.accept(handed_in(message(WORDS, sender=CLERK), "z@gone.example"))
    await intake.accept(
        handed_in(message(WORDS, id="<second@x.example>", more="In-Reply-To: <first@x.example>\r\n"))
    )
    assert (analyst.answers.parents, analyst.answers.copied, analyst.answers.known) == ((), (), ())


async def test_a_message_that_could_not_be_read_asks_nothing(intake, analyst, monkeypatch):
    analyst.read_fails = "crash"
    monkeypatch.setattr(answers, "answer", lambda *_: pytest.fail("asked"))
    assert (await intake.accept(submission())).code == 250


async def test_an_archive_that_cannot_be_asked_has_the_client_keep_its_message(intake, database, monkeypatch):
    async def away(*_):
        raise Unavailable("away")

    monkeypatch.setattr(database, "read_together", away)
    assert (await intake.accept(submission())).code == 451
    assert database.read_blocking(lambda c: c.execute(text("select count(*) from message")).scalar_one()) == 0


async def test_the_answers_are_those_of_the_council_that_the_message_is_of(
    intake, analyst, database, council
):
    other = council.model_dump(by_alias=True, mode="json") | {
        "id": "elsewhere",
        "domains": ["elsewhere.example"],
        "people": [{"login": JO, "name": "Jo Bloggs", "identities": [{"address": "jo@elsewhere.example"}]}],
    }
    database.write_blocking(lambda c: councils.save(c, Council.model_validate(other), NOW, "test"))
    both = {"councils_of": (ID, "elsewhere"), "login": JO}
    await intake.accept(handed_in(message(WORDS), "a@b.example", **both))
    reply = "In-Reply-To: <first@x.example>\r\n"
    there = message(WORDS, id="<second@x.example>", more=reply, sender="jo@elsewhere.example")
    await intake.accept(
        handed_in(there, "a@b.example", "a@b.exampel", mail_from="jo@elsewhere.example", **both)
    )
    assert analyst.answers == type(analyst.answers)()
    here = message(WORDS, id="<third@x.example>", more=reply)
    await intake.accept(handed_in(here, "a@b.example", **both))
    assert [each.message_id for each in analyst.answers.parents] == ["<first@x.example>"]
    assert [each.message_id for each in analyst.answers.copied] == ["<first@x.example>"]


async def test_a_council_that_changed_meanwhile_asks_no_second_time(
    intake, analyst, database, council, monkeypatch
):
    asked = []
    answer = answers.answer

    def counted(connection, one):
        asked.append(one.council)
        return answer(connection, one)

    monkeypatch.setattr(answers, "answer", counted)
    changed = council.model_copy(update={"name": "Nether Poppleton Town Council"})

    def change():
        analyst.before_decide = lambda: None
        database.write_blocking(lambda c: councils.save(c, changed, NOW, "test"))

    analyst.before_decide = change
    assert (await intake.accept(submission())).code == 250
    assert len(analyst.situations) == 2
    assert asked == [ID]


async def test_who_is_written_to_by_a_release_is_known_from_then_on(intake, analyst, database):
    analyst.decide_fails = "crash"
    await intake.accept(handed_in(message(), "late@b.example"))
    analyst.decide_fails = None
    await intake.accept(handed_in(message(id="<second@x.example>"), "late@b.example"))
    assert analyst.answers.known == ()
    database.write_blocking(lambda c: c.execute(text("delete from correspondent")))
    [kept] = held(database)
    act = decisions.Act(CLERK, "", NOW, date(2026, 5, 11), "post.test.example")
    ready = decisions.Ready("nether.example", ())
    database.write_blocking(lambda c: decisions.release(c, ID, kept, act, ready))
    found = database.read_blocking(
        lambda c: answers.answer(c, answers.Asked(ID, "", recipients=("late@b.example",)))
    )
    assert found.known == ("late@b.example",)


async def test_what_is_made_ready_later_is_decided_on_with_the_archives_answers(
    intake, analyst, database, settings, monkeypatch
):
    await intake.accept(handed_in(message(WORDS)))
    analyst.decide_fails = "crash"
    later = message(WORDS, id="<second@x.example>", more="In-Reply-To: <first@x.example>\r\n")
    await intake.accept(handed_in(later))
    analyst.decide_fails = None
    monkeypatch.setattr("gateway.holds.ready.Analyst", lambda *_: analyst)
    [kept] = held(database)
    act = decisions.Act(CLERK, "", NOW, date(2026, 5, 11), "post.test.example")
    await asyncio.to_thread(database.read_blocking, lambda c: make_ready(c, ID, kept, act, settings))
    assert [each.message_id for each in analyst.answers.parents] == ["<first@x.example>"]
    assert [each.message_id for each in analyst.answers.copied] == ["<first@x.example>"]
    assert analyst.answers.known == ("a@b.example",)


def test_no_copies_are_looked_for_where_nothing_leaves(council):
    reading = read_step(message(WORDS, more="In-Reply-To: <before@x.example>\r\n"))

    def asked(*to):
        recipients = tuple(Recipient(address=each, canonical=each) for each in to)
        return questions(reading, Envelope(mail_from=JO, recipients=recipients), council, "M")

    assert asked(CLERK).prints == ()
    assert asked(CLERK, "a@b.example", "a@b.example").prints == reading.questions.prints
    assert asked(CLERK, "a@b.example", "a@b.example").recipients == (CLERK, "a@b.example")
    assert asked(CLERK).parents == ("<before@x.example>",)


def test_who_is_seen_in_the_header():
    raw = message(more="Cc: Bob <bob@c.example>\r\nBcc: x@hidden.example\r\n")
    assert shown(read_step(raw)) == {JO, "a@b.example", "bob@c.example"}
    assert shown(None) is None


async def test_the_resolver_is_asked_about_new_domains_alone(database, council):
    reading = read_step(message())
    to = ("joe@gone.example", "ann@gone.example", CLERK, "a@b.example")
    envelope = Envelope(mail_from=JO, recipients=tuple(Recipient(address=a, canonical=a) for a in to))
    async with name_server({"b.example": {"MX": ["10 mx.b.example."]}}) as server:
        answerer = Answerer(database, Resolver(["127.0.0.1"], port=server.port))
        found = await answerer.answer(reading, envelope, council, "M")
    assert [each.domain for each in found.undeliverable] == ["gone.example"]
    assert {name for name, _ in server.asked} == {"gone.example", "b.example"}


def test_the_settings_say_whether_there_is_a_resolver(tmp_path, database):
    def answerer(**recipients):
        settings = Settings.model_validate({"data_dir": tmp_path, "recipients": recipients})
        return Intake(settings, database, InProcess(), lambda: None)._eyes.answerer

    assert answerer()._resolver is None
    assert answerer(resolver=["192.0.2.53"])._resolver is not None
