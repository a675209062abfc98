"""A search certificate: what was looked for in a council's archive, in what, and what was found, signed.

It supports a reply that information is not held (FOIA 2000 section 1, EIR 2004 regulation 12(4)(a)): it says what was
searched and, beside every count, what could not be. A certificate is one file: a page that people can read, and the
same as JSON, each on its own side of a line. The signature covers the JSON, and the JSON the page, so that nothing of
the file can be changed unseen; and the council's ledger has the certificate's digest.

It is made to leave the council, so nothing in it is out of a message: things that could not be searched are named by
their message's queue id, and files by their number in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from sqlalchemy import Connection

from config.base import Frozen, london_day
from gateway.archive.entitled import MAY_SEARCH, entitled
from gateway.archive.query import explain, parse, scope
from gateway.store import about, councils, ledger
from gateway.store import search as store

FORMAT = "vestry search certificate 1"

NOT_PART = (
    "Mail to the Council's protected addresses is kept apart for the people who wrote it, and is no part of this "
    "search. Nor is mail that never passed through Vestry: mail that the Council received and nobody answered or sent "
    "on, and mail sent by other ways."
)
"""What no search covers, said in every certificate."""


class Unsearched(Frozen):
    """Something within the query's scope that could not be searched: of which message, which of the things of it that
    could not be (from 1), whether it is the message's own text, and why, as a sentence about "it".
    """

    message: str
    received: datetime
    number: int
    own_text: bool
    reason: str


class Certificate(Frozen):
    """What a certificate says. Counts are of messages and exact; moments are in UTC, days of Europe/London.

    `searched` are all the messages that were looked through, from `first` to `last`. `not_searched` of them, within the
    query's scope, could not be searched in full, for what stands in `unsearched`, and `pending` were still to be read.
    `digest` is the SHA-256 of the queue ids found, sorted, a line each. `ledger_links` and `ledger_hash` are the head of
    the council's ledger at that moment.
    """

    format: str = FORMAT
    council: str
    council_name: str
    domains: tuple[str, ...]
    query: str
    meaning: str
    remarks: tuple[str, ...]
    found: int
    digest: str
    searched: int
    first: datetime | None
    last: datetime | None
    not_searched: int
    pending: int
    reasons: dict[str, int]
    unsearched: tuple[Unsearched, ...]
    not_part: str = NOT_PART
    ledger_links: int
    ledger_hash: str
    at: datetime
    by: str
    name: str
    roles: tuple[str, ...]
    why: str
    vestry: str
    engine: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants a search certified, why, and when it is."""

    by: str
    why: str
    now: datetime


def made(connection: Connection, council_id: str, query: str, asked: Asked) -> Certificate:
    """Search, and say what came of it. `connection` must see one moment throughout.

    Raises QueryError, and Conflict where it is not for `by` to search.
    """
    _, council = councils.load(connection, council_id)
    today = london_day(asked.now)
    person = entitled(council, asked.by, today)
    question = parse(query, today)
    within = scope(question.term)
    found = sorted(hit.message for hit in store.every(connection, council_id, question.term))
    unsearched = store.unsearched(connection, council_id, within)
    span = store.span(connection, council_id)
    links, head = ledger.head(connection, council_id)
    return Certificate(
        council=council.id,
        council_name=council.name,
        domains=council.domains,
        query=query,
        meaning=explain(question.term),
        remarks=question.remarks,
        found=len(found),
        digest=hashlib.sha256("".join(f"{each}\n" for each in found).encode()).hexdigest(),
        searched=span.messages,
        first=span.first,
        last=span.last,
        not_searched=unsearched.messages,
        pending=unsearched.pending,
        reasons=dict(unsearched.reasons),
        unsearched=tuple(_numbered(store.unread(connection, council_id, within))),
        ledger_links=links,
        ledger_hash=head,
        at=asked.now,
        by=person.login,
        name=person.name,
        roles=tuple(sorted(role.value for role in person.roles_on(today) & MAY_SEARCH)),
        why=asked.why.strip(),
        vestry=version("vestry"),
        engine=about.engine(connection),
    )


def as_json(certificate: Certificate) -> bytes:
    """The certificate as canonical JSON: keys in order, ASCII, no blanks, one line."""
    data = certificate.model_dump(mode="json")
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _numbered(things: Iterable[store.Unread]) -> Iterable[Unsearched]:
    """Things that could not be searched, those of one message counted."""
    last, number = "", 0
    for each in things:
        number = number + 1 if each.message == last else 1
        last = each.message
        yield Unsearched(
            message=each.message, received=each.at, number=number, own_text=not each.name, reason=each.reason
        )
