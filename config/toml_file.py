"""Reading TOML, with every fault as a ConfigError."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from config.errors import Complaint, ConfigError

_WHOLE = "(the whole file)"


def read_text(path: Path) -> str:
    """The text of the file at `path`. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(str(path), [Complaint(_WHOLE, str(error.strerror), "a file to read")]) from None
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8, at {error.start}"
        raise ConfigError(str(path), [Complaint(_WHOLE, found, "text in UTF-8")]) from None


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The values in a TOML text; errors call it `name`. Raises ConfigError."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(name, [Complaint(_WHOLE, str(error), "TOML")]) from None


def read_toml(path: Path) -> dict[str, Any]:
    """The values in the TOML file at `path`. Raises ConfigError."""
    return parse_toml(read_text(path), str(path))
