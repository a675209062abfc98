"""`vestry person acknowledge`, and casework on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.test_sealed import ANNE, CLERK, RESIDENT, post
from tests.unit.cli.test_signature import Vestry, folder, host, vestry

__all__ = ["folder", "host", "post", "vestry"]


def test_an_acknowledgement_is_recorded_once_and_listed(host: Path, vestry: Vestry):
    vestry("person", "add", ANNE, "--no-password")
    assert "Recorded" in vestry("person", "acknowledge", ANNE)
    assert "before" in vestry("person", "acknowledge", ANNE)
    rows = {row["login"]: row for row in json.loads(vestry("person", "list", "--json"))}
    assert rows[ANNE]["acknowledged"] == ["2024-1"]
    assert rows[CLERK]["acknowledged"] == []
    assert "nobody with the login" in vestry("person", "acknowledge", "x@littlewickham-pc.example", code=1)


def test_casework_is_shown_as_an_extract_and_opened_for_a_reason(post, vestry: Vestry):
    text = "Dear Ada Lovelace, your tenancy at 12 High Street is safe. It is attached."
    asked = post.send(RESIDENT, text=text, subject="[casework] Ada Lovelace")
    assert asked.code == 250
    message = post.id_of(asked)
    [listed] = json.loads(vestry("held", "list", "--json"))
    assert listed["casework"]
    shown = vestry("held", "show", message)
    assert "is safe" in shown
    for said in (
        shown,
        vestry("held", "list"),
        vestry("archive", "list"),
        vestry("archive", "show", message),
    ):
        assert "Lovelace" not in said
        assert "High Street" not in said
        assert RESIDENT not in said
    vestry("held", "open", message, "--by", CLERK, "--why", " ", code=1)
    vestry("archive", "show", message, "--as", "received", code=1)
    assert "12 High Street" in vestry("held", "open", message, "--by", CLERK, "--why", "She telephoned")
    assert "12 High Street" in vestry(
        "archive", "show", message, "--as", "received", "--by", CLERK, "--why", "Again"
    )
    assert vestry("held", "show", message).count("opened by") == 2
