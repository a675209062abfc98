"""Bytes as text in the charsets that mail names, never failing and never opening a file for an unknown name.

Python's codecs are looked up by import. Only those named here are, so that a sender cannot choose what is
imported; `preload` imports all of them once, after which none needs a file.
"""

from __future__ import annotations

import codecs
import contextlib
import re
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


def _normal(charset: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", charset.lower()).strip("_")
