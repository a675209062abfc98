from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from config.check_policy import CheckPolicy
from config.policy import Clause, Stage, Verdict
from filters.answers import Scan
from gateway.cli import app
from gateway.intake.dry_run import CannotCheck, dry_run
from tests.conftest import LITTLE_WICKHAM
from tests.policies import only
from tests.unit.intake.attached import attached

ANNE = "cllr.a@littlewickham-pc.example"
CLERK = "clerk@littlewickham-pc.example"
PASSES = f"From: {ANNE}\r\nTo: a@b.example\r\nCc: {CLERK}\r\n\r\nHello.\r\n".encode()


def outcome(raw: bytes, council, mail_from: str | None = None, to: tuple[str, ...] = ()):
    dry = dry_run(raw, council, mail_from, to)
    return dry.analysis.decision.verdict, dry.complete


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        (PASSES, Verdict.PASS),
        (PASSES.replace(b"\r\n", b"\n"), Verdict.PASS),
        (
            PASSES.replace(b"From: ", b"From: Parish Clerk <").replace(b".example\r\nTo", b".example>\r\nTo"),
            Verdict.HOLD,
        ),
        (PASSES.replace(b"cllr.a", b"nobody"), Verdict.REFUSE),
        (PASSES.replace(b"Hello.\r\n", b"Hello.\n"), Verdict.REFUSE),
        (PASSES.replace(b"Hello.", b"Hel\rlo."), Verdict.REFUSE),
        (PASSES.replace(b"Hello.", b"Hel\0lo."), Verdict.REFUSE),
        (PASSES.replace(b"To: a@b.example", b"not a field"), Verdict.REFUSE),
        (PASSES.replace(b"To: a@b.example", b"To: nonsense, a@b.example"), Verdict.ASK),
        (PASSES.replace(b"Cc: ", b"X-Cc: "), Verdict.NOTE),
        (b"", Verdict.REFUSE),
    ],
)
def test_the_verdict_of_the_gateway(raw, verdict, little_wickham):
    assert outcome(raw, little_wickham) == (verdict, True)


def test_an_address_lent_to_others_is_first_of_all_its_owners(little_wickham):
    """The Clerk may write from it too, and stands above its owner in the file."""
    foi = PASSES.replace(b"cllr.a@", b"foi@").replace(b"Cc: ", b"X-Cc: ")
    assert outcome(foi, little_wickham) == (Verdict.NOTE, True)
    assert outcome(foi.replace(b"foi@", b"clerk@"), little_wickham) == (Verdict.PASS, True)


def test_a_dot_behind_a_domain_changes_nothing(little_wickham):
    forward = PASSES.replace(b"To: a@b.example", b"To: cllr.a.home@gmail.com.")
    assert outcome(forward, little_wickham) == (Verdict.HOLD, True)


def test_what_is_beyond_the_caps_could_not_be_checked(little_wickham):
    assert outcome(b"A: 1\r\n" * 2000 + PASSES, little_wickham) == (Verdict.HOLD, False)


def test_a_check_that_failed_did_not_complete(little_wickham, monkeypatch):
    def check(anatomy, context, policy):
        raise RuntimeError

    monkeypatch.setattr("filters.decide.CHECKS", {"sender_identity": check})
    assert outcome(PASSES, little_wickham) == (Verdict.HOLD, False)


def test_the_envelope_may_be_given(little_wickham):
    assert outcome(PASSES, little_wickham, "clerk@littlewickham-pc.example")[0] is Verdict.REFUSE
    with pytest.raises(CannotCheck):
        outcome(PASSES, little_wickham, to=("nonsense",))


def test_the_command_prints_a_line_for_each_file(tmp_path):
    good, bad, absent = tmp_path / "good.eml", tmp_path / "bad.eml", tmp_path / "absent.eml"
    good.write_bytes(PASSES)
    bad.write_bytes(
        PASSES.replace(b"cllr.a", b"clerk").replace(b"\r\n\r\n", b"\r\nSender: x@y.example\r\n\r\n")
    )
    arguments = ["check", str(good), str(bad), "--council", str(LITTLE_WICKHAM), "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {"file": str(good), "verdict": "pass", "findings": []}
    assert second["verdict"] == "refuse"
    [finding] = second["findings"]
    assert set(finding) == {"check", "verdict", "stage", "reason", "evidence", "clause"}
    assert finding["evidence"] == [{"where": "Sender", "text": "x@y.example"}]
    assert isinstance(finding["clause"], str)
    assert CliRunner().invoke(app, [*arguments, str(absent)]).exit_code == 1


def test_who_is_added_and_what_goes_is_printed(tmp_path):
    file = tmp_path / "tagged.eml"
    raw = PASSES.replace(f"Cc: {CLERK}\r\n".encode(), b"Subject: [casework] Hedge\r\n")
    file.write_bytes(raw)
    done = CliRunner().invoke(app, ["sign", str(file), "--council", str(LITTLE_WICKHAM)])
    assert done.exit_code == 0
    assert b"\r\nTo: a@b.example\r\nSubject: Hedge\r\n" in done.stdout_bytes
    file.write_bytes(raw.replace(b"[casework] ", b""))
    done = CliRunner().invoke(app, ["sign", str(file), "--council", str(LITTLE_WICKHAM)])
    assert f"\r\nCc: Margaret Hale <{CLERK}>\r\nSubject: Hedge\r\n".encode() in done.stdout_bytes
    assert "The Clerk was added as a copy" in done.stderr


SMALL = f"""
id = "little"
name = "Little Wickham Parish Council"
domains = ["littlewickham-pc.example"]

[[people]]
login = "{ANNE}"
name = "Ann Archer"
roles = [{{ role = "councillor" }}]
identities = [{{ address = "{ANNE}" }}]

[policy]
title = "Test policy"
version = "1"

[policy.checks.malware]
stage = "enforce"
verdict = "refuse"
clause = {{ document = "Test policy", item = "1" }}
"""


class Scanner:
    def __init__(self, found: Scan) -> None:
        self.found = found

    async def scan(self, raw: bytes, seconds: float) -> Scan:
        return self.found


def policed(council, **checks):
    made = {
        name: CheckPolicy(stage=Stage.ENFORCE, verdict=verdict, clause=Clause(document="P", item="1"))
        for name, verdict in checks.items()
    }
    bare = only(council, "sender_identity")
    policy = bare.policy.model_copy(update={"checks": {**bare.policy.checks, **made}})
    return bare.model_copy(update={"policy": policy})


@pytest.mark.parametrize(
    ("scanner", "verdict", "said"),
    [
        (Scanner(Scan()), Verdict.PASS, ""),
        (Scanner(Scan(names=("X",))), Verdict.REFUSE, '"X"'),
        (Scanner(Scan(trouble="the virus scanner did not answer")), Verdict.HOLD, "did not answer"),
        (None, Verdict.PASS, ""),
    ],
)
def test_it_is_scanned_where_there_is_a_scanner(little_wickham, scanner, verdict, said):
    council = policed(little_wickham, malware=Verdict.REFUSE)
    decision = dry_run(PASSES, council, None, (), scanner=scanner).analysis.decision
    assert decision.verdict is verdict
    assert any(said in each.reason for each in decision.findings) or not said
    assert len(decision.findings) == bool(said)


def test_no_scanner_is_asked_where_no_check_wants_it(little_wickham):
    class Never:
        async def scan(self, raw, seconds):
            raise AssertionError

    assert dry_run(PASSES, only(little_wickham), None, (), scanner=Never()).complete


def test_what_is_attached_is_read(little_wickham):
    council = policed(little_wickham, attachments=Verdict.REFUSE)
    program = attached(b"MZ" + bytes(200), "a.exe", "application/octet-stream")
    assert dry_run(program, council, None, ()).analysis.decision.verdict is Verdict.REFUSE
    assert dry_run(attached(b"Hello.", "a.txt", "text/plain"), council, None, ()).complete


def test_the_commands_ask_the_scanner_of_the_settings(tmp_path):
    """There is none at its socket, and that is what they say."""
    settings = tmp_path / "vestry.toml"
    settings.write_text('data_dir = "data"\n[malware]\nclamd = "nowhere.ctl"\n')
    council, mail = tmp_path / "council.toml", tmp_path / "mail.eml"
    council.write_text(SMALL)
    mail.write_bytes(PASSES)
    for arguments, said, code in (
        (["check", "--json"], "nothing is scanned for viruses here", 0),
        (["check", "--json", "-c", str(settings)], "the virus scanner did not answer", 1),
        (["sign"], "nothing is scanned for viruses here", 0),
        (["sign", "-c", str(settings)], "the virus scanner did not answer", 1),
    ):
        command = [*arguments[:1], str(mail), "--council", str(council), *arguments[1:]]
        done = CliRunner().invoke(app, command)
        assert said in done.output + done.stderr
        assert done.exit_code == code
