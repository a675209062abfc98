"""The commands, run as a host runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import LITTLE_WICKHAM

CLERK = "clerk@littlewickham-pc.example"


def vestry(*arguments: str, folder: Path, text: str = "", code: int = 0) -> str:
    """Run a command in `folder`. Returns what it printed; the exit code must be `code`."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"VESTRY_CONFIG": str(folder / "vestry.toml")},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A folder after `vestry init`, with the demo council."""
    vestry(
        "init",
        ".",
        "--hostname",
        "post.test.example",
        "--upstream",
        "mail.test.example:2587",
        folder=tmp_path,
    )
    vestry("council", "import", str(LITTLE_WICKHAM), folder=tmp_path)
    return tmp_path


def test_init_writes_settings_that_load_and_overwrites_nothing(host: Path):
    settings = tomllib.loads((host / "vestry.toml").read_text())
    assert settings["hostname"] == "post.test.example"
    assert settings["upstreams"]["default"] == {"host": "mail.test.example", "port": 2587, "tls": "starttls"}
    before = (host / "vestry.toml").read_bytes()
    assert "exists already" in vestry("init", ".", folder=host, code=1)
    assert (host / "vestry.toml").read_bytes() == before


def test_a_council_comes_back_as_it_went_in(host: Path):
    exported = vestry("council", "export", "littlewickham", folder=host)
    (host / "again.toml").write_text(exported)
    vestry("council", "import", "again.toml", folder=host)
    assert json.loads(vestry("council", "list", "--json", folder=host)) == [
        {
            "id": "littlewickham",
            "name": "Little Wickham Parish Council",
            "version": 1,
            "trial_until": None,
            "review_passed": None,
        }
    ]


def test_a_council_file_with_a_fault_names_file_key_found_and_allowed(host: Path):
    text = LITTLE_WICKHAM.read_text().replace('role = "clerk"', 'role = "king"', 1)
    (host / "bad.toml").write_text(text)
    said = vestry("council", "import", "bad.toml", folder=host, code=2)
    assert "bad.toml" in said
    assert "role" in said
    assert "'king'" in said
    assert "clerk" in said


def test_a_check_that_is_not_known_is_refused(host: Path):
    text = LITTLE_WICKHAM.read_text().replace("sender_identity", "sender_idenity")
    (host / "bad.toml").write_text(text)
    said = vestry("council", "import", "bad.toml", folder=host, code=2)
    assert "sender_idenity" in said
    assert "sender_identity" in said


def test_passwords_must_be_good_and_are_never_printed(host: Path):
    said = vestry("person", "add", CLERK, "--password-stdin", text="password123\n", folder=host, code=1)
    assert "password123" not in said
    good = "plum tractor river nine"
    said = vestry("person", "add", CLERK, "--password-stdin", text=f"{good}\n", folder=host)
    assert good not in said
    [clerk] = [p for p in json.loads(vestry("person", "list", "--json", folder=host)) if p["login"] == CLERK]
    assert clerk["password"] is True
    assert clerk["roles"] == ["clerk"]


def test_someone_new_needs_a_name_and_a_role(host: Path):
    new = "cllr.c@littlewickham-pc.example"
    assert "--role" in vestry("person", "add", new, "--no-password", folder=host, code=2)
    vestry("person", "add", new, "--name", "Carol Cox", "--role", "councillor", "--no-password", folder=host)
    people = {p["login"]: p for p in json.loads(vestry("person", "list", "--json", folder=host))}
    assert people[new]["may_send_as"] == [new]
    vestry("person", "disable", new, folder=host)
    people = {p["login"]: p for p in json.loads(vestry("person", "list", "--json", folder=host))}
    assert people[new]["disabled"] is True
    assert "no login" in vestry("person", "disable", "nobody@littlewickham-pc.example", folder=host, code=1)


def test_someone_from_another_domain_cannot_be_added(host: Path):
    said = vestry(
        "person",
        "add",
        "x@elsewhere.example",
        "--name",
        "X",
        "--role",
        "staff",
        "--no-password",
        folder=host,
        code=2,
    )
    assert "elsewhere.example" in said
    assert "Traceback" not in said


def test_empty_queues_and_archives_say_so(host: Path):
    assert json.loads(vestry("queue", "list", "--json", folder=host)) == []
    assert json.loads(vestry("held", "list", "--json", folder=host)) == []
    verified = json.loads(vestry("archive", "verify", "--json", folder=host))
    assert (verified["links"], verified["faults"]) == (0, [])
    assert "no message" in vestry("archive", "show", "NOSUCHMESSAGE", folder=host, code=1)


def test_serve_without_settings_or_tables_says_what_is_missing(tmp_path: Path, host: Path):
    said = vestry("serve", "-c", "nowhere.toml", folder=tmp_path, code=2)
    assert "nowhere.toml" in said
    assert "Traceback" not in said


MESSAGE = "From: {sender}\r\nTo: a@b.example\r\nCc: " + CLERK + "\r\nSubject: x\r\n\r\n{text}\r\n"


class TestCheck:
    def check(self, folder: Path, *arguments: str, code: int = 0) -> list[dict]:
        printed = vestry(
            "check", *arguments, "--council", str(LITTLE_WICKHAM), "--json", folder=folder, code=code
        )
        return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

    def write(self, folder: Path, name: str, sender: str, text: str = "Hello.") -> str:
        (folder / name).write_bytes(MESSAGE.format(sender=sender, text=text).encode())
        return name

    def test_one_line_for_each_file(self, tmp_path: Path):
        good = self.write(tmp_path, "good.eml", "cllr.a@littlewickham-pc.example")
        held = self.write(
            tmp_path, "held.eml", "cllr.a@littlewickham-pc.example", "Yes.\r\n\r\nA\r\nParish Clerk"
        )
        bad = self.write(tmp_path, "bad.eml", "stranger@elsewhere.example")
        results = self.check(tmp_path, good, held, bad)
        assert [(r["file"], r["verdict"]) for r in results] == [
            ("good.eml", "pass"),
            ("held.eml", "hold"),
            ("bad.eml", "refuse"),
        ]
        assert results[0]["findings"] == []
        [finding] = results[1]["findings"]
        assert set(finding) == {"check", "verdict", "stage", "reason", "evidence", "clause"}
        assert finding["check"] == "sender_identity"
        assert finding["evidence"][0]["text"] == "Parish Clerk"

    def test_the_envelope_sender_may_be_given(self, tmp_path: Path):
        good = self.write(tmp_path, "good.eml", "cllr.a@littlewickham-pc.example")
        [result] = self.check(tmp_path, good, "--from", CLERK, "--to", "x@y.example")
        assert result["verdict"] == "refuse"

    def test_what_cannot_be_checked_is_exit_code_1_and_the_rest_is_still_said(self, tmp_path: Path):
        good = self.write(tmp_path, "good.eml", "cllr.a@littlewickham-pc.example")
        deep = tmp_path / "deep.eml"
        nested = b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2000)
        )
        deep.write_bytes(b"From: cllr.a@littlewickham-pc.example\r\n" + nested)
        results = self.check(tmp_path, "deep.eml", "missing.eml", good, code=1)
        assert [(r["file"], r["verdict"]) for r in results] == [("deep.eml", "hold"), ("good.eml", "pass")]
        assert "could not be checked" in results[0]["findings"][0]["reason"]


def test_help_is_quick_and_names_every_command(tmp_path: Path):
    said = vestry("--help", folder=tmp_path)
    for command in (
        "demo",
        "init",
        "serve",
        "check",
        "sign",
        "signature",
        "council",
        "person",
        "queue",
        "held",
        "archive",
        "dkim",
        "db",
    ):
        assert command in said
