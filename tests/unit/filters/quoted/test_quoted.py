"""Lines that claim to be quoted, and are not in the archived message that is answered."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.answers import Answers
from filters.context import Context, Envelope, Profile, Recipient
from filters.quoted import with_claimed
from signatures.message.anatomy import read
from tests.conftest import ROOT
from tests.unit.filters.confidential.marked_mail import ANNE, COUNCIL, RESIDENT, found
from tests.unit.filters.letters import letter

ANSWERED = "answers-within-trail"
CLIENTS = ROOT / "tests/corpus/clients"
HEDGE = (
    "Hedge by the school",
    "Dear Councillor Archer,\n\nWho cuts the hedge by the school? The children have to walk in the road.\n\nJill Fenwick\n"
    "Annwyl Gynghorydd,\n\nPwy sy’n torri’r gwrych ger yr ysgol? Mae’r plant yn cerdded yn y ffordd, ac mae dŵr ar y tŷ.\n\n"
    "Jill Fenwick\n\nOn Thu, 19 Nov 2026 at 09:30, Anne Archer <cllr.a@littlewickham-pc.example> wrote:\n"
    "The hedge was last cut in March.\nMay I ask about the hedge?\n",
)
PARENT = (
    "Fencing",
    "Dear Anne,\n\nThank you for your note. We have had one quotation for the fence, from Hedgerow Ltd, and it is for "
    "£4,200 plus VAT. The committee meets on the first Monday in May and will look at it then, with the others if they "
    "come.\n\n1. Gate\n2. Posts and rails\n\nMargaret Hale\nClerk",
)


def context(parents=(), to=(RESIDENT,)) -> Context:
    return Context(
        council=COUNCIL,
        person=ANNE,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=ANNE, recipients=tuple(Recipient(address=each, canonical=each) for each in to)
        ),
        received_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        today=date(2026, 11, 20),
        answers=Answers(parent_texts=tuple(parents)),
    )


def claimed(raw: bytes, parents=PARENT) -> list[str]:
    """The lines that are taken for the author's own, of those that claim to be quoted."""
    anatomy = read(raw)
    own = with_claimed(anatomy, context(parents)).own_texts
    assert own[: len(anatomy.own_texts)] == anatomy.own_texts
    return [line for text in own[len(anatomy.own_texts) :] for line in text.split("\n") if line]


def reply(quoted: str, says: str = "Thanks.") -> bytes:
    attributed = "On Mon, 2 Nov 2026 at 10:00, Margaret Hale <clerk@little.example> wrote:"
    return letter(
        f"To: {RESIDENT}\nSubject: Re: Fencing\nIn-Reply-To: <2@little.example>",
        f"{says}\n\n{attributed}\n{quoted}\n",
    )


def replies() -> list[Path]:
    return [
        file
        for file in sorted(CLIENTS.glob("*/*.eml"))
        if file.parent.name not in {"cases", "who_gets_what"}
        and file.stem != ANSWERED
        and read(file.read_bytes()).trail_texts
    ]


@pytest.mark.parametrize("file", replies(), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_mail_programs_quote_is_quoted(file: Path):
    """The whole of it, however it is wrapped, marked, headed and attributed."""
    assert claimed(file.read_bytes(), HEDGE) == []


@pytest.mark.parametrize("file", replies(), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_the_parent_does_not_have_is_found_in_each(file: Path):
    """So the test above can fail: of another parent nothing is known."""
    lines = " ".join(claimed(file.read_bytes(), ("Something else was said here altogether.",)))
    assert "hedge" in lines or "gwrych" in lines


def test_an_answer_within_what_is_quoted_without_marks():
    """Nothing but the archive tells it from what is quoted."""
    raw = (CLIENTS / f"owa/{ANSWERED}.eml").read_bytes()
    assert claimed(raw, HEDGE) == ["The contractor does, on Tuesday."]


def test_a_faked_quotation():
    raw = reply(
        "> Dear Anne,\n>\n> Thank you for your note. We have had one quotation for the fence,\n"
        "> from Hedgerow Ltd, and it is for £4,200 plus VAT.\n>\n> We accept your quotation of £4,200.\n>\n> Margaret Hale"
    )
    assert claimed(raw) == ["We accept your quotation of £4,200."]


@pytest.mark.parametrize(
    ("quoted", "own"),
    [
        ("> We have not had one quotation for the fence, from Hedgerow Ltd", True),
        ("> We have had one quotation for the fence, from Oakley Ltd", True),
        ("> it is for £42,000 plus VAT. The committee meets", True),
        ("> We have had one\n> quotation for the fence,\n> from Hedgerow Ltd", False),
        ("> The committee meets on the first Monday in May", False),
        ("> *THE COMMITTEE* meets on the \u201cfirst\u201d Monday <https://x.example/1> in May", False),
        ("> Dear Anne,\n> [image: logo.png]\n> Thank you for your note.", False),
        ("> Margaret Hale\n> Clerk", False),
        ("> We accept\n> your quotation\n> of £4,200", True),
        ("> 3. Posts and rails", False),
        ("> Yes.", False),
        ("> >> Dear Anne,\n> >> Thank you for your note.", False),
    ],
)
def test_lines(quoted: str, own: bool):
    assert bool(claimed(reply(quoted))) is own


def test_a_copied_header_is_no_content_but_its_subject_may_be():
    header = "-----Original Message-----\nFrom: Margaret Hale <clerk@little.example>\nSent: 02 November 2026 10:00\nTo: Anne Archer\n <anne@little.example>\n"
    said = "\n\nThank you for your note.\n"
    raw = letter(f"To: {RESIDENT}\nSubject: RE: Fencing", f"Yes.\n\n{header}Subject: Fencing{said}")
    assert claimed(raw) == []
    raw = letter(
        f"To: {RESIDENT}\nSubject: RE: Fencing", f"Yes.\n\n{header}Subject: We accept your offer now{said}"
    )
    assert claimed(raw) == ["Subject: We accept your offer now"]


def test_of_a_parent_that_is_not_here_nothing_changes():
    assert claimed(reply("> We accept your quotation of £4,200."), ()) == []


def test_a_check_reads_it_as_the_authors_own():
    """It goes back to whoever is said to have written it, so that as a quotation it would be nothing new to them."""
    raw = letter(
        f"To: {RESIDENT}\nSubject: Hall\nIn-Reply-To: <2@little.example>",
        f"See below.\n\nOn Mon, 2 Nov 2026 at 10:00, Jill Fenwick <{RESIDENT}> wrote:\n> CONFIDENTIAL: do not copy this.\n",
    )
    assert found(raw) == []
    [finding] = found(raw, answers=Answers(parent_texts=("The bin lorry comes at seven.",)))
    assert finding.verdict.word == "hold"
    assert found(raw, answers=Answers(parent_texts=("CONFIDENTIAL: do not copy this.",))) == []


@pytest.mark.parametrize(
    "piece",
    [
        "> a\n",
        "> From: a@b.example\n",
        "> On 1 May 2026 x wrote:\n",
        "> \n",
        "> a b c d e\n",
        "> <",
        "> 1. ",
        "> [image:",
        ">",
        "a@",
        "On 1 ",
    ],
)
def test_much_of_it_takes_no_long(piece: str):
    raw = reply(piece * (100_000 // len(piece)))
    anatomy = read(raw)
    begun = time.process_time()
    with_claimed(anatomy, context((piece * (100_000 // len(piece)), "Something else.")))
    assert time.process_time() - begun < 2


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_however_it_is_wrapped_and_cut(data):
    """Any wrapping of any of the parent's sentences is known."""
    sentence = data.draw(
        st.sampled_from([each for each in PARENT[1].replace("\n", " ").split(". ") if len(each.split()) > 5])
    )
    words = sentence.split()
    start = data.draw(st.integers(0, len(words) - 5))
    width = data.draw(st.integers(4, 30))
    some = words[start:]
    lines = [" ".join(some[at : at + width]) for at in range(0, len(some), width)]
    assert claimed(reply("\n".join(f"> {line}" for line in lines))) == []
