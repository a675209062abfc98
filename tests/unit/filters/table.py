"""Cases out of `tests/cases`, as messages of a small council that are looked at as a whole."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from config.council import Council
from filters.analysis import Analysis
from tests.unit.filters.official_mail import DOMAIN, RESIDENT, analysed, council, policy

FOLDER = Path(__file__).parents[2] / "cases"


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a check."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["case"]


def council_with(check: str, content: dict[str, Any], **changes: Any) -> Council:
    """A council that enforces this check, with these words of its own."""
    return council(policy=policy(check, **changes), content=content)


def written(case: dict[str, Any], *, sender: str = "anne") -> bytes:
    """A case as a message: in plain text or HTML, with an earlier message below where it has one."""
    kind = "html" if "html" in case else "plain"
    body = case.get("html", case.get("says", "")).strip("\n")
    if below := case.get("below"):
        quoted = "\n".join(f"> {line}" for line in below.split("\n"))
        body += f"\n\nOn Mon, 2 Nov 2026 at 10:00, Jill Carter <jill@post.example> wrote:\n{quoted}\n"
    to = ", ".join(case.get("to", [RESIDENT]))
    header = (
        f"From: {sender}@{DOMAIN}\nTo: {to}\nSubject: {case.get('subject', 'Hall')}\nMIME-Version: 1.0\n"
        f"Date: Mon, 9 Nov 2026 10:00:00 +0000\nMessage-ID: <1@{DOMAIN}>\n"
        f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return (header + body + "\n").replace("\n", "\r\n").encode()


def looked_at(case: dict[str, Any], council: Council, **situation: Any) -> Analysis:
    """What becomes of a case."""
    sender = case.get("from", "anne")
    to = tuple(case.get("envelope", case.get("to", [RESIDENT])))
    return analysed(written(case, sender=sender), login=sender, to=to, council=council, **situation)


def check_table(listed: list[dict[str, Any]]) -> None:
    """A table is large enough, and a third of it are near misses."""
    assert len(listed) >= 60
    assert sum(case["verdict"] == "pass" for case in listed) >= len(listed) / 3
