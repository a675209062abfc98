"""Splices as they are kept: JSON, `[[offset, length, base64], …]`."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

from signatures.message.splices import Splice


def dump(splices: Iterable[Splice]) -> str:
    """The splices as JSON, in their order."""
    return json.dumps([[s.offset, s.length, base64.b64encode(s.replacement).decode()] for s in splices])


def load(text: str) -> tuple[Splice, ...]:
    """The splices that `dump` wrote."""
    return tuple(
        Splice(offset, length, base64.b64decode(replacement, validate=True))
        for offset, length, replacement in json.loads(text)
    )
