"""Where in a text the words stand that were looked for, by the same words and stems that the index has.

Most of a long text is nothing that was asked for. So the signs that a word must begin with are looked for first, and the
text is taken into words only where they stand.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heapreplace

from gateway.archive.query.terms import Form, Words
from gateway.store.index.tokens import LONGEST, PIECE, Plainly, plain, stems

_ONE_BY_ONE = 32
"""Words of a text of which the stem is learnt one by one. Of more, all are learnt together."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one of the words looked for, the one at `which`, begins and ends in a text."""

    begin: int
    end: int
    which: int


class Sought:
    """What is looked for in texts. Finding it takes time in proportion to the text, whatever the two are like."""

    def __init__(self, words: Iterable[Words]) -> None:
        self._words = tuple(words)
        self._stems = stems.of(each.tokens[0] for each in self._words if each.form is Form.STEMMED)
        self._signs = tuple(self._signs_of(each) for each in self._words)

    def within(self, text: str, which: Sequence[int]) -> Finder:
        """A finder of those words, by number, that may stand somewhere in a text."""
        plainly = plain(text)
        likely = [
            number
            for number in which
            if self._signs[number] and all(sign in plainly for sign in self._signs[number])
        ]
        return Finder(
            text,
            {number: self._words[number] for number in likely},
            {number: self._signs[number][0] for number in likely},
            self._stems,
        )

    def _signs_of(self, words: Words) -> tuple[str, ...]:
        """What must stand in a text where these words do; the first of it where they begin."""
        if words.form is Form.STEMMED:
            stem = self._stems[words.tokens[0]]
            # No more than the last letter of a stem is Porter's own: happi of happy, hope of hoping.
            return (stem[:-1] or stem,)
        return words.tokens


class Finder:
    """Finds words in a text. `words` are those that are looked for, by number, `signs` what each of them begins with."""

    def __init__(
        self, text: str, words: Mapping[int, Words], signs: Mapping[int, str], stems_: Mapping[str, str]
    ) -> None:
        self.numbers = tuple(words)
        """Those of the words that may stand in the text."""
        self._text = text
        self._alone = {number: each for number, each in words.items() if len(each.tokens) == 1}
        self._phrases = [
            _Phrase(number, each.tokens, each.form is Form.PREFIX)
            for number, each in words.items()
            if len(each.tokens) > 1
        ]
        self._signs = tuple(dict.fromkeys(signs.values()))
        self._stemmed = tuple(signs[number] for number, each in words.items() if each.form is Form.STEMMED)
        self._stems = stems_
        self._found_by: dict[str, tuple[int, ...]] = {}
        self._learnt: dict[str, str] = {}

    def places(self) -> Iterator[Place]:
        """Where in the text they stand, in the order in which they end."""
        if not self.numbers:
            return
        plainly = Plainly(self._text)
        text = plainly.text
        ahead = _Ahead(text, self._signs)
        for phrase in self._phrases:
            phrase.matched = 0
        begins = deque[int](maxlen=max((len(each.tokens) for each in self._phrases), default=1))
        at = 0
        while True:
            if not any(phrase.matched for phrase in self._phrases):
                at = ahead.next(at)
            word = PIECE.search(text, at)
            if word is None:
                return
            begin, at = word.span()
            begins.append(begin)
            for number in self._meant(word[0], text):
                yield Place(plainly.begin(begin), plainly.end(at), number)
            for phrase in self._phrases:
                if phrase.ends_with(word[0]):
                    first = begins[-len(phrase.tokens)]
                    yield Place(plainly.begin(first), plainly.end(at), phrase.number)

    def densest(self, width: int) -> tuple[Place, ...]:
        """The places of the first stretch, no longer than `width`, with as many different words as any has."""
        best: tuple[Place, ...] = ()
        most = 0
        near = deque[Place]()
        different = Counter[int]()
        for place in self.places():
            near.append(place)
            different[place.which] += 1
            while place.end - near[0].begin > width and len(near) > 1:
                gone = near.popleft().which
                different[gone] -= 1
                if not different[gone]:
                    del different[gone]
            if len(different) > most:
                best, most = tuple(near), len(different)
                if most == len(self.numbers):
                    break
        return best

    def _meant(self, word: str, text: str) -> tuple[int, ...]:
        """Which single words a word of the text is found by."""
        found = self._found_by.get(word)
        if found is None:
            found = tuple(number for number, each in self._alone.items() if self._finds(each, word, text))
            self._found_by[word] = found
        return found

    def _finds(self, sought: Words, word: str, text: str) -> bool:
        (token,) = sought.tokens
        if sought.form is Form.EXACT:
            return word == token
        if sought.form is Form.PREFIX:
            return word.startswith(token)
        return word.startswith(self._stemmed) and self._stem(word, text) == self._stems[token]

    def _stem(self, word: str, text: str) -> str:
        if word not in self._learnt:
            several = {word}
            if len(self._learnt) >= _ONE_BY_ONE:
                several.update(each for each in set(PIECE.findall(text)) if each.startswith(self._stemmed))
            self._learnt |= stems.of(several)
        return self._learnt[word]


class _Ahead:
    """Where in a text a word may begin with one of some signs. Asked for places that only ascend."""

    def __init__(self, text: str, signs: Iterable[str]) -> None:
        self._text = text
        self._next = [(found, sign) for sign in signs if (found := text.find(sign)) >= 0]
        heapify(self._next)

    def next(self, at: int) -> int:
        """The first such place from `at` on, where a word may begin; the end of the text where there is none."""
        text, places = self._text, self._next
        while places:
            found, sign = places[0]
            if found >= at:
                if found == at or not text[found - 1].isalnum():
                    return found
                if found - at >= LONGEST and text[found - LONGEST : found].isalnum():
                    # It may be where a very long word is cut: the words before it tell.
                    return at
            behind = text.find(sign, max(found + 1, at))
            heapreplace(places, (behind if behind >= 0 else len(text), sign))
            if places[0][0] == len(text):
                break
        return len(text)


@dataclass(slots=True)
class _Phrase:
    """A phrase that is followed along a text, word by word, as Knuth, Morris and Pratt do it."""

    number: int
    tokens: tuple[str, ...]
    begins: bool
    matched: int = 0
    borders: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        # How much of the phrase still stands when this much of it stood and the next word is another.
        self.borders = [0] * len(self.tokens)
        border = 0
        for at in range(1, len(self.tokens) - 1):
            while border and self.tokens[at] != self.tokens[border]:
                border = self.borders[border]
            if self.tokens[at] == self.tokens[border]:
                border += 1
            self.borders[at + 1] = border

    def ends_with(self, word: str) -> bool:
        """Take the next word of the text, and tell whether the phrase ends with it."""
        if not self.matched and word != self.tokens[0]:
            return False
        last = len(self.tokens) - 1
        whole = self.matched == last and (
            word.startswith(self.tokens[last]) if self.begins else word == self.tokens[last]
        )
        stands = self.matched
        while stands == last or self.tokens[stands] != word:
            if not stands:
                break
            stands = self.borders[stands]
        else:
            stands += 1
        self.matched = stands
        return whole
