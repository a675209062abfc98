"""The header changes that every submission may need (RFC 6409 §8), as splices.

Never a byte of the body, so they are allowed on signed and encrypted messages too. What is added stands at
the very top, where every reader takes it for header, whatever comes after.
"""

from __future__ import annotations

from config.base import Frozen
from signatures.message.media import first_token
from signatures.message.scanner import Field, Part
from signatures.message.splices import Splice

_BLIND = frozenset({"bcc", "resent-bcc"})
_NOT_THEIRS = frozenset({"return-path"})
_ONCE = ("date", "message-id")
_OURS = "x-vestry-"


class Stamp(Frozen):
    """What is put in where it is missing; made by the caller, who has the clock. `date` as in RFC 5322."""

    date: str
    message_id: str
    authserv_id: str


def leaving(raw: bytes, top: Part, stamp: Stamp) -> tuple[Field, ...]:
    """The fields that do not go out: Bcc (RFC 5322 §3.6.3), our own trace names, and of Date and Message-ID,
    which stand once (§3.6), those that are empty or come again.
    """
    kept: set[str] = set()
    found = []
    for field in top.fields:
        if _goes(raw, field, stamp) or (field.name in _ONCE and (field.name in kept or not field.text(raw))):
            found.append(field)
        else:
            kept.add(field.name)
    return tuple(found)


def header_splices(raw: bytes, top: Part, stamp: Stamp) -> tuple[Splice, ...]:
    """Out with the fields that do not go out, in with a missing Date and Message-ID."""
    gone = leaving(raw, top, stamp)
    kept = {field.name for field in set(top.fields).difference(gone)}
    missing = {"date": f"Date: {stamp.date}\r\n", "message-id": f"Message-ID: {stamp.message_id}\r\n"}
    added = "".join(line for name, line in missing.items() if name not in kept)
    splices = [Splice(top.start, 0, added.encode("ascii"))] if added else []
    splices += [Splice(field.start, field.end - field.start, b"") for field in gone]
    if not raw.endswith(b"\r\n"):
        splices.append(Splice(len(raw), 0, b"\r\n"))
    return tuple(splices)


def _goes(raw: bytes, field: Field, stamp: Stamp) -> bool:
    if field.name in _BLIND or field.name in _NOT_THEIRS or field.name.startswith(_OURS):
        return True
    # A result in our own name that we did not give (RFC 8601 §5).
    return (
        field.name == "authentication-results" and first_token(field.text(raw)) == stamp.authserv_id.lower()
    )
