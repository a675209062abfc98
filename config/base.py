"""The shapes that configured values share: frozen, closed to unknown keys, lines without surprises."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from config.address import canonical, canonical_domain

_LONDON = ZoneInfo("Europe/London")


class Frozen(BaseModel):
    """A value read from configuration: never changed, unknown keys refused.

    In an error the values that were found are left out; `config.errors` repeats those that may be.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True, allow_inf_nan=False
    )


def _one_line(text: str) -> str:
    """Text that can go into a header, a reply or a log as it is: one line, nothing invisible."""
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        raise ValueError("text on one line, without control characters")
    return text.strip()


def _name_of_domain(domain: str) -> str:
    """A domain name in lower case and A-labels; an address literal is no name."""
    name = canonical_domain(domain)
    if name.startswith("["):
        raise ValueError("a domain name such as example.org.uk")
    return name


def _no_number(value: object) -> object:
    # pydantic would take a number for seconds since 1970.
    if isinstance(value, int | float):
        raise ValueError("a day such as 2026-05-07")
    return value


Address = Annotated[str, AfterValidator(canonical)]
"""A mail address in canonical form."""

Domain = Annotated[str, AfterValidator(_name_of_domain)]
"""A domain name in canonical form."""

Line = Annotated[str, AfterValidator(_one_line)]
"""One line of text."""

Day = Annotated[date, BeforeValidator(_no_number)]
"""A day of the calendar."""


def london_day(moment: datetime) -> date:
    """The day on which a moment falls, by the calendar of Europe/London."""
    return moment.astimezone(_LONDON).date()
