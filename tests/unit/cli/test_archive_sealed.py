"""What somebody wrote in confidence is in no search, list, thread, certificate or proof."""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.test_sealed import (  # noqa: F401  # fixtures
    ANNE,
    CLERK,
    FOI,
    ID,
    OFFICER,
    SUBJECT,
    folder,
    host,
    post,
    vestry,
    written,
)

ASKED = ("--by", FOI, "--why", "FOI 2026/014")


@pytest.mark.parametrize(
    "query",
    ["cheques", "chequ*", '"seen the cheques"', f"to:{OFFICER}", f"from:{ANNE}", "NOT x", "is:unsearched"],
)
def test_no_search_finds_or_counts_it(written, vestry, query):
    told = json.loads(vestry("archive", "search", query, *ASKED, "--json", "--unsearched"))
    assert (told["total"], told["unsearched"]["messages"], told["unsearched"]["pending"]) == (0, 0, 0)
    assert told["not_searched"] == []
    assert told["suggestions"] == []


def test_no_certificate_counts_it(written, vestry, folder):
    (folder / "c.txt").write_text(vestry("archive", "certificate", "cheques", *ASKED))
    told = json.loads(vestry("archive", "certificate", "--check", "c.txt", "--json"))
    assert [told[name] for name in ("found", "searched", "not_searched", "pending", "first")] == [
        0,
        0,
        0,
        0,
        None,
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("thread",),
        ("show", "--as", "text"),
        ("proof", "-o", "p"),
    ],
)
def test_who_knows_its_id_is_told_that_it_is_not_there(written, vestry, command):
    for message in written:
        said = vestry("archive", *command[:1], message, *command[1:], *ASKED, code=1)
        assert f"{ID} has no message {message}" in said
        assert SUBJECT not in said
        assert ANNE not in said


def test_no_proof_has_it(written, vestry, folder):
    said = vestry("archive", "proof", "-o", "p", "--by", CLERK, "--why", "Audit")
    assert said == "p: 0 messages, and the whole ledger.\n"
    for file in (folder / "p").rglob("*"):
        if file.is_file():
            text = file.read_bytes()
            for word in (SUBJECT, "cheques", OFFICER, ANNE):
                assert word.encode() not in text
