"""The words of notices, by key: `words/en.toml` and `words/cy.toml`, which have the same keys and fields.

A sentence has fields such as `{subject}`. They are filled in by name and by nothing else: a translation is words, not
a program.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from config.telling import Language
from gateway.notices.page import Said, Taken

LANGUAGES = ("en", "cy")
"""The languages that there are words in."""

_LONDON = ZoneInfo("Europe/London")
_FIELD = re.compile(r"\{([a-z_]+)\}")


class Words:
    """The words of one language. Calling it with a key gives what stands there, with its fields filled in."""

    def __init__(self, lang: str, texts: Mapping[str, str]) -> None:
        self.lang = lang
        self._texts = texts

    def __call__(self, key: str, **fields: str | Taken | Said) -> Said:
        """What is said under `key`. Raises KeyError where there is no such key, or a field was not given."""
        said: list[str | Taken] = []
        for place, piece in enumerate(_FIELD.split(self._texts[key])):
            value = fields[piece] if place % 2 else piece
            said += value if isinstance(value, tuple) else (value,)
        return tuple(piece for piece in said if piece != "")

    def line(self, key: str, **fields: str) -> str:
        """The same as text, for a subject."""
        return "".join(str(piece) for piece in self(key, **fields))

    def moment(self, when: datetime) -> Said:
        """A moment as people in the United Kingdom write it."""
        local = when.astimezone(_LONDON)
        return self("moment", day=self.day(local.date()), time=f"{local:%H:%M}")

    def day(self, day: date) -> Said:
        """A day of the calendar."""
        return self("day", day=str(day.day), month=self(f"month.{day.month}"), year=str(day.year))

    @property
    def fields(self) -> dict[str, frozenset[str]]:
        """The fields that each key has."""
        return {key: frozenset(_FIELD.findall(text)) for key, text in self._texts.items()}


@cache
def words(lang: str) -> Words:
    """The words of a language, one of `LANGUAGES`."""
    file = resources.files("gateway.notices") / "words" / f"{lang}.toml"
    return Words(lang, dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")))))


def languages(language: Language) -> tuple[Words, ...]:
    """The words that a council's notices are written with, in this order: Welsh first where it is both."""
    codes = ("cy", "en") if language is Language.BOTH else (language.value,)
    return tuple(words(code) for code in codes)


def _flat(values: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{key}.")
        else:
            found.append((before + key, str(value)))
    return found
