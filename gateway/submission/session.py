"""One conversation with a mail client: the commands in their order, one reply to each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gateway.reply import Reply
from gateway.submission import commands, faults, login, replies
from gateway.submission.auth.sasl import MECHANISMS
from gateway.submission.commands import Command
from gateway.submission.handing_in import HandingIn
from gateway.submission.receive import Flood
from gateway.submission.replies import Refusal
from gateway.submission.services import Services
from gateway.submission.visitor import Visitor
from gateway.submission.wire import BareNewline, Gone, Injected, Interrupted, LineTooLong, TimedOut, Wire

HANDSHAKE_SECONDS = 30.0
"""How long a TLS handshake may take."""

_LAST_WORDS = frozenset({221, 421, 521})

_Handler = Callable[[str], Awaitable[Reply | None]]


class Session:
    """A conversation, from the greeting to the end of the connection."""

    def __init__(self, wire: Wire, services: Services, visitor: Visitor) -> None:
        self._wire = wire
        self._services = services
        self._limits = services.limits
        self._visitor = visitor
        self._handing_in = HandingIn(wire, services, visitor)
        self._errors = 0
        self._commands = 0
        self._leaving = False
        self._at_rest = False
        self._draining = False
        self._handlers: dict[str, _Handler] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._handing_in.mail,
            "RCPT": self._handing_in.rcpt,
            "DATA": self._handing_in.data,
            "BDAT": self._bdat,
            "RSET": self._rset,
            "NOOP": self._noop,
            "QUIT": self._quit,
            "VRFY": self._vrfy,
            "EXPN": self._expn,
            "HELP": self._help,
        }

    async def run(self) -> None:
        """Speak until one side has had enough. Closes the connection, however it ends."""
        try:
            self._say(replies.GREETING(hostname=self._services.hostname))
            while not self._leaving:
                self._say(await self._turn())
        except Gone:
            pass
        except TimedOut:
            self._say(replies.IDLE())
        except Interrupted:
            self._say(replies.SHUTTING_DOWN())
        except BaseException:
            self._wire.abort()
            raise
        finally:
            self._handing_in.reset()
        await self._wire.close(linger=True)

    def drain(self) -> None:
        """Finish the message that is being handed in, if there is one, and then say goodbye."""
        self._draining = True
        if self._at_rest:
            self._wire.interrupt()

    async def _turn(self) -> Reply | None:
        """Read a command and carry it out; the reply to it, unless that has been said already."""
        verb = ""
        try:
            line = await self._command_line()
            if self._one_too_many():
                return replies.TOO_MANY_COMMANDS()
            command = commands.parse(line)
            verb = command.verb if command.verb in self._handlers else "?"
            return await self._carry_out(command)
        except Refusal as refusal:
            return self._refused(refusal.reply)
        except LineTooLong:
            return self._refused(replies.LINE_TOO_LONG())
        except BareNewline:
            return replies.BARE_NEWLINE()
        except Flood:
            self._leaving = True
            return replies.TOO_BIG_GOODBYE(limit=self._limits.message_bytes)
        except (Gone, TimedOut, Interrupted):
            raise
        except Exception as error:
            self._handing_in.reset()
            return replies.FAULT(ref=faults.note(error, verb))

    async def _command_line(self) -> bytes:
        self._at_rest = not self._handing_in.under_way
        if self._draining and self._at_rest:
            raise Interrupted
        try:
            return await self._wire.line(self._limits.idle_seconds, commands.line_limit)
        finally:
            self._at_rest = False

    async def _carry_out(self, command: Command) -> Reply | None:
        if command.verb in commands.HTTP:
            raise Refusal(replies.NOT_A_MAIL_CLIENT())
        if command.verb == "BDAT":
            return await self._bdat(command.argument)
        if self._needs_tls and command.verb not in commands.BEFORE_TLS:
            raise Refusal(replies.NEED_TLS())
        handler = self._handlers.get(command.verb)
        if handler is None:
            raise Refusal(replies.UNKNOWN_COMMAND())
        return await handler(command.argument)

    def _one_too_many(self) -> bool:
        """Count a command. A message that was handed in begins the count anew."""
        self._commands = 1 if self._handing_in.accepted_since() else self._commands + 1
        return self._commands > self._limits.commands

    def _refused(self, reply: Reply) -> Reply:
        """Count a refusal that is the client's own doing; a failed login is one, and so is a slowed one."""
        if reply.code >= 500 or reply.code == replies.AUTH_LATER.code:
            self._errors += 1
            if self._errors >= self._limits.errors:
                return replies.TOO_MANY_ERRORS()
        return reply

    def _say(self, reply: Reply | None) -> None:
        if reply is not None:
            self._wire.say(reply.encode())
            self._leaving = self._leaving or reply.code in _LAST_WORDS

    @property
    def _needs_tls(self) -> bool:
        return self._visitor.door.requires_tls and self._wire.tls is None

    # Commands about the connection.

    async def _ehlo(self, argument: str) -> Reply:
        self._greeted(commands.hello_name(argument), esmtp=True)
        return replies.EXTENSIONS(hostname=self._services.hostname, extensions="\n".join(self._extensions()))

    async def _helo(self, argument: str) -> Reply:
        self._greeted(commands.hello_name(argument), esmtp=False)
        return replies.HELLO(hostname=self._services.hostname)

    def _greeted(self, name: str, esmtp: bool) -> None:
        self._handing_in.reset()
        self._visitor.helo, self._visitor.esmtp = name, esmtp

    def _extensions(self) -> list[str]:
        offered = ["PIPELINING", f"SIZE {self._limits.message_bytes}"]
        if self._wire.tls is None and self._services.certificates is not None:
            offered.append("STARTTLS")
        if self._visitor.door.takes_logins and not self._needs_tls:
            offered.append(f"AUTH {' '.join(MECHANISMS)}")
        return [*offered, "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING"]

    async def _starttls(self, argument: str) -> None:
        if argument:
            raise Refusal(replies.BAD_ARGUMENT(why="STARTTLS alone"))
        if self._wire.tls is not None:
            raise Refusal(replies.ALREADY_TLS())
        if self._services.certificates is None:
            raise Refusal(replies.TLS_UNAVAILABLE())
        try:
            await self._wire.start_tls(
                replies.TLS_READY().encode(), self._services.certificates.context, HANDSHAKE_SECONDS
            )
        except Injected:
            raise Refusal(replies.TLS_INJECTED()) from None
        self._visitor.forget()
        self._handing_in.reset()

    async def _auth(self, argument: str) -> Reply:
        if not self._visitor.door.takes_logins:
            raise Refusal(replies.NOT_OFFERED())
        if not self._visitor.esmtp:
            raise Refusal(replies.HELLO_FIRST())
        if self._handing_in.under_way:
            raise Refusal(replies.IN_TRANSACTION())
        if self._visitor.account is not None:
            raise Refusal(replies.AUTH_ALREADY())
        return await login.log_in(
            self._wire, argument, self._services.authenticator, self._visitor, self._limits.idle_seconds
        )

    async def _bdat(self, argument: str) -> Reply:
        refusal = Refusal(replies.NEED_TLS()) if self._needs_tls else None
        return await self._handing_in.bdat(argument, refusal)

    async def _rset(self, _argument: str) -> Reply:
        self._handing_in.reset()
        return replies.OK()

    async def _noop(self, _argument: str) -> Reply:
        return replies.OK()

    async def _quit(self, _argument: str) -> Reply:
        return replies.GOODBYE()

    async def _vrfy(self, _argument: str) -> Reply:
        return replies.CANNOT_VERIFY()

    async def _expn(self, _argument: str) -> Reply:
        raise Refusal(replies.NOT_OFFERED())

    async def _help(self, _argument: str) -> Reply:
        return replies.HELP()
