"""One attempt at a departure: read it, sign it, hand it over, write down what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from gateway import logs, metrics
from gateway.delivery.outcome import Judged, judge
from gateway.delivery.port import Clock, Queue
from gateway.delivery.prepare import Prepared, Unsendable, fitted, prepare
from gateway.delivery.returns import Returns
from gateway.delivery.schedule import Schedule
from gateway.delivery.transaction import Fenced, Transaction
from gateway.delivery.upstreams import Upstream
from gateway.reply import opaque_id
from gateway.signing.client import Signer, SigningFailed
from gateway.store.errors import StoreError
from gateway.store.kinds import RecipientState
from gateway.store.messages import NewMessage
from gateway.store.queue import Claim, Departing
from gateway.upstream.refusal import Refused, ReplyLost, Scope
from gateway.upstream.reply import UpstreamReply

MOST_STARTS = 5
"""Claims in a row that never came to an end. Beyond this a departure is thought to bring down whoever
touches it, and is set aside for a while, so that all the others get out."""

_ASIDE = 3600.0
_STORE_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
_LOST = UpstreamReply(451, "4.4.2 the message was sent, and no reply came")
_UNSAID = UpstreamReply(451, "4.3.0 nothing was said about this recipient")
_STORE_AWAY = UpstreamReply(451, "4.3.0 the database could not be used")
_UNSENDABLE = UpstreamReply(554, "5.6.0 the message holds bytes that SMTP cannot carry")
_UNSIGNABLE = UpstreamReply(554, "5.6.0 the message cannot be signed")

_RESULTS = {RecipientState.SENT: "sent", RecipientState.FAILED: "failed", RecipientState.QUEUED: "deferred"}

_log = logs.get("delivery")


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries departures to their upstream, one `deliver` each."""

    queue: Queue
    signer: Signer
    schedule: Schedule
    returns: Returns
    clock: Clock

    async def deliver(self, claim: Claim, upstream: Upstream, started: Callable[[], None]) -> None:
        """Make one attempt, to the end: afterwards the lease is given back, or has passed to another.

        `started` is called when the message is about to be sent: from then on, an end that comes from outside
        leaves the outcome unknown. Raises StoreError where the departure cannot be read.
        """
        departing = await self.queue.load(claim)
        if departing is None:
            _log.warning("lease lost", departure=claim.departure, message=claim.message)
            return
        if departing.outcome_unknown and claim.starts > 1:
            metrics.OUTCOME_UNKNOWN.inc()
            _log.warning("outcome unknown", departure=claim.departure, message=claim.message)
        if not departing.mail_from and upstream.bounces_to != upstream.name:
            await self.record(claim, lambda: self.queue.reroute(claim, upstream.bounces_to))
            return
        attempt = _Attempt(self, departing, upstream, started)
        if claim.starts > MOST_STARTS:
            await attempt.set_aside()
            return
        with metrics.STAGE_SECONDS.labels("delivery").time():
            await attempt.make()

    async def record(self, claim: Claim, act: Callable[[], Awaitable[bool]]) -> None:
        """Have the database take what happened, as long as it needs to: it has happened, after all."""
        pauses = iter(_STORE_PAUSES)
        pause = 0.0
        while True:
            try:
                if not await act():
                    _log.warning("lease lost", departure=claim.departure, message=claim.message)
                return
            except StoreError as error:
                pause = next(pauses, pause)
                _log.warning("not recorded yet", departure=claim.departure, error=type(error).__name__)
                await asyncio.sleep(pause)

    async def defer(self, claim: Claim, wait: timedelta, reply: UpstreamReply) -> None:
        """Put the whole departure off without an attempt counted."""
        until = self.clock() + wait
        await self.record(claim, lambda: self.queue.defer(claim, until, str(reply)))
        _log.info(
            "put off",
            departure=claim.departure,
            message=claim.message,
            upstream=claim.upstream,
            code=reply.code,
            status=reply.status,
        )


@dataclass(slots=True)
class _Attempt:
    """The state of one attempt. `noted` are the recipients whose failure is in the database already."""

    courier: Courier
    departing: Departing
    upstream: Upstream
    started: Callable[[], None]
    noted: set[int] = field(default_factory=set)
    transaction: Transaction | None = None
    sending: bool = False

    async def make(self) -> None:
        """Attempt, and end the claim whatever comes."""
        claim = self.departing.claim
        try:
            prepared = await prepare(self.departing, self.courier.signer)
            await self._hand_over(prepared)
        except Fenced:
            _log.warning("lease lost", departure=claim.departure, message=claim.message)
        except SigningFailed as failure:
            await self._not_signed(failure)
        except Unsendable:
            _log.error("unsendable", departure=claim.departure, message=claim.message)
            await self._end({}, _UNSENDABLE)
        except Refused as refused:
            await self._refused(refused)
        except StoreError as error:
            _log.warning("store away", departure=claim.departure, error=type(error).__name__)
            await self.courier.defer(claim, self.courier.schedule.wait(1), _STORE_AWAY)
        except ReplyLost:
            metrics.OUTCOME_UNKNOWN.inc()
            await self._end(self._replies(), _LOST, unknown=True)
        except Exception:
            fault = opaque_id()
            _log.exception("attempt failed", departure=claim.departure, message=claim.message, fault=fault)
            reply = UpstreamReply(451, f"4.3.0 something went wrong here, {fault}")
            await self._end(self._replies(), reply, unknown=self.sending)
        else:
            await self._end(self._replies(), _UNSAID)

    async def set_aside(self) -> None:
        """Leave the message alone for an hour, or return it where its time is up."""
        claim = self.departing.claim
        _log.error("set aside", departure=claim.departure, message=claim.message, starts=claim.starts)
        metrics.SET_ASIDE.labels(claim.council).inc()
        reply = UpstreamReply(451, f"4.3.0 set aside: {claim.starts - 1} attempts never came to an end")
        courier = self.courier
        if courier.schedule.given_up(self.departing.queued_at, courier.clock()):
            await self._end({}, reply)
        else:
            await courier.defer(claim, courier.schedule.varied(_ASIDE), reply)

    async def _hand_over(self, prepared: Prepared) -> None:
        """Have the upstream say what becomes of each recipient, of a message that is fit for it.

        A connection used before may have been closed at the other end meanwhile: if not even MAIL gets an
        answer, a new one is tried.
        """
        transaction = self.transaction = Transaction(self.departing, prepared, self._mark)
        fresh = False
        while True:
            connection = await self.upstream.take(fresh)
            used = connection.messages > 0
            try:
                transaction.prepared = await fitted(
                    transaction.prepared, self.departing, self.courier.signer, connection.extensions
                )
                await transaction.run(connection)
                self.upstream.circuit.accepted()
                return
            except Refused as refused:
                if refused.refusal.scope is Scope.UPSTREAM:
                    self.upstream.circuit.failed(refused.refusal, self.courier.clock())
                if not used or refused.refusal.scope is Scope.UPSTREAM or transaction.begun:
                    raise
                fresh = True
            except BaseException:
                connection.close()
                raise
            finally:
                self.upstream.give_back(connection)

    async def _mark(self, prepared: Prepared, refused: Mapping[int, UpstreamReply]) -> bool:
        """Write down, before DATA, that it comes, and with it who has failed already, and their bounce."""
        judged = [one for one in self._judge(refused, None) if one.outcome.state is RecipientState.FAILED]
        bounce = await self._bounce(judged)
        claim = self.departing.claim
        outcomes = [one.outcome for one in judged]
        answer_seconds = self.upstream.answer_seconds
        begun = time.monotonic()
        if not await self.courier.queue.about_to_send(claim, prepared, outcomes, bounce, answer_seconds):
            return False
        if time.monotonic() - begun > answer_seconds:
            return False  # We stood still in between: by now it may be another's.
        self.sending = True
        self.started()
        if prepared.splices is not None:
            _log.info("downgraded", departure=claim.departure, message=claim.message)
        self.noted.update(one.recipient.number for one in judged)
        self._tell(judged)
        return True

    async def _not_signed(self, failure: SigningFailed) -> None:
        claim = self.departing.claim
        _log.error(
            "not signed",
            departure=claim.departure,
            message=claim.message,
            why=failure.reason,
            lasting=failure.lasting,
        )
        if failure.lasting:
            await self._end({}, _UNSIGNABLE)
        else:
            reply = UpstreamReply(451, "4.7.5 the message could not be signed yet")
            await self.courier.defer(claim, self.courier.schedule.wait(1), reply)

    async def _refused(self, refused: Refused) -> None:
        refusal = refused.refusal
        if refusal.scope is not Scope.UPSTREAM:
            await self._end(self._replies(), refusal.reply)
            return
        until = self.upstream.circuit.until
        now = self.courier.clock()
        wait = self.courier.schedule.wait(1) if until is None else max(until - now, timedelta())
        await self.courier.defer(self.departing.claim, wait, refusal.reply)

    async def _end(
        self, replies: Mapping[int, UpstreamReply], otherwise: UpstreamReply, unknown: bool = False
    ) -> None:
        """Write down every outcome that is not in the database yet, with the bounce, and tell the log.

        `unknown` where the upstream may have taken the message without our knowing.
        """
        judged = [one for one in self._judge(replies, otherwise) if one.recipient.number not in self.noted]
        letters = [
            one for one in (await self._bounce(judged), await self._relayed(judged)) if one is not None
        ]
        claim = self.departing.claim
        outcomes = [one.outcome for one in judged]
        queue = self.courier.queue
        await self.courier.record(claim, lambda: queue.finish(claim, outcomes, letters, unknown))
        self._tell(judged)
        self._alert_of_refused_bounce()

    def _alert_of_refused_bounce(self) -> None:
        """Who takes no MAIL FROM:<> takes no bounce, so that authors are not told; the host can mend that."""
        if self.transaction is None or self.departing.mail_from or not self.transaction.sender_refused:
            return
        metrics.NULL_SENDER_REFUSED.labels(self.upstream.name).inc()
        claim = self.departing.claim
        _log.error(
            "null sender refused",
            departure=claim.departure,
            message=claim.message,
            upstream=self.upstream.name,
        )

    async def _bounce(self, judged: Sequence[Judged]) -> NewMessage | None:
        """The bounce, without what is returned if that defeats the rendering: the author must be told."""
        original = self.departing.raw if self.transaction is None else self.transaction.message
        returns, host = self.courier.returns, self.upstream.host
        try:
            return await returns.bounce(self.departing, judged, original, host)
        except StoreError:
            raise
        except Exception:
            _log.exception("bounce not rendered", message=self.departing.claim.message)
            return await returns.bounce(self.departing, judged, b"", host)

    async def _relayed(self, judged: Sequence[Judged]) -> NewMessage | None:
        """The word to who asked for it that an upstream without DSN took the message (RFC 3461 §5.2.2)."""
        if self.transaction is None or self.transaction.reports:
            return None
        returns = self.courier.returns
        try:
            return await returns.relayed(self.departing, judged, self.transaction.message, self.upstream.host)
        except StoreError:
            raise
        except Exception:
            _log.exception("report not rendered", message=self.departing.claim.message)
            return None

    def _replies(self) -> Mapping[int, UpstreamReply]:
        return {} if self.transaction is None else self.transaction.replies

    def _judge(self, replies: Mapping[int, UpstreamReply], otherwise: UpstreamReply | None) -> list[Judged]:
        courier = self.courier
        return judge(self.departing, replies, otherwise, courier.schedule, courier.clock())

    def _tell(self, judged: Sequence[Judged]) -> None:
        """One line a recipient, without the address."""
        claim = self.departing.claim
        for one in judged:
            result = _RESULTS[one.outcome.state] if one.reply is not _LOST else "unknown"
            metrics.DELIVERIES.labels(self.upstream.name, result).inc()
            _log.info(
                "delivery",
                council=claim.council,
                departure=claim.departure,
                message=claim.message,
                recipient=one.recipient.number,
                upstream=self.upstream.name,
                result=result,
                code=one.reply.code,
                status=one.outcome.status,
            )
