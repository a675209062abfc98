"""The lines with which a text is signed, and which of them claim the office of Clerk.

A title counts below what begins a signature: `-- `, a valediction ("Kind regards") or the sender's own name;
in a text without any of these, in the last paragraph. It does not count in a list (a distribution, those
present), nor where it is said of the real Clerk below the sender's own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from filters.names import folded, without, words
from filters.titles import Speaker, claimed_by_line, may_claim

_MOST_LINES = 40
"""How far up from the end a signature may begin: below it may stand a long notice of confidentiality."""

_MOST_LETTERS = 20_000
_EMPTY_LINES = re.compile(r"\n\s*\n")

_LONGEST_LINE = 300
_VALEDICTION = frozenset(
    words(
        "kind kindest best warm warmest many regards wishes yours sincerely faithfully truly very with "
        "thanks thank you cheers all the in advance much respectfully from your sincere rgds kr signed "
        "cofion gorau cynnes yn gywir ddiffuant diolch fawr"
    )
)
_ENDS = frozenset(
    words("regards wishes yours sincerely faithfully thanks thank cheers rgds kr signed cofion gywir diolch")
)
_NEEDED = re.compile(
    r"[cg]\W{0,2}[l1i]\W{0,2}e\W{0,2}r\W{0,2}[ck]|p\W{0,2}r\W{0,2}o\W{0,2}p\W{0,2}e\W{0,2}r", re.IGNORECASE
)
"""What plain letters must hold to become a claim when they are folded."""

_BULLET = re.compile(r"(?:[-*•·+]|\d{1,2}[.)])\s")
_HEADS_A_LIST = re.compile(
    r"(?::|\b(?:cc|copies|copied to|copy to|distribution|present|apologies|attendees))\s*:?\Z"
)
_DELIMITER = "--"
_ORNAMENTS = " \t*_|~=–—-"


def claims(texts: Iterable[str], speaker: Speaker, officers: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The lines, as written, that make the speaker out to be the Clerk; each once. `officers` are names."""
    found: dict[str, str] = {}
    for text in texts:
        for line in _claims_in(text, speaker, officers):
            found.setdefault(folded(line), line)
    yield from found.values()


def _claims_in(text: str, speaker: Speaker, officers: Sequence[tuple[str, ...]]) -> Iterator[str]:
    lines = _last_lines(text)
    tail = "\n".join(lines)
    if tail.isascii() and not _NEEDED.search(tail):
        return  # Most mail: nothing in it has to be folded to know.
    shown = [folded(line) if len(line) <= _LONGEST_LINE else "-" * 200 for line in lines]
    if not any(map(may_claim, shown)):
        return
    in_list = named = False
    for number in range(_beginning(lines, shown, speaker), len(lines)):
        line = shown[number]
        if not line or line == _DELIMITER:
            in_list = False
        elif _heads_a_list(line, speaker):
            in_list = True
        elif not in_list and not _BULLET.match(line) and claimed_by_line(line, speaker):
            beside = [each for each in (_before(shown, number), line, _after(shown, number)) if each]
            if not (named and any(_names(each, officer) for each in beside for officer in officers)):
                yield lines[number]
        named = named or _is_own_name(line, speaker)


def _last_lines(text: str) -> list[str]:
    """The end of a text, quoted lines left out, and its first line too, which is never a signature."""
    end = _EMPTY_LINES.sub("\n\n", text[-_MOST_LETTERS:])
    unquoted = [_plain(line) for line in end.rsplit("\n", _MOST_LINES * 2) if not line.startswith(">")]
    written = [number for number, line in enumerate(unquoted) if line]
    if len(written) < 2:
        return []
    begin = max(written[0] + 1, written[-_MOST_LINES] if len(written) > _MOST_LINES else 0)
    return unquoted[begin:]


def _plain(line: str) -> str:
    """A line without what only adorns it. The delimiter of signatures (RFC 3676 §4.3) stays, and bullets do."""
    if line.rstrip() == _DELIMITER:
        return _DELIMITER
    return line.strip(" \t" if _BULLET.match(line.lstrip()) else _ORNAMENTS)


def _beginning(lines: list[str], shown: list[str], speaker: Speaker) -> int:
    for number, line in enumerate(shown):
        if line == _DELIMITER or (line and (_is_valediction(line) or _is_own_name(line, speaker))):
            return number
    return max((number + 1 for number, line in enumerate(lines[:-1]) if not line), default=0)


def _is_valediction(line: str) -> bool:
    said = words(line.partition(",")[0])
    return 0 < len(said) <= 5 and _VALEDICTION.issuperset(said) and not _ENDS.isdisjoint(said)


def _is_own_name(line: str, speaker: Speaker) -> bool:
    """Whether a line is the speaker's name, or a first name or surname alone, with whatever title."""
    said = words(line.partition(",")[0])
    if not said or len(said) > 6:
        return False
    return without(said, speaker.name) != said or (len(said) <= 2 and said[-1] in speaker.name)


def _heads_a_list(line: str, speaker: Speaker) -> bool:
    return _HEADS_A_LIST.search(line) is not None and not claimed_by_line(line, speaker)


def _names(line: str, officer: tuple[str, ...]) -> bool:
    said = words(line)
    return without(said, officer) != said


def _before(shown: list[str], number: int) -> str:
    return next((line for line in reversed(shown[:number]) if line), "")


def _after(shown: list[str], number: int) -> str:
    return next((line for line in shown[number + 1 :] if line), "")
