"""Whether a message has a form in which mail can be carried at all. No council decides on this."""

from __future__ import annotations

from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.finding import Finding, finding_of

NAME = "form"

_POLICY = CheckPolicy(
    stage=Stage.ENFORCE,
    verdict=Verdict.REFUSE,
    clause=Clause(
        document="Vestry built-in policy",
        heading="Messages",
        item="2",
        wording="A message goes out whole or not at all, so one that mail servers may cut or misread is refused.",
    ),
)


def unfit(reason: str) -> Finding:
    """The finding that a message cannot leave as it is, and cannot be made fit without changing what it says."""
    return finding_of(
        NAME, _POLICY, f"{reason} Please write the message anew, in a new window, and send it again."
    )
