"""The page on policies lists every clause of the five documents, and says nothing is done that is not."""

from __future__ import annotations

import pytest

from config.checks import KINDS
from config.policy import Handling
from config.shipped import SHIPPED, shipped
from docs.policies import page

PAGE = page()
CLAUSES = [(name, clause) for name in SHIPPED for clause in shipped(name).clauses]


def row(name: str, clause) -> str:
    """What is said of a clause, in the last column."""
    section = PAGE.partition(f"(`{name}`)\n")[2].partition("\n### ")[0]
    start = f"| {clause.heading} | {clause.item} | {clause.wording} | "
    [line] = [line for line in section.splitlines() if line.startswith(start)]
    return line.removeprefix(start)


@pytest.mark.parametrize(("name", "clause"), CLAUSES, ids=lambda each: str(each)[:60])
def test_every_clause_stands_in_the_table_of_its_document(name, clause):
    said = row(name, clause)
    assert clause.why in said
    assert ("Not enforceable here" in said) is (clause.handling is Handling.NOT_ENFORCEABLE)
    assert said.startswith("Recorded.") is (clause.handling is Handling.RECORDED)
    for check in clause.checks:
        assert f"`{check}` at `{shipped(name).checks[check].verdict.word}`" in said


def test_every_check_is_listed_with_what_may_be_chosen():
    for name, kind in KINDS.items():
        [line] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` | {kind.says}")]
        assert all(f"`{verdict}`" in line for verdict in kind.verdicts)
        for key, it in kind.thresholds.items():
            assert (
                f"| `{name}` | `thresholds.{key}` | {it.says} | {it.least} | {it.most} | {it.default} |"
                in PAGE
            )
        for key, switch in kind.switches.items():
            assert f"| `{name}` | `switches.{key}` | {switch.says} |" in PAGE
