"""Texts that are made to hang, flood or break whoever looks for words in them. Each is asked for by name and size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle, islice


def _over(piece: str) -> Callable[[int], str]:
    """The same piece over and over."""
    return lambda size: (piece * (size // len(piece) + 1))[:size]


def _in_paragraphs(piece: str, length: int = 400) -> Callable[[int], str]:
    """The same piece over and over, in numbered paragraphs, so that none of them is the same as another."""

    def made(size: int) -> str:
        body = (piece * (length // len(piece) + 1))[:length]
        return "\n\n".join(f"{number} {body}" for number in range(size // (length + 8) + 1))[:size]

    return made


def _short_paragraphs(size: int) -> str:
    return "\n\n".join(f"a{number}" for number in range(size // 8 + 1))[: max(size, 1)]


def _numbers(size: int) -> str:
    return "".join(f"{number * 7919 % 99_991:05d} " for number in range(size // 6 + 1))[:size]


def _scripts(size: int) -> str:
    return "".join(islice(cycle("aаαɑ а́ｆЅѕ𝗳ⓤⅽkկა中あ"), size))


HOSTILE: Mapping[str, Callable[[int], str]] = {
    "please": _over("please "),
    "please, in paragraphs": _in_paragraphs("please "),
    "we agree to": _over("we agree to "),
    "we will not pay": _in_paragraphs("if we will not pay you and "),
    "a": _over("a "),
    "at signs": _over("@"),
    "addresses": _over("a@b.example "),
    "addresses without blanks": _over("a@b."),
    "ones": _over("1"),
    "digits with blanks": _over("1 "),
    "digits with hyphens": _over("07700-900-"),
    "numbers of five": _numbers,
    "postcodes": _in_paragraphs("1 Mill Lane WX1 2AB "),
    "titles": _in_paragraphs("Mr Mrs Dr "),
    "names": _in_paragraphs("Jane Roe, Mr A Sample, "),
    "dates of birth": _in_paragraphs("born 01/02/1990 dob "),
    "on x wrote": _over("On x wrote:\n"),
    "quotation marks": _over('"'),
    "curly quotation marks": _over("\u201c\u2018\u201d\u2019 "),
    "marks of quoting": _over("> > \n"),
    "brackets": _over("((("),
    "square brackets": _over("[[{{"),
    "dots": _over("."),
    "dots and blanks": _over(". "),
    "commas": _over("a, "),
    "semicolons": _over("a; "),
    "question marks": _over("will you? "),
    "hyphens": _over("a-"),
    "underscores": _over("_"),
    "stars": _over("f*"),
    "apostrophes": _over("don't "),
    "capitals": _over("THIS IS SHOUTING "),
    "one capital word": _over("A"),
    "capitals in short lines": _over("NO DOGS\n"),
    "spelt out": _over("f u c k "),
    "nearly spelt out": _over("f u c "),
    "with signs for letters": _over("sh1t5h!t$#|"),
    "you are a": _in_paragraphs("you are a you are such an "),
    "passwords": _over("password: "),
    "password without end": lambda size: ("password " + "aA1!" * size)[:size],
    "keys": _over("-----BEGIN PRIVATE KEY-----\n"),
    "key without end": lambda size: ("-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEabcd+/" * size)[:size],
    "markings": _in_paragraphs("confidential not for publication exempt part 2 "),
    "forward this": _in_paragraphs("forward this to ten friends or "),
    "vote for": _in_paragraphs("vote for me on 7 May and "),
    "links": _over("https://a.example/?a=b&c=d "),
    "link without end": lambda size: ("https://" + "a." * size)[:size],
    "words of Welsh and English": _over("mae the yn and "),
    "line ends": _over("\n"),
    "line ends of all kinds": _over("\r\n\u2028\u2029\x0b\x0c\x85"),
    "blanks": _over(" "),
    "blanks of all kinds": _over("\u00a0\u2003\u200b\u3000\t "),
    "one word": _over("supercalifragilistic"),
    "one letter": _over("x"),
    "long lines": _over("word " * 2000 + "\n"),
    "20,000 short paragraphs": _short_paragraphs,
    "combining marks": lambda size: ("a" + "\u0301\u0323\u0336" * size)[:size],
    "letters with combining marks": _over("f\u0336u\u0336c\u0336k\u0336 "),
    "scripts": _scripts,
    "unseen characters": _over("f\u200bu\u00adc\u2060k\ufeff "),
    "right to left": _over("\u202eabc\u202c "),
    "ligatures that unfold": _over("\ufdfa\ufb03 "),
    "emoji": _over("\U0001f469\u200d\U0001f469\u200d\U0001f467 "),
    "entities": _over("&amp;amp;lt;b&gt;"),
    "tags": _over("<b><i>"),
    "money": _over("\u00a31,000.00 "),
    "list": _over("- item\n"),
    "table": _over("a\tb,c\t1\n"),
    "control characters": _over("\x00\x01\x1b"),
}
"""By what it is made of: a text of so many characters."""

PIECES = (
    "please", "we agree", "the Council accepts", "your quotation", "not", "if", "£2,340", "order", "Mr Sample",
    "1 Mill Lane", "WX1 2AB", "01632 960123", "943 476 5919", "AB123456C", "20-00-00 12345678", "01/02/1990",
    "dob", "arrears", "CONFIDENTIAL", "not for publication", "exempt", "Part 2", "password: Hunter22!", "fuck",
    "f u c k", "you idiot", "STOP SHOUTING NOW", "forward this to everyone", "vote for", "mae'r cyngor wedi", "\n", "\n\n",
    ". ", ", ", "? ", ": ", "(", ")", "\"", "\u201c", "\u2019", "-", "- ", "\u200b", "\u0301", "\t", "@", "a@b.example",
    "https://a.example", "<", ">", "&amp;", "{{", "[", "1.", "\u0131", "\u0130", "\u1e9e", "\ufb00", "\U0001f600", "\x00", "\x85",
)  # fmt: skip
"""What random text is put together from, besides random characters: the edges of the checks' patterns."""
