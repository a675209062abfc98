"""The check `attachments`: see the package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.checks import switch, threshold
from config.mailing_list import by_address, opened
from config.policy import CheckPolicy, Verdict
from filters.attachments import reasons
from filters.attachments.passed_on import passed_on
from filters.context import Context
from filters.extract.document import Document, Fact
from filters.finding import Evidence, Finding, finding_of, incomplete
from signatures.message.anatomy import Anatomy

NAME = "attachments"
_MOST_EVIDENCE = 20
_MEGABYTE = 1_000_000


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """One finding of each kind, about all documents that have it.

    The policy's verdict is for what may do harm and what nobody can check. Of a false name, of too much at once and
    of another's papers the sender is asked at most, and what could not be read is noted.
    """
    if not anatomy.attachments:
        return
    if context.documents is None:
        yield incomplete(NAME, policy, "nobody has looked into what is attached")
        return
    found = context.documents.found
    asked = min(policy.verdict, Verdict.ASK)
    leaves = any(_is_outside(each.canonical, context) for each in context.envelope.recipients)

    def finding(reason: str, documents: Iterable[Document], verdict: Verdict | None = None) -> Finding:
        return finding_of(NAME, policy, reason, _evidence(documents), verdict=verdict)

    if programs := _outermost(found, Fact.PROGRAM):
        yield finding(reasons.program(programs), programs)
    if _on(policy, "macros") and (macros := _outermost(found, Fact.MACROS)):
        yield finding(reasons.macros(macros), macros)
    if bombs := _outermost(found, Fact.BOMB):
        yield finding(reasons.bomb(bombs), bombs)
    if not leaves:
        return
    if _on(policy, "locked") and (locked := _outermost(found, Fact.LOCKED)):
        yield finding(reasons.locked(locked), locked)
    if misnamed := [each for each in _outermost(found, Fact.MISNAMED) if Fact.PROGRAM not in each.facts]:
        yield finding(reasons.misnamed(misnamed), misnamed, asked)
    files = [each for each in found if len(each.path) == 1]
    most = threshold(NAME, policy.thresholds, "megabytes")
    if (size := sum(each.size for each in files)) >= most * _MEGABYTE:
        files.sort(key=lambda each: each.size, reverse=True)
        yield finding(reasons.large(files, size // _MEGABYTE, most), files, asked)
    if _on(policy, "passed_on") and (others := passed_on(anatomy, context, found)):
        yield finding(reasons.passed_on(others.documents, others.author), others.documents, asked)
    if unread := [each for each in found if each.unread and not each.facts & {Fact.LOCKED, Fact.BOMB}]:
        yield finding(reasons.unread(unread), unread, Verdict.NOTE)


def _on(policy: CheckPolicy, key: str) -> bool:
    return switch(NAME, policy.switches, key)


def _is_outside(address: str, context: Context) -> bool:
    """Whether a recipient is outside the council, or a list with somebody outside, or with nobody knows whom."""
    lists = by_address(context.council.lists)
    return any(each in lists or not context.council.is_internal(each) for each in opened(address, lists))


def _outermost(found: Iterable[Document], fact: Fact) -> list[Document]:
    """The documents of which something is true, without those within one of which it is true already."""
    chosen: dict[tuple[int, tuple[str, ...]], Document] = {}
    for each in found:
        around = ((each.number, each.path[:depth]) for depth in range(1, len(each.path)))
        if fact in each.facts and not any(outer in chosen for outer in around):
            chosen.setdefault((each.number, each.path), each)
    return list(chosen.values())


def _evidence(documents: Iterable[Document]) -> list[Evidence]:
    return [Evidence(where="attachment", text=each.name) for each in documents][:_MOST_EVIDENCE]
