"""`vestry signature`, as a Clerk uses it, in this very process."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest
import structlog

from gateway.cli import main
from tests.conftest import LITTLE_WICKHAM
from tests.unit.config.pictures import PNG

CLERK = "clerk@littlewickham-pc.example"
MEMBER = "cllr.a@littlewickham-pc.example"
SOON = datetime.now(ZoneInfo("Europe/London")).date() + timedelta(days=2)
NEW = """
[[agreed]]
version = "new"

[[agreed.variants]]
text = '''
{{ name }}, {{ role }}
New wording'''
"""


class Vestry(Protocol):
    """Runs a command. Returns what it printed; the exit code must be `code`."""

    def __call__(self, *arguments: str, code: int = 0) -> str: ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VESTRY_CONFIG", "vestry.toml")
    return tmp_path


@pytest.fixture
def vestry(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Vestry]:
    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["vestry", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert ended.value.code == code, printed.out + printed.err
        return printed.out if code == 0 else printed.out + printed.err

    yield run
    structlog.reset_defaults()


@pytest.fixture
def host(folder: Path, vestry: Vestry) -> Path:
    """A folder with an installation that has the demo council."""
    vestry("init", ".", "--hostname", "post.test.example", "--upstream", "mail.test.example:2587")
    vestry("council", "import", str(LITTLE_WICKHAM))
    return folder


def versions(vestry: Vestry) -> dict[str, str]:
    rows = json.loads(vestry("signature", "list", "--json"))
    return {f"{row['kind']} {row['version']}": row["state"] for row in rows}


def test_what_is_in_force_is_listed(host: Path, vestry: Vestry):
    assert versions(vestry) == {
        "signature 2022-1": "earlier",
        "signature 2024-1": "in force",
        "waiver 2024-1": "in force",
    }
    assert "2024-05-14" in vestry("signature", "list")


def test_a_version_is_shown_as_the_file_that_adds_it(host: Path, vestry: Vestry):
    shown = vestry("signature", "show", "2022-1")
    [version] = tomllib.loads(shown)["agreed"]
    assert version["from"] == date(2022, 5, 10)
    (host / "again.toml").write_text(shown.replace("2022-1", "back").replace("2022-05-10", str(SOON)))
    vestry("signature", "add", "again.toml")
    assert versions(vestry)["signature back"] == "to come"
    assert tomllib.loads(vestry("signature", "show", "2024-1", "--waiver"))["waivers"]
    said = vestry("signature", "show", "none", code=1)
    assert "there is no version none; there is: 2022-1, 2024-1" in said


def test_a_preview_is_what_mail_carries(host: Path, vestry: Vestry):
    text = vestry("signature", "preview", "--person", MEMBER)
    assert text.startswith(
        "Anne Archer\nCouncillor, Church End ward\nLittle Wickham Parish Council\nThe sender has"
    )
    assert "\n\nThis message is meant for those it is addressed to." in text
    other = "cllr.b@littlewickham-pc.example"
    earlier = vestry("signature", "preview", "--person", other, "--on", "2023-01-01")
    assert earlier.startswith("Brian Bell\nCouncillor, Little Wickham Parish Council\n01632 960100\n\n")
    personal = vestry("signature", "preview", "--person", MEMBER, "--capacity", "personal")
    assert "The views in this message are personal." in personal
    shared = vestry(
        "signature",
        "preview",
        "--person",
        CLERK,
        "--address",
        "planning@littlewickham-pc.example",
    )
    assert "For the Planning Committee" in shared
    assert "<b>Margaret Hale</b>" in vestry("signature", "preview", "--person", CLERK, "--html")


def test_a_preview_needs_no_database(folder: Path, vestry: Vestry):
    arguments = ("signature", "preview", "--person", CLERK, "--council", str(LITTLE_WICKHAM), "--json")
    found = json.loads(vestry(*arguments))
    assert found["signature"]["text"].startswith("Margaret Hale (she/her)\n")
    assert found["versions"] == ["signature 2024-1", "waiver 2024-1"]
    assert found["waiver_position"] == "end_of_message"
    assert found["logo"] is True
    assert list(folder.iterdir()) == []


def test_a_preview_for_nobody_says_who_there_is(host: Path, vestry: Vestry):
    said = vestry("signature", "preview", "--person", "x@littlewickham-pc.example", code=1)
    assert MEMBER in said
    vestry("signature", "preview", "--person", "nobody", code=2)
    vestry("signature", "preview", "--person", MEMBER, "--capacity", "king", code=2)


def test_a_version_is_added_activated_and_from_its_day_in_force(host: Path, vestry: Vestry):
    (host / "new.toml").write_text(NEW)
    assert "new" in vestry("signature", "add", "new.toml")
    assert versions(vestry)["signature new"] == "not activated"
    assert "New wording" not in vestry("signature", "preview", "--person", MEMBER)
    vestry("signature", "activate", "new", "--from", str(SOON))
    assert versions(vestry)["signature new"] == "to come"
    before = (SOON - timedelta(days=1)).isoformat()
    arguments = ("signature", "preview", "--person", MEMBER, "--on")
    assert "New wording" not in vestry(*arguments, before)
    assert "New wording" in vestry(*arguments, str(SOON))
    # Its day has not come, so it may still be worded differently, and the day be moved.
    (host / "new.toml").write_text(NEW.replace("New wording", "Newer wording"))
    vestry("signature", "add", "new.toml")
    assert versions(vestry)["signature new"] == "not activated"


def test_what_has_been_in_force_stays_as_it_was_agreed(host: Path, vestry: Vestry):
    before = vestry("council", "export", "littlewickham")
    (host / "old.toml").write_text(NEW.replace('"new"', '"2022-1"'))
    assert "2022-1 has begun already" in vestry("signature", "add", "old.toml", code=1)
    said = vestry("signature", "activate", "2022-1", "--from", str(SOON), code=1)
    assert "2022-1 has begun already" in said
    (host / "new.toml").write_text(NEW)
    vestry("signature", "add", "new.toml")
    assert "is over" in vestry("signature", "activate", "new", "--from", "2020-01-01", code=2)
    vestry("signature", "activate", "other", "--from", str(SOON), code=1)
    after = vestry("council", "export", "littlewickham")
    assert tomllib.loads(after)["signatures"]["agreed"][:2] == tomllib.loads(before)["signatures"]["agreed"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ name", "in line 1, unexpected end of template"),
        ("{{ nam }}", "the field 'nam', in line 1"),
        ("{% for i in range(10**9) %}x{% endfor %}", "in line 1, a loop"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "in line 1, a macro"),
        ("-- ", "line 1 of the result, '--'"),
        ("> {{ name }}", "line 1 of the result, '> "),
    ],
)
def test_a_bad_template_is_refused_by_file_key_found_and_allowed_and_changes_nothing(
    host: Path, vestry: Vestry, text, found
):
    before = vestry("council", "export", "littlewickham")
    (host / "bad.toml").write_text(NEW.replace("{{ name }}, {{ role }}\nNew wording", text))
    said = vestry("signature", "add", "bad.toml", code=2)
    assert said.startswith("bad.toml: signatures.agreed[2].variants[0].text: found ")
    assert found in said
    assert "; allowed: " in said
    assert "Traceback" not in said
    assert vestry("council", "export", "littlewickham") == before


def test_a_bad_template_in_a_councils_file_is_refused_wherever_the_file_is_read(host: Path, vestry: Vestry):
    html = 'html = """\n<table'
    text = LITTLE_WICKHAM.read_text()
    assert html in text
    (host / "bad.toml").write_text(text.replace(html, 'html = """\n<script>x</script><table', 1))
    message = host / "a.eml"
    message.write_bytes(b"From: %s\r\nTo: a@resident.example\r\n\r\nx\r\n" % MEMBER.encode())
    for command in (
        ("council", "import", "bad.toml"),
        ("check", "a.eml", "--council", "bad.toml"),
        ("signature", "preview", "--person", MEMBER, "--council", "bad.toml"),
    ):
        said = vestry(*command, code=2)
        assert "bad.toml: signatures.agreed[1].variants[1].html: found for " in said
        assert "<script>" in said


def test_somebody_whose_name_no_signature_can_carry_is_not_added(host: Path, vestry: Vestry):
    arguments = ("--name", "> Carol", "--role", "councillor", "--no-password")
    said = vestry("person", "add", "c@littlewickham-pc.example", *arguments, code=2)
    assert "found for > Carol, line 1 of the result" in said


def test_the_logo_is_set_and_removed(host: Path, vestry: Vestry):
    picture = host / "new.png"
    picture.write_bytes(PNG)
    show = ("signature", "preview", "--person", CLERK, "--html")
    vestry("signature", "logo", "new.png", "--alt", "New arms", "--width", "80")
    assert 'alt="New arms" width="80" height="40"' in vestry(*show)
    vestry("signature", "logo", "--remove")
    assert "<img" not in vestry(*show)
    picture.write_text("no picture")
    assert "a PNG, JPEG or GIF" in vestry("signature", "logo", "new.png", code=2)
    assert "No such file" in vestry("signature", "logo", "none.png", code=2)
    vestry("signature", "logo", code=2)
    vestry("signature", "logo", "new.png", "--remove", code=2)
