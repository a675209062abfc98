"""The table of cases of `attachments`, each through both steps of analysis as a whole message."""

from __future__ import annotations

import tomllib
from functools import cache

import pytest

from config.policy import Verdict
from filters.analysis import Situation, decide_step, read_step
from filters.context import Envelope, Profile, Recipient
from filters.extract.read import documents_of
from signatures.message.scanner import CAPS, scan_parts
from tests.conftest import ROOT
from tests.files import FILES, made, with_files
from tests.unit.filters.official_mail import DOMAIN, NOW, TODAY, council, policy

CASES = tomllib.loads((ROOT / "tests/cases/attachments.toml").read_text(encoding="utf-8"))["case"]
TO = {"brian": f"brian@{DOMAIN}", "author": "jo@resident.example"}
WROTE = (
    "On Mon, 9 Nov 2026 at 09:12, Jo Smith <jo@resident.example> wrote:\n> Here is the plan.\n> Regards, Jo\n"
)
SENT_ON = (
    "---------- Forwarded message ---------\nFrom: {}\nDate: Mon, 9 Nov 2026 at 09:12\nSubject: Plan\n"
    "To: Anne Archer <anne@little.example>\n\nHere is the plan.\n"
)
CARRIES = {
    "": ("Plan", ""),
    "reply": ("Re: Plan", WROTE),
    "forward": ("Fwd: Plan", SENT_ON.format("Jo Smith <jo@resident.example>")),
    "forward of a colleague": ("Fwd: Plan", SENT_ON.format(f"Brian Bell <brian@{DOMAIN}>")),
}

file_of = cache(made)


def named(case):
    return f"{', '.join(case['attached']) or 'nothing'} {case.get('carries', '')} {case.get('why', '')}"


def findings(case):
    to = TO.get(case.get("to", ""), "pat@parish.example")
    subject, below = CARRIES[case.get("carries", "")]
    header = (
        f"From: Anne Archer <anne@{DOMAIN}>\nTo: {to}\nSubject: {subject}\nDate: Mon, 9 Nov 2026 10:00:00 +0000\n"
        "Message-ID: <1@little.example>"
    )
    files = [each.split(" = ") for each in case["attached"]]
    raw = with_files(
        header, *((name, file_of(words)) for name, words in files), text=f"As promised.\n\n{below}"
    )
    reading = read_step(raw)
    found = documents_of(raw, scan_parts(raw), reading.anatomy, CAPS)
    told = {"verdict": case.get("policy", "hold"), "switches": dict.fromkeys(case.get("off", ()), False)}
    if "megabytes" in case:
        told["thresholds"] = {"megabytes": case["megabytes"]}
    situation = Situation(
        person=f"anne@{DOMAIN}",
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(mail_from=f"anne@{DOMAIN}", recipients=(Recipient(address=to, canonical=to),)),
        received_at=NOW,
        today=TODAY,
        message="Q1",
        hostname="post.test.example",
        documents=found,
    )
    decision = decide_step(raw, reading, situation, council(policy=policy("attachments", **told))).decision
    return [each for each in decision.findings if each.check == "attachments"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_table(case):
    found = findings(case)
    gravest = max((each.verdict for each in found), default=Verdict.PASS)
    assert gravest.word == case["verdict"]
    if case["verdict"] != "pass":
        assert any(case["reason"] in each.reason for each in found if each.verdict == gravest), found
        assert all(each.reason.endswith(".") for each in found)
        assert all("breach" not in each.reason for each in found)


def test_it_has_cases_enough_and_a_third_of_them_are_near_misses():
    assert len(CASES) >= 60
    assert sum(case["verdict"] == "pass" for case in CASES) * 3 >= len(CASES)
    assert {words for case in CASES for each in case["attached"] for words in [each.split(" = ")[1]]} <= set(
        FILES
    )
