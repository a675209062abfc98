"""Labelled messages for evaluations: the sets in TOML, feedback as `vestry feedback export` writes it, and how they
are made into real mail of the demo council.

A set is TOML with `[[message]]`, or JSON with one message on each line. A message has `id`, `binds`, `wording` where it
binds ("plain", which it is where nothing is said, or "oblique"), `role`, `to`, `subject`, `body`, `why`, and may have `phrase`, the words that bind.
Addresses without a domain are the council's own.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from config.address import canonical
from config.council import Council
from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.analysis import Analysis, Situation, decide_step, read_step
from filters.context import Envelope, Profile, Recipient
from gateway.demo.installation import example_council

DOMAIN = "littlewickham-pc.example"
SENDERS = {
    "clerk": "clerk",
    "deputy": "deputy",
    "locum": "locum",
    "chair": "chair",
    "vice_chair": "vice.chair",
    "councillor": "cllr.a",
    "staff": "foi",
    "foi_officer": "foi",
    "volunteer": "volunteer",
}
"""Whose login stands for a role."""

NOW = datetime(2026, 11, 9, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message and whether it binds the Council."""

    id: str
    binds: bool
    wording: str
    role: str
    to: tuple[str, ...]
    subject: str
    body: str
    why: str = ""
    phrase: str = ""


def load(path: Path) -> list[Labelled]:
    """The messages of a set, in its order. Raises KeyError where one lacks what it must have."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        told = tomllib.loads(text)
        return [_labelled(each) for each in told.get("message", told.get("case", []))]
    return [_labelled(json.loads(line)) for line in text.splitlines() if line.strip()]


def council(name: str, verdict: Verdict = Verdict.HOLD, **changes: Any) -> Council:
    """The demo council with a person for each role, whose policy has the check `name` alone, enforced."""
    demo = example_council()
    more = [
        {
            "login": f"{local}@{DOMAIN}",
            "name": full,
            "roles": [{"role": role}],
            "identities": [{"address": f"{local}@{DOMAIN}"}],
        }
        for local, full, role in (
            ("vice.chair", "Colin Hart", "vice_chair"),
            ("volunteer", "Mary Teal", "volunteer"),
            ("locum", "Lucy Orme", "locum"),
        )
    ]
    made = Council.model_validate(
        demo.model_dump(mode="json", by_alias=True, exclude={"policy"})
        | {"people": [*demo.model_dump(mode="json", by_alias=True)["people"], *more]}
        | changes
    )
    clause = Clause(document="Test policy", item="1")
    checks = {name: CheckPolicy(stage=Stage.ENFORCE, verdict=verdict, clause=clause)}
    return made.model_copy(update={"policy": demo.policy.model_copy(update={"checks": checks})})


def judged(message: Labelled, of: Council) -> Analysis:
    """What becomes of a message, by both steps."""
    login = f"{SENDERS.get(message.role, SENDERS['councillor'])}@{DOMAIN}"
    to = tuple(each if "@" in each else f"{each}@{DOMAIN}" for each in message.to)
    raw = _raw(message, login, to)
    situation = Situation(
        person=login,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=login,
            recipients=tuple(Recipient(address=each, canonical=canonical(each)) for each in to),
        ),
        received_at=NOW,
        today=date(2026, 11, 9),
        message="Q1",
        hostname="post.test.example",
    )
    return decide_step(raw, read_step(raw), situation, of)


def _labelled(told: dict[str, Any]) -> Labelled:
    return Labelled(
        id=str(told["id"]),
        binds=bool(told["binds"]),
        wording=(told.get("wording") or "plain") if told["binds"] else "",
        role=told["role"],
        to=tuple(told["to"]),
        subject=told.get("subject", ""),
        body=told["body"],
        why=told.get("why", ""),
        phrase=told.get("phrase", ""),
    )


def _raw(message: Labelled, login: str, to: tuple[str, ...]) -> bytes:
    made = EmailMessage()
    made["From"] = login
    made["To"] = ", ".join(to)
    made["Subject"] = " ".join(message.subject.split())
    made["Date"] = "Mon, 9 Nov 2026 10:00:00 +0000"
    made["Message-ID"] = f"<{message.id.replace(' ', '-')}@{DOMAIN}>"
    made.set_content(message.body, cte="8bit")
    return made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
