"""What a council's archive answers to the questions that a message raises; never what is another council's.

What costs is bounded: of the messages that share a fingerprint only the newest are looked at, and of those that
a message names no more than some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, bindparam, select

from config.address import domain_of
from filters.answers import Answers, KnownMail
from filters.recipients.letters import lookalike
from gateway.store import confirmations, near, papers, prints
from gateway.store.kinds import MessageKind, MessageState
from gateway.store.models import CorrespondentDomain, CorrespondentRow, MessageRow, RecipientRow
from gateway.store.papers import Printed
from signatures.message.carried.prints import FEWEST_FOUND

T = TypeVar("T")
_MOST_PARENTS = 100
_MOST_COPIED = 20
_AT_ONCE = 500
_HERE = frozenset({MessageState.PASSED.value, MessageState.HELD.value, MessageState.RELEASED.value})

# The Message-ID that is written into a message without one (`filters.analysis.stamp_of`).
_OURS = re.compile(r"<([0-9A-HJKMNP-TV-Z]{16})@[^<>@]+>")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about the message `message` of `council`, which is no answer to itself.

    `parents` are Message-IDs, `recipients` canonical addresses. `prints` are asked for where earlier mail might
    get out. `confirmable` are checks, each with the key that its question is known again by
    (`gateway.store.confirmations`). `printed` are the fingerprints by which passages of confidential papers are found.
    """

    council: str
    message: str
    parents: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    prints: tuple[int, ...] = ()
    confirmable: tuple[tuple[str, str], ...] = ()
    printed: tuple[Printed, ...] = ()


def answer_all(connection: Connection, asked: Sequence[Asked]) -> list[Answers]:
    """The answers to each."""
    return [answer(connection, one) for one in asked]


def answer(connection: Connection, asked: Asked) -> Answers:
    """The answers to all that is asked about one message, but for what a resolver says."""
    known = _known(connection, asked.council, asked.recipients)
    domains = sorted({domain_of(address) for address in asked.recipients})
    known_domains = _known_domains(connection, asked.council, domains)
    strangers = [address for address in asked.recipients if address not in known]
    new_domains = [domain for domain in domains if domain not in known_domains]
    parents = _parents(connection, asked)
    copied = _copied(connection, asked)
    people = _people(connection, asked.council, (*parents, *copied))
    return Answers(
        parents=tuple(_mail(row, people) for row in parents),
        copied=tuple(_mail(row, people) for row in copied),
        known=tuple(address for address in asked.recipients if address in known),
        known_domains=tuple(known_domains),
        alike=near.addresses(connection, asked.council, strangers),
        near_domains=near.domains(connection, asked.council, sorted(set(map(lookalike, new_domains)))),
        confirmed=_confirmed(connection, asked),
        watched=papers.watched(connection, asked.council, asked.printed),
    )


def _confirmed(connection: Connection, asked: Asked) -> tuple[str, ...]:
    found = confirmations.confirmed(connection, asked.council, (key for _, key in asked.confirmable))
    return tuple(check for check, key in asked.confirmable if key in found)


_KNOWN = select(CorrespondentRow.address).where(
    CorrespondentRow.council_id == bindparam("council"),
    CorrespondentRow.address.in_(bindparam("addresses", expanding=True)),
)
_KNOWN_DOMAINS = select(CorrespondentDomain.domain).where(
    CorrespondentDomain.council_id == bindparam("council"),
    CorrespondentDomain.domain.in_(bindparam("domains", expanding=True)),
)


def _known(connection: Connection, council: str, addresses: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in _in_pieces(addresses):
        found.update(connection.execute(_KNOWN, {"council": council, "addresses": some}).scalars())
    return found


def _known_domains(connection: Connection, council: str, domains: Sequence[str]) -> list[str]:
    found: list[str] = []
    for some in _in_pieces(domains):
        found += connection.execute(_KNOWN_DOMAINS, {"council": council, "domains": some}).scalars()
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Found:
    """A message as it is answered, but for whom it was sent to: it, and those that left with its words `again`."""

    id: str
    message_id: str
    author: str
    again: tuple[str, ...] = ()


# Kind and state are looked at here: asked for them, SQLite may look through everything in that state.
_HEADS = select(
    MessageRow.id,
    MessageRow.message_id,
    MessageRow.header_from,
    MessageRow.kind,
    MessageRow.state,
    MessageRow.sealed,
).where(MessageRow.council_id == bindparam("council"))
_BY_MESSAGE_ID = _HEADS.where(MessageRow.message_id.in_(bindparam("ids", expanding=True)))
_BY_ID = _HEADS.where(MessageRow.id.in_(bindparam("ids", expanding=True)))


def _messages(
    connection: Connection, statement: Select[*tuple[Any, ...]], council: str, ids: Sequence[str]
) -> list[_Found]:
    """Those that people submitted and that left here or wait to, the newest first. Sealed ones are not told of."""
    rows = connection.execute(statement, {"council": council, "ids": ids})
    found = [
        _Found(row.id, row.message_id, row.header_from)
        for row in rows
        if row.kind == MessageKind.SUBMITTED.value and row.state in _HERE and not row.sealed
    ]
    return sorted(found, key=lambda each: each.id, reverse=True)


def _parents(connection: Connection, asked: Asked) -> list[_Found]:
    """Those that the message names: the first that it names first, as those are what it answers."""
    ids = list(dict.fromkeys(asked.parents))[:_MOST_PARENTS]
    if not ids:
        return []
    found = _messages(connection, _BY_MESSAGE_ID, asked.council, ids)
    ours = {match[1]: each for each in ids if (match := _OURS.fullmatch(each))}
    if ours:
        stamped = _messages(connection, _BY_ID, asked.council, list(ours))
        found += [replace(each, message_id=ours[each.id]) for each in stamped if not each.message_id]
    place = {id: number for number, id in enumerate(ids)}
    found.sort(key=lambda each: place.get(each.message_id, _MOST_PARENTS))
    return [each for each in found if each.id != asked.message][:_MOST_PARENTS]


def _copied(connection: Connection, asked: Asked) -> list[_Found]:
    """Those whose words stand in the message, those that share most with it first."""
    if len(asked.prints) < FEWEST_FOUND:
        return []
    originals = prints.reproduced(connection, asked.council, asked.prints, asked.message)[:_MOST_COPIED]
    if not originals:
        return []
    again = {each.id: each.again for each in originals}
    found = {each.id: each for each in _messages(connection, _BY_ID, asked.council, list(again))}
    return [replace(found[id], again=again[id]) for id in again if id in found]


_SENT_TO = select(RecipientRow.message_id, RecipientRow.canonical, RecipientRow.hidden).where(
    RecipientRow.council_id == bindparam("council"),
    RecipientRow.message_id.in_(bindparam("ids", expanding=True)),
)


_People = dict[str, list[tuple[str, bool]]]


def _people(connection: Connection, council: str, messages: Iterable[_Found]) -> _People:
    """Whom each message was sent to, and who of them was hidden."""
    people: _People = {}
    ids = sorted({id for message in messages for id in (message.id, *message.again)})
    if ids:
        for row in connection.execute(_SENT_TO, {"council": council, "ids": ids}):
            people.setdefault(row.message_id, []).append((row.canonical, bool(row.hidden)))
    return people


def _mail(found: _Found, people: _People) -> KnownMail:
    sent_to = [each for id in (found.id, *found.again) for each in people.get(id, [])]
    seen = {address for address, hidden in sent_to if not hidden}
    everybody = dict.fromkeys((found.author, *(address for address, _ in sent_to)))
    return KnownMail(
        message=found.id,
        message_id=found.message_id,
        author=found.author,
        people=tuple(address for address in everybody if address),
        hidden=tuple(dict.fromkeys(address for address, _ in sent_to if address not in seen)),
    )


def _in_pieces(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
