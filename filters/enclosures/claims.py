"""The claims in a text that something is attached, each with what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from filters.enclosures import english, welsh
from filters.enclosures import words as w
from filters.enclosures.links import has_link
from filters.enclosures.sentences import Sentence, sentences

_STEM = re.compile(r"attach|enclos|ynghlwm|atod|amgae|amgáu|amgau", re.IGNORECASE)
_WIDTH = 200


class About(StrEnum):
    """What is said to be attached, where that matters: earlier mail stands below, a picture in the text."""

    MAIL = "mail"
    PICTURE = "picture"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Claim:
    """The sentence as it stands, its first 200 characters, and what it is about."""

    text: str
    about: About


def claims(text: str) -> Iterator[Claim]:
    """Each sentence of a text that says that something is attached."""
    linked = has_link(text)
    for sentence in sentences(text, _STEM):
        for at, word in enumerate(sentence.words):
            if _STEM.search(word) and (english.is_claim(sentence, at) or welsh.is_claim(sentence, at)):
                if linked and not {"link", "links"}.isdisjoint(sentence.words):
                    continue
                yield Claim(sentence.text[:_WIDTH], _about(sentence, at))
                break


def _about(sentence: Sentence, at: int) -> About:
    if not w.PICTURES.isdisjoint(sentence.words):
        return About.PICTURE
    after = sentence.after(at, 4)
    told_of = sentence.before(at, 3) + (after if after[1:2] != ("this",) else ())
    return About.ANYTHING if w.CARRIED_MAIL.isdisjoint(told_of) else About.MAIL
