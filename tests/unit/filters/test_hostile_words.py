"""No text keeps a check busy or breaks it: not what is made to, and not what chance makes."""

from __future__ import annotations

import time
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.council import Council
from filters.analysis import read_step
from filters.context import Context
from filters.decide import decide
from filters.extract.document import Document, Documents
from filters.personal_data import engine
from filters.registry import CHECKS
from signatures.message.anatomy import Anatomy
from tests.evaluation.everyday import Mail, built, situation_of, strict
from tests.hostile_words import HOSTILE, PIECES
from tests.policies import only

SIZE = 100_000
SECONDS = 2.0
NAMES = built()
HOUSE = strict(only_content=True)
HEADER = (
    b"From: cllr.a@littlewickham-pc.example\r\nTo: jo@resident.example\r\nSubject: Hedge\r\nMIME-Version: 1.0\r\n"
    b"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@littlewickham-pc.example>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
)
MAIL = Mail(
    "1",
    "cllr.a@littlewickham-pc.example",
    "cllr.a@littlewickham-pc.example",
    ("jo@resident.example",),
    HEADER + b"Hello.\r\n",
)


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    engine.load()


@lru_cache(maxsize=1)
def blank() -> Anatomy:
    return read_step(MAIL.raw).anatomy


@lru_cache(maxsize=32)
def house(*names: str) -> Council:
    return only(HOUSE, *names)


def context(council: Council, attached: str = "") -> Context:
    document = Document(number=1, path=("list.txt",), kind="text/plain", size=len(attached), text=attached)
    documents = Documents(found=(document,) if attached else ())
    return situation_of(MAIL).within(council).model_copy(update={"documents": documents})


def spent(anatomy: Anatomy, about: Context) -> tuple[float, list[str]]:
    """Seconds of processor time that a decision takes, and who could not complete."""
    begun = time.process_time()
    decision = decide(anatomy, about)
    seconds = time.process_time() - begun
    decision.model_dump_json()
    return seconds, [f"{each.check}: {each.reason}" for each in decision.findings if each.incomplete]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_check_reads_100_kB_in_time(text, name):
    anatomy = blank().model_copy(update={"own_texts": (HOSTILE[text](SIZE),)})
    seconds, broken = spent(anatomy, context(house(name)))
    assert broken == []
    assert seconds < SECONDS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_check_reads_100_kB_of_other_peoples_in_time(text, name):
    words = HOSTILE[text](SIZE)
    anatomy = blank().model_copy(update={"trail_texts": (words,)})
    for place, each, attached in (("trail", anatomy, ""), ("attachment", blank(), words)):
        seconds, broken = spent(each, context(house(name), attached))
        assert (place, broken) == (place, [])
        assert seconds < SECONDS, place


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text", ["please", "at signs", "ones", "spelt out", "brackets", "combining marks", "capitals"]
)
def test_a_check_reads_a_long_subject_in_time(text, name):
    anatomy = blank().model_copy(update={"subject": HOSTILE[text](20_000).replace("\n", " ")})
    seconds, broken = spent(anatomy, context(house(name)))
    assert broken == []
    assert seconds < SECONDS


texts = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.sampled_from(PIECES),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    ),
    max_size=40,
).map(" ".join) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=60)
@given(texts, texts, texts, texts)
def test_no_text_makes_a_check_raise(subject, own, trail, attached):
    anatomy = blank().model_copy(
        update={
            "subject": subject,
            "own_texts": (own, own.upper()),
            "trail_texts": (trail,),
            "red": (own[:20],),
        }
    )
    about = context(HOUSE, attached)
    for name in NAMES:
        for finding in CHECKS[name](anatomy, about, HOUSE.policy.checks[name]):
            assert not finding.incomplete, name
            assert finding.model_dump_json()
            assert finding.reason


def test_every_content_check_is_there():
    assert len(NAMES) >= 9
    assert set(NAMES) == set(HOUSE.policy.checks)
