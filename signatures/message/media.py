"""MIME field values: media type, parameters, transfer encoding. Linear time, whatever is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_PLAIN = re.compile(rb"[^\s()\";=]+")
_QUOTED = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)', re.DOTALL)
_COMMENT = re.compile(rb"[^()\\]+|\\.|.", re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_KIND = re.compile(rb"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}\Z")
_CONTINUED = re.compile(rb"(.+?)(?:\*(0|[1-9][0-9]{0,2}))?(\*)?\Z", re.DOTALL)
_OCTET = re.compile(rb"%([0-9A-Fa-f]{2})")

Tokens = list[tuple[bytes, bool]]


@dataclass(frozen=True, slots=True)
class Media:
    """What a Content-Type says. `kind` is type/subtype in lower case; parameters' names are in lower case.

    `said` is false where the field is absent or is no media type, and `kind` then the default.
    """

    kind: str
    parameters: dict[bytes, bytes] = field(default_factory=dict)
    said: bool = False

    def text(self, name: bytes) -> str:
        """A parameter as ASCII, or the empty string."""
        return self.parameters.get(name, b"").decode("ascii", "replace")


def media(value: bytes, default: str = "text/plain") -> Media:
    """The media type in a Content-Type value (RFC 2045 §5), continued and encoded parameters put together
    (RFC 2231). Of a parameter that is given twice the first counts.
    """
    groups: list[Tokens] = [[]]
    for token in _tokens(value):
        if token == (b";", False):
            groups.append([])
        else:
            groups[-1].append(token)
    kind = b"".join(token for token, _ in groups[0])
    if not _KIND.match(kind):
        return Media(default)
    given: dict[bytes, bytes] = {}
    for tokens in groups[1:]:
        if len(tokens) >= 3 and tokens[1] == (b"=", False):
            given.setdefault(tokens[0][0].lower(), b"".join(token for token, _ in tokens[2:]))
    return Media(kind.lower().decode("ascii"), _joined(given), said=True)


def first_token(value: bytes) -> str:
    """The first word of a value in lower case, comments left out: a transfer encoding, a disposition."""
    for token, _ in _tokens(value):
        return token.lower().decode("ascii", "replace")
    return ""


def placed(value: bytes) -> Iterator[tuple[bytes, bool, int, int]]:
    """Words, quoted strings (unquoted, and marked as such) and separators, each with where it stands: from,
    to. Comments are left out.
    """
    position = 0
    while position < len(value):
        octet = value[position : position + 1]
        if octet == b"(":
            position = _after_comment(value, position)
        elif octet == b'"' and (matched := _QUOTED.match(value, position)):
            yield _ESCAPE.sub(rb"\1", matched[1]), True, position, matched.end()
            position = matched.end()
        elif matched := _PLAIN.match(value, position):
            yield matched[0], False, position, matched.end()
            position = matched.end()
        else:
            if not octet.isspace():
                yield octet, False, position, position + 1
            position += 1


def _tokens(value: bytes) -> Iterator[tuple[bytes, bool]]:
    for token, quoted, _, _ in placed(value):
        yield token, quoted


def _after_comment(value: bytes, position: int) -> int:
    """Where a comment that begins at `position` ends. Comments nest (RFC 5322 §3.2.2)."""
    depth = 0
    for matched in _COMMENT.finditer(value, position):
        depth += {b"(": 1, b")": -1}.get(matched[0], 0)
        if depth == 0:
            return matched.end()
    return len(value)


def _joined(given: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Parameters by their plain names: pieces of one value in their order, percent-encoding undone."""
    pieces: dict[bytes, dict[int, bytes]] = {}
    plain: dict[bytes, bytes] = {}
    for name, value in given.items():
        matched = _CONTINUED.match(name)
        if matched is None or (matched[2] is None and matched[3] is None):
            plain[name] = value
            continue
        number = int(matched[2] or 0)
        if matched[3] is not None:
            encoded = value.split(b"'", 2)[-1] if number == 0 else value
            value = _OCTET.sub(lambda octet: bytes([int(octet[1], 16)]), encoded)  # noqa: PLW2901  # The value itself, decoded.
        pieces.setdefault(matched[1], {})[number] = value
    for name, numbered in pieces.items():
        plain.setdefault(name, b"".join(numbered[number] for number in sorted(numbered)))
    return plain
