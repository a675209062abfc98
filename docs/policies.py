"""`docs/policies.md`, from the policies that are shipped and the catalogue of checks."""

from __future__ import annotations

from config.checks import KINDS, Kind
from config.policy import HandledClause, Handling, Policy, Stage
from config.shipped import SHIPPED, shipped
from docs.table import table

_HEAD = """# Policies and checks

Generated from `config/policies` and `config/checks.py` by `make docs`; change them there.

A council's policy stands in its file, under `[policy]`: title, version, the days of adoption and of the next review,
the source, and for each check a table `[policy.checks.NAME]` with the keys

| Key | What it says |
| --- | --- |
| `stage` | `off`; `trial`: what is found is recorded as if it were enforced, and mail passes; `warn`: mail passes \
and its sender is told afterwards; `enforce`. `trial` where nothing is said |
| `verdict` | what is to become of a message: `note` (recorded only), `ask` (its sender must confirm), `hold` (the Clerk \
decides), `refuse`. It must be given |
| `clause` | where the adopted document asks for it: `document`, `heading`, `item`, and in words of your own the \
`wording`. It must be given, and is what people are told |
| `also` | more such clauses |
| `exempt` | roles whose holders are not checked |
| `thresholds`, `switches` | numbers, and what can be on or off; the tables below have them |
| `deciders` | roles that may let pass what the check holds, besides the Clerk, the deputy and a locum |

`[[policy.clauses]]` lists what the document asks clause by clause: `document`, `heading`, `item`, `wording`, then
`handling` (`enforced`, `recorded` or `not_enforceable`), `checks` and `why`. It is for people; no check reads it. What
is not as it should be is refused when the file is read, with the file, the key, what was found and what is allowed.

A new council is on trial for 28 days from its first import, whatever its policy says, but for the check
`sender_identity`. `trial_until` at the top of its file names another last day. When the day in `review` has passed, the
Clerk is told by mail, and every four weeks from then on, until the policy names a later one; `vestry council list`
says so too.

Five documents that councils have adopted are shipped as policies to start from (`vestry policy list`,
`vestry policy show`). The demo council has their strict union: for each check the gravest verdict that any of them
gives, the lowest threshold, and every clause.
"""

_CLAUSES = """
Each clause is told in our words.
"""


def page() -> str:
    """The whole page."""
    return (
        f"{_HEAD}\n## Checks\n\n{_checks()}\n\n## What can be chosen of them\n\n{_choices()}\n"
        + "\n## The five documents\n"
        + _CLAUSES
        + "".join(_document(name, shipped(name)) for name in SHIPPED)
    )


def _checks() -> str:
    rows = [
        [f"`{name}`", kind.says, ", ".join(f"`{word}`" for word in kind.verdicts)]
        for name, kind in KINDS.items()
    ]
    return table(["Check", "What it is for", "Verdicts that it may have"], rows)


def _choices() -> str:
    rows = [row for name, kind in KINDS.items() for row in _choices_of(name, kind)]
    return table(["Check", "Key", "What it is", "Least", "Most", "Where nothing is said"], rows)


def _choices_of(name: str, kind: Kind) -> list[list[str]]:
    numbers = [
        [f"`{name}`", f"`thresholds.{key}`", it.says, str(it.least), str(it.most), str(it.default)]
        for key, it in kind.thresholds.items()
    ]
    switches = [
        [f"`{name}`", f"`switches.{key}`", it.says, "", "", f"`{str(it.default).lower()}`"]
        for key, it in kind.switches.items()
    ]
    return numbers + switches


def _document(name: str, policy: Policy) -> str:
    rows = [[clause.heading, clause.item, clause.wording, _done(clause, policy)] for clause in policy.clauses]
    clauses = table(["Heading", "Item", "What it asks, in our words", "What Vestry does"], rows)
    return f"\n### {policy.clauses[0].document} (`{name}`)\n\n{policy.source}.{_days(policy)}\n\n{clauses}\n"


def _days(policy: Policy) -> str:
    return f" Review date: {policy.review}." if policy.review else ""


def _done(clause: HandledClause, policy: Policy) -> str:
    if clause.handling is Handling.NOT_ENFORCEABLE:
        return f"Not enforceable here. {clause.why}"
    enforced = [_enforced(name, policy) for name in clause.checks if name in policy.checks]
    said = [f"Enforced by {' and by '.join(enforced)}."] if enforced else []
    if clause.handling is Handling.RECORDED:
        said.insert(0, "Recorded.")
    return " ".join([*said, clause.why]).strip()


def _enforced(name: str, policy: Policy) -> str:
    check = policy.checks[name]
    chosen = [f"`{key}` = {number}" for key, number in check.thresholds.items()]
    chosen += [f"`{key}`" for key, on in check.switches.items() if on]
    said = f"`{name}` at `{check.verdict.word}`" + (f" ({', '.join(chosen)})" if chosen else "")
    return f"{said}, once that is turned on" if check.stage is Stage.OFF else said
