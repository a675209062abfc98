"""What can be told of a message only once its attachments are read, or its parents are found in the archive: the
council's confidential papers in what is attached, and what the messages said that it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection

from filters.analysis import Reading
from filters.answers import Answers
from filters.extract.document import Documents
from gateway.archive.versions import Altered, as_received, as_sent
from gateway.store import papers
from gateway.store.errors import NotFound
from gateway.store.papers import Printed
from gateway.workers.pool import WorkerFailed

if TYPE_CHECKING:
    from gateway.holds.ready import Read

_MOST_PARENTS = 3
_MOST_OCTETS = 10_485_760
"""Octets of a parent that is read, attachments and all."""

_MOST_CHARACTERS = 1_048_576
"""Characters of what the parents say that go to a check."""


class Sayer(Protocol):
    """Whoever tells what a message says: an `Analyst`, for one."""

    async def said(self, raw: bytes, deadline: float) -> tuple[str, ...]:
        """All that a message says, by `deadline` in the loop's time. Raises WorkerFailed."""


async def completed(
    read: Read,
    sayer: Sayer,
    council: str,
    reading: Reading,
    answers: Answers,
    documents: Documents | None,
    deadline: float,
) -> Answers:
    """The answers with all of that; asked again, they stay as they are. Raises what `read` raises."""
    printed = _printed(documents)
    if printed:
        found = await read(lambda c: papers.watched(c, council, printed))
        watched = tuple(dict.fromkeys((*answers.watched, *found)))
        answers = answers.model_copy(update={"watched": watched})
    parents = quoted_parents(reading, answers)
    if parents and not answers.parent_texts:
        raws = await read(lambda c: _bodies(c, council, parents))
        answers = answers.model_copy(update={"parent_texts": await _said(sayer, raws, deadline)})
    return answers


def quoted_parents(reading: Reading, answers: Answers) -> tuple[str, ...]:
    """The queue ids of the archived messages that a message quotes, at most three; none where it may quote another.

    What is answered stands first or last among what the header names, as programs write it or not (RFC 5322 §3.6.4).
    Where that is not in the archive, it came from outside: then most of what is quoted was never here.
    """
    anatomy = reading.anatomy
    named = anatomy.references or anatomy.marks.forwards
    if not named or not anatomy.trail_texts:
        return ()
    known = {each.message_id: each.message for each in answers.parents}
    if named[0] not in known or named[-1] not in known:
        return ()
    nearest = dict.fromkeys((named[0], *reversed(named)))
    return tuple(known[each] for each in nearest if each in known)[:_MOST_PARENTS]


def _printed(documents: Documents | None) -> tuple[Printed, ...]:
    found = documents.found if documents is not None else ()
    return tuple(Printed(f"attachment {each.name}", each.prints) for each in found if each.prints)


def _bodies(connection: Connection, council: str, parents: Sequence[str]) -> list[bytes]:
    """The messages as their readers had them, signature, waiver and all; none where one of them is missing or large."""
    found: list[bytes] = []
    for each in parents:
        try:
            raw = _body(connection, council, each)
        except NotFound:
            return []
        if len(raw) > _MOST_OCTETS:
            return []
        found.append(raw)
    return found


def _body(connection: Connection, council: str, parent: str) -> bytes:
    """The message as it left; as it came where it has not, or cannot be made again. Raises NotFound."""
    try:
        return as_sent(connection, council, parent)
    except (NotFound, Altered):
        return as_received(connection, council, parent)


async def _said(sayer: Sayer, raws: Sequence[bytes], deadline: float) -> tuple[str, ...]:
    """All that they say; nothing where one of them cannot be read, as then not all would be known."""
    found: list[str] = []
    for raw in raws:
        try:
            found += await sayer.said(raw, deadline)
        except WorkerFailed:
            return ()
    return tuple(found) if sum(map(len, found)) <= _MOST_CHARACTERS else ()
