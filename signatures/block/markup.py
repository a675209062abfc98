"""What HTML a signature may have: a short list of tags, attributes and styles; links; no picture but the logo.

Nothing is taken out in silence: what is not on the list is refused, so that what was agreed is what is sent.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from signatures.block.refused import TemplateError

TAGS = frozenset(
    {"a", "b", "br", "div", "em", "i", "li", "ol", "p", "small", "span", "strong", "sub", "sup"}
    | {"table", "tbody", "td", "th", "thead", "tr", "u", "ul"}
)
ATTRIBUTES = frozenset(
    {"align", "bgcolor", "border", "cellpadding", "cellspacing", "colspan", "dir", "height", "href", "lang"}
    | {"role", "rowspan", "style", "title", "valign", "width"}
)
STYLES = frozenset(
    {"background-color", "color", "font", "font-family", "font-size", "font-style", "font-weight", "height"}
    | {"letter-spacing", "line-height", "max-width", "text-align", "text-decoration", "text-transform"}
    | {"vertical-align", "white-space", "width", "border-collapse", "border-spacing"}
)
_STYLE_FAMILIES = ("margin", "padding", "border")
_EMPTY_TAGS = frozenset({"br"})
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:\s++[a-zA-Z-]++=(?:\"[^\"<>]*+\"|'[^'<>]*+'))*+)\s*+/?>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]++)=(?:\"([^\"]*+)\"|'([^']*+)')")
_STYLE_VALUE = re.compile(r"(?:[A-Za-z0-9 #.,%'\"!/-]|(?<=rgb)\([0-9 ,]*+\))*+\Z")
_LINK = re.compile(r"https?://[^\s]++\Z|mailto:[^\s]++\Z|tel:[0-9+().\s-]++\Z", re.IGNORECASE)


def check_markup(shown: str, logo: str = "") -> None:
    """Raises TemplateError for anything that is not on the list, or not closed where it must be.

    `logo` is the one `<img>` that may stand in it, at most once.
    """
    if logo:
        if shown.count(logo) > 1:
            raise _refused(shown, shown.rfind(logo), "the logo a second time", "the logo once")
        # Blanks in its place, so that lines and columns are still those of the result.
        shown = shown.replace(logo, " " * len(logo))
    open_tags: list[str] = []
    position = 0
    while (at := shown.find("<", position)) >= 0:
        tag = _TAG.match(shown, at)
        if tag is None:
            raise _refused(
                shown, at, repr(shown[at : at + 30]), "tags in full, attributes in quotes, no comments"
            )
        name = tag[2].lower()
        if name not in TAGS:
            raise _refused(shown, at, f"<{name}>", _allowed_tags(name))
        for attribute, value in _attributes(tag[3]):
            _check_attribute(shown, at, attribute, value)
        if tag[1]:
            if not open_tags or open_tags.pop() != name:
                raise _refused(shown, at, f"</{name}>", "each tag closed once, in the order of opening")
        elif name not in _EMPTY_TAGS:
            open_tags.append(name)
        position = tag.end()
    if open_tags:
        raise _refused(shown, len(shown), f"<{open_tags[-1]}> that is not closed", "each tag closed")


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for found in _ATTRIBUTE.finditer(text):
        value = found[2] if found[2] is not None else found[3]
        yield found[1].lower(), html.unescape(value).strip()


def _check_attribute(shown: str, at: int, name: str, value: str) -> None:
    if name not in ATTRIBUTES:
        raise _refused(shown, at, f"the attribute {name}", ", ".join(sorted(ATTRIBUTES)))
    if name == "href" and not _LINK.match(value):
        raise _refused(
            shown, at, f"a link to {value[:40]!r}", "links that begin with https:, http:, mailto: or tel:"
        )
    if name == "style":
        for declaration in value.split(";"):
            if declaration.strip():
                _check_style(shown, at, *declaration.partition(":")[::2])


def _check_style(shown: str, at: int, name: str, value: str) -> None:
    name = name.strip().lower()
    if name not in STYLES and name.split("-")[0] not in _STYLE_FAMILIES:
        families = ", ".join(f"{family}…" for family in _STYLE_FAMILIES)
        raise _refused(shown, at, f"the style {name!r}", f"{', '.join(sorted(STYLES))}, {families}")
    if not _STYLE_VALUE.match(value):
        raise _refused(shown, at, f"the style {name}: {value.strip()[:40]}", "words, numbers, colours")


def _allowed_tags(name: str) -> str:
    tags = ", ".join(sorted(TAGS))
    return f"the logo by {{{{ logo }}}}, and {tags}" if name == "img" else tags


def _refused(shown: str, at: int, found: str, allowed: str) -> TemplateError:
    return TemplateError("html", f"in line {shown.count(chr(10), 0, at) + 1} of the result, {found}", allowed)
