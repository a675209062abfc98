"""An installation at work for the demo council with all of its policy, and what became of each message sent to it."""

from __future__ import annotations

import contextlib
import json
import smtplib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from typer.testing import CliRunner

from config.council import Council
from config.settings import load
from config.verdict import Verdict
from gateway import clock
from gateway.cli import app
from gateway.delivery.wake import ring
from gateway.demo.upstream import Upstream
from gateway.holds import decisions
from gateway.holds.change import Change
from gateway.holds.ready import make_ready
from gateway.store import councils, holds
from tests.end_to_end.who_gets_what.letters import addressed
from tests.end_to_end.who_gets_what.sent import Sent
from tests.installation import Installation, until

LEFT = frozenset({"passed", "released"})


@dataclass(repr=False)
class House:
    """The installation, its upstream, and all that was sent. Logins are local parts at the council's domain."""

    installation: Installation
    upstream: Upstream
    sent: list[Sent] = field(default_factory=list)

    @contextlib.contextmanager
    def open(self) -> Iterator[House]:
        """At work; at the end nothing may have gone to anybody who should not have it."""
        self.installation.upstream(self.upstream.port)
        self.installation.prepare()
        self.installation.start()
        self._clients: dict[str, smtplib.SMTP] = {}
        try:
            with self.installation.database() as self.database:
                yield self
                self.nothing_leaked()
        finally:
            for client in self._clients.values():
                client.close()
            self.installation.stop()

    @property
    def council(self) -> Council:
        """The council as it stands."""
        return self.database.read_blocking(lambda c: councils.load(c, self.installation.council.id))[1]

    def adopt(self, council: Council) -> None:
        """Put another version of the council in force."""
        self.database.write_blocking(lambda c: councils.save(c, council, clock.now(), "test"))

    def address(self, login: str) -> str:
        return self.installation.address(login)

    def send(
        self, raw: bytes, login: str = "cllr.a", *, to: Iterable[str] | None = None, blind: Iterable[str] = ()
    ) -> Sent:
        """Send a message by a login, to whom it is addressed and `blind` ones besides, or to `to` instead."""
        recipients = (*(addressed(raw) if to is None else to), *blind)
        client = self._client(login)
        code, text = client.mail(self.address(login), ["BODY=8BITMIME"])
        for recipient in recipients:
            if code < 400:
                code, text = client.rcpt(recipient)
        if code < 400:
            code, text = client.data(raw)
        else:
            client.rset()
        sent = Sent(self, raw, login, recipients, tuple(blind), code, text.decode())
        self.sent.append(sent)
        return sent

    def _client(self, login: str) -> smtplib.SMTP:
        if login not in self._clients:
            self._clients[login] = self.installation.client(login)
            self._clients[login].ehlo_or_helo_if_needed()
        return self._clients[login]

    def passes(self, raw: bytes, login: str = "cllr.a", **how: Any) -> Sent:
        """Send a message that is to leave at once, for all its recipients; wait until it has."""
        sent = self.send(raw, login, **how)
        assert sent.code == 250, sent.reply
        assert not sent.decision.needs, sent.told
        sent.arrives()
        return sent

    def waits(self, raw: bytes, login: str = "cllr.a", needs: Iterable[str] = ("clerk",), **how: Any) -> Sent:
        """Send a message that is to wait for the words of `needs`: 250, held, its sender told, nothing leaves."""
        sent = self.send(raw, login, **how)
        sent.is_waiting(needs)
        return sent

    def forwards(
        self,
        raw: bytes,
        *whom: str,
        login: str = "cllr.a",
        needs: Iterable[str] = ("clerk", "sender"),
        **how: Any,
    ) -> Sent:
        """Send a message that is to be held as a forward to the private addresses of `whom`, and to no others.

        Where it has a resident's letter with it, its sender is asked about that besides (`trail`).
        """
        sent = self.waits(raw, login, needs, **how)
        finding = sent.finding("forwarding")
        assert finding.verdict is Verdict.HOLD
        assert finding.about == whom, sent.told
        for each in whom:
            assert each in finding.reason
        assert "ask the Clerk for consent" in finding.reason
        return sent

    def refuses(self, raw: bytes, login: str = "cllr.a", **how: Any) -> Sent:
        """Send a message that is to be refused with 550."""
        sent = self.send(raw, login, **how)
        assert sent.code == 550, sent.reply
        assert sent.state == "refused"
        return sent

    def release(self, sent: Sent, by: str, why: str = "", *, without_trail: bool = False) -> str:
        """Somebody's word, as `vestry held release` gives it. Returns who is waited for. Raises Conflict."""
        council, settings, act = self.installation.council.id, self._settings, self._act(by, why)
        change = Change(without_trail=without_trail)

        def must(c: Any) -> bool:
            return decisions.must_be_made_ready(c, council, sent.id, change)

        ready = None
        if self.database.read_blocking(must):
            ready = self.database.read_blocking(
                lambda c: make_ready(c, council, sent.id, act, settings, change)
            )
        given = self.database.write_blocking(lambda c: decisions.release(c, council, sent.id, act, ready))
        ring(settings)
        return given.waits_for

    def reject(self, sent: Sent, by: str, why: str = "") -> None:
        """Somebody's decision that it does not go, as `vestry held reject` records it. Raises Conflict."""
        council, act = self.installation.council.id, self._act(by, why)
        self.database.write_blocking(lambda c: decisions.reject(c, council, sent.id, act))

    def cancel_all(self) -> None:
        """Let nothing wait any longer: the same letter sent again would join what waits."""
        council, act = self.installation.council.id, self._act("clerk", "The test is over")
        waiting = self.listed()
        for id in waiting:
            self.database.write_blocking(lambda c, id=id: decisions.reject(c, council, id, act))
        if waiting:
            ring(self._settings)
            until(lambda: self.json("queue", "list", "--json") == [])

    @cached_property
    def _settings(self) -> Any:
        return load(self.installation.path)

    def _act(self, by: str, why: str) -> decisions.Act:
        now = clock.now()
        today = clock.today_in_london(now)
        return decisions.Act(by=self.address(by), why=why, now=now, today=today, hostname="post.test.example")

    def vestry(self, *arguments: str, code: int = 0) -> str:
        """What a `vestry` command prints, which ends with `code`. Run in this process, as many are."""
        done = CliRunner().invoke(app, arguments, env={"VESTRY_CONFIG": str(self.installation.path)})
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    def json(self, *arguments: str) -> Any:
        """What a `vestry` command prints as JSON."""
        return json.loads(self.vestry(*arguments))

    def listed(self) -> list[str]:
        """The queue ids of what is held."""
        rows = self.database.read_blocking(lambda c: holds.listing(c, self.installation.council.id))
        return [row.id for row in rows]

    def nothing_leaked(self) -> None:
        """Of no message did anything leave but to whom it was meant for, and what waits has not left."""
        until(lambda: self.json("queue", "list", "--json") == [])
        assert self.sent
        for sent in self.sent:
            copies = sent.copies
            left = sent.code == 250 and sent.state in LEFT
            assert bool(copies) is left, (sent.subject, sent.reply, copies)
            for copy in copies:
                for each in sent.blind:
                    assert each.lower().encode() not in copy.content.lower(), sent.subject
            for notice in sent.notices:
                assert notice.recipients in {
                    (self.address(each),) for each in (sent.login, "clerk", "deputy")
                }
