"""Who is on the other end of a connection, as far as is known."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from gateway.intake.submission import Origin
from gateway.submission.auth.accounts import Account
from gateway.submission.doors import Door, Peer


@dataclass(slots=True)
class Visitor:
    """A client: by which door and address it came, what it calls itself, whether someone has logged in.

    `vouched_for` are the councils that its network stands for, on a door without logins.
    """

    door: Door
    peer: Peer
    vouched_for: tuple[str, ...]
    helo: str = ""
    esmtp: bool = False
    account: Account | None = None

    @property
    def may_send(self) -> bool:
        """Whether the client has shown all that its door asks for before MAIL."""
        return self.account is not None or not self.door.takes_logins

    def forget(self) -> None:
        """Forget what was learnt before TLS (RFC 3207 §4.2)."""
        self.helo, self.esmtp, self.account = "", False, None

    def origin(self, tls: ssl.SSLObject | None, smtputf8: bool, councils: tuple[str, ...]) -> Origin:
        """What intake is told of where a message came from."""
        return Origin(
            profile=self.door.profile,
            login=self.account.login if self.account else None,
            councils=councils,
            peer=str(self.peer),
            helo=self.helo,
            protocol=self._protocol(tls is not None, smtputf8),
            tls=_described(tls),
        )

    def _protocol(self, tls: bool, smtputf8: bool) -> str:
        """The "with" keyword (RFC 3848, RFC 6531 §4.3)."""
        if not self.esmtp:
            return "SMTP"
        return f"{'UTF8SMTP' if smtputf8 else 'ESMTP'}{'S' if tls else ''}{'A' if self.account else ''}"


def _described(tls: ssl.SSLObject | None) -> str:
    if tls is None:
        return ""
    cipher = tls.cipher()
    return f"{tls.version()} {cipher[0]}" if cipher else str(tls.version())
