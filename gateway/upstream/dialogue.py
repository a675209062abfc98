"""One open connection to an upstream, and what may be said over it.

aiosmtplib reads replies, guards against injected commands and STARTTLS leftovers. Its way of sending data is
not used: it rewrites line ends, writes a message of any size at once, and has one time limit for upload and
reply together.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import cast

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException

from config.settings import UpstreamSettings
from gateway.upstream.data import send_data
from gateway.upstream.refusal import Refusal, Refused, Scope, Step, from_error, silence
from gateway.upstream.reply import UpstreamReply

_QUIT_SECONDS = 5
_PARAMETER = re.compile(r"[!-~\u0080-\U0010ffff]+\Z")


class UpstreamConnection:
    """An open connection, past EHLO and, where there is one, past the login. Made by `open_connection`.

    Every method may raise Refused of scope MESSAGE: the connection broke, or said 421, and is closed.
    """

    def __init__(self, smtp: SMTP, settings: UpstreamSettings) -> None:
        self._smtp = smtp
        self._settings = settings
        self.messages = 0
        self.clean = True

    @property
    def extensions(self) -> Mapping[str, str]:
        """What the upstream offered in its last EHLO: keyword, lower case, and parameters."""
        return self._smtp.esmtp_extensions

    @property
    def alive(self) -> bool:
        """Whether it is still connected, as far as is known."""
        return self._smtp.is_connected

    async def login(self, username: str, password: str) -> None:
        """AUTH by PLAIN, or by LOGIN where PLAIN is not offered; one try, for each may count towards a lock.

        Never call it where TLS is absent or unverified. Raises Refused of scope UPSTREAM, marked `ours`
        unless the upstream said that it cannot tell just now.
        """
        offered = self._smtp.server_auth_methods
        seconds = self._settings.command_seconds
        try:
            if "plain" in offered:
                await self._smtp.auth_plain(username, password, timeout=seconds)
            elif "login" in offered:
                await self._smtp.auth_login(username, password, timeout=seconds)
            else:
                reply = UpstreamReply(451, "4.7.0 it offers neither AUTH PLAIN nor AUTH LOGIN")
                raise Refused(Refusal(Scope.UPSTREAM, Step.LOGIN, reply, ours=True))
        except (SMTPException, OSError) as error:
            raise Refused(from_error(Step.LOGIN, error)) from error

    async def mail(self, sender: str, parameters: Sequence[str]) -> UpstreamReply:
        """MAIL; the null reverse-path is the empty string."""
        self.messages += 1
        self.clean = False
        return await self._command(Step.MAIL, b"MAIL", f"FROM:<{sender}>".encode(), *_encoded(parameters))

    async def rcpt(self, recipient: str, parameters: Sequence[str]) -> UpstreamReply:
        """RCPT."""
        return await self._command(Step.RCPT, b"RCPT", f"TO:<{recipient}>".encode(), *_encoded(parameters))

    async def data(self, message: bytes) -> UpstreamReply:
        """DATA, the message to its final dot, and the reply to it.

        `message` has CRLF line ends only and ends in one (see `data.sendable`). Raises ReplyLost when the
        final dot was sent and no reply came.
        """
        protocol = self._smtp.protocol
        if protocol is None:
            raise _broken(Step.DATA, "the connection was lost")
        reply = await self._command(Step.DATA, b"DATA")
        if reply.code != 354:
            if reply.accepted:
                raise self._hang_up(Step.DATA, "DATA was answered out of turn")
            return reply
        try:
            reply = await send_data(protocol, message, self._settings)
        except BaseException:
            self.close()
            raise
        if reply.accepted:
            self.clean = True
        else:
            # It may have been said before the dot, with the rest still under way: start anew.
            self.close()
        return reply

    async def reset(self) -> None:
        """RSET, so that the connection is fit for another message."""
        reply = await self._command(Step.RSET, b"RSET")
        if not reply.accepted:
            raise self._hang_up(Step.RSET, "RSET was refused")
        self.clean = True

    async def quit(self) -> None:
        """Say goodbye where that is still possible, and close."""
        try:
            await self._smtp.execute_command(b"QUIT", timeout=_QUIT_SECONDS)
        except (SMTPException, OSError):
            pass  # It is going away in any case.
        finally:
            self.close()
        await asyncio.sleep(0)  # The loop closes the socket in its next round.

    def close(self) -> None:
        """Close at once, without waiting for the other side to agree."""
        if self._smtp.transport is not None:
            cast("asyncio.WriteTransport", self._smtp.transport).abort()
        self._smtp.close()

    async def _command(self, step: Step, *words: bytes) -> UpstreamReply:
        try:
            response = await self._smtp.execute_command(*words, timeout=self._settings.command_seconds)
        except (SMTPException, OSError) as error:
            raise self._hang_up(step, silence(error)) from error
        reply = UpstreamReply.from_wire(response.code, response.message)
        if reply.code == 421 or not 200 <= reply.code < 600:
            self.close()
            raise Refused(Refusal(Scope.MESSAGE, step, reply))
        return reply

    def _hang_up(self, step: Step, what: str) -> Refused:
        self.close()
        return _broken(step, what)


def _broken(step: Step, what: str) -> Refused:
    return Refused(Refusal(Scope.MESSAGE, step, UpstreamReply(451, f"4.4.2 {what}")))


def _encoded(parameters: Sequence[str]) -> list[bytes]:
    for parameter in parameters:
        if not _PARAMETER.match(parameter):
            raise ValueError("a parameter holds a space or a control character")
    return [parameter.encode() for parameter in parameters]
