"""What a search gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Order(StrEnum):
    """In what order what is found comes."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found. `number` is its number in the council's index."""

    number: int
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unsearched:
    """How much of a scope could not be searched: messages of which not all could be read, and why how often; and
    messages that are still to be read, which are none of those.
    """

    messages: int
    pending: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be searched: a message's own text, where `name` is empty, or something attached."""

    message: str
    at: datetime
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """What the archive of a council has that can be found: how many messages, and from when to when."""

    messages: int
    first: datetime | None
    last: datetime | None
