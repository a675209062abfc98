"""DKIM signatures that a message comes with, and which of them would be broken by changes to it (RFC 6376)."""

from __future__ import annotations

import re
from collections.abc import Collection

from signatures.message.scanner import Field, Part

_SIGNED = re.compile(rb"(?:^|;)\s*+h\s*+=([^;]*+)")


def broken(raw: bytes, top: Part, *, content: bool, fields: Collection[str]) -> tuple[Field, ...]:
    """The DKIM-Signature fields that no longer verify: all of them when the content changes, or the fields that
    speak of it; else those that sign a field with one of these names, there or not (§3.5, h=).
    """
    return tuple(
        field
        for field in top.fields
        if field.name == "dkim-signature" and (content or not _names(raw, field).isdisjoint(fields))
    )


def _names(raw: bytes, field: Field) -> frozenset[str]:
    found = _SIGNED.search(field.text(raw))
    signed = found[1].split(b":") if found else []
    return frozenset(name.strip().lower().decode("ascii", "replace") for name in signed)
