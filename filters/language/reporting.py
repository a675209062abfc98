"""Whether somebody reports what was said, and does not say it: it stands in quotation marks, or the sentence says so."""

from __future__ import annotations

from filters.language.lists import REPORTED
from filters.phrases import sentence_around, words_in
from filters.quotation import is_quoted


def is_reported(text: str, start: int, end: int) -> bool:
    """Whether a part of a paragraph is somebody else's words, which its author passes on."""
    return is_quoted(text, start, end) or _is_told(text, start, end)


def _is_told(text: str, start: int, end: int) -> bool:
    sentence = sentence_around(text, start, end)
    if not REPORTED.signs.isdisjoint(words_in(sentence)):
        return True
    said = words_in(sentence[: max(0, sentence.find(text[start:end]))])
    return not REPORTED.speakers.isdisjoint(said) and not REPORTED.verbs.isdisjoint(said)
