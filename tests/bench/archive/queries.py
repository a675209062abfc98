"""Fifty questions that a clerk, or whoever answers for the council, asks its archive; and the same for notmuch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.store.search import Order
from tests.bench.archive.council import Letter
from tests.bench.archive.people import Person


@dataclass(frozen=True, slots=True)
class Query:
    """A query, and how notmuch is asked the same. `sort` is what it is of: words, phrases, and so on."""

    sort: str
    text: str
    peer: str
    order: Order = Order.NEWEST


def mix(sample: Sequence[Letter]) -> list[Query]:
    """The fifty, with names and references that stand in these letters; a thousand of them are enough."""
    return [*_words(sample), *_fields(sample), *_together(sample), *_references(sample), *_by_relevance()]


def _words(sample: Sequence[Letter]) -> list[Query]:
    resident = _residents(sample)[3].surname
    return [
        _same("very common", "council"),
        _same("very common", "the"),
        _same("very common", "planning meeting"),
        _same("very common", "report"),
        _same("word", "allotment"),
        _same("word", "pothole"),
        _same("word", "interment"),
        _same("word", "stile"),
        _same("rare", resident.lower()),
        _same("rare", "overbooking"),
        _same("no result", "wheelbarrows zeppelin"),
        _same("no result", "qwertyuiop"),
        _same("phrase", '"burial fees"'),
        _same("phrase", '"planning application"'),
        _same("phrase", '"freedom of information act"'),
        _same("phrase", '"safety surfacing" swings'),
        _same("phrase", '"general power of competence"'),
        _same("phrase", '"exclusive right of burial was granted to"'),
        _same("prefix", "allot*"),
        _same("prefix", "inter*"),
        _same("prefix", "undertak*"),
    ]


def _fields(sample: Sequence[Letter]) -> list[Query]:
    resident, other = _residents(sample)[5:7]
    member = next(each.sender for each in sample if each.sender.role == "Councillor")
    name = next(file.name for each in sample for file in each.files).rpartition(" ")[0]
    return [
        _same("field", "from:clerk"),
        _same("field", f"from:{member.surname} subject:minutes"),
        _same("field", f"to:{resident.address}"),
        _same("field", f'to:"{other.name}"'),
        _same("field", "subject:precept"),
        _same("field", 'subject:"burial fees"'),
        _same("field", "body:undertaker"),
        Query("field", f'filename:"{name}"', f'attachment:"{name}"'),
        Query("field", "filename:quotation", "attachment:quotation"),
        Query("field", "attachment:drainage", "drainage tag:attachment"),
        Query("field", "own:visibility", "body:visibility"),
    ]


def _together(sample: Sequence[Letter]) -> list[Query]:
    resident = _residents(sample)[8]
    return [
        Query("dates", "after:2024-04-01 before:2025-04-01 grant", "date:2024-04-01..2025-03-31 grant"),
        Query("dates", "from:clerk after:2026-03-01", "from:clerk date:2026-03-01.."),
        Query("dates", "before:2019-06-01 pothole", "date:..2019-05-31 pothole"),
        Query("dates", "after:2022-01-01 before:2022-02-01", "date:2022-01-01..2022-01-31"),
        Query("attributes", "has:attachment invoice", "tag:attachment invoice"),
        Query(
            "attributes",
            "has:attachment from:clerk subject:agenda",
            "tag:attachment from:clerk subject:agenda",
        ),
        Query("boolean", "allotment OR burial", "allotment or burial"),
        Query("boolean", "planning NOT objection", "planning not objection"),
        Query(
            "boolean",
            "(grant OR precept) subject:budget -draft",
            "(grant or precept) subject:budget not draft",
        ),
        Query(
            "boolean",
            f"from:clerk (to:{resident.surname} OR to:northvale-dc.example) pothole after:2020-01-01",
            f"from:clerk (to:{resident.surname} or to:northvale-dc.example) pothole date:2020-01-01..",
        ),
        Query(
            "boolean",
            'from:clerk subject:"burial fees" after:2021-04-01 before:2024-04-01 -draft',
            'from:clerk subject:"burial fees" date:2021-04-01..2024-03-31 not draft',
        ),
    ]


def _references(sample: Sequence[Letter]) -> list[Query]:
    planning = next(each.facts.ref for each in sample if each.facts.topic == "planning")
    invoice = next(each.facts.ref for each in sample if each.facts.topic == "invoices")
    amount = next(each.facts.amount for each in sample if each.facts.topic == "grants")
    return [
        Query("reference", planning, f'"{planning}"'),
        Query("reference", f"subject:{planning}", f'subject:"{planning}"'),
        Query("reference", invoice, f'"{invoice}"'),
        Query("reference", amount, f'"{amount}"'),
    ]


def _by_relevance() -> list[Query]:
    found = ('"burial fees"', "allotment waiting list", "council")
    return [Query("relevance", each, each, Order.RELEVANCE) for each in found]


def _residents(sample: Sequence[Letter]) -> list[Person]:
    """Who was written to and is none of the council, in the order that they were."""
    found: dict[str, Person] = {}
    for letter in sample:
        for each in letter.outsiders:
            found.setdefault(each.address, each)
    return list(found.values())


def _same(sort: str, text: str) -> Query:
    return Query(sort, text, text)
