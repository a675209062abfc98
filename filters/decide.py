"""From a message and its context to a decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from config.council import Council
from config.policy import READABLE, CheckPolicy, Stage, Verdict
from filters.context import Context
from filters.finding import Decision, Finding, incomplete
from filters.inside import unread
from filters.quoted import with_claimed
from filters.registry import CHECKS, ELSEWHERE, WRITTEN
from signatures.message.anatomy import Anatomy

CONFIRMABLE = frozenset({"reply_all", "large_list", "exposure", "trail"})
"""The checks that do not ask the same person about the same thread and recipients twice a day."""


def decide(anatomy: Anatomy, context: Context) -> Decision:
    """Every check of the council's policy that the sender is not exempt from, run.

    One that fails to complete holds where it is enforced. What is to be written into the message is not looked at
    here: see `filters.block`.
    """
    findings: list[Finding] = []
    anatomy = with_claimed(anatomy, context)
    checks = tuple(in_force_for(context))
    for name, policy in checks:
        if name not in WRITTEN and name not in ELSEWHERE:
            findings += _run(name, policy, anatomy, context)
    findings += unread(context, checks, findings)
    return Decision(findings=tuple(findings))


def could_not_be_checked(council: Council, at: datetime, why: str) -> Decision:
    """The decision on a message that nothing could be read from: each check's own finding, at its stage.

    It is held in any case. What was not read cannot be made ready to leave either (a Bcc field might stay).
    """
    looked = ((name, policy) for name, policy in in_force(council, at) if name not in ELSEWHERE)
    findings = [incomplete(name, policy, why) for name, policy in looked]
    if not any(finding.effect is Verdict.HOLD for finding in findings):
        findings.append(incomplete("readable", READABLE, why))
    return Decision(findings=tuple(findings))


def in_force(council: Council, at: datetime) -> Iterator[tuple[str, CheckPolicy]]:
    """The checks that are in force at a moment, each with the stage at which it is."""
    for name, policy in council.policy.checks.items():
        stage = council.stage_of(name, at)
        if stage is not Stage.OFF:
            yield name, policy if stage is policy.stage else policy.model_copy(update={"stage": stage})


def in_force_for(context: Context) -> Iterator[tuple[str, CheckPolicy]]:
    """The checks in force for this message: `in_force`, without those that its sender is exempt from by a role."""
    roles = context.sender.roles_on(context.today) if context.sender else frozenset()
    for name, policy in in_force(context.council, context.received_at):
        if roles.isdisjoint(policy.exempt):
            yield name, policy


def _run(name: str, policy: CheckPolicy, anatomy: Anatomy, context: Context) -> Iterable[Finding]:
    if name not in CHECKS:
        return [incomplete(name, policy, "this check is not known here")]
    try:
        found = list(CHECKS[name](anatomy, context, policy))
    except MemoryError:
        raise  # The worker is spent, and with it the whole decision.
    except Exception as error:
        return [incomplete(name, policy, f"an error in the check, {type(error).__name__}")]
    if name in CONFIRMABLE and name in context.answers.confirmed:
        return [_confirmed(finding) for finding in found]
    return found


def _confirmed(finding: Finding) -> Finding:
    """A question that was confirmed today, as a note; what is held stays so."""
    if finding.effect is not Verdict.ASK:
        return finding
    reason = f"{finding.reason} (Confirmed today, for the same conversation and the same people.)"
    return finding.model_copy(update={"verdict": Verdict.NOTE, "reason": reason})
