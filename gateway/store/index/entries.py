"""A message on its way into the archive, as search knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from config.policy import Verdict
from filters.finding import Decision
from gateway.store.entry import Entry
from gateway.store.index.content import Content, Said
from gateway.store.index.envelope import with_envelope
from gateway.store.index.writing import NewItem
from gateway.store.kinds import MessageKind, MessageState

_NOT_KEPT = "it was refused, so its text was not kept"


def item_of(entry: Entry, kind: MessageKind, recipients: Sequence[Mapping[str, Any]]) -> NewItem:
    """The message as search knows it. A message of which nothing was read, such as the post room's own, is read by and
    by; of one that is refused nothing is kept that could be.
    """
    content = entry.content
    if content is None:
        said = Said(
            subject=entry.heading.subject, author=entry.heading.from_address or entry.envelope.mail_from
        )
        content = Content(said=said, message_id=entry.heading.message_id, pending=True)
    if entry.state is MessageState.REFUSED:
        said = content.said.model_copy(update={"own": "", "trail": ""})
        content = content.model_copy(
            update={"said": said, "pieces": (), "unread": _NOT_KEPT, "pending": False}
        )
    return NewItem(
        council=entry.council,
        message=entry.id,
        at=entry.received_at,
        kind=kind.value,
        verdict=entry.decision.verdict.word,
        sealed=entry.sealed,
        content=with_envelope(content, [_Addressed.of(each) for each in recipients]),
        found=found_in(entry.decision),
        person=entry.person,
    )


class _Addressed(NamedTuple):
    """A recipient's values, as `with_envelope` asks for them."""

    address: str
    canonical: str
    hidden: bool | None
    added_by: str | None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> _Addressed:
        return cls(values["address"], values["canonical"], values["hidden"], values["added_by"])


def found_in(decision: Decision) -> tuple[tuple[str, str], ...]:
    """The checks that found something, each with the gravest verdict that it gave."""
    gravest: dict[str, Verdict] = {}
    for each in decision.findings:
        gravest[each.check] = max(each.verdict, gravest.get(each.check, each.verdict))
    return tuple((check, verdict.word) for check, verdict in gravest.items())
