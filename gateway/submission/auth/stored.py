"""The accounts in the database, as the login and each MAIL ask for them."""

from __future__ import annotations

from sqlalchemy import Connection

from gateway import clock
from gateway.store import councils, people
from gateway.store.database import Database
from gateway.submission.auth.accounts import Account


class StoredAccounts:
    """See `Accounts`. Nothing is cached: who is disabled is out at the next command."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, login: str) -> Account | None:
        """See `Accounts`."""
        return await self._database.read(lambda connection: _find(connection, login))

    async def standing(self, login: str) -> tuple[str, ...]:
        """See `Accounts`."""
        account = await self.find(login)
        return account.councils if account is not None and account.stands else ()


def _find(connection: Connection, login: str) -> Account | None:
    found = people.find(connection, login)
    if found is None:
        return None
    today = clock.today_in_london(clock.now())
    acting = []
    for council in councils.of_login(connection, login):
        person = council.person(login)
        if person is not None and person.roles_on(today):
            acting.append(council)
    return Account(
        login=found.login,
        password_hash=found.password_hash,
        disabled=found.disabled,
        councils=tuple(council.id for council in acting),
        upstream=acting[0].upstream if acting else None,
    )
