"""AUTH: the exchange with the client (RFC 4954), and logging in."""

from __future__ import annotations

from gateway import metrics
from gateway.reply import Reply
from gateway.submission import commands, faults, replies
from gateway.submission.auth import sasl
from gateway.submission.auth.authenticator import Authenticator, Later, Wrong
from gateway.submission.auth.sasl import Credentials, Malformed, NotBase64
from gateway.submission.replies import Refusal
from gateway.submission.visitor import Visitor
from gateway.submission.wire import LineTooLong, Wire


async def log_in(
    wire: Wire, argument: str, authenticator: Authenticator, visitor: Visitor, seconds: float
) -> Reply:
    """Carry out AUTH with this argument; `visitor` is logged in afterwards. Raises Refusal."""
    try:
        credentials = await _exchange(wire, argument, seconds)
    except NotBase64:
        raise Refusal(replies.AUTH_NOT_BASE64()) from None
    except Malformed:
        metrics.AUTH_FAILURES.labels(reason="malformed").inc()
        raise Refusal(replies.AUTH_WRONG()) from None
    await wire.flush()
    try:
        visitor.account = await authenticator.authenticate(credentials, visitor.peer)
    except Wrong:
        raise Refusal(replies.AUTH_WRONG()) from None
    except Later:
        raise Refusal(replies.AUTH_LATER()) from None
    except Exception as error:
        # Whatever keeps us from telling is no reason for a mail client to ask for the password anew.
        raise Refusal(replies.AUTH_FAULT(ref=faults.note(error, "AUTH"))) from None
    return replies.AUTH_DONE()


async def _exchange(wire: Wire, argument: str, seconds: float) -> Credentials:
    """The credentials, by the mechanism and with the initial response that `argument` holds."""
    mechanism, _, initial = argument.partition(" ")
    if not mechanism:
        raise Refusal(replies.BAD_ARGUMENT(why="AUTH PLAIN or AUTH LOGIN"))
    first = sasl.decode(initial.encode()) if initial else None
    match mechanism.upper():
        case "PLAIN":
            return sasl.plain(await _answer(wire, "", seconds) if first is None else first)
        case "LOGIN":
            login = await _answer(wire, sasl.USERNAME, seconds) if first is None else first
            return sasl.credentials(login, await _answer(wire, sasl.PASSWORD, seconds))
        case _:
            raise Refusal(replies.AUTH_MECHANISM())


async def _answer(wire: Wire, challenge: str, seconds: float) -> bytes:
    wire.say(replies.AUTH_CHALLENGE(challenge=challenge).encode())
    try:
        line = await wire.line(seconds, commands.answer_limit)
    except LineTooLong:
        raise Refusal(replies.AUTH_TOO_LONG()) from None
    if line == b"*":
        raise Refusal(replies.AUTH_CANCELLED())
    return sasl.decode(line)
