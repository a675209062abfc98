"""One mail transaction with an upstream: MAIL, RCPT for each recipient, the mark, DATA."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from gateway.delivery.envelope import plan
from gateway.delivery.prepare import Prepared
from gateway.store.queue import Departing
from gateway.upstream.dialogue import UpstreamConnection
from gateway.upstream.refusal import Refusal, Refused, Scope, Step
from gateway.upstream.reply import UpstreamReply

_NOT_LOGGED_IN = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: the upstream wants a login, or a better one. That is the host's to mend, not the message's."""


class Fenced(Exception):
    """The lease has passed to another, so nothing was sent."""


@dataclass(slots=True)
class Transaction:
    """Asks an upstream to take what is `prepared`. `replies` fills as it speaks, and stays true if it breaks off.

    `begun` once the upstream has answered MAIL, `sender_refused` where that was no, for good. `reports` where
    it offers DSN, and so reports by itself what the sender asked to be told.
    """

    departing: Departing
    prepared: Prepared
    mark: Callable[[Prepared, Mapping[int, UpstreamReply]], Awaitable[bool]]
    replies: dict[int, UpstreamReply] = field(default_factory=dict)
    begun: bool = False
    sender_refused: bool = False
    reports: bool = False

    @property
    def message(self) -> bytes:
        """The bytes that are to be sent."""
        return self.prepared.message

    async def run(self, connection: UpstreamConnection) -> None:
        """Have the last word of the upstream, or our own, on each recipient in `replies`.

        `mark` is awaited before DATA with what is prepared and the replies to those who were refused; where it
        says False, Fenced is raised and nothing is sent. Raises Refused and ReplyLost.
        """
        self.reports = "dsn" in connection.extensions
        planned = plan(self.departing, self.message, connection.extensions, self.prepared.stuck)
        self.replies.update(planned.refused)
        asked = [r for r in self.departing.recipients if r.number not in planned.refused]
        if not asked:
            return
        reply = await connection.mail(self.departing.mail_from, planned.mail)
        self.begun = True
        _checked(Step.MAIL, reply)
        if not reply.accepted:
            self.sender_refused = reply.permanent
            self.replies.update((recipient.number, reply) for recipient in asked)
            return
        taken = []
        for recipient in asked:
            said = await connection.rcpt(recipient.address, planned.rcpt[recipient.number])
            if _checked(Step.RCPT, said).accepted:
                taken.append(recipient.number)
            else:
                self.replies[recipient.number] = said
        if not taken:
            return
        if not await self.mark(self.prepared, self.replies):
            raise Fenced
        reply = await connection.data(self.message)
        self.replies.update((number, reply) for number in taken)


def _checked(step: Step, reply: UpstreamReply) -> UpstreamReply:
    if reply.code in _NOT_LOGGED_IN:
        raise Refused(Refusal(Scope.UPSTREAM, step, reply, ours=True))
    return reply
