"""Command lines: how they are read, how long they may be, and which are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.submission import replies
from gateway.submission.replies import Refusal

COMMAND_OCTETS = 2048
"""Longest command without its CRLF (RFC 5321 §4.5.3.1.4 asks for 512, and more for parameters)."""

PATH_COMMAND_OCTETS = 4096
"""Longest MAIL or RCPT: an address in UTF-8, ORCPT of 500 octets, ENVID, AUTH and what else there is."""

AUTH_OCTETS = 12_288
"""Longest AUTH command or answer to a challenge (RFC 4954 §4)."""

BEFORE_TLS = frozenset({"EHLO", "STARTTLS", "NOOP", "QUIT"})
"""All that may be said before TLS where TLS is required (RFC 3207 §4)."""

HTTP = frozenset({"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "HOST:"})
"""What a web browser says that was sent here; its page might go on to speak SMTP (the ALPACA attack)."""

_FORBIDDEN = re.compile(rb"[\x00-\x1f\x7f]")
_HELO_ODD = re.compile(r"[^A-Za-z0-9.:\[\]_-]")


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its verb in upper case and the rest of the line."""

    verb: str
    argument: str


def line_limit(start: bytes) -> int:
    """How long a command line may be that starts with these four octets."""
    verb = start.upper()
    if verb == b"AUTH":
        return AUTH_OCTETS
    return PATH_COMMAND_OCTETS if verb in {b"MAIL", b"RCPT"} else COMMAND_OCTETS


def answer_limit(_start: bytes) -> int:
    """How long an answer to a challenge may be."""
    return AUTH_OCTETS


def parse(line: bytes) -> Command:
    """The command in a line without its CRLF. Raises Refusal for octets that no command may have."""
    if _FORBIDDEN.search(line):
        raise Refusal(replies.BAD_OCTETS())
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(replies.BAD_OCTETS()) from None
    verb, _, argument = text.partition(" ")
    return Command(verb.upper(), argument.strip(" "))


def hello_name(argument: str) -> str:
    """What a client calls itself, made safe for the trace header. Raises Refusal where it gives no name.

    Names that are no domain are let through: mail clients send the names of computers.
    """
    if not argument or len(argument.encode()) > 255:
        raise Refusal(replies.BAD_ARGUMENT(why="a name of at most 255 octets"))
    return _HELO_ODD.sub("?", argument)


def chunk(argument: str) -> tuple[int, bool] | None:
    """Size and whether it is the last, of a BDAT command (RFC 3030 §2); None where it has no size."""
    found = re.fullmatch(r"([0-9]{1,20})( +LAST)?", argument, re.IGNORECASE | re.ASCII)
    return (int(found[1]), found[2] is not None) if found else None
