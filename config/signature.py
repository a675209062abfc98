"""A council's agreed signatures and waivers, in versions with the day from which each is in force.

An earlier version stays in the file: mail programs still insert it, and what is known can be replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Address, Day, Frozen, Line
from config.capacity import Capacity
from config.errors import Complaint, Faults
from config.image import LogoFile
from config.person import Role
from config.template import FIELDS, NOT_IN_TEXT, NOT_PERSONAL, Template, references

MOST_VERSIONS = 50
MOST_VARIANTS = 50
ANY_FIELDS = frozenset(FIELDS)


class Language(StrEnum):
    """The language in which a council signs."""

    ENGLISH = "english"
    WELSH = "welsh"
    BILINGUAL = "bilingual"


def _version_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", text):
        raise ValueError("1 to 40 letters, digits, dots, hyphens and underscores")
    if text.startswith("built-in"):
        raise ValueError("a name of the council's own, not that of a built-in version")
    return text


def _web_address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[^\s<>\"'\\]*)?", text):
        raise ValueError("an address such as https://www.example.gov.uk")
    return text


VersionName = Annotated[str, AfterValidator(_version_name)]


Wording = tuple[str, str]
"""The templates of one language, text and HTML; HTML is made from the text where there is none."""


class Variant(Frozen):
    """Texts, and whom they are for: each condition that is given must hold, one that is not holds for all.

    One without `capacity` is for the Council's business and for casework, never for personal views. `_cy` is
    Welsh; bilingual is, where nothing is given for it, the Welsh followed by the English.
    """

    roles: tuple[Role, ...] = ()
    people: tuple[Address, ...] = ()
    addresses: tuple[Address, ...] = ()
    capacity: Capacity | None = None
    text: Template = ""
    html: Template = ""
    text_cy: Template = ""
    html_cy: Template = ""
    text_bilingual: Template = ""
    html_bilingual: Template = ""

    @model_validator(mode="after")
    def _html_goes_with_text(self) -> Self:
        faults = []
        for suffix in ("", "_cy", "_bilingual"):
            if getattr(self, f"html{suffix}") and not getattr(self, f"text{suffix}"):
                wanted = f"a text wherever there is `html{suffix}`, for mail without HTML"
                faults.append(Complaint(f"text{suffix}", "nothing", wanted))
        if not (self.text or self.text_cy or self.text_bilingual):
            faults.append(Complaint("text", "nothing", "`text`, `text_cy` or `text_bilingual`"))
        if faults:
            raise Faults(faults)
        return self

    def has(self, language: Language) -> bool:
        """Whether there are texts of its own in a language."""
        return {
            Language.ENGLISH: bool(self.text),
            Language.WELSH: bool(self.text_cy),
            Language.BILINGUAL: bool(self.text_bilingual or (self.text and self.text_cy)),
        }[language]

    def wordings(self, language: Language) -> tuple[Wording, ...]:
        """The templates in a language, two for a bilingual text made of both; else those that there are."""
        english, welsh = (self.text, self.html), (self.text_cy, self.html_cy)
        both = (self.text_bilingual, self.html_bilingual)
        if language is Language.ENGLISH:
            order: tuple[tuple[Wording, ...], ...] = ((english,), (both,), (welsh,))
        elif language is Language.WELSH:
            order = ((welsh,), (both,), (english,))
        else:
            order = ((both,), (welsh, english), (welsh,), (english,))
        return next(each for each in order if all(text for text, _ in each))

    def applies(self, capacity: Capacity) -> bool:
        """Whether it is for messages in a capacity."""
        return self.capacity is capacity or (self.capacity is None and capacity is not Capacity.PERSONAL)

    def templates(self) -> Iterator[tuple[str, str]]:
        """Key and source of each template that there is."""
        for key in ("text", "html", "text_cy", "html_cy", "text_bilingual", "html_bilingual"):
            if source := getattr(self, key):
                yield key, source


class Version(Frozen):
    """One version of the agreed signatures, or of the waiver, in force from a day until a newer one is.

    Without a day it waits to be activated.
    """

    version: VersionName
    from_: Day | None = Field(default=None, alias="from")
    variants: tuple[Variant, ...] = Field(min_length=1, max_length=MOST_VARIANTS)

    def begun(self, on: date) -> bool:
        """Whether its first day has come."""
        return self.from_ is not None and self.from_ <= on


class SignatureBook(Frozen):
    """What a council has agreed for its signatures and waivers; nothing at all is the built-in texts.

    `website`, `phone`, `address` and `council_cy` (the council's name in Welsh) are fields for the templates.
    """

    language: Language = Language.ENGLISH
    council_cy: Line = Field(default="", max_length=200)
    website: Annotated[Line, AfterValidator(_web_address)] = Field(default="", max_length=200)
    phone: Line = Field(default="", max_length=200)
    address: Line = Field(default="", max_length=300)
    address_cy: Line = Field(default="", max_length=300)
    logo: LogoFile | None = None
    agreed: tuple[Version, ...] = Field(default=(), max_length=MOST_VERSIONS)
    waivers: tuple[Version, ...] = Field(default=(), max_length=MOST_VERSIONS)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        faults = [*_faults_of_versions("agreed", self.agreed), *_faults_of_versions("waivers", self.waivers)]
        faults += _faults_of_language(self)
        if faults:
            raise Faults(faults)
        return self

    def faults_of_fields(self, details: frozenset[str]) -> Iterator[Complaint]:
        """Fields that templates name and that there are not, the people's `details` being known."""
        for key, versions in (("agreed", self.agreed), ("waivers", self.waivers)):
            for number, version in enumerate(versions):
                for place, variant in enumerate(version.variants):
                    for name, source in variant.templates():
                        allowed = ANY_FIELDS | details
                        if not name.startswith("html"):
                            allowed -= NOT_IN_TEXT
                        if variant.capacity is Capacity.PERSONAL:
                            allowed -= NOT_PERSONAL
                        where = f"signatures.{key}[{number}].variants[{place}].{name}"
                        yield from _unknown(where, source, allowed)


def in_force(versions: tuple[Version, ...], on: date) -> Version | None:
    """The newest version whose first day has come, if any."""
    begun = [version for version in versions if version.begun(on)]
    return max(begun, key=_first_day) if begun else None


def _first_day(version: Version) -> date:
    return version.from_ or date.max


def _unknown(where: str, source: str, allowed: frozenset[str]) -> Iterator[Complaint]:
    known = ", ".join([*(field for field in FIELDS if field in allowed), *sorted(allowed - ANY_FIELDS)])
    for reference in references(source):
        if reference.name not in allowed:
            yield Complaint(where, f"the field {reference.name!r}, in line {reference.line}", known)


def _faults_of_versions(key: str, versions: tuple[Version, ...]) -> Iterator[Complaint]:
    for number, version in enumerate(versions):
        if version.version in {each.version for each in versions[:number]}:
            yield Complaint(f"{key}[{number}].version", version.version, "each name once")
        if version.from_ is not None and version.from_ in {each.from_ for each in versions[:number]}:
            yield Complaint(f"{key}[{number}].from", str(version.from_), "each first day once")


_WANTED = {
    Language.ENGLISH: "`text`, as the language is english",
    Language.WELSH: "`text_cy`, as the language is welsh",
    Language.BILINGUAL: "`text_bilingual`, or both `text` and `text_cy`, as the language is bilingual",
}


def _faults_of_language(book: SignatureBook) -> Iterator[Complaint]:
    """The newest versions speak the council's language; what has been superseded may speak another."""
    for key, versions in (("agreed", book.agreed), ("waivers", book.waivers)):
        newest = max(map(_first_day, versions), default=date.max)
        for number, version in enumerate(versions):
            for place, variant in enumerate(version.variants):
                if _first_day(version) >= newest and not variant.has(book.language):
                    wanted = _WANTED[book.language]
                    yield Complaint(f"{key}[{number}].variants[{place}]", "no such text", wanted)
