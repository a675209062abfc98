"""Personal data is masked before it stands in a notice: what was masked is in none of its bytes."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.policy import Clause, Stage, Verdict
from filters.finding import Decision, Evidence, Finding
from gateway.notices import held, mask, office
from gateway.notices.kinds import NoticeKind
from gateway.notices.mask import address, hidden, masked, seen
from gateway.notices.parts import Waiting
from gateway.store.messages import Heading
from tests.unit.notices.every import CLERK, DOMAIN, JO, NOW, finding
from tests.unit.notices.reading import read

SHOWN = frozenset({"jo68@example.org"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("write to jo68@example.org.", "write to jo68@example.org."),
        ("write to Jo68@Example.org, please", "write to Jo68@Example.org, please"),
        ("write to ann.other@example.org.", "write to a…@example.org."),
        ("Ann Other <ann@example.org>", "A… O… <a…@example.org>"),
        ("On Fri, 8 May, Ann Other <ann@example.org> wrote:", "On Fri, 8 May, A… O… <a…@example.org> wrote:"),
        ("Jo <jo68@example.org>, Ann <ann@example.org>", "Jo <jo68@example.org>, A… <a…@example.org>"),
        ('"Other, Ann" <ann@example.org>', '"Other, A… <a…@example.org>'),
        ("QQ 12 34 56 C is hers", "… is hers"),
        ("qq123456c", "…"),
        ("ring 01632 960100 or (01632) 960-101 or +44 1632 960102", "ring … or … or …"),
        ("card 4000-0000-0000-0002", "card …"),
        ("sort code 12-34-56, account 12345678", "sort code …, account …"),
        ("NHS 943 476 5919", "NHS …"),
        ("born 03/04/1961", "born …"),
        ("born 3 April 1961", "born 3 April 1961"),
        ("12 Mill Lane, LW1 2AB", "12 Mill Lane, …"),
        (
            "meeting on 12/05/2026 about 2026/0412 and 26/01234",
            "meeting on 12/05/2026 about 2026/0412 and 26/01234",
        ),
        ("£12,500 for 3,000 bulbs", "£12,500 for 3,000 bulbs"),
        ("٠١٦٣٢ ٩٦٠١٠٠", "…"),
        ("a\u202eb\x00c\r\nBcc: x", "a b c  Bcc: x"),
        ("", ""),
        ("@ @@ a@ @b <", "@ @@ a@ @b <"),
    ],
)
def test_what_a_notice_tells(text, told):
    assert masked(text, SHOWN) == told


def test_all_of_it_is_hidden_where_the_check_is_about_personal_data():
    evidence = [Evidence(where="text", text="Jill has asthma, 12 Mill Lane, jo68@example.org")]
    assert seen("personal_data", evidence, SHOWN) == [("text", "J… h… a… … M… L… j…")]
    assert seen("secrets", [Evidence(where="text", text="hunter2")]) == [("text", "h…")]
    assert set(mask.PERSONAL) <= {"personal_data", "secrets", "naming", "confidential"}


@pytest.mark.parametrize(
    ("text", "told"), [("a@b.example", "…@b.example"), ("ann@b.example", "a…@b.example"), ("x", "…")]
)
def test_an_address(text, told):
    assert address(text) == told


@pytest.mark.parametrize("length", [1990, 1995, 2000, 2005, 100_000])
def test_what_is_cut_off_is_not_shown_in_part(length):
    text = ("word " * 100_000)[: length - 6] + "01632 960100"
    told = masked(text, most=5000)
    assert not re.search(r"\d", told)
    assert len(masked(text)) <= 120


def test_it_takes_no_longer_for_hostile_text():
    for hostile in ("1 " * 500_000, "a@" * 500_000, "<" * 1_000_000, "a1" * 500_000, "(((+" * 250_000):
        assert len(masked(hostile)) <= 120
        assert len(hidden(hostile)) <= 120


digits = st.text("0123456789", min_size=1, max_size=1)


def _grouped(*sizes: int, between: str = " -") -> st.SearchStrategy[str]:
    groups = [st.text("0123456789", min_size=size, max_size=size) for size in sizes]
    return st.tuples(st.sampled_from([*between, ""]), *groups).map(lambda parts: parts[0].join(parts[1:]))


# Nothing that a notice of the demo council says itself.
insurance = st.tuples(
    st.text("ABCEGHJ", min_size=2, max_size=2), _grouped(2, 2, 2), st.sampled_from("ABCD")
).map(lambda parts: f"{parts[0]} {parts[1]}{parts[2]}")
telephone = _grouped(4, 3, 4).map(lambda number: "07" + number)
born = st.tuples(st.integers(1, 28), st.integers(1, 12), st.integers(1930, 1999)).map(
    lambda day: f"{day[0]:02}/{day[1]:02}/{day[2]}"
)
postcode = st.tuples(
    st.sampled_from(["LW", "B", "ZE"]),
    st.integers(1, 99),
    st.integers(0, 9),
    st.text("ABDEFGH", min_size=2, max_size=2),
).map(lambda parts: f"{parts[0]}{parts[1]} {parts[2]}{parts[3]}")
mailbox = st.text("abcdefghijk0123456789", min_size=6, max_size=20).map(lambda name: f"q{name}@gmail.com")
secret = st.one_of(insurance, telephone, _grouped(4, 4, 4, 4), _grouped(3, 3, 4), born, postcode, mailbox)
around = st.sampled_from(["", " ", "my number is ", "(", "“", "\u202e", "tel: ", "Ann <", "\n"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(secret, around, st.sampled_from(["", ".", ")", " please", ">", "\x00"]), st.booleans())
@example("07700 900 1234", "", "", True)
def test_what_is_masked_is_in_none_of_the_bytes(little_wickham, value, before, after, in_office):
    text = f"{before}{value}{after}"
    seen_there = finding(
        "recipients", Verdict.HOLD, f"There is {text} in it.", ("text", text), ("Subject", text)
    )
    decision = Decision(findings=(seen_there,))
    heading = Heading("<1@x.example>", f"About {text}", JO, DOMAIN)
    if in_office:
        officer = little_wickham.person(CLERK)
        waiting = Waiting("01K", heading, JO, decision, (value,) if "@" in value else ())
        notice = office.to_decide(little_wickham, officer, NoticeKind.NEW_HOLD, waiting, NOW)
    else:
        notice = held.when_held(little_wickham, JO, heading, "01K", decision, NOW)
    found = read(notice)
    for said in (notice.raw.decode("ascii"), found.text, found.html, found.subject, notice.heading.subject):
        assert value not in said
        assert "".join(value.split()) not in "".join(said.split())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text("bcdfgjkpqvwxz0123456789é£", min_size=5, max_size=12), min_size=1, max_size=6))
def test_no_word_of_personal_data_is_in_a_notice(little_wickham, words):
    checks = [
        finding(check, Verdict.HOLD, "Something was seen.", ("text", " ".join(words)))
        for check in mask.PERSONAL
    ]
    heading = Heading("<1@x.example>", "Grass", JO, DOMAIN)
    found = read(held.when_held(little_wickham, JO, heading, "01K", Decision(findings=tuple(checks)), NOW))
    for word in words:
        assert word not in found.text
        assert word not in found.html


def passed_on(**more) -> Finding:
    return Finding(
        check="authority",
        verdict=Verdict.ASK,
        stage=Stage.ENFORCE,
        reason="It names Jill Fordham of 12 Mill Lane.",
        evidence=(
            Evidence(where="attachment list of jill@post.example.xlsx", text="Jill Fordham"),
            Evidence(where="earlier message", text="12 Mill Lane"),
        ),
        clause=Clause(document="P", item="1"),
        **more,
    )


def test_what_a_finding_masks_is_masked_whichever_check_found_it():
    found = passed_on(masked=True)
    [shown] = mask.masked_decision(Decision(findings=(found,))).findings
    assert [(each.where, each.text) for each in shown.evidence] == [
        ("attachment list of j\u2026@post.example.xlsx", "J\u2026 F\u2026"),
        ("earlier message", "\u2026 M\u2026 L\u2026"),
    ]
    assert shown.reason == mask.masked_reason(found) == "It names J\u2026 F\u2026 of \u2026 M\u2026 L\u2026."
    assert "Jill" in found.as_json()["reason"]


def test_other_findings_keep_their_words():
    found = passed_on()
    assert mask.masked_decision(Decision(findings=(found,))).findings == (found,)
    assert mask.masked_reason(found) == found.reason
