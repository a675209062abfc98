"""From a message and its context to a decision."""

from __future__ import annotations

from collections.abc import Iterable

from config.policy import CheckPolicy, Policy, Stage, Verdict
from filters.context import Context
from filters.finding import Decision, Finding
from filters.registry import CHECKS
from signatures.message.anatomy import Anatomy


def decide(anatomy: Anatomy, context: Context) -> Decision:
    """Every check of the council's policy, run; one that fails to complete holds where it is enforced."""
    findings: list[Finding] = []
    for name, policy in context.council.policy.checks.items():
        if policy.stage is not Stage.OFF:
            findings += _run(name, policy, anatomy, context)
    return Decision(findings=tuple(findings))


def could_not_be_checked(policy: Policy, why: str) -> Decision:
    """The decision on a message that nothing could be read from: each check's own finding, at its stage."""
    return Decision(
        findings=tuple(
            _incomplete(name, check, why)
            for name, check in policy.checks.items()
            if check.stage is not Stage.OFF
        )
    )


def _run(name: str, policy: CheckPolicy, anatomy: Anatomy, context: Context) -> Iterable[Finding]:
    if name not in CHECKS:
        return [_incomplete(name, policy, "this check is not known here")]
    try:
        return list(CHECKS[name](anatomy, context, policy))
    except Exception as error:
        return [_incomplete(name, policy, type(error).__name__)]


def _incomplete(name: str, policy: CheckPolicy, why: str) -> Finding:
    return Finding(
        check=name,
        verdict=Verdict.HOLD,
        stage=policy.stage,
        reason=f"This message could not be checked ({why}), so the Clerk must look at it first.",
        clause=policy.clause,
    )
