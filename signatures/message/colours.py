"""The colour of words in HTML as styles give it: whether it is red."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from colorsys import rgb_to_hsv
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2
from tinycss2.color4 import parse_color

from signatures.message.html import unescaped

_LONGEST_VALUE = 80
_LONGEST_STYLE = 2000
_LONGEST_SHEETS = 65_536
_MOST_RULES = 500

_HUE = 15 / 360
"""How far red reaches towards pink and towards orange."""

_VIVID, _BRIGHT, _OPAQUE = 0.75, 0.54, 0.2
"""Saturation and value from which on a hue is seen as red, neither pink nor brown; and how much of it shows."""

_SAID = re.compile(r"""color\s*+[:=]\s*+["']?+([^;"'<>{}]{1,80}+)""")
_SAID_OF_TEXT = re.compile(r"""text=["']?+([^"'<> ]{1,80}+)""")
_BARE_HEX = re.compile(r"[0-9a-fA-F]{6}|[0-9a-fA-F]{3}")
_SELECTOR = re.compile(r"([a-zA-Z][\w-]{0,60}+|\*)?+(?:([.#])([\w-]{1,100}+))?+")
_OF_TAG, _OF_CLASS, _OF_ID, _OF_ELEMENT = range(4)


@dataclass(frozen=True, slots=True)
class Styles:
    """What style sheets say of red: by tag, by `.class` or `#id`, alone or with its tag before it.

    Each value is whether the colour is red, with the rank of what says so: what is `!important`, then what is more
    specific, then what comes later (CSS Cascading and Inheritance, §6.1).
    """

    rules: Mapping[str, tuple[tuple[int, ...], bool]]

    def of(self, name: str, said: Mapping[str, str]) -> tuple[tuple[int, ...], bool] | None:
        """What they say of an element with this name and these attributes, None where nothing."""
        if not self.rules:
            return None
        keys = [name, "*"]
        for each in said.get("class", "").split()[:20]:
            keys += (f".{each}", f"{name}.{each}")
        if "id" in said:
            keys += (f"#{said['id']}", f"{name}#{said['id']}")
        return max((self.rules[key] for key in keys if key in self.rules), default=None)


def names_red(source: str) -> bool:
    """Whether anything in HTML may be red: whether any colour that it sets is. A colour that is written with escapes
    or comments within is not seen.
    """
    folded = source.lower()
    said = set(_SAID.findall(folded)) if "color" in folded else set()
    if "text=" in folded:
        said.update(_SAID_OF_TEXT.findall(folded))
    return any(is_red(value) or is_red(value.partition(" ")[0]) for value in said)


def styles_of(sheets: Iterable[str]) -> Styles:
    """What the style sheets in HTML say. Selectors of more than one element are left out, and so are sheets that
    together are longer than any that mail programs write.
    """
    rules: dict[str, tuple[tuple[int, ...], bool]] = {}
    left, order = _LONGEST_SHEETS, 0
    for sheet in sheets:
        left -= len(sheet)
        if left < 0:
            break
        if "color" not in sheet.lower():
            continue
        for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)[:_MOST_RULES]:
            if rule.type != "qualified-rule" or (said := _declared(rule.content)) is None:
                continue
            important, red = said
            order += 1
            for key, rank in _selected(tinycss2.serialize(rule.prelude)):
                rules[key] = max(rules.get(key, ((-1,), False)), ((int(important), rank, order), red))
    return Styles(rules)


def red_element(name: str, said: Mapping[str, str], styles: Styles, *, inherited: bool) -> bool:
    """Whether the words in an element with these attributes are red, where those around it are or are not."""
    found = [each for each in (styles.of(name, said), _of_attribute(name, said), _inline(said)) if each]
    return max(found)[1] if found else inherited


@lru_cache(maxsize=512)
def is_red(value: str) -> bool:
    """Whether a colour as CSS or HTML write it is red. What is no colour is not."""
    written = unescaped(value).partition("!")[0].strip()
    if len(written) > _LONGEST_VALUE:
        return False
    if _BARE_HEX.fullmatch(written):
        written = "#" + written
    try:
        colour: Any = parse_color(written)
        if colour is None or isinstance(colour, str):
            return False
        red, green, blue = (min(1.0, max(0.0, float(each))) for each in colour.to("srgb").coordinates)
        opaque = float(colour.alpha) >= _OPAQUE
    except (ArithmeticError, NotImplementedError, TypeError, ValueError):
        return False  # A space that is not converted to red, green and blue, or numbers that are none.
    hue, saturation, brightness = rgb_to_hsv(red, green, blue)
    near = min(hue, 1 - hue) <= _HUE
    return opaque and near and saturation >= _VIVID and brightness >= _BRIGHT


def _of_attribute(name: str, said: Mapping[str, str]) -> tuple[tuple[int, ...], bool] | None:
    """What `<font color>` and `<body text>` say. Every style goes before it (HTML Standard §15)."""
    value = said.get("color") if name == "font" else said.get("text") if name == "body" else None
    return ((0, -1), is_red(value)) if value else None


def _inline(said: Mapping[str, str]) -> tuple[tuple[int, ...], bool] | None:
    """What the element's own style says."""
    style = said.get("style", "")
    if not style or len(style) > _LONGEST_STYLE:
        return None
    found = _styled(style)
    return ((int(found[0]), _OF_ELEMENT), found[1]) if found else None


@lru_cache(maxsize=256)
def _styled(style: str) -> tuple[bool, bool] | None:
    written = unescaped(style)
    return _declared(written) if "color" in written.lower() else None


def _declared(content: Any) -> tuple[bool, bool] | None:
    """Of some declarations: whether the colour is important, and whether it is red. None where none is set."""
    found: tuple[bool, bool] | None = None
    for each in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if each.type != "declaration" or each.lower_name != "color":
            continue
        value = tinycss2.serialize(each.value).strip()
        if value.lower() not in {"inherit", "unset"} and (found is None or each.important or not found[0]):
            found = bool(each.important), is_red(value)
    return found


def _selected(prelude: str) -> Iterator[tuple[str, int]]:
    """The elements that a rule is about, as keys of `Styles`, each with how specific that is."""
    for each in prelude.split(","):
        if found := _SELECTOR.fullmatch(each.strip()):
            name, mark, value = (found[1] or "").lower(), found[2] or "", found[3] or ""
            name = "" if mark and name == "*" else name
            if name or mark:
                rank = {"": _OF_TAG, ".": _OF_CLASS, "#": _OF_ID}[mark]
                yield f"{name}{mark}{value}", rank
