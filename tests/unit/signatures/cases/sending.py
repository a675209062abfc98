"""A message sent through the same two steps that the gateway's workers do, and what came out."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from config.council import Council
from config.council_file import council_from
from filters.analysis import Situation, decide_step, read_step
from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision, Finding
from signatures.message.scanner import CAPS, Caps
from signatures.message.splices import Splice, apply

CLIENTS = Path(__file__).parents[3] / "corpus/clients"
COUNCIL = Path(__file__).parent / "council.toml"
ANNE = "cllr.a@littlewickham-pc.example"
TODAY = date(2026, 11, 20)

AFTER, END = "after_own_text", "end_of_message"

SIGNATURE = (
    "Anne Archer",
    "Councillor for the Green ward",
    "Little Wickham Parish Council",
    "Telephone: 01632 960001",
    "A councillor has no authority to contract for the Council.",
)
EARLIER_SIGNATURE = (
    "Cllr Anne Archer",
    "Green ward, Little Wickham Parish Council",
    "Telephone 01632 960001",
)
WAIVER = (
    "This message and what is attached to it are for those it is addressed to. "
    "Nothing in it binds the Council, whose decisions are minuted."
)
EARLIER_WAIVER = "This e-mail is confidential. Little Wickham Parish Council accepts no liability for it."
WELSH_WAIVER = "Mae\u2019r neges hon am y d\u0175r ar y t\u0177. Nothing over \u00a350 is agreed by mail."


def council(position: str = AFTER, change: Callable[[dict[str, Any]], None] = lambda _: None) -> Council:
    """The council of the cases, with its waiver at `position` and the values of its file as `change` leaves them."""
    values = tomllib.loads(COUNCIL.read_text(encoding="utf-8"))
    values["policy"]["waiver_position"] = position
    change(values)
    return council_from(values, "council.toml")


def with_waiver(text: str) -> Callable[[dict[str, Any]], None]:
    """A change: the waiver in force says this instead."""

    def change(values: dict[str, Any]) -> None:
        values["signatures"]["waivers"][-1]["variants"] = [{"text": text}]

    return change


def with_fallback(**choices: str) -> Callable[[dict[str, Any]], None]:
    """A change: what the council chose for some classes of message."""

    def change(values: dict[str, Any]) -> None:
        values["policy"]["message_classes"] = choices

    return change


@dataclass(frozen=True)
class Sent:
    """As received, as sent, and what was decided."""

    received: bytes
    raw: bytes
    splices: tuple[Splice, ...]
    decision: Decision

    @property
    def notes(self) -> str:
        """All that the findings of the two checks say, in one text."""
        return "\n".join(
            _said(each) for each in self.decision.findings if each.check in {"signature", "waiver"}
        )


def _said(finding: Finding) -> str:
    evidence = " ".join(each.text for each in finding.evidence)
    return f"{finding.check} {finding.verdict.word}: {finding.reason} [{evidence}]"


def client(name: str) -> bytes:
    """A message of the corpus, as its client wrote it."""
    return (CLIENTS / f"{name}.eml").read_bytes()


def send(
    message: str | bytes,
    by: Council | str = AFTER,
    *,
    login: str = ANNE,
    mail_from: str | None = None,
    caps: Caps = CAPS,
) -> Sent:
    """What leaves of a message, or of the one of that name in the corpus."""
    raw = client(message) if isinstance(message, str) else message
    house = council(by) if isinstance(by, str) else by
    situation = Situation(
        person=login,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=ANNE if mail_from is None else mail_from,
            recipients=(
                Recipient(address="jill.fenwick@resident.example", canonical="jill.fenwick@resident.example"),
            ),
        ),
        received_at=datetime(2026, 11, 20, 16, 12, 45, tzinfo=UTC),
        today=TODAY,
        message="case",
        hostname="mail.littlewickham-pc.example",
    )
    analysis = decide_step(raw, read_step(raw, caps), situation, house, caps)
    return Sent(raw, apply(raw, analysis.rewrite), analysis.rewrite, analysis.decision)


_OTHERWISE = ("bottom", "interleaved", "answers-within", "no-text", "attached")
TOP_POSTED = [
    f"{file.parent.name}/{file.stem}"
    for file in sorted(CLIENTS.glob("*/*.eml"))
    if file.parent.name != "cases"
    and file.stem.startswith(("reply", "forward"))
    and not any(word in file.stem for word in _OTHERWISE)
]
"""Replies and forwards with the words above what is quoted, of every client."""
