"""What is told of a message once its attachments are read and its parents are found."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from filters.analysis import read_step
from filters.answers import Answers, KnownMail, Watched
from filters.extract.document import Document, Documents
from gateway.intake import completing
from gateway.intake.completing import completed, quoted_parents
from gateway.store.errors import NotFound
from gateway.workers.pool import Cause, WorkerFailed
from tests.unit.filters.letters import letter

FIRST, PARENT, OUTSIDE = "<1@little.example>", "<2@little.example>", "<3@resident.example>"


def answer(*references: str, replied: str = "", quotes: bool = True):
    """The reading of an answer to `replied` with these references."""
    fields = ["To: jill@resident.example", "Subject: Re: Hall"]
    fields += [f"In-Reply-To: {replied}"] if replied else []
    fields += [f"References: {' '.join(references)}"] if references else []
    quoted = (
        "On Mon, 2 Nov 2026 at 10:00, Anne <anne@little.example> wrote:\n> The hall is free.\n"
        if quotes
        else ""
    )
    return read_step(letter("\n".join(fields), f"Thanks.\n\n{quoted}"))


def known(*ids: str) -> Answers:
    return Answers(
        parents=tuple(
            KnownMail(message=f"Q{id[1]}", message_id=id, author="anne@little.example", people=())
            for id in ids
        )
    )


@pytest.mark.parametrize(
    ("reading", "answers", "parents"),
    [
        (answer(replied=PARENT), known(PARENT), ("Q2",)),
        (answer(FIRST, PARENT, replied=PARENT), known(FIRST, PARENT), ("Q2", "Q1")),
        (answer(FIRST, PARENT), known(FIRST, PARENT), ("Q1", "Q2")),
        (answer(replied=OUTSIDE), known(FIRST), ()),
        (answer(FIRST, OUTSIDE, replied=OUTSIDE), known(FIRST), ()),
        (answer(FIRST, OUTSIDE), known(FIRST), ()),
        (answer(OUTSIDE, FIRST, PARENT, replied=PARENT), known(FIRST, PARENT), ("Q2", "Q1")),
        (answer(replied=PARENT, quotes=False), known(PARENT), ()),
        (answer(), known(PARENT), ()),
        (answer(*(f"<{n}@little.example>" for n in range(1, 6)), replied="<5@little.example>"),
         known(*(f"<{n}@little.example>" for n in range(1, 6))), ("Q5", "Q4", "Q3")),
    ],
)  # fmt: skip
def test_whose_words_are_asked_for(reading, answers, parents):
    assert quoted_parents(reading, answers) == parents


class Sayer:
    def __init__(self, *fails: bytes):
        self.fails, self.asked = fails, []

    async def said(self, raw, deadline):
        self.asked.append(raw)
        if raw in self.fails:
            raise WorkerFailed(Cause.TIME)
        return (raw.decode(), "more")


@pytest.fixture
def store(monkeypatch):
    """An archive of messages by their queue ids, each as it was sent, and a council's papers."""
    made = SimpleNamespace(sent={}, received={}, watched=())

    def as_sent(connection, council, message):
        if message not in made.sent:
            raise NotFound(message)
        return made.sent[message]

    def as_received(connection, council, message):
        if message not in made.received:
            raise NotFound(message)
        return made.received[message]

    monkeypatch.setattr(completing, "as_sent", as_sent)
    monkeypatch.setattr(completing, "as_received", as_received)
    monkeypatch.setattr(completing.papers, "watched", lambda c, council, printed: made.watched)
    return made


def complete(reading, answers, sayer=None, documents=None) -> Answers:
    async def read(act):
        return act(None)

    return asyncio.run(completed(read, sayer or Sayer(), "little", reading, answers, documents, 1e9))


def test_parents_are_read_as_they_left(store):
    store.sent["Q2"], store.received["Q2"], store.received["Q1"] = b"sent", b"received", b"first"
    reading = answer(FIRST, PARENT, replied=PARENT)
    found = complete(reading, known(FIRST, PARENT))
    assert found.parent_texts == ("sent", "more", "first", "more")
    sayer = Sayer()
    assert complete(reading, found, sayer) == found
    assert sayer.asked == []


@pytest.mark.parametrize("why", ["missing", "large", "unread", "long"])
def test_where_not_all_is_known_nothing_is_told(store, monkeypatch, why):
    store.sent["Q2"] = b"sent"
    if why != "missing":
        store.sent["Q1"] = b"first" * 100
    if why == "large":
        monkeypatch.setattr(completing, "_MOST_OCTETS", 100)
    if why == "long":
        monkeypatch.setattr(completing, "_MOST_CHARACTERS", 100)
    sayer = Sayer(b"first" * 100) if why == "unread" else Sayer()
    assert complete(answer(FIRST, PARENT, replied=PARENT), known(FIRST, PARENT), sayer).parent_texts == ()


def test_papers_in_what_is_attached_are_told_beside_those_in_the_text(store):
    body, file = Watched(title="Pay", where="body"), Watched(title="Pay", where="attachment notes.docx")
    store.watched = (file,)
    documents = Documents(found=(Document(number=1, path=("notes.docx",), kind="x", size=1, prints=(1, 2)),))
    found = complete(answer(), Answers(watched=(body,)), documents=documents)
    assert found.watched == (body, file)
    assert complete(answer(), found, documents=documents) == found
    assert complete(answer(), Answers(), documents=Documents()).watched == ()
