"""Addresses in running text. Linear time: each `@` is looked at once, with what stands close to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from config.address import BadAddress, canonical

_ADDRESS = re.compile(r"([\w.!#$%&'*+=^`{|}~-]{1,64}+)@([\w.-]{1,255}+)")
_SHORT = 400
"""In a text of fewer characters than this the expression finds them sooner than a look at each `@`."""

_BEFORE = re.compile(r"[\w.!#$%&'*+=^`{|}~-]{1,64}+")
_AFTER = re.compile(r"[\w.-]{1,255}+")
_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 255
_OF_MARKUP = ".'*`{|=!"
"""What stands in front of an address in text and is no part of it, though a name may hold it elsewhere."""

_PICTURE = "cid:"
_MAILTO = re.compile(
    r"mailto:(?P<address>[^\"'<>?\s]{3,400}+)[^<>]{0,400}+(?:>(?P<words>[^<>]{0,200}+))?", re.IGNORECASE
)
_MOST_MARKS = 20_000
_MOST_LOOKED_UP = 5000


_PERCENT = re.compile(r"%([2-7][0-9A-Fa-f])")


class Addresses:
    """Canonical addresses as they are found in a message, each once, at most `most` of them.

    `more` is set when there was more than that, or more to look at than any message has: nobody should then
    take what is not there for absent.
    """

    def __init__(self, most: int, known: Mapping[str, str] | None = None) -> None:
        """`known` are the canonical forms of addresses as written, as most are those of the header."""
        self._most = most
        self._canonical: dict[str, str] = dict(known or {})
        self._found: dict[str, None] = {}
        self._marks = 0
        self.more = False

    @property
    def found(self) -> tuple[str, ...]:
        """Those kept, in the order in which they were found."""
        return tuple(self._found)

    def keep(self, addresses: tuple[str, ...]) -> None:
        """Keep these."""
        for address in addresses:
            if address in self._found:
                continue
            if len(self._found) >= self._most:
                self.more = True
                return
            self._found[address] = None

    def written_in(self, text: str) -> tuple[str, ...]:
        """The addresses in a text, each once, canonical."""
        if "@" not in text:
            return ()
        return tuple(dict.fromkeys(filter(None, map(self.canonical, self._written(text)))))

    def linked_in(self, source: str) -> dict[str, str]:
        """Those that HTML links to, canonical, with the words of the last link to each."""
        linked: dict[str, str] = {}
        at = source.find("mailto:")
        at = source.find("MAILTO:") if at < 0 else at
        if at < 0:
            return linked
        for found in _MAILTO.finditer(source, at):
            self._marks += 1
            if self._marks > _MOST_MARKS:
                self.more = True
                break
            for address in self.written_in(_unescaped(found["address"])):
                linked[address] = " ".join((found["words"] or "").split())
        return linked

    def canonical(self, written: str) -> str:
        """The canonical form, or nothing where it is no address that mail can be sent to."""
        known = self._canonical.get(written)
        if known is not None:
            return known
        if len(self._canonical) >= _MOST_LOOKED_UP:
            self.more = True
            return ""
        try:
            address = canonical(written)
        except (BadAddress, UnicodeError):
            address = ""
        self._canonical[written] = address
        return address

    def _written(self, text: str) -> Iterator[str]:
        if len(text) < _SHORT:
            found = _ADDRESS.finditer(text)
            return filter(None, (_cleaned(text, each.start(), each[1], each[2]) for each in found))
        return self._far_apart(text)

    def _far_apart(self, text: str) -> Iterator[str]:
        at = text.find("@")
        while at >= 0:
            self._marks += 1
            if self._marks > _MOST_MARKS:
                self.more = True
                return
            before = _BEFORE.match(text[max(0, at - _LONGEST_LOCAL) : at][::-1])
            after = _AFTER.match(text, at + 1, at + 1 + _LONGEST_DOMAIN)
            if before and after:
                start = at - before.end()
                if written := _cleaned(text, start, text[start:at], after[0]):
                    yield written
            at = text.find("@", at + 1)


def _cleaned(text: str, start: int, local: str, domain: str) -> str:
    """An address that begins at `start`, without what belongs to the text around it; or nothing."""
    local, domain = local.lstrip(_OF_MARKUP), domain.rstrip("._-")
    if "." not in domain or text[max(0, start - len(_PICTURE)) : start] == _PICTURE:
        return ""
    return f"{local}@{domain}"


def _unescaped(address: str) -> str:
    """An address in a link without its percent-encoding (RFC 6068 §2), as far as it is ASCII."""
    return _PERCENT.sub(lambda octet: chr(int(octet[1], 16)), address) if "%" in address else address
