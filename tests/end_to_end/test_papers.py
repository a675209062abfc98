"""A confidential paper uploaded by the command, and quotations that nobody wrote, through the real gateway."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from config.check_policy import CheckPolicy
from config.clause import Clause
from config.content import ContentRules
from config.verdict import Stage, Verdict
from gateway.demo.upstream import Delivered, Upstream
from tests import files
from tests.conftest import TlsFiles
from tests.installation import Installation, example_council, free_port, queue_id, until
from tests.policies import SIGNED, only
from tests.unit.holds.office import ANN, BOB, CLERK, RESIDENT
from tests.unit.store.test_papers import CHANGED, PAPER

SOLICITOR = "partner@solicitors.example"
CHECK = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.HOLD, clause=Clause(document="Test policy", item="1")
)


@pytest.fixture
def upstream(tmp_path) -> Iterator[Upstream]:
    one = Upstream(free_port(), tmp_path / "mailbox")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def installation(tmp_path, tls_files: TlsFiles, upstream: Upstream) -> Iterator[Installation]:
    council = only(example_council(), *SIGNED)
    policy = council.policy.model_copy(update={"checks": {**council.policy.checks, "confidential": CHECK}})
    changes = {"policy": policy, "content": ContentRules(secure_domains=("solicitors.example",))}
    made = Installation(
        tmp_path / "vestry",
        tls_files.certificate,
        tls_files.key,
        tls_files.ca,
        council=council.model_copy(update={**changes, "monitoring_notice": None}),
    )
    made.upstream(upstream.port)
    made.prepare()
    made.start()
    yield made
    if made.process is not None:
        made.stop()


def letter(says: str, to: str, *, attached: bytes = b"", answers: str = "", sender: str = ANN) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Ann Archer <{sender}>"
    message["To"] = to
    message["Subject"] = "What you asked"
    message["Date"] = "Mon, 09 Nov 2026 09:00:00 +0000"
    if answers:
        message["In-Reply-To"] = answers
    else:
        message["Message-ID"] = "<first@littlewickham-pc.example>"
    message.set_content(says)
    if attached:
        message.add_attachment(
            attached, maintype="application", subtype="octet-stream", filename="notes.docx"
        )
    return message.as_bytes()


def handed_in(installation: Installation, raw: bytes, *to: str) -> dict:
    """What is recorded of a message."""
    code, text = installation.send(raw, to)
    assert code == 250, text
    return {"id": queue_id(text), **installation.json("held", "show", queue_id(text), "--json")}


def letters(upstream: Upstream) -> list[Delivered]:
    """What left in somebody's name."""
    return [each for each in upstream.delivered() if each.mail_from]


def findings(shown: dict) -> list[tuple[str, str]]:
    return [
        (each["verdict"], each["reason"]) for each in shown["findings"] if each["check"] == "confidential"
    ]


def test_a_pasted_passage(installation: Installation, upstream: Upstream, tmp_path):
    (tmp_path / "pay.docx").write_bytes(files.word(PAPER))
    installation.vestry(
        "paper", "add", str(tmp_path / "pay.docx"), "--title", "Pay of the groundsmen", "--by", CLERK
    )
    pasted = f"Hello, this is what they said:\n\n{CHANGED}\n"

    shown = handed_in(installation, letter(pasted, RESIDENT), RESIDENT)
    assert shown["state"] == "held"
    [(verdict, reason)] = findings(shown)
    assert verdict == "hold"
    assert "“Pay of the groundsmen”" in reason
    assert RESIDENT in reason

    attached = letter("Attached.", RESIDENT, attached=files.word("Notes", CHANGED))
    assert handed_in(installation, attached, RESIDENT)["state"] == "held"

    shown = handed_in(installation, letter(pasted, SOLICITOR), SOLICITOR)
    assert shown["state"] == "passed"
    [(verdict, reason)] = findings(shown)
    assert verdict == "note"
    assert SOLICITOR in reason
    until(lambda: letters(upstream))
    assert [each.recipients for each in letters(upstream)] == [(SOLICITOR,)]
    assert installation.vestry("archive", "verify").returncode == 0


def test_a_quotation_that_nobody_wrote(installation: Installation, upstream: Upstream):
    """Its parent is archived, so it is known to say nothing of the kind."""
    parent = letter(
        "The hall is free on Monday evening, so do come and look at it then.", f"{RESIDENT}, {BOB}"
    )
    assert handed_in(installation, parent, RESIDENT, BOB)["state"] == "passed"
    attribution = f"On Mon, 9 Nov 2026 at 09:00, Ann Archer <{ANN}> wrote:"
    until(lambda: letters(upstream))

    honest = f"See you there.\n\n{attribution}\n> The hall is free on Monday evening, so do come\n> and look at it then.\n"
    answer = letter(honest, RESIDENT, answers="<first@littlewickham-pc.example>")
    shown = handed_in(installation, answer, RESIDENT)
    assert (shown["state"], findings(shown)) == ("passed", [])

    faked = f"See below.\n\n{attribution}\n> CONFIDENTIAL: the lowest tender is £14,200.\n"
    shown = handed_in(
        installation, letter(faked, RESIDENT, answers="<first@littlewickham-pc.example>"), RESIDENT
    )
    assert shown["state"] == "held"
    [(verdict, reason)] = findings(shown)
    assert verdict == "hold"
    assert "CONFIDENTIAL" in reason
