"""A recipient added where everybody sees it: in the last Cc field, or in one of its own (RFC 5322 §3.6.3)."""

from __future__ import annotations

from signatures.message.headers import mailboxes
from signatures.message.scanner import Field, Part
from signatures.message.splices import Splice
from signatures.message.words import display_name

_BEFORE = ("to", "from")
"""Behind the last of the first of these that there is comes a new Cc."""


def with_copy(raw: bytes, top: Part, name: str, address: str) -> Splice:
    """The splice that adds a mailbox to those in Cc. `address` is canonical."""
    added = _mailbox(name, address)
    fields = [field for field in top.fields if field.name == "cc"]
    return _appended(raw, fields[-1], added, address) if fields else _new_field(raw, top, added)


def _mailbox(name: str, address: str) -> bytes:
    written = b"<" + address.encode() + b">"
    return display_name(name) + b" " + written if name else written


def _appended(raw: bytes, field: Field, added: bytes, address: str) -> Splice:
    """At the end of the field or, where what stands there would swallow it (a quote left open), at its start."""
    end = field.end - 2 if raw.endswith(b"\r\n", field.start, field.end) else field.end
    value = raw[field.value : end]
    said = value.replace(b"\r\n", b"").strip()
    if not said:
        return Splice(field.value, len(value), b" " + added)
    before = mailboxes(said)
    addition = (b"" if said.endswith(b",") else b",") + b"\r\n " + added
    after = mailboxes(said + addition.replace(b"\r\n", b""))
    if after[:-1] == before and after[-1].address == address and not after[-1].group:
        return Splice(end, 0, addition)
    return Splice(field.value, 0, b" " + added + b",\r\n" + (b"" if value[:1] in b" \t" else b" "))


def _new_field(raw: bytes, top: Part, added: bytes) -> Splice:
    line = b"Cc: " + added + b"\r\n"
    for name in _BEFORE:
        fields = [field for field in top.fields if field.name == name]
        if fields:
            whole = raw.endswith(b"\r\n", fields[-1].start, fields[-1].end)
            return Splice(fields[-1].end if whole else fields[-1].start, 0, line)
    return Splice(top.start, 0, line)
