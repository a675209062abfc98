"""`vestry paper`, as a Clerk uses it, in this very process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import files
from tests.unit.cli.test_signature import Vestry, folder, host, vestry
from tests.unit.store.test_papers import PAPER

__all__ = ["folder", "host", "vestry"]

CLERK = "clerk@littlewickham-pc.example"
BY = ("--by", CLERK, "--why", "Staffing")
STOCK = """That under the Public Bodies (Admission to Meetings) Act 1960 the press and public be excluded from the meeting
for the following items of business on the grounds that publicity would be prejudicial to the public interest by reason
of the confidential nature of the business to be transacted."""


def listed(vestry: Vestry, *more: str) -> list[dict[str, object]]:
    return json.loads(vestry("paper", "list", "--json", *more))


def add(vestry: Vestry, file: str, *more: str, title: str = "Pay of the groundsmen", code: int = 0) -> str:
    return vestry("paper", "add", file, "--title", title, *BY, *more, code=code)


def test_a_paper_is_watched_listed_and_removed(host: Path, vestry: Vestry):
    (host / "pay.txt").write_text(PAPER)
    assert "is watched as " in add(vestry, "pay.txt")
    [row] = listed(vestry)
    assert (row["title"], row["added_by"], row["why"], row["removed_at"]) == (
        "Pay of the groundsmen",
        CLERK,
        "Staffing",
        None,
    )
    assert int(str(row["fingerprints"])) >= 20
    assert "Pay of the groundsmen" in vestry("paper", "list")
    paper = str(row["id"])
    assert "watched no longer" in vestry("paper", "remove", paper, "--by", CLERK, "--why", "Published")
    assert listed(vestry) == []
    [row] = listed(vestry, "--all")
    assert (row["removed_by"], row["removed_why"]) == (CLERK, "Published")
    vestry("archive", "verify")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pay.docx", files.word(PAPER)),
        ("pay.pdf", files.pdf(PAPER)),
        ("pay.zip", files.zipped(("pay.txt", PAPER.encode()))),
    ],
    ids=["docx", "pdf", "zip"],
)
def test_documents_are_read(host: Path, vestry: Vestry, name: str, content: bytes):
    (host / name).write_bytes(content)
    said = json.loads(add(vestry, name, "--json"))
    (host / "pay.txt").write_text(PAPER)
    assert said["fingerprints"] >= 20
    assert f"watched already, as {said['id']}" in add(vestry, "pay.txt", code=1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("short.txt", b"Too short a paper.", "too short"),
        ("empty.txt", b"", "no text in it"),
        ("scan.jpeg", files.jpeg(), "no text in it"),
        ("odd.bin", bytes(range(256)) * 40, "cannot be read"),
        ("stock.txt", STOCK.encode(), "too short"),
    ],
    ids=["short", "empty", "scan", "odd", "stock"],
)
def test_what_cannot_be_watched(host: Path, vestry: Vestry, name: str, content: bytes, said: str):
    (host / name).write_bytes(content)
    assert said in add(vestry, name, code=1)
    assert listed(vestry, "--all") == []


def test_who_may_not(host: Path, vestry: Vestry):
    (host / "pay.txt").write_text(PAPER)
    member = ("--title", "Pay", "--by", "cllr.a@littlewickham-pc.example")
    assert "neither Clerk, deputy nor locum" in vestry("paper", "add", "pay.txt", *member, code=1)
    assert "--title" in add(vestry, "pay.txt", title=" ", code=2)
    assert "--by" in vestry("paper", "add", "pay.txt", "--title", "Pay", "--by", "nobody", code=2)
    assert "No such file" in add(vestry, "none.txt", code=1)
    assert "has no watched paper 1999-1" in vestry("paper", "remove", "1999-1", *BY, code=1)
    assert "say why" in vestry("paper", "remove", "1999-1", "--by", CLERK, "--why", " ", code=2)
    assert listed(vestry, "--all") == []
