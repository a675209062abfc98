"""What a decision needs to know of the inside of a message, beyond its text: what the virus scanner says of it, and
what is in its attachments. Both take time, so they are asked for only where a check that is in force wants them.

Reading attachments may take longer than a decision may wait. Then the message is decided on without, and kept: the
first enforced check that wants them says that they are still being checked. That finding is the post room's to take
back, by deciding anew once they are read (`gateway.holds.checking`), and nobody's to decide on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from config.check_policy import CheckPolicy
from config.council import Council
from config.policy import Stage, Verdict
from filters.context import Context
from filters.extract.document import Documents
from filters.finding import Decision, Finding, finding_of, incomplete
from signatures.message.anatomy import Anatomy

SCANNED = "malware"
"""The check that wants the virus scanner's word."""

READERS = ("attachments", "personal_data", "confidential", "secrets", "language", "solicitation")
"""The checks that read attachments; which of them speaks for all goes by this order."""

STILL_CHECKED = "Its attachments are still being checked; you need do nothing."
NOT_READ = "its attachments could not be read: {}"
TOO_LONG = "it took too long"


def wants_scan(council: Council, at: datetime) -> bool:
    """Whether anything is to be asked of the virus scanner for a council at a moment."""
    return _in_force(council, SCANNED, at)


def wants_documents(anatomy: Anatomy, council: Council, at: datetime) -> bool:
    """Whether what is attached to a message is to be read for a council at a moment."""
    return bool(anatomy.attachments) and any(_in_force(council, name, at) for name in READERS)


def unread(
    context: Context, in_force: Iterable[tuple[str, CheckPolicy]], found: Collection[Finding]
) -> Iterator[Finding]:
    """The finding that attachments are not read yet, or could not be, where a check in force wanted them.

    It is the enforced check's that comes first in `READERS`, else the first one's; none where that check has said
    already, in `found`, that it could not look. What nobody enforces is not waited for.
    """
    documents = context.documents
    if documents is None or not (documents.pending or documents.trouble):
        return
    readers = {name: policy for name, policy in in_force if name in READERS}
    if not readers:
        return
    name = min(readers, key=lambda each: (readers[each].stage is not Stage.ENFORCE, READERS.index(each)))
    why = TOO_LONG if documents.pending else documents.trouble
    if documents.pending and readers[name].stage is Stage.ENFORCE:
        pending = finding_of(name, readers[name], STILL_CHECKED, verdict=Verdict.HOLD)
        yield pending.model_copy(update={"incomplete": True, "pending": True})
    elif not any(each.check == name and each.incomplete for each in found):
        yield incomplete(name, readers[name], NOT_READ.format(why))


def unscanned(decision: Decision) -> bool:
    """Whether a message waits because the virus scanner could not look at it: it is asked again before that one goes."""
    return any(each.check == SCANNED and each.incomplete and each.need for each in decision.findings)


def _in_force(council: Council, name: str, at: datetime) -> bool:
    return name in council.policy.checks and council.stage_of(name, at) is not Stage.OFF


PENDING = Documents(pending=True)
"""What is known of attachments that are still being read: nothing."""
