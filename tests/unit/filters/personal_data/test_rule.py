"""Who gets it, how many, which attachments: what the table of cases does not show."""

from __future__ import annotations

import pytest

from config.council import Council
from config.policy import Verdict
from filters.analysis import Analysis
from filters.extract.document import Document, Documents, Fact
from filters.finding import Wants
from filters.matter import TooMuch
from filters.personal_data import rule
from tests.unit.filters.official_mail import DOMAIN, analysed, message
from tests.unit.filters.personal_data.writing import JILL, council_with, documents, sent

ARREARS = "Mrs Pemberton of 14 Mill Lane is in arrears."
NINO = "Mr Tattersall is QQ123456C."


def words(analysis: Analysis) -> list[tuple[str, str]]:
    return [(finding.verdict.word, finding.reason) for finding in analysis.decision.findings]


def reasons(case: dict[str, object], made: Council | None = None) -> list[str]:
    return [reason for _, reason in words(sent(case, made))]


def test_a_reason_in_full():
    assert reasons({"says": NINO}) == [
        "This message goes to somebody outside the council and gives a National Insurance number. Leave out what need "
        "not go, or confirm that all of it is to go."
    ]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (["susan.fox@gmail.com"], "goes to a private address outside the council"),
        (
            [JILL, "susan.fox@gmail.com"],
            "goes to 2 people outside the council, 1 of them at private addresses",
        ),
        ([f"news@{DOMAIN}"], "goes to 300 people outside the council"),
        ([f"flood@{DOMAIN}"], "goes to somebody outside the council"),
        ([JILL, f"anne@{DOMAIN}"], "goes to somebody outside the council"),
    ],
)
def test_it_says_to_whom_it_goes(to, said):
    (reason,) = reasons({"says": NINO, "to": to})
    assert said in reason


def test_blind_copies_count_and_are_not_named():
    raw = message(to=f"clerk@{DOMAIN}", body=NINO)
    analysis = analysed(raw, to=(f"clerk@{DOMAIN}", "hidden@bureau.example"), council=council_with())
    (finding,) = analysis.decision.findings
    assert "hidden" not in finding.reason
    assert finding.about == ("hidden@bureau.example",)


@pytest.mark.parametrize(("count", "asked"), [(9, False), (10, True)])
def test_within_the_council_only_many_count(count, asked):
    to = [f"member{number}@{DOMAIN}" for number in range(count)]
    assert bool(reasons({"says": NINO, "to": to})) is asked
    assert bool(reasons({"says": ARREARS, "to": to})) is asked


def test_a_list_within_the_council_is_none():
    rows = "\n".join(f"Mrs A Pemberton{chr(97 + n)}, {n} Mill Lane" for n in range(1, 9))
    assert reasons({"says": rows})
    assert not reasons({"says": rows, "to": [f"member{number}@{DOMAIN}" for number in range(20)]})


@pytest.mark.parametrize(("threshold", "asked"), [(3, True), (4, False)])
def test_how_many_make_a_list_is_the_policys(threshold, asked):
    made = council_with(thresholds={"people": threshold})
    rows = "Mrs Pember, 14 Mill Lane\nMr Tatter, 15 Mill Lane\nMiss Oakes, 16 Mill Lane"
    assert bool(reasons({"says": rows}, made)) is asked


@pytest.mark.parametrize("verdict", ["ask", "hold", "note"])
def test_the_verdict_is_the_policys(verdict):
    assert sent({"says": NINO}, council_with(verdict=verdict)).decision.verdict.word == verdict


def test_a_basis_is_wanted_where_the_policy_says_so():
    (finding,) = sent({"says": NINO, "basis": True}).decision.findings
    assert finding.wants is Wants.BASIS
    assert "lawful basis" in finding.reason
    (finding,) = sent({"says": NINO}).decision.findings
    assert finding.wants is Wants.NOTHING


def test_no_basis_is_wanted_for_what_stays_inside():
    to = [f"member{number}@{DOMAIN}" for number in range(12)]
    (finding,) = sent({"says": NINO, "to": to, "basis": True}).decision.findings
    assert finding.wants is Wants.NOTHING


def test_earlier_words_count_where_somebody_is_new():
    earlier = {"says": "See below.", "earlier": ARREARS}
    assert "An earlier message that goes along" in reasons(earlier)[0]
    assert not reasons(earlier | {"to": ["ruth.t@gmail.com"]})


def test_own_words_attachments_and_earlier_words_are_told_apart():
    found = reasons({"says": NINO, "attached": ARREARS, "earlier": "My passport is AB1234567, his too."})
    assert [reason.split(" goes")[0] for reason in found] == [
        "This message",
        "What is attached",
        "An earlier message that",
    ]


def test_evidence_says_where_it_stands_as_it_stands():
    (finding,) = sent({"says": "See the list.", "attached": "Name;NI\nA;QQ 12 34 56 C"}).decision.findings
    assert [(each.where, each.text) for each in finding.evidence] == [
        ("attachment list.csv", "QQ 12 34 56 C")
    ]


def test_blanks_and_dashes_of_every_kind():
    assert reasons(
        {"says": "NI QQ\u00a012\u00a034\u00a056\u00a0C, sort code 20\u201300\u201300 account 55779911"}
    ) == [
        "This message goes to somebody outside the council and gives a National Insurance number and somebody's bank "
        "details. Leave out what need not go, or confirm that all of it is to go."
    ]


PHOTOGRAPH = Document(
    number=1, path=("IMG_1.jpg",), kind="image/jpeg", size=9, facts=frozenset({Fact.PHOTOGRAPH})
)


def with_documents(*found: Document, to: str = JILL, trouble: str = "", **policy: object) -> Analysis:
    raw = message(to=to, body="As promised.")
    attached = Documents(found=found, trouble=trouble)
    return analysed(raw, to=(to,), council=council_with(**policy), documents=attached)


def test_photographs_to_outsiders_are_asked_about():
    ((verdict, reason),) = words(with_documents(PHOTOGRAPH))
    assert verdict == "ask"
    assert reason.startswith("A photograph or film goes with this message to people outside the council.")
    assert "IMG_1" not in reason


def test_how_many_and_that_they_tell_a_place():
    placed = PHOTOGRAPH.model_copy(update={"facts": frozenset({Fact.PHOTOGRAPH, Fact.PLACE})})
    film = PHOTOGRAPH.model_copy(update={"kind": "video/mp4", "facts": frozenset()})
    ((_, reason),) = words(with_documents(placed, film))
    assert reason.startswith("2 photographs or films go with")
    assert "1 of them says where it was taken" in reason


@pytest.mark.parametrize(
    ("changes", "policy", "to"),
    [
        ({"facts": frozenset()}, {}, JILL),
        ({}, {"switches": {"photographs": False}}, JILL),
        ({}, {}, f"clerk@{DOMAIN}"),
        ({}, {}, "highways@county.gov.uk"),
    ],
    ids=["a logo", "switched off", "inside", "to an authority"],
)
def test_pictures_that_nobody_is_asked_about(changes, policy, to):
    raw = message(to=to, body="As promised.")
    attached = Documents(found=(PHOTOGRAPH.model_copy(update=changes),))
    assert not words(analysed(raw, to=(to,), council=council_with(**policy), documents=attached))


def test_a_photograph_is_never_held():
    assert [verdict for verdict, _ in words(with_documents(PHOTOGRAPH, verdict="hold"))] == ["ask"]


def test_a_scan_without_text_is_noted():
    scan = Document(number=1, path=("scan.pdf",), kind="application/pdf", size=9, unread="it has no text")
    ((verdict, reason),) = words(with_documents(scan))
    assert verdict == "note"
    assert (
        reason
        == "An attachment could not be read, or not whole, and so was not looked through for personal data."
    )
    assert not words(with_documents(scan, to=f"clerk@{DOMAIN}"))
    assert not words(with_documents(scan.model_copy(update={"kind": "image/png"})))


def test_where_reading_failed_it_could_not_be_checked():
    (finding,) = with_documents(trouble="it took too long").decision.findings
    assert finding.incomplete
    assert finding.check == "personal_data"
    assert finding.verdict is Verdict.HOLD


def test_what_is_encrypted_is_noted():
    raw = message(
        f"From: anne@{DOMAIN}",
        f"To: {JILL}",
        "Subject: Hall",
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data",
        body="MIAG",
    )
    ((verdict, reason),) = words(analysed(raw, to=(JILL,), council=council_with()))
    assert verdict == "note"
    assert "encrypted" in reason


def test_what_is_too_long_to_be_read_is_not_let_pass(monkeypatch):
    def too_much(*_: object) -> None:
        raise TooMuch("it is too long")

    monkeypatch.setattr(rule, "own_words", too_much)
    (finding,) = sent({"says": "Hello."}).decision.findings
    assert finding.incomplete


def test_a_long_list_is_counted_whole():
    rows = "\n".join(f"Mrs Pember{chr(97 + n % 26)}{chr(97 + n // 26)}, {n} Mill Lane" for n in range(1, 301))
    analysis = analysed(message(body="List."), to=(JILL,), council=council_with(), documents=documents(rows))
    assert "names and home addresses of 300 people" in words(analysis)[0][1]
