"""The header changes that every submission may need (RFC 6409 §8), as splices.

Never a byte of the body, so they are allowed on signed and encrypted messages too.
"""

from __future__ import annotations

from config.base import Frozen
from signatures.message.scanner import Field, Part
from signatures.message.splices import Splice

_BLIND = frozenset({"bcc", "resent-bcc"})
_NOT_THEIRS = frozenset({"return-path"})
_OURS = "x-vestry-"


class Stamp(Frozen):
    """What is put in where it is missing; made by the caller, who has the clock. `date` as in RFC 5322."""

    date: str
    message_id: str
    authserv_id: str


def header_splices(raw: bytes, top: Part, stamp: Stamp) -> tuple[Splice, ...]:
    """Bcc fields out (RFC 5322 §3.6.3), our own trace names out, missing Date and Message-ID in."""
    splices = [
        Splice(field.start, field.end - field.start, b"") for field in top.fields if _goes(raw, field, stamp)
    ]
    kept = {field.name for field in top.fields}
    missing = []
    if "date" not in kept:
        missing.append(f"Date: {stamp.date}\r\n")
    if "message-id" not in kept:
        missing.append(f"Message-ID: {stamp.message_id}\r\n")
    if missing:
        splices.append(_insertion(raw, top, "".join(missing).encode("ascii")))
    if not raw.endswith(b"\r\n"):
        splices.append(Splice(len(raw), 0, b"\r\n"))
    return tuple(sorted(splices, key=lambda splice: splice.offset))


def _goes(raw: bytes, field: Field, stamp: Stamp) -> bool:
    if field.name in _BLIND or field.name in _NOT_THEIRS or field.name.startswith(_OURS):
        return True
    if field.name == "authentication-results":
        # A result in our own name that we did not give (RFC 8601 §5).
        claimed = field.text(raw).partition(b";")[0].strip().lower()
        return claimed == stamp.authserv_id.lower().encode()
    return False


def _insertion(raw: bytes, top: Part, fields: bytes) -> Splice:
    """After the last field; where no blank line follows the header, one is put in as well."""
    if not top.fields:
        offset = top.start
        return Splice(offset, 0, fields if raw.startswith(b"\r\n", offset) else fields + b"\r\n")
    offset = top.fields[-1].end
    if not raw.endswith(b"\r\n", top.fields[-1].start, offset):
        fields = b"\r\n" + fields
    return Splice(offset, 0, fields)
