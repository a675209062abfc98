"""The table of cases of `secrets`, through both steps of analysis; the prefilter, and what it costs."""

from __future__ import annotations

import time
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.analysis import Analysis
from filters.context import Envelope, Recipient
from filters.secrets import check
from filters.secrets.sought import may_hold, secrets_in
from signatures.message.anatomy import read
from tests.conftest import ROOT
from tests.ordinary import ordinary
from tests.unit.filters.letters import POLICY
from tests.unit.filters.official_mail import DOMAIN, analysed, council, message, policy
from tests.unit.filters.people import context
from tests.unit.filters.personal_data.writing import JILL, documents

CASES = tomllib.loads((ROOT / "tests/cases/secrets.toml").read_text(encoding="utf-8"))["case"]


def sent(case: dict[str, Any], to: str = JILL, **changes: Any) -> Analysis:
    body = case["says"]
    if "earlier" in case:
        body += (
            "\n\n---------- Forwarded message ---------\nFrom: Ruth Tattersall <ruth.t@gmail.com>\n"
            "Date: Mon, 2 Nov 2026 at 10:12\nSubject: Key\nTo: Anne Archer <anne@little.example>\n\n"
            f"{case['earlier']}"
        )
    raw = message(to=to, subject="Fwd: Key" if "earlier" in case else "Hall", body=body)
    made = council(policy=policy("secrets", **({"verdict": "ask"} | changes)))
    attached = documents(case["attached"]) if "attached" in case else None
    return analysed(raw, to=(to,), council=made, documents=attached)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["says"].split())[:50])
def test_the_table(case):
    decision = sent(case).decision
    assert decision.verdict.word == case["verdict"], [finding.evidence for finding in decision.findings]
    for finding in decision.findings:
        assert finding.check == "secrets"
        assert finding.masked
        assert case["gives"] in finding.reason
        assert not any(each.text in finding.reason for each in finding.evidence)


def test_there_are_enough_of_them():
    assert len(CASES) >= 60
    assert sum("near" in case for case in CASES) * 3 >= len(CASES)
    assert len({case["says"] for case in CASES}) == len(CASES)


def test_a_reason_in_full():
    (finding,) = sent({"says": "The gate code is 4821."}).decision.findings
    assert finding.reason == (
        "This message gives the code of a door, gate or alarm. Mail can be read by others and stays in mailboxes for "
        "years. Take it out and tell it by telephone, or confirm that it is to go."
    )
    assert [(each.where, each.text) for each in finding.evidence] == [("body", "gate code is 4821")]


@pytest.mark.parametrize("verdict", ["ask", "hold", "note"])
def test_the_verdict_is_the_policys(verdict):
    assert sent({"says": "The gate code is 4821."}, verdict=verdict).decision.verdict.word == verdict


def test_within_the_council_too():
    assert sent({"says": "The gate code is 4821."}, to=f"clerk@{DOMAIN}").decision.findings


@pytest.mark.parametrize("each", ordinary(), ids=str)
def test_ordinary_mail_gives_none(each, little_wickham):
    to = tuple(Recipient(address=address, canonical=address) for address in each.to)
    envelope = Envelope(mail_from=each.mail_from, recipients=to)
    around = context(council=little_wickham, person=each.login, envelope=envelope)
    for filtered in (True, False):
        assert not list(check(read(each.raw), around, POLICY, filtered=filtered))


_PARTS = st.sampled_from(
    [word for case in CASES for word in (case["says"] + " " + case.get("attached", "")).split(" ")]
)


@settings(max_examples=300)
@given(st.lists(_PARTS, min_size=1, max_size=12).map(" ".join))
def test_a_paragraph_that_is_left_out_holds_none(text):
    assert may_hold(text) or not list(secrets_in(text, text))


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["verdict"] == "ask"], ids=lambda case: case["says"][:40]
)
def test_each_paragraph_with_one_is_looked_at(case):
    for text in (case["says"], case["says"].upper(), case["says"].replace(" ", "\n")):
        assert may_hold(text) or not list(secrets_in(text, text))


HOSTILE = (
    "a", "1", " ", "password ", "password is ", "password for a b c d ", "password:", 'password:"', "password\n", "PIN ",
    "PIN 1", "door ", "door a b ", "door code a ", "code for the a ", "code for the gate ", "combination of ", "use 123 to ",
    "enter the code 1234 on ", "recovery code ", "recovery code A234-", "memorable word ", "api key ", "key: aaaaaaaaaa",
    "eyJ", "eyJaaaaaaaaaa.", "login: a", "login: a,", "login ", "-----BEGIN ", "AKIA", "user name: a / ", "zoom ", "A-",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_100_kb_of_anything_take_less_than_two_seconds(piece):
    text = piece * (100_000 // len(piece))
    begun = time.process_time()
    sent({"says": "The gate code is 4821.", "attached": text + " The PIN is 4821."})
    assert time.process_time() - begun < 2


def test_it_grows_with_the_length_and_no_faster():
    rows = (
        "The password for the office is Sunflower22 and the gate code is 4821, use 4821 to open the door.\n"
    )
    spent = {}
    for size in (1_000, 10_000, 100_000, 1_000_000):
        begun = time.process_time()
        sent({"says": "List.", "attached": (rows * (size // len(rows) + 1))[:size]})
        spent[size] = time.process_time() - begun
    print({size: f"{seconds * 1000:.1f} ms" for size, seconds in spent.items()})
    assert spent[1_000_000] < 25 * spent[100_000]
    assert spent[1_000_000] < 4
