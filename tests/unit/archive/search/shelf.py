"""An archive to search in: messages made of their content, put into the index as intake does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from gateway.archive.query import parse
from gateway.archive.search import Result, search
from gateway.store import ledger
from gateway.store import search as terms
from gateway.store.index import writing
from gateway.store.index.content import Content, Piece, Said
from gateway.store.models import DecisionRow, MessageRow, RecipientRow
from gateway.store.search import Order
from gateway.store.vault import vault_of
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import COUNCIL

TODAY = date(2026, 11, 21)


def piece(text="", name="papers.txt", kind="text/plain", unread="", sha256="0" * 64, part=1) -> Piece:
    return Piece(part=part, name=name, kind=kind, size=len(text), sha256=sha256, unread=unread, text=text)


@dataclass(frozen=True)
class Given:
    """A message to be put on the shelf."""

    subject: str = ""
    own: str = ""
    author: str = "Ann Clerk <clerk@nether.example>"
    recipients: str = ""
    copied: str = ""
    hidden: str = ""
    trail: str = ""
    pieces: tuple[Piece, ...] = ()
    unread: str = ""
    pending: bool = False
    at: datetime | None = None
    council: str = COUNCIL
    kind: str = "submitted"
    state: str = "passed"
    verdict: str = "pass"
    person: str | None = "clerk@nether.example"
    sealed: bool = False
    capacity: str | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    found: tuple[tuple[str, str], ...] = ()
    decisions: tuple[tuple[str, str, str], ...] = ()
    to: tuple[str, ...] = ()

    def content(self) -> Content:
        said = Said(
            subject=self.subject,
            author=self.author,
            recipients=self.recipients,
            copied=self.copied,
            hidden=self.hidden,
            own=self.own,
            trail=self.trail,
        )
        return Content(
            said=said,
            pieces=self.pieces,
            unread=self.unread,
            message_id=self.message_id,
            references=self.references,
            pending=self.pending,
        )


@dataclass
class Shelf:
    database: object
    count: int = 0
    ids: list[str] = field(default_factory=list)

    def put(self, *given: Given, **one) -> str | list[str]:
        """Put messages on the shelf, each a minute after the one before it. Gives their ids, or the one of one."""
        items = given or (Given(**one),)
        ids = self.database.write_blocking(lambda c: self._put(c, items))
        return ids if given else ids[0]

    def find(self, query: str, **how) -> list[str]:
        """The messages that a query finds, newest first; that they are counted rightly is looked at with it."""
        found = self.result(query, **{"limit": 1000, **how})
        assert found.total == len(found.found) or how
        return [each.message for each in found.found]

    def result(self, query: str, council: str = COUNCIL, **how) -> Result:
        return self.database.read_blocking(lambda c: search(c, council, query, TODAY, **how))

    def every(self, query: str, council: str = COUNCIL) -> list[str]:
        term = parse(query, TODAY).term
        return self.database.read_blocking(lambda c: [each.message for each in terms.every(c, council, term)])

    def by_term(self, term, order: Order = Order.NEWEST, limit=1000, offset=0, council: str = COUNCIL):
        """What a term finds, having been counted."""

        def look(connection):
            hits = terms.page(connection, council, term, order, limit, offset)
            return terms.count(connection, council, term), [each.message for each in hits]

        return self.database.read_blocking(look)

    def _put(self, connection, items) -> list[str]:
        names, rows, to, decided, made = [], [], [], [], []
        for given in items:
            self.count += 1
            at = given.at or datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.count)
            name = f"m{self.count:06d}"
            names.append(name)
            rows.append(_row(given, name, at))
            to += [_recipient(given, name, *each) for each in enumerate(given.to)]
            decisions = [("policy", given.verdict, ""), *given.decisions]
            decided += [_decision(given, name, at, number, *each) for number, each in enumerate(decisions)]
            content, found = given.content(), given.found
            made.append(
                writing.NewItem(
                    given.council,
                    name,
                    at,
                    given.kind,
                    given.verdict,
                    given.sealed,
                    content,
                    found,
                    given.person,
                )
            )
        for council in sorted({given.council for given in items}):
            ledger.lock(connection, council)
        connection.execute(insert(MessageRow), rows)
        connection.execute(insert(DecisionRow), decided)
        if to:
            connection.execute(insert(RecipientRow), to)
        vault, dialect = vault_of(connection), connection.dialect.name
        writing.add(connection, [writing.prepared(each, vault, dialect) for each in made])
        self.ids += names
        return names


def _recipient(given: Given, name: str, number: int, address: str) -> dict:
    return {
        "council_id": given.council,
        "message_id": name,
        "number": number,
        "address": address,
        "canonical": address.lower(),
    }


def _row(given: Given, name: str, at: datetime) -> dict:
    return {
        "council_id": given.council,
        "id": name,
        "kind": given.kind,
        "state": given.state,
        "received_at": at,
        "person": given.person,
        "authenticated": True,
        "profile": "submission",
        "peer": "",
        "helo": "",
        "protocol": "ESMTPSA",
        "tls": "",
        "mail_from": "",
        "smtputf8": False,
        "body": "",
        "message_id": given.message_id,
        "subject": given.subject,
        "header_from": given.author,
        "from_domain": "nether.example",
        "size": 1,
        "sha256": "0" * 64,
        "capacity": given.capacity,
        "sealed": given.sealed or None,
    }


def _decision(given: Given, name, at, number, by, act, why) -> dict:
    return {
        "council_id": given.council,
        "message_id": name,
        "number": number,
        "at": at,
        "by": by,
        "act": act,
        "verdict": given.verdict,
        "why": why,
        "findings": "[]",
        "policy_version": "1",
        "council_version": 1,
        "detail": None,
    }


__all__ = ["COUNCIL", "NOW", "TODAY", "Given", "Shelf", "piece"]
