"""The grammar of MAIL and RCPT: paths and parameters, strictly (RFC 5321 §4.1.1, RFC 3461 §4).

One liberty is taken, because printers and old programs need it: blanks between the colon and the path.
Source routes are read and dropped (RFC 5321 appendix C). Addresses are those of `config.address`, and on
top of that have no control, format or line-separating character of Unicode, so that an address can be
shown to people as it is.

DSN values are kept as given, in xtext; they are decoded only to see that they are sound. What they decode
to is shown to people in bounces, so control characters, NUL before all, are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from config.address import BadAddress, canonical, canonical_domain
from config.address import split as split_address
from filters.context import Recipient
from gateway.submission import replies
from gateway.submission.replies import Refusal, Said

_PATH = re.compile(r' *<((?:[^<>"\\]|"(?:[^"\\]|\\.)*")*)>(?: +(.*))?\Z')
_ROUTE = re.compile(r"@[^@:,<>\"\\ ]+(?:,@[^@:,<>\"\\ ]+)*:")
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
_VALUE = re.compile(r"[\x21-\x3c\x3e-\x7e\u0080-\U0010ffff]+\Z")
_XTEXT = re.compile(r"(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e]|\+[0-9A-F]{2})*\Z")
_UNITEXT = re.compile(r"(?:[\x20-\x5b\x5d-\x7e\u0080-\U0010ffff]|\\x\{[0-9A-F]{2,6}\})*\Z")
_HEXPOINT = re.compile(r"\\x\{([0-9A-F]{2,6})\}")
_NOTIFY_WORDS = frozenset({"SUCCESS", "FAILURE", "DELAY"})


@dataclass(frozen=True, slots=True)
class Sender:
    """A MAIL command. `address` is empty for the null sender; `size` is what the client announced."""

    address: str
    size: int = 0
    body: str = "7BIT"
    smtputf8: bool = False
    ret: str | None = None
    envid: str | None = None


def parse_mail(argument: str) -> Sender:
    """The argument of MAIL, `FROM:<path> parameters`. Raises Refusal."""
    address, rest = _path(_after("FROM:", argument, "MAIL FROM:<address>"), replies.BAD_SENDER)
    given = _parameters(rest, _MAIL_PARAMETERS)
    utf8 = "SMTPUTF8" in given
    if address:
        address = _address(address, utf8, replies.BAD_SENDER)
    return Sender(
        address=address,
        size=int(given.get("SIZE", "0")),
        body=given.get("BODY", "7BIT"),
        smtputf8=utf8,
        ret=given.get("RET"),
        envid=given.get("ENVID"),
    )


def parse_rcpt(argument: str, smtputf8: bool, home_domain: str) -> Recipient:
    """The argument of RCPT, `TO:<path> parameters`. Raises Refusal.

    A bare `postmaster` is the one at `home_domain`, in A-labels or with `smtputf8` (RFC 5321 §4.1.1.3).
    """
    address, rest = _path(_after("TO:", argument, "RCPT TO:<address>"), replies.BAD_RECIPIENT)
    given = _parameters(rest, _RCPT_PARAMETERS)
    if address.lower() == "postmaster":
        address = f"{address}@{home_domain}"
    address = _address(address, smtputf8, replies.BAD_RECIPIENT)
    orcpt = given.get("ORCPT")
    if orcpt is not None and not orcpt.isascii() and not smtputf8:
        raise Refusal(replies.BAD_PARAMETER(name="ORCPT", why="in ASCII without SMTPUTF8"))
    return Recipient(address=address, canonical=canonical(address), notify=given.get("NOTIFY"), orcpt=orcpt)


def decode_xtext(text: str) -> str | None:
    """What `text` stands for, or None where it is no xtext or stands for control characters (RFC 3461 §4)."""
    if not _XTEXT.match(text):
        return None
    plain = re.sub(r"\+([0-9A-F]{2})", lambda pair: chr(int(pair[1], 16)), text)
    return plain if all(" " <= char <= "~" for char in plain) else None


def _after(word: str, argument: str, form: str) -> str:
    if argument[: len(word)].upper() != word:
        raise Refusal(replies.BAD_ARGUMENT(why=form))
    return argument[len(word) :]


def _path(text: str, bad: Said) -> tuple[str, str]:
    """The address between the angle brackets, without a source route, and what follows the path."""
    found = _PATH.match(text)
    if found is None:
        raise Refusal(bad(why="an address in angle brackets"))
    address = found[1]
    route = _ROUTE.match(address)
    if route is not None:
        for hop in route[0][:-1].split(","):
            _check(canonical_domain, hop[1:], bad)
        address = address[route.end() :]
        if not address:
            raise Refusal(bad(why="an address after the route"))
    return address, found[2] or ""


def _address(address: str, smtputf8: bool, bad: Said) -> str:
    """`address` if it is one (and has letters beyond ASCII only with SMTPUTF8). Raises Refusal."""
    if any(map(_unseen, address)):
        raise Refusal(bad(why="an address free of control characters"))
    _check(split_address, address, bad)
    if not address.isascii() and not smtputf8:
        raise Refusal(replies.NEED_SMTPUTF8())
    return address


def _check(check: Callable[[str], object], text: str, bad: Said) -> None:
    try:
        check(text)
    except BadAddress as error:
        raise Refusal(bad(why=str(error))) from None


def _parameters(text: str, known: dict[str, Callable[[str | None], str]]) -> dict[str, str]:
    """The parameters in `text`, checked, by keyword. Raises Refusal."""
    given: dict[str, str] = {}
    for item in filter(None, text.split(" ")):
        keyword, equals, value = item.partition("=")
        if not _KEYWORD.match(keyword) or (equals and not _VALUE.match(value)):
            raise Refusal(replies.BAD_ARGUMENT(why="parameters of the form KEYWORD or KEYWORD=value"))
        keyword = keyword.upper()
        if keyword not in known:
            raise Refusal(replies.UNKNOWN_PARAMETER())
        if keyword in given:
            raise Refusal(replies.TWICE_PARAMETER(name=keyword))
        given[keyword] = known[keyword](value if equals else None)
    return given


def _bad(name: str, why: str) -> Refusal:
    return Refusal(replies.BAD_PARAMETER(name=name, why=why))


def _size(value: str | None) -> str:
    if value is None or not re.fullmatch(r"[0-9]{1,20}", value):
        raise _bad("SIZE", "a number of octets")
    return value


def _body(value: str | None) -> str:
    word = (value or "").upper()
    if word == "BINARYMIME":
        raise Refusal(replies.UNKNOWN_PARAMETER())
    if word not in {"7BIT", "8BITMIME"}:
        raise _bad("BODY", "7BIT or 8BITMIME")
    return word


def _smtputf8(value: str | None) -> str:
    if value is not None:
        raise _bad("SMTPUTF8", "given without a value")
    return ""


def _auth(value: str | None) -> str:
    """RFC 4954 §5: who submitted the message first. Read and not believed."""
    if value is None or (value != "<>" and decode_xtext(value) is None):
        raise _bad("AUTH", "<> or an address in xtext")
    return value


def _ret(value: str | None) -> str:
    word = (value or "").upper()
    if word not in {"FULL", "HDRS"}:
        raise _bad("RET", "FULL or HDRS")
    return word


def _envid(value: str | None) -> str:
    if value is None or len(value) > 100 or decode_xtext(value) is None:
        raise _bad("ENVID", "at most 100 characters of xtext")
    return value


def _notify(value: str | None) -> str:
    words = (value or "").upper().split(",")
    if words != ["NEVER"] and (len(set(words)) != len(words) or not _NOTIFY_WORDS.issuperset(words)):
        raise _bad("NOTIFY", "NEVER or a list of SUCCESS, FAILURE, DELAY")
    return ",".join(words)


def _orcpt(value: str | None) -> str:
    kind, semicolon, address = (value or "").partition(";")
    sound = (
        bool(semicolon)
        and bool(address)
        and bool(_KEYWORD.match(kind))
        and len((value or "").encode()) <= 500
    )
    if sound and kind.lower() == "utf-8":
        sound = _sound_unitext(address)
    elif sound:
        sound = decode_xtext(address) is not None
    if value is None or not sound:
        raise _bad("ORCPT", "an address type, a semicolon and at most 500 octets of xtext")
    return value


def _sound_unitext(address: str) -> bool:
    """Whether `address` is a utf-8-addr-xtext or utf-8-addr-unitext without controls (RFC 6533 §3)."""
    plain = decode_xtext(address) if address.isascii() else address
    if plain is None or not _UNITEXT.match(plain):
        return False
    points = [int(point, 16) for point in _HEXPOINT.findall(address)]
    if max(points, default=0) > 0x10FFFF:
        return False
    return not any(_unseen(char) for char in (*map(chr, points), *address))


def _unseen(char: str) -> bool:
    """Whether a character controls, formats or separates lines, or is half of one."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


_MAIL_PARAMETERS: dict[str, Callable[[str | None], str]] = {
    "SIZE": _size,
    "BODY": _body,
    "SMTPUTF8": _smtputf8,
    "AUTH": _auth,
    "RET": _ret,
    "ENVID": _envid,
}
_RCPT_PARAMETERS: dict[str, Callable[[str | None], str]] = {"NOTIFY": _notify, "ORCPT": _orcpt}
