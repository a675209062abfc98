"""The charset that an HTML text names in itself, which mail programs may believe before the header."""

from __future__ import annotations

import re

HEAD = 65_536
"""Characters of an HTML text in which its own word on its charset is looked for."""

_BODY = re.compile(r"<body[\s>]", re.IGNORECASE)
_META = re.compile(r"<meta\s", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*+=\s*+["']?+\s*+([A-Za-z0-9_.:-]++)""", re.IGNORECASE)


def charsets_inside(text: str) -> list[tuple[int, int, str]]:
    """Where HTML says in which charset it is, in its head: from, to, and what."""
    head = text[:HEAD]
    body = _BODY.search(head)
    head = head[: body.start()] if body else head
    found = []
    for meta in _META.finditer(head):
        close = head.find(">", meta.end())
        if close < 0:
            break
        if charset := _CHARSET.search(head, meta.end(), close):
            found.append((charset.start(1), charset.end(1), charset[1]))
    return found
