"""How far a failure at an upstream reaches: one message, or everything sent there."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import StrEnum

from aiosmtplib.errors import SMTPResponseException

from gateway.upstream.reply import UpstreamReply


class Scope(StrEnum):
    """What a failure is about, and so what it may be held against."""

    MESSAGE = "message"
    UPSTREAM = "upstream"


class Step(StrEnum):
    """Where in the dialogue it happened."""

    SETTINGS = "settings"
    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    EHLO = "ehlo"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    RSET = "rset"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A failure: how far it reaches, where it happened, what was said or what we make of the silence.

    `ours` marks what only the host can mend: settings, certificate, login. Nobody's mail is returned for it.
    """

    scope: Scope
    step: Step
    reply: UpstreamReply
    ours: bool = False


class Refused(Exception):
    """The dialogue with an upstream stopped, and the connection is of no more use."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(f"{refusal.scope} refused at {refusal.step} with {refusal.reply.code}")


class ReplyLost(Exception):
    """The message was sent to its final dot, and no reply came: nobody can say whether it was taken."""


def from_error(step: Step, error: Exception) -> Refusal:
    """What an error at `step` of opening a connection comes to.

    The error's own words may name what is nobody's business, so only what the upstream said is kept.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _of_upstream(
                Step.TLS, f"its certificate is not trusted: {cause.verify_message}", ours=True
            )
        if isinstance(cause, ssl.SSLError):
            return _of_upstream(Step.TLS, "TLS could not be agreed")
        cause = cause.__cause__
    if isinstance(error, SMTPResponseException) and 200 <= error.code < 600:
        reply = UpstreamReply.from_wire(error.code, error.message)
        ours = step is Step.LOGIN and reply.permanent
        return Refusal(Scope.UPSTREAM, Step.GREETING if step is Step.CONNECT else step, reply, ours)
    if step is Step.SETTINGS:
        return _of_upstream(step, "its settings cannot be used", ours=True)
    if step is Step.TLS and not isinstance(error, OSError):
        return _of_upstream(step, "it offers no STARTTLS", ours=True)
    return _of_upstream(step, silence(error))


def silence(error: Exception) -> str:
    """What to say of an upstream that gave no answer, or none that can be understood."""
    if isinstance(error, SMTPResponseException):
        return "its answer made no sense"
    return "it did not answer in time" if isinstance(error, TimeoutError) else "the connection was lost"


def _of_upstream(step: Step, what: str, ours: bool = False) -> Refusal:
    return Refusal(Scope.UPSTREAM, step, UpstreamReply(451, f"4.4.1 {what}"), ours)
