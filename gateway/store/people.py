"""Logins: whether they exist, how their password is checked, which councils they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from gateway.store.errors import NotFound
from gateway.store.models import Membership, PersonRow


@dataclass(frozen=True, slots=True)
class Login:
    """A login as the database knows it."""

    login: str
    password_hash: str | None
    disabled: bool
    councils: tuple[str, ...]


def find(connection: Connection, login: str) -> Login | None:
    """The login, or None where there is none."""
    row = connection.execute(
        select(PersonRow.login, PersonRow.password_hash, PersonRow.disabled_at).where(
            PersonRow.login == login
        )
    ).first()
    if row is None:
        return None
    councils = connection.execute(
        select(Membership.council_id).where(Membership.login == login).order_by(Membership.council_id)
    ).scalars()
    return Login(row.login, row.password_hash, row.disabled_at is not None, tuple(councils))


def everyone(connection: Connection) -> list[Login]:
    """Every login of the installation."""
    logins = connection.execute(select(PersonRow.login).order_by(PersonRow.login)).scalars().all()
    return [found for login in logins if (found := find(connection, login)) is not None]


def set_password(connection: Connection, login: str, password_hash: str) -> None:
    """Give a login a new password hash. Raises NotFound."""
    changed = connection.execute(
        update(PersonRow).where(PersonRow.login == login).values(password_hash=password_hash)
    )
    if changed.rowcount != 1:
        raise NotFound(f"no login {login}")


def set_disabled(connection: Connection, login: str, disabled_at: datetime | None) -> None:
    """Disable a login from a moment on, or enable it again with None. Raises NotFound."""
    changed = connection.execute(
        update(PersonRow).where(PersonRow.login == login).values(disabled_at=disabled_at)
    )
    if changed.rowcount != 1:
        raise NotFound(f"no login {login}")
