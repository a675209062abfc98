"""A message being handed in: MAIL, RCPT, DATA or BDAT, and the call of intake at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from config.address import canonical, domain_of
from filters.context import Envelope, Recipient
from gateway import metrics
from gateway.intake.submission import Submission
from gateway.reply import Reply
from gateway.submission import commands, receive, replies
from gateway.submission.content import Content, Fault
from gateway.submission.grammar import Sender, parse_mail, parse_rcpt
from gateway.submission.replies import Refusal
from gateway.submission.services import Services
from gateway.submission.visitor import Visitor
from gateway.submission.wire import Wire


@dataclass(slots=True)
class _Transaction:
    """What has been said of a message so far; `content` from the first BDAT on."""

    sender: Sender
    recipients: dict[str, Recipient] = field(default_factory=dict)
    content: Content | None = None

    def envelope(self, raw: bytes) -> Envelope:
        """The envelope. `body` is 8BITMIME where the content says so, whatever the client said."""
        return Envelope(
            mail_from=self.sender.address,
            recipients=tuple(self.recipients.values()),
            ret=self.sender.ret,
            envid=self.sender.envid,
            smtputf8=self.sender.smtputf8,
            body=self.sender.body if raw.isascii() else "8BITMIME",
        )


class HandingIn:
    """The mail transactions of one connection, one after the other. Methods raise Refusal."""

    def __init__(self, wire: Wire, services: Services, visitor: Visitor) -> None:
        self._wire = wire
        self._services = services
        self._limits = services.limits
        self._visitor = visitor
        self._transaction: _Transaction | None = None
        self._accepted = False

    def accepted_since(self) -> bool:
        """Whether a message was accepted since this was last asked."""
        accepted, self._accepted = self._accepted, False
        return accepted

    @property
    def under_way(self) -> bool:
        """Whether MAIL has been said and the message has neither been handed in nor given up."""
        return self._transaction is not None

    def reset(self) -> None:
        """Forget the message."""
        if self._transaction is not None and self._transaction.content is not None:
            self._transaction.content.drop()
        self._transaction = None

    async def mail(self, argument: str) -> Reply:
        """MAIL."""
        if not self._visitor.helo:
            raise Refusal(replies.HELLO_FIRST())
        if not self._visitor.may_send:
            raise Refusal(replies.NEED_LOGIN())
        if self.under_way:
            raise Refusal(replies.IN_TRANSACTION())
        sender = parse_mail(argument)
        if sender.size > self._limits.message_bytes:
            raise Refusal(self._fault(Fault.TOO_BIG))
        if not self._services.budget.has_room(sender.size):
            raise Refusal(self._fault(Fault.NO_ROOM))
        await self._standing()
        no_room = await self._services.room()
        if no_room is not None:
            raise Refusal(no_room)
        self._transaction = _Transaction(sender)
        return replies.SENDER_OK()

    async def rcpt(self, argument: str) -> Reply:
        """RCPT. The same address twice is one recipient, with the parameters that came first."""
        transaction = self._transaction
        if transaction is None:
            raise Refusal(replies.MAIL_FIRST())
        if transaction.content is not None:
            raise Refusal(replies.CHUNKS_BEGUN())
        recipient = parse_rcpt(argument, transaction.sender.smtputf8, self._home_domain(transaction.sender))
        if self._visitor.door.takes_answers_alone and not await self._services.is_answer(recipient.canonical):
            raise Refusal(replies.ANSWERS_ALONE())
        if recipient.address not in transaction.recipients:
            if len(transaction.recipients) >= self._limits.recipients:
                raise Refusal(replies.TOO_MANY_RECIPIENTS())
            transaction.recipients[recipient.address] = recipient
        return replies.RECIPIENT_OK()

    async def data(self, argument: str) -> Reply:
        """DATA, the content, and the answer to the whole message."""
        transaction = self._ready_for_content()
        if transaction.content is not None:
            raise Refusal(replies.CHUNKS_BEGUN())
        if argument:
            raise Refusal(replies.BAD_ARGUMENT(why="DATA alone"))
        content = transaction.content = self._new_content()
        self._wire.say(replies.GO_AHEAD().encode())
        await receive.dotted(self._wire, content, self._limits)
        return await self._hand_in(transaction, content)

    async def bdat(self, argument: str, refusal: Refusal | None) -> Reply:
        """BDAT: the octets of the chunk are read whatever the answer is, so that they never become commands.

        `refusal` is what the connection has against the command, if anything (RFC 3030 §2).
        """
        announced = commands.chunk(argument)
        if announced is None:
            raise Refusal(replies.BDAT_LOST())
        octets, last = announced
        content = self._new_content()
        transaction = None
        try:
            if refusal is not None:
                raise refusal
            transaction = self._ready_for_content()
        except Refusal:
            content.refuse(Fault.TOO_BIG)
            await receive.counted(self._wire, content, octets, self._limits)
            raise
        content = transaction.content = transaction.content or content
        if content.size + octets > self._limits.message_bytes:
            content.refuse(Fault.TOO_BIG)
        await receive.counted(self._wire, content, octets, self._limits)
        if last or content.fault is not None:
            return await self._hand_in(transaction, content)
        return replies.CHUNK_OK(octets=octets)

    async def _hand_in(self, transaction: _Transaction, content: Content) -> Reply:
        """Give a whole message to intake. From here on it is forgotten in this room, whatever happens."""
        raw, held = content.finish()
        self.reset()
        begun = False
        try:
            if content.fault is not None:
                raise Refusal(self._fault(content.fault))
            councils = await self._standing()
            origin = self._visitor.origin(self._wire.tls, transaction.sender.smtputf8, councils)
            await self._wire.flush()
            submission = Submission(raw=raw, envelope=transaction.envelope(raw), origin=origin)
            begun = True
            reply = await self._services.acceptances.accept(submission, lambda: self._give_back(held))
        finally:
            if not begun:
                self._give_back(held)
        self._accepted = self._accepted or reply.accepted
        return reply

    def _new_content(self) -> Content:
        return Content(self._limits.message_bytes, self._limits.line_bytes, self._services.budget)

    def _give_back(self, held: int) -> None:
        self._services.budget.give_back(held)

    async def _standing(self) -> tuple[str, ...]:
        """The councils that the visitor may act in at this moment. Who may in none is logged out."""
        account = self._visitor.account
        if account is None:
            return self._visitor.vouched_for
        councils = await self._services.accounts.standing(account.login)
        if not councils:
            self._visitor.account = None
            raise Refusal(replies.LOGIN_ENDED())
        return councils

    def _ready_for_content(self) -> _Transaction:
        if self._transaction is None:
            raise Refusal(replies.MAIL_FIRST())
        if not self._transaction.recipients:
            raise Refusal(replies.RCPT_FIRST())
        return self._transaction

    def _home_domain(self, sender: Sender) -> str:
        """Where a bare `postmaster` lives: with the sender, else with the login, else here."""
        if sender.address:
            return domain_of(canonical(sender.address))
        if self._visitor.account is not None:
            return domain_of(self._visitor.account.login)
        return self._services.hostname

    def _fault(self, fault: Fault) -> Reply:
        limits = self._limits
        match fault:
            case Fault.TOO_BIG:
                return replies.TOO_BIG(limit=limits.message_bytes)
            case Fault.NO_ROOM:
                metrics.TURNED_AWAY.labels("memory").inc()
                return replies.NO_ROOM()
            case Fault.LONG_LINE:
                return replies.LONG_LINE(limit=limits.line_bytes)
            case Fault.NUL:
                return replies.HAS_NUL()
            case Fault.BARE_CR_OR_LF:
                return replies.BARE_CR_OR_LF()
