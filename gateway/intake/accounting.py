"""Counting and logging what was decided on a submission."""

from __future__ import annotations

from gateway import logs, metrics
from gateway.intake.submission import Submission
from gateway.store.entry import Entry, Recorded
from gateway.store.kinds import MessageState

_log = logs.get("intake")


def account(entry: Entry, recorded: Recorded, submission: Submission) -> None:
    """Count the decision, and log it in one line. A sealed one is not counted, nor is it said what was found."""
    if recorded.repeated:
        metrics.REPEATED.inc()
    elif not entry.sealed:
        metrics.MESSAGES.labels(entry.council, entry.decision.verdict.word).inc()
        if (why := _without_waiver(entry)) is not None:
            metrics.WITHOUT_WAIVER.labels(entry.council, why).inc()
        for finding in entry.decision.findings:
            metrics.FINDINGS.labels(finding.check, finding.verdict.word, finding.stage.value).inc()
    _log.info(
        "decided",
        message=recorded.id,
        council=entry.council,
        verdict=entry.decision.verdict.word,
        checks=[] if entry.sealed else sorted({finding.check for finding in entry.decision.findings}),
        state=recorded.state.value,
        repeated=recorded.repeated,
        profile=submission.origin.profile.value,
        authenticated=submission.origin.login is not None,
        recipients=entry.count,
        size=len(entry.raw),
        policy=entry.policy_version,
        without_waiver=_without_waiver(entry),
    )


def _without_waiver(entry: Entry) -> str | None:
    """Why a message that may leave goes without a waiver; None where it has one, or needs none."""
    if entry.written is None or entry.state is MessageState.REFUSED:
        return None
    return entry.written.without_waiver
