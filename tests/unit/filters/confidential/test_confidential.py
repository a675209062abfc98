"""The check `confidential` beyond its table of cases."""

from __future__ import annotations

import time
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.verdict import Stage, Verdict
from filters.answers import Answers, Watched
from filters.confidential import lines, marked
from filters.confidential.lines import Place, is_marked, may_mark, names_mark, plain
from filters.confidential.sentences import saying_so
from filters.confidential.stock import stock_prints
from filters.confidential.vocabulary import phrases
from filters.confidential.watching import WatchList
from filters.extract.document import Document, Documents, Fact
from filters.matter import Passage
from signatures.message.carried.prints import EVERY, prints_of
from tests.unit.filters.confidential.marked_mail import COUNCIL, RESIDENT, changed, found, letter

MARKED = letter("CONFIDENTIAL\n\nThe lowest tender is £14,200.")
PLAIN = letter("The hall is free on Monday.")
SOLICITOR = "partner@solicitors.example"


def test_the_reason_names_what_was_seen_and_who_may_not_have_it():
    [finding] = found(MARKED, (RESIDENT, "clerk@little.example", SOLICITOR))
    assert "“CONFIDENTIAL”" in finding.reason
    assert RESIDENT in finding.reason
    assert SOLICITOR not in finding.reason
    assert finding.about == (RESIDENT,)
    assert [(each.where, each.text) for each in finding.evidence] == [("body", "CONFIDENTIAL")]


def test_a_blind_copy_counts_too():
    """The envelope is what a message goes by."""
    raw = letter("CONFIDENTIAL\n\nThe lowest tender is £14,200.", to=["clerk@little.example"])
    [finding] = found(raw, ("clerk@little.example", RESIDENT))
    assert finding.about == (RESIDENT,)


@pytest.mark.parametrize("verdict", [Verdict.ASK, Verdict.HOLD, Verdict.REFUSE, Verdict.NOTE])
def test_the_verdict_is_the_policys_and_to_secure_domains_a_note(verdict: Verdict):
    council = changed(verdict=verdict)
    assert [each.verdict for each in found(MARKED, council=council)] == [verdict]
    [finding] = found(MARKED, (SOLICITOR,), council=council)
    assert finding.verdict is Verdict.NOTE
    assert SOLICITOR in finding.reason


def test_in_trial_it_is_recorded_only():
    [finding] = found(MARKED, council=changed(stage=Stage.TRIAL))
    assert finding.effect is Verdict.NOTE


def test_labels_may_be_switched_off():
    raw = letter("The offers are below.", headers=["Sensitivity: Company-Confidential"])
    assert len(found(raw)) == 1
    assert found(raw, council=changed(switches={"labels": False})) == []


def test_watched_papers():
    answers = Answers(
        watched=(
            Watched(title="Pay of the groundsmen", where="body"),
            Watched(title="Lease of the depot", where="attachment notes.docx"),
        )
    )
    [finding] = found(PLAIN, answers=answers)
    assert finding.verdict is Verdict.HOLD
    assert "“Pay of the groundsmen” and “Lease of the depot”" in finding.reason
    assert [(each.where, each.text) for each in finding.evidence] == [
        ("body", "Pay of the groundsmen"),
        ("attachment notes.docx", "Lease of the depot"),
    ]
    assert found(PLAIN, ("clerk@little.example",), answers=answers) == []


def test_a_watched_paper_in_a_trail_matters_to_who_is_new_to_it():
    answers = Answers(watched=(Watched(title="Pay", where="earlier message"),))
    trail = "On Mon, 2 Nov 2026 at 10:00, {} wrote:\n> The men move up two points.\n"
    assert found(letter("See below.\n\n" + trail.format(f"Jill <{RESIDENT}>")), answers=answers) == []
    assert len(found(letter("See below.\n\n" + trail.format("Bob <bob@org.example>")), answers=answers)) == 1


def test_what_cannot_be_read_may_be_confidential():
    documents = Documents(
        found=(Document(number=1, path=("plan.dwg",), kind="x", size=9, unread="it is not known"),)
    )
    raw = letter("Attached.", attached={"plan.txt": "x"})
    [finding] = found(raw, documents=documents)
    assert finding.incomplete
    assert found(raw, (SOLICITOR,), documents=documents) == []
    assert found(raw, ("clerk@little.example",), documents=documents) == []
    [finding] = found(letter("CONFIDENTIAL\n\nSee the plan."), documents=documents)
    assert not finding.incomplete  # It is held anyhow, and for what is known.


def test_a_scanned_paper_is_told_of_and_does_not_wait():
    scan = Document(
        number=1,
        path=("minutes.pdf",),
        kind="application/pdf",
        size=9,
        unread="its pages are pictures",
        facts=frozenset({Fact.SCAN}),
    )
    [finding] = found(letter("Attached.", attached={"plan.txt": "x"}), documents=Documents(found=(scan,)))
    assert (finding.verdict, finding.incomplete) == (Verdict.NOTE, False)
    assert "minutes.pdf" in finding.reason


def test_welsh_is_not_judged_but_its_marks_are():
    says = (
        "Mae'r cyfarfod nesaf yn neuadd y pentref am saith o'r gloch nos Lun, ac mae croeso i bawb ddod yno i wrando "
        "ar yr hyn sydd gan y cyngor i'w ddweud am y maes chwarae newydd."
    )
    [finding] = found(letter(says))
    assert (finding.verdict, finding.reason) == (Verdict.NOTE, "Not checked: this part is in Welsh.")
    [finding] = found(letter(f"CYFRINACHOL\n\n{says}"))
    assert finding.verdict is Verdict.HOLD


def test_the_head_and_foot_of_pages():
    page = "\n".join(f"{number}. Something was said of the matter in hand." for number in range(30))
    once = f"Minutes\n{page}\nConfidential\n{page}"
    assert found(letter("Attached.", attached={"m.txt": once})) == []
    every = f"Minutes\n{page}\nConfidential\n{page}\nConfidential\n{page}\nConfidential\n"
    assert len(found(letter("Attached.", attached={"m.txt": every}))) == 1
    heading = f"Minutes\n{page}\nPRIVATE AND CONFIDENTIAL\n{page}"
    assert len(found(letter("Attached.", attached={"m.txt": heading}))) == 1


def test_the_council_in_its_own_heading_says_nothing():
    text = "Minutes\n" + "1. Said.\n" * 20 + "LITTLE WICKHAM PARISH COUNCIL - CONFIDENTIAL - PAGE 3 OF 7\n"
    assert len(found(letter("Attached.", attached={"m.txt": text}))) == 1


def test_stock_wording_and_waivers_have_prints():
    text = "by reason of the confidential nature of the business to be transacted"
    whole = (
        "That under the Public Bodies (Admission to Meetings) Act 1960 the press and public be excluded from the meeting "
        "for the following items of business on the grounds that publicity would be prejudicial to the public interest "
        f"{text}."
    )
    assert set(prints_of((whole,), EVERY)) <= stock_prints(COUNCIL)


def test_the_watch_list_is_read_by_its_words():
    watch = WatchList(["Project Kestrel", "the sale of Pound Field", "..."])
    passages = [
        Passage("body", "About PROJECT-KESTREL."),
        Passage("body", "project; kestrels"),
        Passage("a", "x " * 9),
    ]
    assert [told for told, _ in watch.found_in(passages)] == ["Project Kestrel"]
    assert not WatchList(["...", ""])


HOSTILE = (
    "confidential ",
    "not for ",
    "this report is ",
    "this this this is strictly ",
    "(",
    "re: ",
    "confidential\n",
    "please find attached the confidential ",
    "schedule 12a ",
    "do not share this outside ",
    "c o n f i d e n t i a l ",
    " ",
    "-",
    "_",
    "treat this as strictly ",
    "by virtue of of of ",
    "official-",
    "Part 2 ",
    "confidential report ",
    "a" * 60 + " confidential ",
    "in the strictest ",
    "private and ",
    "\u00ad",
    "sensitive and confidential if this is ",
)


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("where", ["body", "one line", "subject", "name", "attachment"])
def test_much_of_it_takes_no_long(piece: str, where: str):
    much = piece * (100_000 // len(piece))
    begun = time.process_time()
    passage = {"body": much, "one line": much.replace("\n", " ")}.get(where)
    if passage is not None:
        list(saying_so(plain(passage), opens=True))
        for line in passage.split("\n")[:2000]:
            is_marked(line, Place.HEAD)
    elif where == "name":
        names_mark(much)
    elif where == "subject":
        is_marked(plain(much), Place.HEAD)
    else:
        list(marked._in_document(much, frozenset()))
    assert time.process_time() - begun < 2


MARKS = sorted(" ".join(each) for each in phrases("marks", "capitals", "exempt"))
WORDS = (
    "confidential", "Confidential", "CONFIDENTIAL", "private", "PRIVATE", "and", "&", "strictly", "not", "for",
    "publication", "circulation", "official", "sensitive", "OFFICIAL", "-", ":", "–", "(", ")", "[", "]", "exempt",
    "Part", "2", "II", "minutes", "report", "this", "is", "the", "attached", "are", "please", "treat", "as", "in",
    "confidence", "keep", "it", "between", "ourselves", "do", "share", "outside", "beyond", "council", "members",
    "staff", "eyes", "only", "restricted", "RESTRICTED", "schedule", "12A", "by", "virtue", "of", "pink", "papers",
    "cyfrinachol", "yn", "gwbl", "gyfrinachol", "legally", "privileged", "commercially", "embargoed", "EMBARGOED",
    "secret", "top", "SECRET", "yourself", "to", "within", "contains", "information", "below", "line", "strictest",
    "internal", "use", "Re:", "PROTECT", "\n", ".", "tenders", "I", "am", "sending", "you",
)  # fmt: skip


BETWEEN = (" ", " ", " ", "  ", "-", " - ", "\n", "_", " (", ": ")


@st.composite
def _said(draw: st.DrawFn) -> str:
    """Marks, sentences and single words of them, with anything between."""
    words = draw(st.lists(st.sampled_from(MARKS), max_size=1))
    words += draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=10))
    pieces = [word for phrase in words for word in phrase.split()]
    return "".join(f"{each}{draw(st.sampled_from(BETWEEN))}" for each in pieces)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("between", sorted(set(BETWEEN)))
def test_every_mark_has_a_stem(mark: str, between: str):
    assert may_mark(plain(between.join(mark.split())).casefold())


@settings(max_examples=300, deadline=None)
@given(_said())
def test_the_prefilter_loses_nothing(said: str):
    """What has none of the stems is marked by no line and no sentence."""
    if may_mark(plain(said).casefold()):
        return
    assert list(saying_so(plain(said), opens=True)) == []
    for line in said.split("\n"):
        assert not is_marked(line, Place.HEAD)
    with patch.object(lines, "may_mark", lambda folded: True):
        assert not names_mark(said)
