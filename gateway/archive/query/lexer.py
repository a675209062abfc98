"""A query taken apart into signs: parentheses, operators, fields and texts. One pass, and nothing is refused here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from gateway.archive.query.fields import FIELDS

QUOTES = '"“”„‟＂'
"""Signs that a phrase may begin and end with; word processors make curly ones of straight ones."""

_PIECE = re.compile(rf"[{QUOTES}]([^{QUOTES}]*+)[{QUOTES}](\*?)|[{QUOTES}]|[^\s{QUOTES}]++")
_FIELD = re.compile(r"([A-Za-z]++(?:-[A-Za-z]++)?+):")


class Kind(Enum):
    """What a sign is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    FIELD = auto()
    """Its text is the field's name. `apart` where a blank follows."""

    TEXT = auto()
    PHRASE = auto()
    """What stands between quotation marks."""

    STRAY = auto()
    """A quotation mark that has no other."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that a query is made of."""

    kind: Kind
    text: str
    apart: bool = False


_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


def signs(query: str) -> Iterator[Sign]:
    """The signs of a query, in their order. Linear in its length."""
    for piece in _PIECE.finditer(query):
        if piece[1] is not None:
            yield Sign(Kind.PHRASE, piece[1] + piece[2])
        elif piece[0] in QUOTES:
            yield Sign(Kind.STRAY, piece[0])
        else:
            glued = query[piece.end() : piece.end() + 1] in tuple(QUOTES)
            yield from _run(piece[0], glued)


def _run(run: str, glued: bool) -> Iterator[Sign]:
    """The signs of what stands between blanks and quotation marks; `glued` where one of these follows at once.

    Parentheses within a word that belong together, as in "s.12(1)", are part of it; all others are signs.
    """
    partner = _partners(run)
    at, valued = 0, False
    while at < len(run):
        character, after = run[at], run[at + 1 : at + 2]
        if character in "()":
            yield Sign(Kind.OPEN if character == "(" else Kind.CLOSE, character)
            at, valued = at + 1, False
        elif character == "-" and (after not in {"", "-", ")"} or (not after and glued)):
            yield Sign(Kind.NOT, character)
            at += 1
        elif not valued and (field := _FIELD.match(run, at)) and field[1].lower() in FIELDS:
            at, valued = field.end(), True
            yield Sign(Kind.FIELD, field[1].lower(), apart=at == len(run) and not glued)
        else:
            end = _end(run, at, partner)
            text = run[at:end]
            yield Sign(_OPERATORS.get(text, Kind.TEXT) if not valued else Kind.TEXT, text)
            at, valued = end, False


def _partners(run: str) -> dict[int, int]:
    """Where each opening parenthesis of a run has its closing one."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for at, character in enumerate(run):
        if character == "(":
            waiting.append(at)
        elif character == ")" and waiting:
            found[waiting.pop()] = at
    return found


def _end(run: str, at: int, partner: dict[int, int]) -> int:
    """Where the word that begins at `at` ends: before a parenthesis that is not one of a pair within it."""
    while at < len(run):
        if run[at] == "(":
            if at not in partner:
                return at
            at = partner[at]
        elif run[at] == ")":
            return at
        at += 1
    return at
