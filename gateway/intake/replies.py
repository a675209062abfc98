"""What intake answers at end-of-data, in words a councillor understands."""

from __future__ import annotations

import textwrap
import unicodedata

from config.policy import Verdict
from filters import form, loops
from filters.finding import Decision, Need
from gateway.notices.mask import masked_reason
from gateway.reply import Reply
from gateway.store.kinds import MessageState
from gateway.store.messages import Recorded

_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "£": "GBP "})


STILL_CHECKED = "its attachments are still being checked"


def outcome(recorded: Recorded, decision: Decision) -> Reply:
    """The reply for what now stands in the archive."""
    if recorded.state is MessageState.REFUSED:
        return refused(recorded.id, decision)
    if recorded.state is MessageState.JOINED:
        first = recorded.joins or "the one sent before"
        return Reply(250, "2.0.0", f"Ok: queued as {recorded.id}, the same again: waits with {first}")
    if recorded.state is MessageState.HELD:
        waits = STILL_CHECKED if decision.pending else _waits(decision.needs)
        return Reply(250, "2.0.0", f"Ok: queued as {recorded.id}, {waits}")
    return Reply(250, "2.0.0", f"Ok: queued as {recorded.id}")


def _waits(needs: frozenset[Need]) -> str:
    """For whom a message waits. One that was submitted before, and is held, may need nothing by this decision."""
    if Need.CLERK in needs or not needs:
        return "held for the Clerk"
    return "waiting for its sender's word" if Need.SENDER in needs else "held for a moderator"


_STATUS = {form.NAME: (550, "5.6.0"), loops.NAME: (554, "5.4.6")}
"""Refusals that are not the policy's own, which are 550 5.7.1 and speak first."""


def refused(message: str, decision: Decision) -> Reply:
    """550 or 554, with each reason and the clause that asks for it."""
    reasons = [finding for finding in decision.findings if finding.effect is Verdict.REFUSE]
    lines: list[str] = []
    for finding in reasons:
        reason = masked_reason(finding) if finding.masked else finding.reason
        lines += textwrap.wrap(plain(f"{reason} (Policy: {finding.clause})"), 400)
    lines.append(f"Not sent. Ref {message}")
    statuses = {_STATUS.get(finding.check, (550, "5.7.1")) for finding in reasons}
    return Reply(*max(statuses, key=lambda status: (status[1] == "5.7.1", status)), "\n".join(lines))


def away() -> Reply:
    """The database cannot be used: nothing was kept, the client tries again."""
    return Reply(451, "4.3.0", "The post room cannot store mail at the moment; please try again later")


def full() -> Reply:
    """There is no space left (RFC 5321 §4.2.2): nothing was kept, the client tries again."""
    return Reply(452, "4.3.1", "There is no room for mail here at the moment; please try again later")


def plain(text: str) -> str:
    """Text in printable ASCII, as a reply must be (RFC 5321 §4.2)."""
    flat = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    ascii_only = flat.encode("ascii", "ignore").decode()
    return "".join(char if char.isprintable() else " " for char in ascii_only)
