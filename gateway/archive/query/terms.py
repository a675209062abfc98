"""What a query is made of, once read. The store makes SQL of it; nothing that somebody typed gets there as such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import TypeAlias

from gateway.store.index.columns import Column


class Form(Enum):
    """How words are looked for."""

    STEMMED = "stemmed"
    """One word, with whatever ending."""

    EXACT = "exact"
    """One word or several, one after the other, as they stand."""

    PREFIX = "prefix"
    """The same, but of the last only the beginning."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words, as `tokens` makes them, that stand in one of these columns; in any where there are none."""

    tokens: tuple[str, ...]
    form: Form
    columns: tuple[Column, ...] = ()


class Attribute(StrEnum):
    """What is known of an item besides its words."""

    PERSON = "person"
    """Login of who sent it, or what stands before the @ of it."""

    CHECK = "check"
    VERDICT = "verdict"
    """What policy made of it."""

    STATE = "state"
    KIND = "kind"
    THREAD = "in-thread"
    """Queue id or Message-ID of a message of the thread."""

    ID = "id"
    """Queue id or Message-ID."""

    HASH = "hash"
    """SHA-256, in hex, of something attached."""

    TYPE = "type"
    """Media type, or its beginning, of something attached, such as `application/pdf` or `image`."""


@dataclass(frozen=True, slots=True)
class Is:
    """That an attribute of the item has this value, in lower case but for ids."""

    attribute: Attribute
    value: str


@dataclass(frozen=True, slots=True)
class HasAttachment:
    """That something is attached to it."""


@dataclass(frozen=True, slots=True)
class Unsearched:
    """That some of it could not be read, or has yet to be. `wholly`: that nothing of it has been read yet."""

    wholly: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """That it came in at this moment or later."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Until:
    """That it came in before this moment."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Not:
    """That the term does not hold."""

    term: Term


@dataclass(frozen=True, slots=True)
class And:
    """That all terms hold. Of none: everything."""

    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """That one of the terms holds. Of none: nothing."""

    terms: tuple[Term, ...] = ()


Term: TypeAlias = Words | Is | HasAttachment | Unsearched | Since | Until | Not | And | Or

EVERYTHING = And()
NOTHING = Or()
