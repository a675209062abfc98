"""The councils that intake decides for: the latest version of each, kept until it turns out to be old.

A cached council may be behind by a moment. That is safe: the commit compares its version with the
database's, and a decision made on an older one is made again.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.council import Council
from gateway.store import councils
from gateway.store.database import Database


@dataclass(frozen=True, slots=True)
class Known:
    """A council at a version; `document` is the same as JSON, for a worker."""

    version: int
    council: Council
    document: bytes


class Directory:
    """Councils by id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Known] = {}

    async def find(self, council: str) -> Known:
        """The council. Raises NotFound."""
        known = self._known.get(council)
        if known is None:
            version, found = await self._database.read(lambda c: councils.load(c, council))
            known = Known(version, found, found.model_dump_json(by_alias=True).encode())
            self._known[council] = known
        return known

    def forget(self, council: str) -> None:
        """Ask the database the next time."""
        self._known.pop(council, None)


def council_for(candidates: dict[str, Council], from_domain: str, envelope_domain: str) -> Council:
    """The council that a message belongs to: that of its From (DESIGN §1), among those its sender may act in.

    Where its From is in none of them, it will be refused; the record then goes to the council of the
    envelope sender, or else to the first.
    """
    for domain in (from_domain, envelope_domain):
        for council in candidates.values():
            if domain in council.domains:
                return council
    return next(iter(candidates.values()))
