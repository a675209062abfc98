"""Signature templates made into text and HTML.

`config.template` has refused whatever could loop, call or reach outside; the sandbox stands behind it. What
comes out is looked at again, so that a template which goes wrong for one person's name raises and writes
nothing.
"""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from config.errors import Faults
from config.template import references
from signatures.block.markup import check_markup
from signatures.block.refused import TemplateError

MOST_TEXT = 10_000
MOST_HTML = 40_000
MOST_LINES = 80
_WIDTH = 76
_EMPTY, _FULL, _BLANK = "\x02", "\x03", "\x1e"
"""Mark, while a template is made, fields that had nothing and something to say, and lines that are blank in the
template itself. No value and no template has these characters; to Jinja the last is white space.
"""

_NO_LINE = (">", "--", "__", "==", "**")
_NO_LINE_IN_WORDS = (
    "lines that do not begin with >, --, __, == or **, which mail programs take for quotations"
)
_NO_MARKS = dict.fromkeys(map(ord, (_EMPTY, _FULL, _BLANK)))


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to write, in both formats. `text` has lines with LF, the first and last of them not blank."""

    text: str
    html: str


Fields = tuple[tuple[str, str], ...]
"""Names and values, sorted by name."""


@lru_cache(maxsize=2048)
def made(text: str, html_source: str, fields: Fields, logo: str = "") -> Piece | None:
    """A text template and its HTML, filled; None where nothing is left of the text. Raises TemplateError.

    Without HTML of its own the text is shown line by line, below the logo; `logo` is its `<img>`.
    """
    known = dict(fields)
    lines = _kept(_filled(text, known, False, "text"), "text")
    plain = _wrapped(lines)
    _check_text(plain)
    if not plain:
        return None
    if html_source:
        image = Markup(logo)  # noqa: S704  # Our own element.
        shown = "\n".join(_kept(_filled(html_source, {**known, "logo": image}, True, "html"), "html"))
        if not shown:
            raise TemplateError("html", "nothing in the result", "something wherever the text says something")
    else:
        shown = _as_html(lines, logo)
    if len(shown) > MOST_HTML:
        raise TemplateError("html", f"{len(shown)} characters in all", f"at most {MOST_HTML} characters")
    check_markup(shown, logo)
    return Piece("\n".join(plain), shown)


def _finalize(value: Any) -> Any:
    """A value as it goes into a line, with the mark of whether there is one."""
    if value is None or value is False or str(value) == "":
        return _EMPTY
    if isinstance(value, Markup):
        return Markup(_FULL) + value  # noqa: S704  # A mark that is no markup.
    return f"{_FULL}{value}"


def _environment(autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=_finalize,
        cache_size=0,
    )
    environment.globals.clear()
    return environment


_TEXT, _HTML = _environment(False), _environment(True)


@lru_cache(maxsize=512)
def _compiled(source: str, as_html: bool) -> Template:
    references(source)
    source = "\n".join(line or _BLANK for line in source.split("\n"))
    return (_HTML if as_html else _TEXT).from_string(source)


def _filled(source: str, fields: dict[str, str], as_html: bool, part: str) -> str:
    try:
        return _compiled(source, as_html).render(fields)
    except Faults as error:
        fault = error.complaints[0]
        raise TemplateError(part, fault.found, fault.allowed) from None
    except (JinjaError, ValueError, TypeError) as error:
        raise TemplateError(part, str(error), "fields that there are, and the filters for them") from None


def _kept(rendered: str, part: str) -> list[str]:
    """The lines but for those whose every field is empty, and those of tags alone, with no gap where they stood."""
    if len(rendered) > MOST_HTML:
        raise TemplateError(part, f"{len(rendered)} characters in all", f"at most {MOST_HTML} characters")
    kept: list[str] = []
    for line in rendered.split("\n"):
        stripped = line.translate(_NO_MARKS).rstrip()
        if _EMPTY in line and _FULL not in line:
            continue
        if stripped or (_BLANK in line and kept and kept[-1]):
            kept.append(stripped)
    if kept and not kept[-1]:
        kept.pop()
    if len(kept) > MOST_LINES:
        raise TemplateError(part, f"{len(kept)} lines", f"at most {MOST_LINES} lines")
    return kept


def _wrapped(lines: list[str]) -> list[str]:
    """No line longer than mail programs show, as far as there are blanks to break at."""
    wrapped: list[str] = []
    for line in lines:
        if len(line) <= _WIDTH:
            wrapped.append(line)
        else:
            wrapped += textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return wrapped


def _check_text(lines: list[str]) -> None:
    size = sum(map(len, lines))
    if size > MOST_TEXT:
        raise TemplateError("text", f"{size} characters in all", f"at most {MOST_TEXT} characters")
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith(_NO_LINE):
            raise TemplateError("text", f"line {number} of the result, {line[:40]!r}", _NO_LINE_IN_WORDS)


def _as_html(lines: list[str], logo: str) -> str:
    """Lines of text as paragraphs, where there is a blank line between them, and line breaks."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(html.escape(line, quote=False))
        else:
            paragraphs.append([])
    shown = [[logo], *paragraphs] if logo else paragraphs
    last = len(shown) - 1
    return "\n".join(
        f'<p style="margin: 0 0 {"0" if number == last else "12px"} 0">' + "<br>\n".join(each) + "</p>"
        for number, each in enumerate(shown)
    )
