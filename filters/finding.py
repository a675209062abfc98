"""What a check saw, and what the findings of a message come to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from config.base import Frozen
from config.policy import CheckPolicy, Clause, Stage, Verdict, VerdictWord

MODERATION = "moderation"
"""The check that holds for a moderator, where others hold for the Clerk."""


class Need(StrEnum):
    """Whose word a message needs before it may leave. One never stands in for the other."""

    SENDER = "sender"
    CLERK = "clerk"
    MODERATOR = "moderator"


class Wants(StrEnum):
    """What a finding wants to be told, by whoever decides, beyond a plain yes."""

    NOTHING = "nothing"

    BASIS = "basis"
    """The lawful basis on which a resident's personal data go on: their consent, or another (UK GDPR art. 6)."""

    NOT_BINDING = "not_binding"
    """That it does not bind the Council; else the Clerk is to send it."""


class Evidence(Frozen):
    """Where something was seen and the exact characters seen there."""

    where: str
    text: str


class Finding(Frozen):
    """One check's remark on one message: why, with evidence, by which clause, and how grave.

    `incomplete`: it is not what the check saw, but that the check could not look. `about`: the recipients, in
    canonical form, that it would not be found without, where it is about some of them. `wants`: what whoever lets
    the message go has to say of it. `masked`: its evidence is personal data, and is masked in every notice.
    `pending`: the check has yet to look (`filters.inside`), so that nobody decides on the message meanwhile.
    """

    check: str
    verdict: VerdictWord
    stage: Stage
    reason: str
    evidence: tuple[Evidence, ...] = ()
    clause: Clause
    incomplete: bool = False
    about: tuple[str, ...] = ()
    wants: Wants = Wants.NOTHING
    masked: bool = False
    pending: bool = False

    @property
    def effect(self) -> Verdict:
        """What the finding does to the message: its verdict where enforced, a note in trial or warn."""
        return self.verdict if self.stage is Stage.ENFORCE else min(self.verdict, Verdict.NOTE)

    @property
    def need(self) -> Need | None:
        """Whose word the message needs for this finding, if anybody's."""
        if self.effect is Verdict.HOLD:
            return Need.MODERATOR if self.check == MODERATION and not self.incomplete else Need.CLERK
        return Need.SENDER if self.effect is Verdict.ASK else None

    def as_json(self) -> dict[str, Any]:
        """The finding as `vestry check --json` prints it."""
        data = self.model_dump(mode="json", exclude={"incomplete", "about", "wants", "masked", "pending"})
        data["clause"] = str(self.clause)
        return data


def finding_of(
    check: str,
    policy: CheckPolicy,
    reason: str,
    evidence: Iterable[Evidence] = (),
    *,
    about: Iterable[str] = (),
    verdict: Verdict | None = None,
    wants: Wants = Wants.NOTHING,
    masked: bool = False,
) -> Finding:
    """What a check found, by the policy's stage and clause, and by its verdict unless another is given."""
    return Finding(
        check=check,
        verdict=policy.verdict if verdict is None else verdict,
        stage=policy.stage,
        reason=reason,
        evidence=tuple(evidence),
        clause=policy.clause,
        about=tuple(about),
        wants=wants,
        masked=masked,
    )


def incomplete(name: str, policy: CheckPolicy, why: str) -> Finding:
    """The finding that a check could not be completed, at its own stage. `why` ends a sentence."""
    return Finding(
        check=name,
        verdict=Verdict.HOLD,
        stage=policy.stage,
        reason=f"This message could not be checked ({why}), so the Clerk must look at it first.",
        clause=policy.clause,
        incomplete=True,
    )


class Decision(Frozen):
    """All findings on a message, and the verdict and the needed decisions that follow from all of them."""

    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The gravest effect among the findings; `pass` where there are none."""
        return max((finding.effect for finding in self.findings), default=Verdict.PASS)

    @property
    def needs(self) -> frozenset[Need]:
        """The decisions that the findings require, from all of them and not from the gravest alone."""
        return frozenset(need for finding in self.findings if (need := finding.need) is not None)

    @property
    def pending(self) -> bool:
        """Whether the message waits for a check that has yet to look, so that it is to be decided on anew."""
        return any(finding.pending and finding.need for finding in self.findings)
