"""Bytes as text in the charsets that mail names, never failing and never opening a file for an unknown name.

Python's codecs are looked up by import. Only those named here are, so that a sender cannot choose what is
imported; `preload` imports all of them once, after which none needs a file.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from dataclasses import dataclass
from encodings.aliases import aliases

_NOT_TEXT = frozenset(
    {
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "idna",
        "mbcs",
        "oem",
        "punycode",
        "quopri_codec",
        "raw_unicode_escape",
        "rot_13",
        "tactis",
        "unicode_escape",
        "undefined",
        "uu_codec",
        "zlib_codec",
    }
)
_CODECS = frozenset(aliases.values()) - _NOT_TEXT

# What mail programs mean by these names, which is more than the standards say.
_MEANT = {
    "ascii": "utf_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859_8_e": "iso8859_8",
    "iso8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "iso_8859_8_i": "iso8859_8",
    "ks_c_5601_1987": "cp949",
    "ksc5601": "cp949",
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "shift_jis": "cp932",
    "unicode_1_1_utf_7": "utf_7",
    "windows_874": "cp874",
    "x_gbk": "gb18030",
    "x_sjis": "cp932",
}

_LONE = re.compile("[\ud800-\udfff]")
"""Halves of characters, which UTF-7 lets through and which no text may hold."""


_MARKS = {
    "utf_16": ((codecs.BOM_UTF16_LE, "utf_16_le"), (codecs.BOM_UTF16_BE, "utf_16_be")),
    "utf_32": ((codecs.BOM_UTF32_LE, "utf_32_le"), (codecs.BOM_UTF32_BE, "utf_32_be")),
}
"""Byte order marks, which are not part of the text (RFC 2781 §3.2), and the order that each says."""

_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b")
_ASCII = bytes(range(32, 127)) + b"\t\r\n"


class Undecodable(Exception):
    """Octets are not text beyond doubt; the text says why, as a clause about "it"."""


@dataclass(frozen=True, slots=True)
class Exact:
    """`text` that was decoded without loss: `mark` and then the text in `codec` are the octets again.

    `label` is a name for mail of the charset in which the octets are, the sender's own where that is true.
    `strict` is the codec of what the label says to the letter, where clients mean more by it.
    """

    text: str
    codec: str
    label: str
    strict: str
    mark: bytes = b""

    @property
    def plain(self) -> bool:
        """Whether each character has octets of its own, which are those of ASCII for its letters."""
        stateful = self.codec.startswith(("utf_7", "utf_16", "utf_32", "iso2022", "hz"))
        return not stateful and _ASCII.decode(self.codec, "replace").encode("ascii", "replace") == _ASCII

    def holds(self, text: str) -> bool:
        """Whether more text may be put in under the same label."""
        try:
            return text.isascii() or text.encode(self.strict) == text.encode(self.codec)
        except ValueError:
            return False


def exactly(content: bytes, charset: str) -> Exact:
    """`content` as text, nothing lost and nothing guessed beyond what mail clients do. Raises Undecodable.

    Western charsets are taken for one another where the octets show it: what says US-ASCII, Latin 1 or
    nothing may be UTF-8 or Windows-1252, and what says UTF-8 may be Windows-1252.
    """
    found = _exactly(content, charset)
    if not found.text.isascii() and _LONE.search(found.text):
        raise Undecodable("it has halves of characters")
    return found


def _exactly(content: bytes, charset: str) -> Exact:
    codec = _codec(charset) if charset else "utf_8"
    if codec is None:
        raise Undecodable(f"its character set {_printable(charset)} is unknown")
    strict = _strict(charset) if charset else "ascii"
    if strict == "ascii" and content.isascii():
        return Exact(content.decode("ascii"), "ascii", charset or "us-ascii", "ascii")
    if codec in _MARKS:
        return _in_order(content, codec, charset)
    mark = codecs.BOM_UTF8 if codec == "utf_8" and content.startswith(codecs.BOM_UTF8) else b""
    try:
        text = content[len(mark) :].decode(codec)
    except ValueError:
        return _mislabelled(content, codec, charset)
    if strict == "ascii":
        return Exact(text, "utf_8", "utf-8", "utf_8", mark)
    return Exact(text, codec, charset, strict, mark)


def _mislabelled(content: bytes, codec: str, charset: str) -> Exact:
    """What western mail that names the wrong charset is in."""
    if codec == "utf_8" and _is_windows_1252(content):
        return Exact(content.decode("cp1252"), "cp1252", "windows-1252", "cp1252")
    if codec == "cp1252":
        with contextlib.suppress(ValueError):
            return Exact(content.decode("utf_8"), "utf_8", "utf-8", "utf_8")
    raise Undecodable(
        f"it is not in the character set {_printable(charset) or 'us-ascii'} that it is said to be in"
    )


def _is_windows_1252(content: bytes) -> bool:
    """Whether octets that are not UTF-8 are text there: all have a meaning, and none is UTF-8 after all."""
    if not _CONTROLS.isdisjoint(content) or not content.decode("utf_8", "ignore").isascii():
        return False
    try:
        content.decode("cp1252")
    except ValueError:
        return False
    return True


def _in_order(content: bytes, codec: str, charset: str) -> Exact:
    """UTF-16 and UTF-32, whose octets stand in an order that a mark says, or that blanks and line ends show."""
    for mark, ordered in _MARKS[codec]:
        if content.startswith(mark):
            return Exact(_decode(content[len(mark) :], ordered, charset), ordered, charset, ordered, mark)
    readings = []
    for _, ordered in _MARKS[codec]:
        with contextlib.suppress(Undecodable):
            text = _decode(content, ordered, charset)
            readings.append((sum(map(text.count, " \r\n")), ordered, text))
    readings.sort()
    if not readings or (len(readings) > 1 and readings[0][0] == readings[1][0]):
        raise Undecodable(f"it does not say in which order its octets stand, as {_printable(charset)} must")
    _, ordered, text = readings[-1]
    return Exact(text, ordered, charset, ordered)


def _decode(content: bytes, codec: str, charset: str) -> str:
    try:
        return content.decode(codec)
    except ValueError:
        raise Undecodable(f"it is not in the character set {_printable(charset)}") from None


def _printable(charset: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in charset[:40])


def preload() -> None:
    """Import every codec that may be needed."""
    for name in _CODECS | set(_MEANT.values()):
        with contextlib.suppress(LookupError):
            codecs.lookup(name)


def decode(content: bytes, charset: str) -> tuple[str, str]:
    """`content` as text, and what was wrong with its charset, if anything, in words."""
    text, defect = _decoded(content, charset)
    return (text if text.isascii() else _LONE.sub("\ufffd", text)), defect


def _decoded(content: bytes, charset: str) -> tuple[str, str]:
    codec = _codec(charset)
    if codec is None:
        defect = f"it is in the unknown character set {charset[:40]}"
        return _first_that_fits(content, "utf_8", "latin_1"), defect
    try:
        return content.decode(codec), ""
    except ValueError:
        defect = f"it says character set {charset[:40]} and is not"
    if codec != "utf_8":
        return _first_that_fits(content, "utf_8", codec), defect
    said_ascii = "8" not in charset
    return content.decode("cp1252" if said_ascii else codec, "replace"), defect


def _first_that_fits(content: bytes, first: str, last: str) -> str:
    try:
        return content.decode(first)
    except ValueError:
        return content.decode(last, "replace")


def _codec(charset: str) -> str | None:
    name = _normal(charset)
    if name in _MEANT:
        return _MEANT[name]
    codec = aliases.get(name, name)
    codec = _MEANT.get(codec, codec)
    return codec if codec in _CODECS else None


def _strict(charset: str) -> str:
    """The codec of exactly what a known name says."""
    name = _normal(charset)
    codec = aliases.get(name, name)
    if codec not in _CODECS:
        codec = {"iso8859_8_e": "iso8859_8", "iso8859_8_i": "iso8859_8"}.get(
            codec, _codec(charset) or "ascii"
        )
    return codec


def _normal(charset: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", charset.lower()).strip("_")
