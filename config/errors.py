"""The one error that bad configuration raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong: the dotted key, what was found there, and what is allowed."""

    key: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.key}: found {self.found}; allowed: {self.allowed}"


class ConfigError(Exception):
    """A configuration file cannot be used: names the file and, for each fault, key, found and allowed."""

    def __init__(self, file: str, complaints: list[Complaint]) -> None:
        self.file = file
        self.complaints = complaints
        super().__init__("\n".join(f"{file}: {complaint}" for complaint in complaints))


_SECRET_WORDS = ("password", "secret", "token")


def complaints_from(error: ValidationError) -> list[Complaint]:
    """Each fault that pydantic found, in words an operator can act on; secrets are never repeated."""
    complaints = []
    for fault in error.errors(include_url=False):
        key = _dotted(fault["loc"])
        found = repr(fault["input"])
        if any(word in key.lower() for word in _SECRET_WORDS):
            found = "a value (not shown)"
        elif len(found) > 80:
            found = found[:77] + "..."
        if fault["type"] == "extra_forbidden":
            complaints.append(Complaint(key, "an unknown key", "only the keys in the reference"))
        elif fault["type"] == "missing":
            complaints.append(Complaint(key, "nothing", "a value is required"))
        else:
            complaints.append(Complaint(key, found, fault["msg"].removeprefix("Value error, ")))
    return complaints


def _dotted(location: tuple[int | str, ...]) -> str:
    """`("listeners", 0, "port")` as `listeners[0].port`."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".") or "(the whole file)"
