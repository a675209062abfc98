"""`docs/settings.md`, from `config/settings.py`."""

from __future__ import annotations

import types
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config import base, malware, values
from config.settings import Settings
from docs.table import table

_HEAD = """# Settings

Generated from `config/settings.py` by `make docs`; change it there.

The host's settings are one TOML file, `vestry.toml` where nothing else is said. Relative paths are taken from
the folder of that file. A secret is written as `"env:NAME"` (an environment variable) or `"file:PATH"` (the
content of a file, without its last line end) or, plainly, as itself. Unknown keys and bad values refuse to
start, and each is named with the file, the key, what was found and what is allowed. `SIGHUP` has the file
read again.
"""
_WORDS: tuple[tuple[object, str], ...] = (
    (values.Port, "port, 0 to 65535"),
    (values.Count, "whole number, at least 1"),
    (values.Seconds, "seconds"),
    (values.Hours, "hours"),
    (values.Days, "days, at most 365"),
    (values.FilePath, "path"),
    (values.HostName, "host name or IP address"),
    (values.IpAddress, "IP address"),
    (malware.ScannerPlace, "`off`, path, or `host:port`"),
    (values.PublicUrl, "address with `https://`"),
    (values.Network, "network"),
    (values.Secret, "secret"),
    (values.Selector, "selector"),
    (values.SpacyPipeline, "name of an installed spaCy pipeline"),
    (base.Domain, "domain"),
    (str, "text"),
    (int, "whole number"),
    (bool, "true or false"),
)


def page() -> str:
    """The whole page."""
    return _HEAD + "".join(_section(title, model) for title, model in _tables("", Settings))


def _tables(path: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every table of the file, with its heading, outermost first."""
    yield path, model
    for name, annotation in get_type_hints(model, include_extras=True).items():
        if name not in model.model_fields:
            continue
        inner, many, named = _inner(annotation)
        if inner is not None:
            key = f"{path}.{name}" if path else name
            key = f"{key}[]" if many else f"{key}.NAME" if named else key
            yield from _tables(key, inner)


def _inner(annotation: object) -> tuple[type[BaseModel] | None, bool, bool]:
    """The table that a value is, whether it is a list of them, whether each has a name."""
    (annotation,) = _without_none(annotation)[:1]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False, False
    if get_origin(annotation) is tuple:
        return _inner(get_args(annotation)[0])[0], True, False
    if get_origin(annotation) is dict:
        return _inner(get_args(annotation)[1])[0], False, True
    return None, False, False


def _section(path: str, model: type[BaseModel]) -> str:
    heading = (
        "At the top of the file"
        if not path
        else f"`[[{path[:-2]}]]`"
        if path.endswith("[]")
        else f"`[{path}]`"
    )
    hints = get_type_hints(model, include_extras=True)
    rows = [
        [f"`{field.alias or name}`", _words(hints[name], field), _default(field), field.description or ""]
        for name, field in model.model_fields.items()
        if _inner(hints[name])[0] is None
    ]
    intro = (model.__doc__ or "").strip()
    return (
        f"\n## {heading.replace('[].', '.')}\n\n{intro}\n\n"
        + table(["Key", "Value", "Default", ""], rows)
        + "\n"
    )


def _words(annotation: object, field: FieldInfo | None = None) -> str:
    for known, words in _WORDS:
        if annotation == known:
            least = [str(limit.ge) for limit in (field.metadata if field else ()) if isinstance(limit, Ge)]
            return f"{words}, at least {least[0]}" if annotation is int and least else words
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " or ".join(f"`{choice}`" for choice in annotation)
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list of {_words(get_args(annotation)[0])}"
    arms = _without_none(annotation)
    if arms == (annotation,):
        raise LookupError(f"no words for {annotation}")
    return " or ".join(_words(arm) for arm in arms)


def _without_none(annotation: object) -> tuple[object, ...]:
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(arm for arm in get_args(annotation) if arm is not type(None))
    return (annotation,)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    if field.default_factory is not None or field.default in (None, ()):
        return ""
    return f"`{_toml(field.default)}`"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
