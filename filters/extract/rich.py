"""RTF as text. Linear time: every token is looked at once."""

from __future__ import annotations

import re

from filters.extract.room import TOO_LONG, Look, Room
from signatures.message import charsets

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<octet>[0-9a-f]{2})|\\(?P<symbol>[^a-z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)|\\",
    re.IGNORECASE | re.DOTALL,
)
_SILENT = frozenset(
    {
        "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "objdata", "themedata", "datastore", "xmlnstbl",
        "listtable", "listoverridetable", "rsidtbl", "generator", "latentstyles", "fldinst", "colorschememapping",
        "filetbl", "revtbl", "mmathPr", "blipuid", "wgrffmtfilter", "panose", "falt",
    }
)  # fmt: skip
_SAYS = {
    "par": "\n\n", "line": "\n", "tab": "\t", "cell": "\t", "row": "\n", "sect": "\n\n", "page": "\n\n",
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
}  # fmt: skip
_SYMBOLS = {"~": "\u00a0", "_": "\u2011", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}


def read_rich(content: bytes, room: Room) -> Look:
    """The text of an RTF document, as far as there is room; pictures and what is embedded are left out."""
    reader = _Reader(room.characters)
    for token in _TOKEN.finditer(content.decode("latin-1")):
        reader.take(token)
        if reader.full:
            break
    paired = reader.text().encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = re.sub(r"\n{3,}", "\n\n", paired).strip("\n")
    objects = b"\\objdata" in content
    unread = "files are put into it that cannot be read here" if objects else ""
    return Look(text=text, unread=TOO_LONG if reader.full else unread)


class _Reader:
    def __init__(self, most: int) -> None:
        self.full = False
        self._left = most
        self._pieces: list[str] = []
        self._octets = bytearray()
        self._charset = "windows-1252"
        self._silent = False
        self._around: list[tuple[bool, int]] = []
        self._skip_for_unicode = 1
        self._skip = 0
        self._star = False

    def take(self, token: re.Match[str]) -> None:
        """One more token."""
        if token["octet"]:
            if self._skip:
                self._skip -= 1
            elif not self._silent:
                self._octets.append(int(token["octet"], 16))
            return
        self._flush()
        if token["brace"] == "{":
            self._around.append((self._silent, self._skip_for_unicode))
        elif token["brace"]:
            self._silent, self._skip_for_unicode = self._around.pop() if self._around else (False, 1)
            self._skip = 0
        elif token["word"]:
            self._word(token["word"], token["number"])
        elif token["symbol"]:
            self._star = token["symbol"] == "*"
            self._say(_SYMBOLS.get(token["symbol"], ""))
        elif token["text"]:
            text = token["text"]
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            self._say(charsets.decode(text[skipped:].encode("latin-1"), self._charset)[0])

    def text(self) -> str:
        """All that was said."""
        self._flush()
        return "".join(self._pieces)

    def _word(self, word: str, number: str | None) -> None:
        star, self._star = self._star, False
        if word in _SILENT or (
            star and word not in {"shptxt", "shpinst", "footnote", "annotation", "atnauthor"}
        ):
            self._silent = True
        elif word == "u" and number is not None:
            self._say(chr(int(number) % 65_536))
            self._skip = self._skip_for_unicode
        elif word == "uc" and number is not None:
            self._skip_for_unicode = min(max(0, int(number)), 8)
        elif word == "ansicpg" and number is not None:
            self._charset = f"cp{int(number)}"
        else:
            self._say(_SAYS.get(word, ""))

    def _say(self, words: str) -> None:
        if not words or self._silent:
            return
        self.full = len(words) > self._left
        self._pieces.append(words[: self._left])
        self._left = max(0, self._left - len(words))

    def _flush(self) -> None:
        if self._octets:
            self._say(charsets.decode(bytes(self._octets), self._charset)[0])
            self._octets.clear()
