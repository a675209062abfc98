"""The strict union of several policies: whatever one of them asks, asked as gravely as any of them does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from config.check_policy import CheckPolicy
from config.checks import KINDS
from config.clause import Clause
from config.person import Role
from config.policy import BUILT_IN, Policy
from config.verdict import Stage

_STAGES = tuple(Stage)
"""From the lightest to the strictest."""


def strict_union(policies: Sequence[Policy]) -> dict[str, CheckPolicy]:
    """For each check that any of the policies speaks of, what the strictest reading of all of them is.

    The gravest verdict and the strictest stage; the lowest thresholds; a switch is on where anybody has it on; who
    is exempt, and who may decide, is so in all of them. The clause is that of the first with the gravest verdict;
    all others stand in `also`, in order. A check that is off is not in force and does not make others graver.
    """
    stated = {name: _stated(name, policies) for name in KINDS}
    return {name: _strictest(each) for name, each in stated.items() if each}


def _stated(name: str, policies: Iterable[Policy]) -> list[CheckPolicy]:
    """What each says of the check; that it is built in counts only where nobody says anything."""
    there = [policy.checks[name] for policy in policies if name in policy.checks]
    return [each for each in there if each != BUILT_IN.checks.get(name)] or there[:1]


def _strictest(stated: Sequence[CheckPolicy]) -> CheckPolicy:
    counted = [each for each in stated if each.stage is not Stage.OFF] or stated
    gravest = max(counted, key=lambda each: each.verdict)
    clauses = [gravest.clause, *gravest.also]
    clauses += [clause for each in stated for clause in (each.clause, *each.also)]
    return CheckPolicy(
        stage=max((each.stage for each in counted), key=_STAGES.index),
        verdict=gravest.verdict,
        clause=gravest.clause,
        also=tuple(_each_once(clauses)[1:]),
        exempt=_in_all([each.exempt for each in counted]),
        thresholds={
            key: min(each.thresholds[key] for each in counted if key in each.thresholds)
            for key in dict.fromkeys(key for each in counted for key in each.thresholds)
        },
        switches={
            key: any(each.switches.get(key, False) for each in counted)
            for key in dict.fromkeys(key for each in counted for key in each.switches)
        },
        deciders=_in_all([each.deciders for each in counted]),
    )


def _each_once(clauses: Iterable[Clause]) -> list[Clause]:
    return list(dict.fromkeys(clauses))


def _in_all(roles: Sequence[tuple[Role, ...]]) -> tuple[Role, ...]:
    return tuple(role for role in roles[0] if all(role in others for others in roles))
