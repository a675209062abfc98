"""Photographs and films that go to people outside the council: who is in them has been asked, or their parents."""

from __future__ import annotations

from collections.abc import Iterator

from config.address import domain_of
from config.policy import CheckPolicy, Verdict
from filters.context import Context
from filters.extract.document import Document, Fact
from filters.finding import Evidence, Finding, finding_of
from filters.personal_data.reach import Reach
from signatures.message.anatomy import Anatomy

_MOST = 5
_CAMERA = frozenset({"image/jpeg", "image/heic", "image/heif"})
_AUTHORITIES = (".gov.uk", ".gov.wales", ".llyw.cymru", ".police.uk", ".parliament.uk")
"""Whoever sends a picture of a pothole to the highways authority publishes nothing."""


def photographs(
    name: str, anatomy: Anatomy, context: Context, policy: CheckPolicy, reach: Reach
) -> Iterator[Finding]:
    """A finding where any go to somebody who is no public authority; never graver than a question."""
    about = [each for each in reach.outside if not _is_authority(each, context)]
    shown = _shown(anatomy, context)
    if not about or not shown:
        return
    placed = sum(Fact.PLACE in each.facts for each in shown if isinstance(each, Document))
    told = (
        "" if not placed else " It says where it was taken." if placed == len(shown) == 1 else _placed(placed)
    )
    one = len(shown) == 1
    reason = (
        f"{'A photograph or film goes' if one else f'{len(shown)} photographs or films go'} with this message to "
        f"people outside the council.{told} Make sure that whoever can be recognised in {'it' if one else 'them'} has "
        "agreed, and for children their parents; then confirm that it is to go. If nobody can be, simply confirm."
    )
    evidence = [Evidence(where="attachment", text=each.name) for each in shown[:_MOST]]
    verdict = min(policy.verdict, Verdict.ASK)
    yield finding_of(name, policy, reason, evidence, about=about, verdict=verdict, masked=True)


def _placed(count: int) -> str:
    return f" {count} of them {'says' if count == 1 else 'say'} where {'it was' if count == 1 else 'they were'} taken."


def _shown(anatomy: Anatomy, context: Context) -> list[Document] | list[_Named]:
    if context.documents is not None:
        return [
            each
            for each in context.documents.found
            if Fact.PHOTOGRAPH in each.facts or each.kind.startswith("video/")
        ]
    return [
        _Named(each.name or "without a name")
        for each in anatomy.attachments
        if (each.kind in _CAMERA or each.kind.startswith("video/")) and not each.inline
    ]


class _Named:
    """An attachment of which nothing but its name is known."""

    def __init__(self, name: str) -> None:
        self.name = name


def _is_authority(address: str, context: Context) -> bool:
    return context.council.is_emergency(address) or domain_of(address).endswith(_AUTHORITIES)
