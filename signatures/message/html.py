"""HTML as tokens with their offsets. Each character is looked at a fixed number of times.

Python's own `html.parser` is not used: there are inputs for which it takes quadratic time. Markup that never
ends (a comment, a tag, a script) is text, as mail programs differ in what they make of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import partial
from typing import NamedTuple

from signatures.message.scanner import Unscannable

_OPENS = re.compile(
    r"""<(?:(/?)([a-zA-Z][^\s/>]*+)
        ((?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)?|["'])*+)>
        |(?=[!?a-zA-Z]|/[a-zA-Z]))""",
    re.VERBOSE,
)
"""A whole tag: its slash, its name, its attributes. Else what is markup too, or a tag that never ends."""

_LOOSE = re.compile(r"""(?:[^=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+=""")
_COMMENT_ENDS = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++))""")
_ZEROS = re.compile(r"&#([xX]?)0++(?=[0-9a-fA-F])")
_NO_CHARACTER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{8,});?")
"""Far beyond Unicode, and numbers that Python takes quadratic time to read, or refuses to."""

_SILENT = frozenset({"script", "style", "title", "template"})
_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    }
)  # fmt: skip
_CLOSING = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE | re.ASCII) for name in _SILENT}


class Kind(Enum):
    """What a token is."""

    TEXT = 0
    START = 1
    END = 2
    ASIDE = 3
    """A comment, a declaration, or what stands in a script, style, title or template: shown by nobody."""

    UNENDED = 4
    """Markup that never ends, to the end of the source. Browsers show nothing of it, others all."""


class Token(NamedTuple):
    """A token from `start` to `end`. `name` of its element in small letters, `rest` its attributes."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    rest: str = ""


_token = partial(tuple.__new__, Token)
"""A token from all its fields in their order, as `Token` makes it, in a third of the time."""


def tokens(source: str, most_tags: int) -> Iterator[Token]:
    """All tokens of `source`, each beginning where the one before ends.

    Raises Unscannable for more than `most_tags` tags.
    """
    position = tags = 0
    text, start, end = Kind.TEXT, Kind.START, Kind.END
    while found := _OPENS.search(source, position):
        opening = found.start()
        if opening > position:
            yield _token((text, position, opening, "", ""))
        tags += 1
        if tags > most_tags:
            raise Unscannable(f"its HTML has more than {most_tags} tags")
        slash, name, rest = found.groups()
        position = found.end()
        if name is None:
            token = _aside(source, opening)
            position = token.end
            yield token
        elif slash:
            yield _token((end, opening, position, name.lower(), ""))
        elif (name := name.lower()) not in _SILENT:
            yield _token((start, opening, position, name, rest))
        else:
            token = _silent(source, opening, name, position)
            position = token.end
            yield token
    if position < len(source):
        yield _token((text, position, len(source), "", ""))


def attributes(rest: str) -> dict[str, str]:
    """A tag's attributes by their names in small letters. Of several with one name the first counts."""
    said: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(rest):
        said.setdefault(attribute[1].lower(), attribute[2] or attribute[3] or attribute[4] or "")
    return said


def unpaired(some: Iterable[Token]) -> tuple[list[Token], list[Token]]:
    """The start tags among some tokens that no end tag among them ends, and the end tags that end none of them."""
    opened: dict[str, list[Token]] = {}
    ends: list[Token] = []
    for token in some:
        if token.kind is Kind.START and token.name not in _VOID:
            opened.setdefault(token.name, []).append(token)
        elif token.kind is Kind.END:
            if opened.get(token.name):
                opened[token.name].pop()
            else:
                ends.append(token)
    starts = sorted((token for each in opened.values() for token in each), key=lambda token: token.start)
    return starts, ends


def is_loose(rest: str) -> bool:
    """Whether a quoted value in a tag never ends. To browsers it is no tag but markup that never ends."""
    if rest.count('"') % 2 == rest.count("'") % 2 == 0:
        return False
    return _LOOSE.match(rest) is not None


def unescaped(words: str) -> str:
    """Words with their character references read."""
    if "&" not in words:
        return words
    return html.unescape(_NO_CHARACTER.sub("\ufffd", _ZEROS.sub(r"&#\1", words)))


def _aside(source: str, opening: int) -> Token:
    """What begins with the `<` at `opening`, and is no tag."""
    end = _end_of_aside(source, opening) if source.startswith(("<!", "<?"), opening) else 0
    return Token(Kind.ASIDE, opening, end) if end > 0 else Token(Kind.UNENDED, opening, len(source))


def _silent(source: str, opening: int, name: str, position: int) -> Token:
    """An element from its `<` at `opening` to its end tag, of which nothing is shown."""
    closing = _CLOSING[name].search(source, position)
    return (
        Token(Kind.ASIDE, opening, closing.start()) if closing else Token(Kind.UNENDED, opening, len(source))
    )


def _end_of_aside(source: str, opening: int) -> int:
    """Where a comment or a declaration ends, or 0."""
    if not source.startswith("<!--", opening):
        return source.find(">", opening) + 1
    for whole in ("<!-->", "<!--->"):
        if source.startswith(whole, opening):
            return opening + len(whole)
    found = _COMMENT_ENDS.search(source, opening + 4)
    return found.end() if found else 0
