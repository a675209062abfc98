"""Messages with people's data in them, and what becomes of them."""

from __future__ import annotations

from typing import Any

from config.council import Council
from filters.analysis import Analysis
from filters.extract.document import Document, Documents
from tests.unit.filters.official_mail import DOMAIN, analysed, council, message, policy

JILL = "jill.fenwick@post.example"


def council_with(*, published: Any = (), basis: bool = False, **changes: Any) -> Council:
    """The council, with a policy that asks, and nothing but this check."""
    checks = policy("personal_data", **({"verdict": "ask", "switches": {"basis": basis}} | changes))
    return council(policy=checks, content={"published": published})


def documents(text: str, name: str = "list.csv", **changes: Any) -> Documents:
    """One attachment that says so much."""
    values = {"number": 1, "path": (name,), "kind": "text/csv", "size": len(text), "text": text}
    return Documents(found=(Document(**(values | changes)),))


def sent(case: dict[str, Any], made: Council | None = None) -> Analysis:
    """What becomes of a case of `tests/cases/personal_data.toml`."""
    shown = [each if "@" in each else f"{each}@{DOMAIN}" for each in case.get("to", [JILL])]
    to = [each.rpartition("<")[2].strip(">") for each in shown]
    body = case["says"]
    if "earlier" in case:
        body += (
            "\n\n---------- Forwarded message ---------\nFrom: Ruth Tattersall <ruth.t@gmail.com>\n"
            "Date: Mon, 2 Nov 2026 at 10:12\nSubject: Rent\nTo: Anne Archer <anne@little.example>\n\n"
            f"{case['earlier']}"
        )
    sender = case.get("sender", "anne")
    subject = "Fwd: Rent" if "earlier" in case else case.get("subject", "Hall")
    raw = message(sender=sender, to=", ".join(shown), subject=subject, body=body)
    made = made or council_with(published=case.get("published", ()), basis=case.get("basis", False))
    attached = documents(case["attached"]) if "attached" in case else None
    return analysed(raw, login=sender, to=tuple(to), council=made, documents=attached)
