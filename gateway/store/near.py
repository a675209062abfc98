"""Whom a council has written to whose address is nearly another: found by the half that two spellings share.

Wherever two texts differ in one letter more, less, other or swapped with the next, either their beginnings or their
ends agree. So each is asked for by its beginning and by its end, which the tables are in the order of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from filters.answers import Alike
from filters.recipients.distance import distance

_SHORTEST = 5
"""Shorter names are one letter from many others."""

_MOST_APART = 2
_MOST_FOUND = 2000
_HIGHEST = "\U0010ffff"

_ADDRESSES = """
SELECT a.name, c.address FROM {asked} JOIN correspondent c ON c.council_id = :council AND c.domain = a.domain
AND c.{column} >= a.first AND c.{column} < a.last AND length(c.local) BETWEEN a.least AND a.most LIMIT :limit
"""
_SAME_LOCAL = """
SELECT a.name, c.address FROM {asked} JOIN correspondent c ON c.council_id = :council AND c.local = a.local
AND c.domain <> a.domain AND length(c.domain) BETWEEN a.least AND a.most LIMIT :limit
"""
_DOMAINS = """
SELECT a.name, c.domain FROM {asked} JOIN correspondent_domain c ON c.council_id = :council
AND c.{column} >= a.first AND c.{column} < a.last AND length(c.domain) BETWEEN a.least AND a.most LIMIT :limit
"""
_KINDS = {"least": "integer", "most": "integer"}

_Asked = dict[str, Any]


def addresses(connection: Connection, council: str, strangers: Sequence[str]) -> tuple[Alike, ...]:
    """Those of `strangers` that are nearly an address that somebody has written to."""
    split = [(address, *address.rsplit("@", 1)) for address in strangers]
    named = [each for each in split if len(each[1]) >= _SHORTEST]
    found: set[tuple[str, str]] = set()
    for column, pick in (("local", _beginning), ("local_backwards", _end)):
        asked = [
            {"name": address, "domain": domain, **pick(local), **_lengths(local)}
            for address, local, domain in named
        ]
        found |= _found(connection, council, _ADDRESSES.replace("{column}", column), asked)
    asked = [
        {"name": address, "domain": domain, "local": local, **_lengths(domain)}
        for address, local, domain in split
    ]
    found |= _found(connection, council, _SAME_LOCAL, asked)
    return tuple(
        Alike(recipient=stranger, known=known)
        for stranger, known in sorted(found)
        if distance(stranger, known, _MOST_APART) <= _MOST_APART
    )


def domains(connection: Connection, council: str, strange: Sequence[str]) -> tuple[str, ...]:
    """The domains that somebody has written to and that are nearly one of `strange`."""
    found: set[tuple[str, str]] = set()
    for column, pick in (("domain", _beginning), ("backwards", _end)):
        asked = [{"name": domain, **pick(domain), **_lengths(domain)} for domain in strange]
        found |= _found(connection, council, _DOMAINS.replace("{column}", column), asked)
    near = {known for stranger, known in found if distance(stranger, known, _MOST_APART) <= _MOST_APART}
    return tuple(sorted(near))


def _beginning(text: str) -> _Asked:
    half = text[: len(text) // 2]
    return {"first": half, "last": half + _HIGHEST}


def _end(text: str) -> _Asked:
    """The end backwards, without the letter that may have been swapped with the last of the beginning."""
    half = text[len(text) // 2 + 1 :][::-1]
    return {"first": half, "last": half + _HIGHEST}


def _lengths(text: str) -> _Asked:
    return {"least": len(text) - _MOST_APART, "most": len(text) + _MOST_APART}


def _found(
    connection: Connection, council: str, statement: str, asked: Sequence[_Asked]
) -> set[tuple[str, str]]:
    if not asked:
        return set()
    table = _table(connection.dialect.name, asked[0])
    rows = connection.execute(
        text(statement.format(asked=table)),
        {"council": council, "asked": json.dumps(asked), "limit": _MOST_FOUND},
    )
    return {(row[0], row[1]) for row in rows}


def _table(dialect: str, keys: Iterable[str]) -> str:
    """What is asked as a table `a` that has a column for each key, to be joined from."""
    if dialect == "postgresql":
        columns = ", ".join(f"{key} {_KINDS.get(key, 'text')}" for key in keys)
        return f"json_to_recordset(CAST(:asked AS json)) AS a({columns})"
    columns = ", ".join(f"json_extract(value, '$.{key}') AS {key}" for key in keys)
    return f"(SELECT {columns} FROM json_each(:asked)) a CROSS"  # noqa: S608  # The keys are this module's.
