"""Confidential papers that a council has watched: who had them watched, and their fingerprints. Never their text.

A passage of a paper is found by two fingerprints that stand for different words of it and stand close together in it:
sixteen words as the paper has them, however many were changed between. What one council has watched is its own affair.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, text, update

from config.council import Council
from filters.answers import Watched
from gateway.store import councils, ledger
from gateway.store.consents import Act
from gateway.store.errors import Conflict, NotFound
from gateway.store.ledger import Event, Happening
from gateway.store.models import LedgerRow, PaperPrint, PaperRow
from signatures.message.carried.prints import WORDS_IN_A_PRINT

CLOSE = 60
"""Words of a paper within which two fingerprints belong to one passage."""

FEWEST = 4
"""Fingerprints below which a paper is too short for its passages to be known again."""

_AT_ONCE = 20_000
_OCTETS = 8
_NUMBERED = re.compile(r"(\d{4})-(\d{1,6})\Z")


class Printed(NamedTuple):
    """The fingerprints of what stands somewhere in a message; `where` as in `Evidence`."""

    where: str
    prints: Sequence[int]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is kept of a paper. `prints` are its fingerprints, each with its place: see `carried.prints.placed`."""

    title: str
    prints: Mapping[int, int]


def add(connection: Connection, council_id: str, paper: Paper, act: Act) -> str:
    """Have a paper watched from now on; its id. Only who acts as Proper Officer today may.

    Raises NotFound, Conflict where it is too short, or watched already.
    """
    council = _locked(connection, council_id, act)
    if len(paper.prints) < FEWEST:
        raise Conflict(
            "the paper is too short for its passages to be known again; put its title on the watch list instead"
        )
    digest = _digest(paper.prints.items())
    rows = list_(connection, council_id)
    same = next((each for each in rows if each.digest == digest and each.removed_at is None), None)
    if same is not None:
        raise Conflict(f"this paper is watched already, as {same.id}, “{same.title}”")
    paper_id = _next_id((each.id for each in rows), act.today.year)
    values = {
        "council_id": council.id,
        "id": paper_id,
        "title": paper.title,
        "count": len(paper.prints),
        "digest": digest,
        "added_at": act.now,
        "added_by": act.by,
        "why": act.why,
    }
    connection.execute(insert(PaperRow).values(values))
    connection.execute(
        insert(PaperPrint),
        [
            {"council_id": council.id, "hash": print_, "paper_id": paper_id, "place": place}
            for print_, place in sorted(paper.prints.items())
        ],
    )
    row = _row(connection, council_id, paper_id)
    ledger.append(
        connection, council_id, [Happening(Event.WATCHED, paper_id, watched_parts(row, digest), act.now)]
    )
    return paper_id


def remove(connection: Connection, council_id: str, paper_id: str, act: Act) -> str:
    """Watch a paper no longer: its fingerprints go, its title stays in the record. Its title.

    Raises NotFound, Conflict.
    """
    _locked(connection, council_id, act)
    row = _row(connection, council_id, paper_id)
    if row.removed_at is not None:
        raise Conflict(f"{paper_id} has not been watched since {row.removed_by} removed it")
    these = (PaperPrint.council_id == council_id, PaperPrint.paper_id == paper_id)
    connection.execute(delete(PaperPrint).where(*these))
    connection.execute(
        update(PaperRow)
        .where(PaperRow.council_id == council_id, PaperRow.id == paper_id)
        .values(removed_at=act.now, removed_by=act.by, removed_why=act.why)
    )
    gone = _row(connection, council_id, paper_id)
    ledger.append(
        connection, council_id, [Happening(Event.UNWATCHED, paper_id, unwatched_parts(gone), act.now)]
    )
    return str(row.title)


def list_(connection: Connection, council_id: str) -> Sequence[Row[Any]]:
    """All papers that are or were watched, the first first."""
    return connection.execute(
        select(PaperRow.__table__)
        .where(PaperRow.council_id == council_id)
        .order_by(PaperRow.added_at, PaperRow.id)
    ).all()


_TITLES = select(PaperRow.id, PaperRow.title).where(
    PaperRow.council_id == bindparam("council"), PaperRow.removed_at.is_(None)
)
_SHARED = """
SELECT p.paper_id, p.place FROM {asked} JOIN paper_print p ON p.council_id = :council AND p.hash = a.hash
"""
_SHARED_SQLITE = text(_SHARED.format(asked="(SELECT value AS hash FROM json_each(:prints)) a CROSS"))
_SHARED_POSTGRESQL = text(
    _SHARED.format(
        asked="(SELECT CAST(value AS bigint) AS hash FROM json_array_elements_text(CAST(:prints AS json))) a"
    )
)


def watched(connection: Connection, council_id: str, printed: Iterable[Printed]) -> tuple[Watched, ...]:
    """The council's papers of which passages stand in these, and where."""
    asked = [each for each in printed if len(each.prints) > 1]
    if not asked:
        return ()
    titles = {row.id: row.title for row in connection.execute(_TITLES, {"council": council_id})}
    if not titles:
        return ()
    return tuple(
        Watched(title=titles[paper], where=each.where)
        for each in asked
        for paper, places in sorted(_shared(connection, council_id, each.prints).items())
        if paper in titles and is_passage(places)
    )


def is_passage(places: Iterable[int]) -> bool:
    """Whether among places in a paper two belong to one passage, and stand for different words."""
    at = sorted(set(places))
    first = 0
    for number, place in enumerate(at):
        while place - at[first] > CLOSE:
            first += 1
        if first < number and place - at[first] >= WORDS_IN_A_PRINT:
            return True
    return False


def _shared(connection: Connection, council_id: str, prints: Sequence[int]) -> dict[str, list[int]]:
    """The places in each paper at which one of these fingerprints stands."""
    statement = _SHARED_POSTGRESQL if connection.dialect.name == "postgresql" else _SHARED_SQLITE
    found: defaultdict[str, list[int]] = defaultdict(list)
    every = sorted(set(prints))
    for start in range(0, len(every), _AT_ONCE):
        wanted = {"council": council_id, "prints": json.dumps(every[start : start + _AT_ONCE])}
        for row in connection.execute(statement, wanted):
            found[row.paper_id].append(int(row.place))
    return found


def watched_parts(row: Row[Any], digest: str) -> list[bytes]:
    """What the ledger's `watched` event covers; `digest` is that of the fingerprints as they are now."""
    said = (row.id, row.title, row.added_by, row.why, row.added_at.isoformat(), str(row.count), digest)
    return [each.encode() for each in said]


def unwatched_parts(row: Row[Any]) -> list[bytes]:
    """What the ledger's `unwatched` event covers."""
    at = row.removed_at.isoformat() if row.removed_at is not None else ""
    return [each.encode() for each in (row.id, row.title, row.removed_by or "", row.removed_why or "", at)]


def parts_now(connection: Connection, council_id: str, event: str, paper_id: str) -> list[bytes]:
    """What a link about a paper covers, from the rows as they stand. Raises NotFound.

    The fingerprints of one that is watched no longer are gone, and its digest stands for them.
    """
    row = _row(connection, council_id, paper_id)
    if event == Event.UNWATCHED:
        return unwatched_parts(row)
    if row.removed_at is not None:
        return watched_parts(row, row.digest)
    kept = connection.execute(
        select(PaperPrint.hash, PaperPrint.place).where(
            PaperPrint.council_id == council_id, PaperPrint.paper_id == paper_id
        )
    )
    return watched_parts(row, _digest((each.hash, each.place) for each in kept))


def unchained(connection: Connection, council_id: str) -> list[tuple[str, str]]:
    """Id of each paper, and what of it no link of the ledger says: that it was watched, or that it is no longer."""
    links = connection.execute(
        select(LedgerRow.event, LedgerRow.message_id).where(
            LedgerRow.council_id == council_id,
            LedgerRow.event.in_([Event.WATCHED.value, Event.UNWATCHED.value]),
        )
    )
    said = {(row.message_id, row.event) for row in links}
    wanted = [
        (row.id, event.value)
        for row in list_(connection, council_id)
        for event in ((Event.WATCHED,) if row.removed_at is None else (Event.WATCHED, Event.UNWATCHED))
    ]
    return [each for each in wanted if each not in said]


def _row(connection: Connection, council_id: str, paper_id: str) -> Row[Any]:
    row = connection.execute(
        select(PaperRow.__table__).where(PaperRow.council_id == council_id, PaperRow.id == paper_id)
    ).first()
    if row is None:
        raise NotFound(f"{council_id} has no watched paper {paper_id}")
    return row


def _locked(connection: Connection, council_id: str, act: Act) -> Council:
    """The council, with its ledger to ourselves. Raises NotFound, and Conflict where it is not theirs to decide."""
    ledger.lock(connection, council_id)
    _, council = councils.load(connection, council_id)
    if act.by not in {person.login for person in council.officers(act.today)}:
        raise Conflict(f"{act.by} is neither Clerk, deputy nor locum of {council.name} today")
    return council


def _digest(prints: Iterable[tuple[int, int]]) -> str:
    digest = hashlib.sha256()
    for print_, place in sorted(prints):
        digest.update(print_.to_bytes(_OCTETS, "big") + place.to_bytes(_OCTETS, "big"))
    return digest.hexdigest()


def _next_id(ids: Iterable[str], year: int) -> str:
    """The year and the next number in it, as consents have: `2026-7`."""
    numbers = [int(found[2]) for each in ids if (found := _NUMBERED.match(each)) and int(found[1]) == year]
    return f"{year}-{max(numbers, default=0) + 1}"
