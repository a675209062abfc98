"""A council's file: TOML that people read, write and keep, and `Council` values.

What `dump` writes `loads` reads back as an equal value. Keys that stand at their defaults are left out, so a
file without `[policy]` is a council with the built-in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import tomli_w
from pydantic import ValidationError

from config.council import Council
from config.errors import ConfigError, complaints_from
from config.signature import Version
from config.toml_file import parse_toml, read_text
from config.values import Folder, context_of


def load_council(path: Path) -> Council:
    """The council in the TOML file at `path`. Raises ConfigError."""
    return council_from(parse_toml(read_text(path), str(path)), str(path), context_of(path))


def loads(text: str, name: str) -> Council:
    """The council that the TOML in `text` describes; errors call it `name`. Raises ConfigError."""
    return council_from(parse_toml(text, name), name)


def council_from(values: Mapping[str, object], name: str, context: Folder | None = None) -> Council:
    """The council that `values` describe, with the keys of the file. Raises ConfigError, naming `name`.

    With `context`, a logo may be the path of a picture in the folder of the file.
    """
    try:
        return Council.model_validate(values, context=context)
    except ValidationError as error:
        raise ConfigError(name, complaints_from(error, Council)) from None


def dump(council: Council) -> str:
    """The council as the text of its file, in which templates stand on lines of their own."""
    values = council.model_dump(by_alias=True, exclude_defaults=True)
    for person in values.get("people", ()):
        for kind in ("roles", "identities", "personal_addresses"):
            if kind in person:
                person[kind] = [_days_last(entry) for entry in person[kind]]
    return tomli_w.dumps(values, indent=2, multiline_strings=True)


def dump_versions(key: str, versions: Iterable[Version]) -> str:
    """Versions of signatures or waivers as the text of a file, under `[[key]]`."""
    values = [version.model_dump(by_alias=True, exclude_defaults=True) for version in versions]
    return tomli_w.dumps({key: values}, indent=2, multiline_strings=True)


def _days_last(entry: dict[str, object]) -> dict[str, object]:
    """What is held before the days on which it is held, as people write it."""
    return dict(sorted(entry.items(), key=lambda item: item[0] in ("from", "until")))
