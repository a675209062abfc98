"""What a single word, phrase or value of a query is looked for by."""

from __future__ import annotations

import re
from datetime import date

from gateway.archive.query.dates import period
from gateway.archive.query.errors import QueryError, shown
from gateway.archive.query.fields import COLUMNS, DATES, FIELDS, near
from gateway.archive.query.joining import both
from gateway.archive.query.lexer import Kind, Sign
from gateway.archive.query.terms import Form, Since, Term, Until, Words
from gateway.archive.query.values import VALUES
from gateway.store.index.columns import Column
from gateway.store.index.tokens import plain, tokens

_MOST_REMARKS = 20
_LAST_WORD = re.compile(r"[^\W_](?=[\W_]*+\Z)")
_LIKE_A_FIELD = re.compile(r"([a-z]{3,20}+):(?!//)(?=[^\W_])")
_DASHES = "–—−‐‑"
_JOINING = {"and": "AND", "or": "OR", "not": "NOT"}
_NEAR = "NEAR"


class Remarks:
    """What was odd in a query, each thing once."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        """Remember a sentence. There are never so many that they would bury what was found."""
        if len(self._said) < _MOST_REMARKS:
            self._said[sentence] = None

    def all(self) -> tuple[str, ...]:
        """All sentences, in their order."""
        return tuple(self._said)


class Leaves:
    """Makes terms of words, phrases and values. `today` is the day that `today` and `yesterday` go by."""

    def __init__(self, today: date, remarks: Remarks) -> None:
        self._today = today
        self._remark = remarks.add

    def leaf(self, field: str, sign: Sign) -> Term | None:
        """The term of what stands behind a field, or by itself where that is empty; None where it holds nothing to
        look for. Raises QueryError for a value that there is not.
        """
        if field in FIELDS and field not in COLUMNS and not sign.text.strip():
            self._remark(f'"{field}:" with nothing after it was left out.')
            return None
        if field in DATES:
            return self._when(field, sign.text)
        if field in VALUES:
            return self._value(field, " ".join(sign.text.split()))
        return self._words(sign, COLUMNS[field] if field else ())

    @staticmethod
    def _value(field: str, text: str) -> Term:
        if not text.isprintable():
            # It would be repeated on a terminal, in the sentence that says what the query means.
            raise QueryError(f'What stands after "{field}:" has a character in it that cannot be seen.')
        return VALUES[field](text)

    def _when(self, field: str, text: str) -> Term:
        first, behind = period(field, text, self._today)
        if field == "after":
            return Since(first)
        return Until(first) if field == "before" else both((Since(first), Until(behind)))

    def _words(self, sign: Sign, columns: tuple[Column, ...]) -> Term | None:
        found = tuple(tokens(sign.text))
        begins = self._starred(sign.text)
        if not found:
            self._remark(f'"{shown(sign.text)}" has no letter and no digit, and was left out.')
            return None
        if not columns and sign.kind is Kind.TEXT:
            self._remark_on(sign.text)
        if begins:
            form = Form.PREFIX
        elif sign.kind is Kind.TEXT and len(found) == 1 and found[0].isascii() and found[0].isalpha():
            form = Form.STEMMED
        else:
            form = Form.EXACT
        return Words(found, form, columns)

    def _starred(self, text: str) -> bool:
        """Whether a star stands right behind the last word."""
        if "*" not in text:
            return False
        bare = plain(text)
        last = _LAST_WORD.search(bare)
        begins = last is not None and bare[last.end() : last.end() + 1] == "*"
        if last is not None and (not begins or "*" in bare[: last.end()]):
            self._remark(f'A star stands for the rest of a word only right behind it: see "{shown(text)}".')
        return begins

    def _remark_on(self, text: str) -> None:
        if text.lower() in _JOINING:
            self._remark(
                f'"{text}" was taken as a word; to join or leave out, write {_JOINING[text.lower()]}.'
            )
        elif text == _NEAR:
            self._remark("NEAR was taken as a word; words that stand together are found by quotation marks.")
        elif text[0] in _DASHES or text.startswith("--"):
            self._remark(
                f'"{shown(text)}" was looked for; to leave it out, put one hyphen (-) right before the word.'
            )
        elif like := _LIKE_A_FIELD.match(text):
            meant = near(like[1])
            hint = f' Did you mean "{meant}:"?' if meant else ""
            self._remark(f'There is no field "{like[1]}:", so "{shown(text)}" was taken as text.{hint}')
