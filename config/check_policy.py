"""What a policy says of one check, held against what the catalogue (`config.checks`) lets it say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated

from pydantic import Field

from config.base import Frozen
from config.checks import KINDS, Kind
from config.clause import Clause
from config.errors import Complaint
from config.person import Role
from config.verdict import Stage, VerdictWord

Number = Annotated[int, Field(strict=True)]
YesOrNo = Annotated[bool, Field(strict=True)]


class CheckPolicy(Frozen):
    """What the policy says of one check. `clause` is cited to people; `also` asks for the same elsewhere.

    Who holds one of the roles in `exempt` is not checked. `thresholds` and `switches` are by names that
    `config.checks` knows for each check, with the least, the most and the default; `deciders` are the roles that may
    let pass what the check holds, besides the officers.
    """

    stage: Stage = Stage.TRIAL
    verdict: VerdictWord
    clause: Clause
    also: tuple[Clause, ...] = ()
    exempt: tuple[Role, ...] = ()
    thresholds: dict[str, Number] = Field(default={})
    switches: dict[str, YesOrNo] = Field(default={})
    deciders: tuple[Role, ...] = ()


def faults_of(name: str, policy: CheckPolicy) -> Iterator[Complaint]:
    """What the policy says of the check `name` that it may not say. The keys are below `checks`."""
    kind = KINDS.get(name)
    if kind is None:
        yield Complaint(name, "a check that there is not", _one_of(KINDS))
    else:
        yield from _faults_of_choices(name, policy, kind)


def completed(name: str, policy: CheckPolicy) -> CheckPolicy:
    """The same, with the defaults for whatever it leaves to them. The check must be one that there is."""
    kind = KINDS[name]
    thresholds = {key: policy.thresholds.get(key, it.default) for key, it in kind.thresholds.items()}
    switches = {key: policy.switches.get(key, it.default) for key, it in kind.switches.items()}
    if thresholds == policy.thresholds and switches == policy.switches:
        return policy
    return policy.model_copy(update={"thresholds": thresholds, "switches": switches})


def _faults_of_choices(name: str, policy: CheckPolicy, kind: Kind) -> Iterator[Complaint]:
    if policy.verdict.word not in kind.verdicts:
        yield Complaint(f"{name}.verdict", repr(policy.verdict.word), _one_of(kind.verdicts))
    for key, value in policy.thresholds.items():
        threshold = kind.thresholds.get(key)
        if threshold is None:
            yield _unknown(f"{name}.thresholds.{key}", kind.thresholds)
        elif not threshold.least <= value <= threshold.most:
            allowed = f"a whole number from {threshold.least} to {threshold.most} ({threshold.says})"
            yield Complaint(f"{name}.thresholds.{key}", str(value), allowed)
    for key in policy.switches:
        if key not in kind.switches:
            yield _unknown(f"{name}.switches.{key}", kind.switches)


def _unknown(key: str, known: Collection[str]) -> Complaint:
    return Complaint(key, "an unknown key", ", ".join(known) or "nothing: this check has none")


def _one_of(words: Iterable[str]) -> str:
    return "one of " + ", ".join(words)
