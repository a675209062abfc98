"""Messages for the check `confidential`, and what becomes of them by both steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from config.council import Council
from filters.analysis import Situation, decide_step, read_step
from filters.answers import NO_ANSWERS, Answers
from filters.context import Envelope, Profile, Recipient
from filters.extract.document import Documents
from filters.extract.read import documents_of
from filters.finding import Finding
from signatures.message.scanner import CAPS, scan_parts
from tests.unit.filters.letters import ANNE
from tests.unit.filters.letters import COUNCIL as LITTLE

RESIDENT = "jill.fenwick@resident.example"
CLAUSE = {"document": "Test policy", "item": "1"}


def _council() -> Council:
    values = LITTLE.model_dump(by_alias=True)
    for each in values["people"]:
        if each["login"].startswith("brian@"):
            each["personal_addresses"] = [
                {"address": "bb@bell.example"},
                {"address": "bell.private@county.example"},
            ]
    values["content"] = {
        "watch_list": ["Project Kestrel", "The sale of Pound Field"],
        "secure_domains": ["county.example", "solicitors.example"],
    }
    check = {"stage": "enforce", "verdict": "hold", "clause": CLAUSE}
    values["policy"] = {"title": "P", "version": "1", "checks": {"confidential": check}}
    return Council.model_validate(values)


COUNCIL = _council()


def letter(
    says: str,
    *,
    subject: str = "Hall",
    to: Sequence[str] = (RESIDENT,),
    headers: Iterable[str] = (),
    attached: Mapping[str, str] | None = None,
) -> bytes:
    """A message from Anne as a mail program writes it."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=900))
    message["From"] = f"Anne Archer <{ANNE}>"
    message["To"] = ", ".join(to)
    message["Subject"] = subject
    message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = "<1@little.example>"
    for header in headers:
        name, _, value = header.partition(": ")
        message[name] = value
    message.set_content(says)
    for name, text in (attached or {}).items():
        message.add_attachment(text, filename=name)
    return message.as_bytes()


def found(
    raw: bytes,
    to: Sequence[str] = (RESIDENT,),
    *,
    council: Council = COUNCIL,
    answers: Answers = NO_ANSWERS,
    documents: Documents | None = None,
) -> list[Finding]:
    """What the check finds, attachments read."""
    reading = read_step(raw)
    situation = Situation(
        person=ANNE,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=ANNE, recipients=tuple(Recipient(address=each, canonical=each) for each in to)
        ),
        received_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        today=date(2026, 11, 20),
        message="Q1",
        hostname="post.test.example",
        answers=answers,
        documents=documents or documents_of(raw, scan_parts(raw), reading.anatomy, CAPS),
    )
    decision = decide_step(raw, reading, situation, council).decision
    return [each for each in decision.findings if each.check == "confidential"]


def changed(**policy: Any) -> Council:
    """The council with the check otherwise."""
    check = COUNCIL.policy.checks["confidential"].model_copy(update=policy)
    return COUNCIL.model_copy(
        update={"policy": COUNCIL.policy.model_copy(update={"checks": {"confidential": check}})}
    )
