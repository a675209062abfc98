"""What this room needs to know of people's accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Account:
    """A login. `councils` are those it may act in today; `upstream` names the mail server of the first.

    `password_hash` is argon2id, or None where the password is checked elsewhere.
    """

    login: str
    password_hash: str | None = field(repr=False)
    disabled: bool
    councils: tuple[str, ...]
    upstream: str | None = None

    @property
    def stands(self) -> bool:
        """Whether the person may send at all."""
        return not self.disabled and bool(self.councils)


class Accounts(Protocol):
    """The accounts of the installation. Any exception means that nobody can tell just now."""

    async def find(self, login: str) -> Account | None:
        """The account with this login, in canonical form, or None."""

    async def standing(self, login: str) -> tuple[str, ...]:
        """The councils that a login may act in now; none where it is disabled, ended or unknown."""
