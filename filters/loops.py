"""Whether a message goes round in circles: too many hands, or ours already among them (RFC 5321 §6.3)."""

from __future__ import annotations

import re

from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.finding import Finding, finding_of
from signatures.message.scanner import Part

NAME = "loop"
MOST_HANDS = 50
"""Received fields; the same number as Postfix's and chasquid's limit."""

_POLICY = CheckPolicy(
    stage=Stage.ENFORCE,
    verdict=Verdict.REFUSE,
    clause=Clause(
        document="Vestry built-in policy",
        heading="Messages",
        item="3",
        wording="A message passes through here once; one that comes back is sent round in circles by some server.",
    ),
)


def looping(raw: bytes, top: Part, hostname: str) -> Finding | None:
    """The finding that a message is in a loop, or None. `hostname` is what our own trace calls this host."""
    trace = [field.text(raw) for field in top.fields if field.name == "received"]
    ours = re.compile(rb"\bby\s+" + re.escape(hostname.encode()) + rb"\s+\(Vestry\)", re.IGNORECASE)
    if any(ours.search(each) for each in trace):
        return _finding("This message has been through here already and came back.")
    if len(trace) > MOST_HANDS:
        return _finding(
            f"This message has been through {len(trace)} servers; some of them send it round in circles."
        )
    return None


def _finding(reason: str) -> Finding:
    return finding_of(NAME, _POLICY, f"{reason} Please tell whoever looks after your mail.")
