"""Words as the index has them: the same for either kind of database, and for what is asked.

A word is a run of letters and digits, in lower case and without marks above or below; whatever else stands in a text
parts words. So a planning reference (24/01234/FUL), an amount (£1,250.00), an address and O'Brien are words that follow
one another, however their signs are typed.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]"
)
"""Marks that stand above or below letters, and signs that nobody sees and that part no word."""

LONGEST = 200
"""Characters of a word. What is longer, data most likely, is cut into words of this length."""

PIECE = re.compile(rf"[^\W_]{{1,{LONGEST}}}")
"""A word, or what a longer one is cut into, in a text as `plain` makes it."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]++")
_MOST_KNOWN = 100_000


def plain(text: str) -> str:
    """A text in lower case, without marks."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()


def tokens(text: str) -> list[str]:
    """The words of a text, in their order."""
    found = _WORD.findall(plain(text))
    if max(map(len, found), default=0) <= LONGEST:
        return found
    return [each[at : at + LONGEST] for each in found for at in range(0, len(each), LONGEST)]


def placed(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text, the same as `tokens` has, each with where it begins and ends in the text as it stands."""
    plainly = Plainly(text)
    straight = plainly.straight
    for word in _WORD.finditer(plainly.text):
        begin, end = word.span()
        if straight and end - begin <= LONGEST:
            yield word[0], begin, end
            continue
        for at in range(begin, end, LONGEST):
            behind = min(at + LONGEST, end)
            yield plainly.text[at:behind], plainly.begin(at), plainly.end(behind)


class Plainly:
    """A text as `plain` makes it, `text`, and where each character of that comes from.

    Most stretches of a text stay as long as they are. Those that do not are known by where they begin, in either text:
    a character that comes apart into several, or into none.
    """

    def __init__(self, text: str) -> None:
        self._original = text
        self._parts: list[str] = []
        self._length = 0
        self._here: list[int] = [0]
        self._there: list[int] = [0]
        self._apart: list[bool] = [False]
        if text.isascii():
            self.text = text.lower()
            return
        at = 0
        for run in _BEYOND_ASCII.finditer(text):
            self._take(text[at : run.start()], at)
            self._take_run(run[0], run.start())
            at = run.end()
        self._take(text[at:], at)
        self.text = "".join(self._parts).lower()

    @property
    def straight(self) -> bool:
        """Whether every character is where it was."""
        return len(self._here) == 1

    def begin(self, at: int) -> int:
        """Where in the text the character at this place begins."""
        stretch = bisect_right(self._here, at) - 1
        return self._there[stretch] + (0 if self._apart[stretch] else at - self._here[stretch])

    def end(self, behind: int) -> int:
        """Where in the text the character before this place ends, the marks on it included."""
        stretch = bisect_right(self._here, behind - 1) - 1
        found = self._there[stretch] + (1 if self._apart[stretch] else behind - self._here[stretch])
        while mark := _MARKS.match(self._original, found):
            found = mark.end()
        return found

    def _take_run(self, run: str, there: int) -> None:
        if plain(run) == run.lower() and len(run.lower()) == len(run):
            self._take(run, there)
            return
        for offset, character in enumerate(run):
            part = _MARKS.sub("", unicodedata.normalize("NFKD", character))
            if len(part) == 1:
                self._take(part, there + offset)
            else:
                self._stretch(there + offset, apart=True)
                self._parts.append(part)
                self._length += len(part)

    def _take(self, part: str, there: int) -> None:
        """Take what stays as long as it is."""
        if not part:
            return
        if self._apart[-1]:
            self._stretch(there, apart=False)
        self._parts.append(part)
        self._length += len(part)

    def _stretch(self, there: int, apart: bool) -> None:
        self._here.append(self._length)
        self._there.append(there)
        self._apart.append(apart)


class Stems:
    """Stems of words, by the very stemmer that SQLite's index has (Porter's), so that both databases find the same."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        # The stemmer knows octets, not letters: it may take off half of one that is not English.
        self._database.text_factory = lambda term: term.decode(errors="replace")
        self._database.executescript(
            "CREATE VIRTUAL TABLE words USING fts5(word, content='', tokenize='porter unicode61 remove_diacritics 2');"
            "CREATE VIRTUAL TABLE stem USING fts5vocab(words, instance);"
        )

    def of(self, words: Iterable[str]) -> dict[str, str]:
        """The stem of each word."""
        with self._lock:
            wanted = set(words)
            known = {each: self._known[each] for each in wanted if each in self._known}
            new = sorted(wanted - known.keys())
            return known | self._learn(new) if new else known

    def _learn(self, new: list[str]) -> dict[str, str]:
        if len(self._known) > _MOST_KNOWN:
            self._known = {}
        self._database.execute("BEGIN")
        try:
            self._database.executemany("INSERT INTO words (rowid, word) VALUES (?, ?)", enumerate(new))
            found = self._database.execute("SELECT doc, term FROM stem").fetchall()
        finally:
            self._database.execute("ROLLBACK")
        learnt = {each: each for each in new} | {new[number]: term for number, term in found}
        self._known |= learnt
        return learnt


stems = Stems()
