"""Councils: each version as it stood, and whose domain is whose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from config.council import Council
from gateway.store import ledger
from gateway.store.direct import Direct
from gateway.store.errors import Conflict, NotFound
from gateway.store.index import tables
from gateway.store.models import CouncilDomain, CouncilRow, CouncilVersion, Membership, PersonRow

_VERSIONS = select(CouncilRow.id, CouncilRow.version).where(
    CouncilRow.id.in_(bindparam("councils", expanding=True))
)
_NUMBER = select(CouncilRow.number).where(CouncilRow.id == bindparam("council"))
_VERSION = Direct(select(CouncilRow.id, CouncilRow.version).where(CouncilRow.id == bindparam("council")))


def save(connection: Connection, council: Council, now: datetime, by: str) -> int:
    """Record `council` as it now stands, new or changed; logins that are new are made, without a password.

    Returns its version number; an unchanged council keeps the one it has. Raises Conflict when one of its
    domains belongs to another council.
    """
    _save_alone(connection, council.id)
    document = council.model_dump_json(by_alias=True)
    latest = connection.execute(
        select(CouncilRow.version, CouncilVersion.document)
        .join(
            CouncilVersion,
            (CouncilVersion.council_id == CouncilRow.id) & (CouncilVersion.version == CouncilRow.version),
        )
        .where(CouncilRow.id == council.id)
    ).first()
    if latest is not None and latest.document == document:
        return int(latest.version)
    version = 1 if latest is None else int(latest.version) + 1
    if latest is None:
        number = _next_number(connection)
        connection.execute(
            insert(CouncilRow).values(
                id=council.id, name=council.name, version=version, created_at=now, number=number
            )
        )
        ledger.begin(connection, council.id)
        tables.create(connection, number)
    else:
        connection.execute(
            update(CouncilRow).where(CouncilRow.id == council.id).values(name=council.name, version=version)
        )
    connection.execute(
        insert(CouncilVersion).values(
            council_id=council.id, version=version, document=document, recorded_at=now, recorded_by=by
        )
    )
    _claim_domains(connection, council)
    _enrol(connection, council, now)
    return version


def number(connection: Connection, council: str) -> int:
    """The number that names the tables of the council's index. Raises NotFound."""
    found = connection.execute(_NUMBER, {"council": council}).scalar()
    if found is None:
        raise NotFound(f"no council {council}")
    return found


def _next_number(connection: Connection) -> int:
    return (connection.execute(select(func.max(CouncilRow.number))).scalar() or 0) + 1


def change(
    connection: Connection, council: str, act: Callable[[Council], Council], now: datetime, by: str
) -> tuple[int, Council]:
    """Record what `act` makes of a council as it stands, with nobody else's change in between.

    Returns its version number, and the council. Raises NotFound, and whatever `act` raises.
    """
    _save_alone(connection, council)
    _, found = load(connection, council)
    changed = act(found)
    return save(connection, changed, now, by), changed


def _save_alone(connection: Connection, council: str) -> None:
    """Keep others from saving councils, and from deciding for this one, until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer in all.
        connection.execute(text("LOCK TABLE council IN SHARE ROW EXCLUSIVE MODE"))
    ledger.lock(connection, council)


def load(connection: Connection, council: str) -> tuple[int, Council]:
    """The council's latest version and its number. Raises NotFound."""
    row = connection.execute(
        select(CouncilRow.version, CouncilVersion.document)
        .join(
            CouncilVersion,
            (CouncilVersion.council_id == CouncilRow.id) & (CouncilVersion.version == CouncilRow.version),
        )
        .where(CouncilRow.id == council)
    ).first()
    if row is None:
        raise NotFound(f"no council {council}")
    return int(row.version), _parsed(row.document)


def version(connection: Connection, council: str) -> int:
    """The number of the council's latest version. Raises NotFound."""
    found = versions(connection, [council])
    if not found:
        raise NotFound(f"no council {council}")
    return found[council]


def versions(connection: Connection, councils: Collection[str]) -> dict[str, int]:
    """The numbers of their latest versions, of those that there are."""
    wanted = sorted(councils)
    rows: Sequence[Sequence[Any]] = (
        _VERSION.all(connection, {"council": wanted[0]})
        if len(wanted) == 1
        else connection.execute(_VERSIONS, {"councils": wanted}).all()
    )
    return {id: int(version) for id, version in rows}


def everyone(connection: Connection) -> list[tuple[str, str, int]]:
    """Id, name and version number of every council."""
    rows = connection.execute(
        select(CouncilRow.id, CouncilRow.name, CouncilRow.version).order_by(CouncilRow.id)
    )
    return [(row.id, row.name, row.version) for row in rows]


def of_domain(connection: Connection, domain: str) -> str | None:
    """The council that a domain belongs to, if any."""
    return connection.execute(select(CouncilDomain.council_id).where(CouncilDomain.domain == domain)).scalar()


def of_login(connection: Connection, login: str) -> list[Council]:
    """The councils that a login stands in, by id, as they are now."""
    rows = connection.execute(
        select(CouncilVersion.document)
        .join(
            CouncilRow,
            (CouncilVersion.council_id == CouncilRow.id) & (CouncilVersion.version == CouncilRow.version),
        )
        .join(Membership, Membership.council_id == CouncilRow.id)
        .where(Membership.login == login)
        .order_by(CouncilRow.id)
    )
    return [_parsed(row.document) for row in rows]


@lru_cache(maxsize=4096)
def _parsed(document: str) -> Council:
    """A stored council as a value; the same text is the same council, so it is read once."""
    return Council.model_validate_json(document)


def _claim_domains(connection: Connection, council: Council) -> None:
    connection.execute(delete(CouncilDomain).where(CouncilDomain.council_id == council.id))
    for domain in council.domains:
        owner = of_domain(connection, domain)
        if owner is not None:
            raise Conflict(f"{domain} belongs to the council {owner} already")
        connection.execute(insert(CouncilDomain).values(domain=domain, council_id=council.id))


def _enrol(connection: Connection, council: Council, now: datetime) -> None:
    known = set(connection.execute(select(PersonRow.login)).scalars())
    connection.execute(delete(Membership).where(Membership.council_id == council.id))
    for person in council.people:
        if person.login not in known:
            connection.execute(
                insert(PersonRow).values(
                    login=person.login, password_hash=None, disabled_at=None, created_at=now
                )
            )
        connection.execute(insert(Membership).values(council_id=council.id, login=person.login))
