"""Every clause of the five policies that a check enforces: a message that breaks it, and one that nearly does."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest

from config.address import canonical
from config.consent import Consent
from config.council import Council
from config.policy import Handling, Stage
from config.shipped import SHIPPED, shipped
from docs import policies as page
from filters.analysis import Situation, decide_step, read_step
from filters.answers import Answers, Scan
from filters.context import Envelope, Profile, Recipient
from filters.extract.read import documents_of
from filters.finding import Finding
from filters.registry import WRITTEN
from signatures.message.scanner import CAPS, scan_parts
from signatures.message.splices import apply
from tests.conftest import ROOT

TABLE = tomllib.loads((Path(__file__).parent / "clauses.toml").read_text(encoding="utf-8"))["clause"]
CLIENTS = ROOT / "tests/corpus/clients"
NOTED = frozenset({"naming", "spelling"})
"""Checks that note and do no more."""

ELSEWHERE = frozenset({"report"})
"""What is reported is taken before any check (tests/unit/intake, tests/end_to_end)."""

DOMAIN = "littlewickham-pc.example"
KEYS = {"policy", "heading", "item", "turned_on"}
NOW = datetime(2026, 11, 20, 16, 13, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One message of the table: what it is under which clause and check, and what is told of it."""

    clause: dict[str, Any]
    check: str
    breaks: bool
    told: dict[str, Any]

    def __str__(self) -> str:
        word = "breaks" if self.breaks else "nearly"
        return f"{self.clause['policy']}-{self.clause['heading']}-{self.clause['item']}-{self.check}-{word}"


CASES = [
    Case(clause, check, breaks=key == "breaks", told=told)
    for clause in TABLE
    for check in sorted(clause.keys() - KEYS)
    for key, told in clause[check].items()
]


def council_of(case: Case, demo: Council) -> Council:
    """The demo council's people under that policy alone, with the Clerk's consent where the case has one."""
    adopted = shipped(case.clause["policy"])
    if case.clause.get("turned_on"):
        assert adopted.checks[case.check].stage is Stage.OFF
        on = adopted.checks[case.check].model_copy(update={"stage": Stage.ENFORCE})
        adopted = adopted.model_copy(update={"checks": {**adopted.checks, case.check: on}})
    changes: dict[str, Any] = {"policy": adopted}
    if address := case.told.get("consent"):
        changes["consents"] = (
            Consent(
                id="2026-1",
                address=address,
                granted_by=f"clerk@{DOMAIN}",
                granted_at=datetime(2026, 1, 10, tzinfo=UTC),
            ),
        )
    return demo.model_copy(update=changes)


def message_of(case: Case) -> bytes:
    """The message, as its client hands it in."""
    if file := case.told.get("file"):
        raw = (CLIENTS / file).read_bytes()
        for name, value in case.told.get("instead", {}).items():
            field = re.compile(rb"^%s:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*" % name.encode(), re.MULTILINE)
            raw, changed = field.subn(f"{name}: {value}".encode(), raw, count=1)
            assert changed
        return raw
    head, _, body = case.told["message"].lstrip("\n").partition("\n\n")
    head += "\nDate: Fri, 20 Nov 2026 16:12:44 +0000\nMessage-ID: <case@littlewickham-pc.example>"
    if "Content-Type:" not in head:
        head += (
            "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"
        )
    return f"{head}\n\n{body}".replace("\n", "\r\n").encode()


def outcome(case: Case, demo: Council) -> tuple[list[Finding], str]:
    """What the check finds, and what the message says as it leaves: its header, its texts, its parts' types."""
    raw, council = message_of(case), council_of(case, demo)
    parsed = message_from_bytes(raw)
    named = [address for _, address in getaddresses([*parsed.get_all("To", []), *parsed.get_all("Cc", [])])]
    recipients = tuple(
        Recipient(address=each, canonical=canonical(each)) for each in (*named, *case.told.get("bcc", ()))
    )
    login = f"{case.told['login']}@{DOMAIN}"
    reading = read_step(raw)
    scan = case.told.get("scan")
    situation = Situation(
        person=login,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(mail_from=case.told.get("mail_from", login), recipients=recipients),
        received_at=NOW,
        today=date(2026, 11, 20),
        message="0123456789ABCDEF",
        hostname="post.test.example",
        documents=documents_of(raw, scan_parts(raw), reading.anatomy, CAPS),
        answers=Answers(scan=None if scan is None else Scan(names=(scan,) if scan else ())),
    )
    analysis = decide_step(raw, reading, situation, council)
    found = [each for each in analysis.decision.findings if each.check == case.check]
    return found, shown(apply(raw, analysis.rewrite))


def shown(raw: bytes) -> str:
    """All that a message says to people, blanks made one."""
    parsed = message_from_bytes(raw, policy=policy.default)
    said = [f"{name}: {value}" for name, value in parsed.items()]
    for part in parsed.walk():
        said.append(part.get_content_type())
        if part.get_content_maintype() == "text":
            said.append(part.get_content())
    return " ".join(" ".join(said).split())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_clause_is_kept(case, little_wickham):
    found, leaves = outcome(case, little_wickham)
    effect = max((each.effect for each in found), default=None)
    told = "\n".join(f"{each.verdict.word}: {each.reason}" for each in found)
    expected = case.told.get("verdict")
    assert (effect.word if effect is not None else None) == expected, told
    assert not any(each.incomplete for each in found)
    assert {each.clause for each in found} <= {shipped(case.clause["policy"]).checks[case.check].clause}
    assert keeps(case.told, leaves), leaves


def keeps(told: dict[str, Any], leaves: str) -> bool:
    """Whether a message that says `leaves` has all that a case wants seen, and nothing that it wants gone."""
    return (
        all(words in leaves for words in told.get("seen", ()))
        and not any(words in leaves for words in told.get("gone", ()))
        and all(leaves.count(words) == 1 for words in told.get("once", ()))
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_case_shows_something(case, little_wickham):
    """What breaks a clause is stopped or changed; what nearly does is let pass, and may be noted."""
    told = case.told
    assert told["is"].endswith(".")
    stopped = told.get("verdict") in {"ask", "hold", "refuse"} or (case.check in NOTED and case.breaks)
    assert stopped if case.breaks and case.check not in WRITTEN else case.breaks or not stopped
    if case.breaks and not stopped:
        near = Case(case.clause, case.check, breaks=False, told=case.clause[case.check]["near"])
        changed = not keeps(told, shown(message_of(case)))
        assert changed or not keeps(told, outcome(near, little_wickham)[1])


def asked() -> set[tuple[str, str, str, str]]:
    """Every clause that is enforced, with every check for it that is built."""
    return {
        (name, clause.heading, clause.item, check)
        for name in SHIPPED
        for clause in shipped(name).clauses
        if clause.handling is Handling.ENFORCED
        for check in clause.checks
        if check not in ELSEWHERE
    }


def test_every_enforced_clause_has_both_cases_for_every_check():
    there = [
        (each["policy"], each["heading"], each["item"], check)
        for each in TABLE
        for check in each.keys() - KEYS
    ]
    assert sorted(there) == sorted(asked())
    for each in TABLE:
        for check in each.keys() - KEYS:
            assert each[check].keys() == {"breaks", "near"}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_clause_is_listed_with_what_is_done_about_it(name):
    text = (ROOT / "docs/policies.md").read_text(encoding="utf-8")
    assert text == page.page()
    section = text.partition(f"(`{name}`)")[2].partition("\n### ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")]
    for clause in shipped(name).clauses:
        [row] = [row for row in rows if row[0] == f"| {clause.heading}" and row[1] == clause.item]
        if clause.handling is Handling.ENFORCED:
            assert row[-1].startswith("Enforced by ")
            assert all(f"`{check}`" in row[-1] for check in clause.checks)
