"""What becomes of a test whose neighbour is not here."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.neighbours import PROGRAMS, absent, program


@pytest.fixture
def outcome(tmp_path):
    """Run a test file, in a pytest of its own without any program in reach; what its summary says."""

    def run(text: str, ci: str | None) -> str:
        path = tmp_path / "test_it.py"
        path.write_text(text)
        environment = {key: value for key, value in os.environ.items() if key != "CI"}
        if ci is not None:
            environment["CI"] = ci
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-rA",
                "-p",
                "tests.neighbours",
                "--rootdir",
                tmp_path,
                "-c",
                "/dev/null",
                "-p",
                "no:cacheprovider",
                "-W",
                "ignore",
                path,
            ],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout

    return run


MARKED = """
import pytest
from tests import neighbours
neighbours.PROGRAMS["unicorn"] = ("unicorn-that-is-nowhere",)

@pytest.mark.neighbour("{}")
def test_it():
    pass
"""


@pytest.mark.parametrize("ci", [None, "", "false"])
def test_without_its_neighbour_a_test_is_skipped_with_the_reason(outcome, ci):
    said = outcome(MARKED.format("unicorn"), ci)
    assert "1 skipped" in said
    assert "needs unicorn, and there is no unicorn-that-is-nowhere" in said


def test_in_ci_it_fails(outcome):
    said = outcome(MARKED.format("unicorn"), "true")
    assert "1 error" in said
    assert "1 skipped" not in said
    assert "needs unicorn" in said


def test_a_neighbour_nobody_knows_fails_everywhere(outcome):
    assert "no such neighbour: dragon" in outcome(MARKED.format("dragon"), None)


def test_what_is_there_is_found_in_the_folders_of_daemons_too(monkeypatch, tmp_path):
    tool = tmp_path / "some-tool"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setattr("tests.neighbours._SYSTEM_FOLDERS", (str(tmp_path),))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(PROGRAMS, "tool", ("some-tool", "other-tool"))
    assert program("some-tool") == str(tool)
    assert absent("tool") == ["other-tool"]
