"""What gives a secret away: the patterns, and what makes a value one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources

from filters.matter import words_of

_FILE = resources.files(__package__) / "words.toml"
_TOLD: dict[str, list[str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _any(phrases: list[str]) -> str:
    each = (re.escape(phrase).replace(r"\ ", r"\s{1,3}").replace("'", "['’]") for phrase in phrases)
    return "|".join(sorted(each, key=len, reverse=True))


_ORDINARY = frozenset(_TOLD["ordinary"])
_MEETING = re.compile(rf"(?<!\w)(?:{_any(_TOLD['meetings'])})(?!\w)", re.IGNORECASE)
_ACCOUNT = re.compile(rf"(?<!\w)(?:{_any(_TOLD['accounts'])})(?!\w)", re.IGNORECASE)
_OPEN_NETWORK = re.compile(rf"(?<!\w)(?:{_any(_TOLD['open_networks'])})(?!\w)", re.IGNORECASE)
_PLACES = _any(_TOLD["places"])

_SAYS = (
    r"(?P<says>\s{0,3}(?:[:=]|[-–]>|[-–]\s)\s{0,3}"
    r"|\s{1,3}(?:is|was|are|will\sbe|(?:has|have)\sbeen\s(?:changed|reset|set)\sto|(?:is|was)\s(?:now|changed\sto|set\sto))"
    r"(?:\s(?:now|still))?\s{0,2}:?\s{1,3})"
)
_VALUE = r"(?P<quote>[\"'“‘*]?)(?P<value>[^\s\"”“]{3,80})"
_FOR = r"(?:\s(?:for|to|of|on|at)\s(?:the\s|our\s|my\s)?[^\s.:=]{1,30}(?:\s[^\s.:=]{1,30}){0,4}?)?"
_CODE = r"(?P<value>[#*]?[A-Z]{0,2}\d{3,10}[A-Z#*]{0,2})(?![\w/]|[.,]\d)"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that is told: `what` it is, and the characters that tell it."""

    what: str
    text: str


def _is_password(found: re.Match[str]) -> bool:
    """Whether the word after "password is" can be one: not a plain word of a sentence, nor dots in a form."""
    value = found["value"].rstrip(".,;:!?)'’*>")
    if len(value) < 4 or not any(map(str.isalnum, value)) or value[0] in "<[({_":
        return False
    if len(set(value.casefold())) == 1 or value.casefold() in _ORDINARY or value.startswith(("http", "www.")):
        return False
    marked = bool(found["quote"]) or not value.isalpha() or not (value.islower() or value.istitle())
    if value.isupper() and value.isalpha() and len(value) < 6:
        marked = bool(found["quote"])
    if marked:
        return "'" not in value[1:-1] and "’" not in value[1:-1]
    # A plain word is one where the line or the sentence ends with it.
    rest = found.string[found.start("value") + len(value) : found.start("value") + len(value) + 3]
    return rest == "" or rest[0] == "\n" or (rest[0] in ".!" and rest[1:2] in {"", " ", "\n"})


def _is_key(found: re.Match[str]) -> bool:
    """Whether a run of characters is a key: letters and digits."""
    value = found["value"]
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def _is_any(_: re.Match[str]) -> bool:
    return True


def _is_code(found: re.Match[str]) -> bool:
    """Whether digits can be a code; a year alone is none."""
    value = found["value"]
    return not (len(value) == 4 and value.startswith(("19", "20")) and value.isdigit())


_Rule = tuple[str, re.Pattern[str], Callable[[re.Match[str]], bool]]
_FLAGS = re.IGNORECASE

_PASSWORD, _PIN = "a password", "a PIN"
_RULES: tuple[_Rule, ...] = (
    (
        _PASSWORD,
        re.compile(
            rf"\b(?:pass\s?words?|passwd|pwd|pass\s?phrase|pass\s?code|pw){_FOR}{_SAYS}{_VALUE}", _FLAGS
        ),
        _is_password,
    ),
    (
        _PASSWORD,
        re.compile(
            r"\b(?:log-?in|credentials|user\s?name|log-?in\sdetails)\b[^\n:=]{0,30}[:=]\s{0,2}[^\s/|,]{2,60}"
            r"\s{0,2}(?:/|\||,|\band\b)\s{0,2}(?P<quote>)(?P<value>[^\s/]{6,60})",
            _FLAGS,
        ),
        _is_key,
    ),
    (
        _PIN,
        re.compile(
            rf"\bPINs?(?:\s(?:number|code))?{_FOR}(?:{_SAYS}|\s)(?P<value>\d{{4,8}})(?![\d/])",
        ),
        _is_any,
    ),
    (
        "the code of a door, gate or alarm",
        re.compile(
            rf"\b(?:{_PLACES})\s(?:[a-z]{{1,12}}\s){{0,2}}?(?:code|combination|pin|number){_FOR}{_SAYS}{_CODE}",
            _FLAGS,
        ),
        _is_code,
    ),
    (
        "the code of a door, gate or alarm",
        re.compile(
            rf"\b(?:code|combination)\s(?:for|to|of|on)\s(?:the\s|our\s)?(?:[a-z'’-]{{1,20}}\s){{0,3}}?(?:{_PLACES})"
            rf"(?:\s[a-z]{{1,12}}){{0,2}}?{_SAYS}{_CODE}",
            _FLAGS,
        ),
        _is_code,
    ),
    (
        "the code of a door, gate or alarm",
        re.compile(
            rf"\b(?:enter|use|key\sin|punch\sin|type|tap\sin|press)\s(?:the\s)?(?:code\s)?{_CODE}"
            rf"\s(?:to|on|at|into|for)\s[^.\n]{{0,40}}\b(?:{_PLACES})\b",
            _FLAGS,
        ),
        _is_code,
    ),
    (
        "the code of a door, gate or alarm",
        re.compile(
            rf"\b(?:padlock|key\s?safe|keypad|combination\slock|safe\scombination)(?:\s(?:code|number|no\.?))?"
            rf"(?:{_SAYS}|\s){_CODE}"
            r"|\balarm\b[^.\n\d]{0,40}\b(?:with|by|using)\s(?:code\s)?(?P<number>\d{4,6})(?![\w/])",
            _FLAGS,
        ),
        lambda found: found["number"] is not None or _is_code(found),
    ),
    (
        "a key of a computer service",
        re.compile(
            rf"\b(?:wi-?fi|ssid)\b[^\n]{{0,60}}?\bkey{_SAYS}(?P<quote>[\"'“]?)(?P<value>[\w/+=.-]{{8,80}})",
            _FLAGS,
        ),
        _is_key,
    ),
    (
        "a recovery or confirmation code",
        re.compile(
            r"\b(?:recovery|back-?up|verification|one-?time|authentication|authenticator|2fa|confirmation|security)"
            r"\s(?:log-?in\s)?(?:codes?|keys?|pass\s?codes?|phrase)"
            rf"{_FOR}{_SAYS}(?P<value>\d{{5,8}}|[A-Z0-9]{{4,8}}(?:-[A-Z0-9]{{4,8}}){{1,7}}|[A-Z0-9]{{8,32}})(?![\w-])",
            _FLAGS,
        ),
        lambda found: any(map(str.isdigit, found["value"])),
    ),
    (
        "how to get into a bank account",
        re.compile(
            r"\bmemorable\s(?:word|information|place|name|date|answer)"
            rf"{_FOR}{_SAYS}{_VALUE}|\b(?:pass\s?number|telephone\sbanking\s(?:number|code)|security\snumber)"
            rf"(?:\s(?:is|:)\s|:\s?)(?P<number>\d{{4,10}})(?!\d)",
            _FLAGS,
        ),
        lambda found: found["number"] is not None or _is_memorable(found),
    ),
    (
        "a key of a computer service",
        re.compile(
            r"\b(?:api|secret|access|client|private|licen[cs]e|product|encryption|wi-?fi|network)[ _-]?"
            rf"(?:key|token|secret)s?{_FOR}{_SAYS}(?P<quote>[\"'“]?)(?P<value>[\w/+=.-]{{10,200}})",
            _FLAGS,
        ),
        _is_key,
    ),
    (
        "a key of a computer service",
        re.compile(
            r"(?<![\w-])(?P<value>AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,200}|sk_live_\w{16,200}|xox[abprs]-[\w-]{10,200}"
            r"|AIza[\w-]{35}|eyJ[\w-]{10,400}\.eyJ[\w-]{10,400}\.[\w-]{10,400})"
        ),
        _is_any,
    ),
    (
        "a private key",
        re.compile(r"-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----"),
        _is_any,
    ),
)

_WORDS = frozenset(
    {"password", "passwords", "pass", "passwd", "pwd", "passphrase", "passcode", "pw", "memorable"}
    | {"login", "log", "credentials", "username", "user"}
)
"""Words of which one stands in every secret that may be all letters."""

_WORDS_WITH_DIGITS = frozenset(
    {
        "pin",
        "pins",
        "code",
        "codes",
        "combination",
        "key",
        "keys",
        "token",
        "tokens",
        "secret",
        "secrets",
        "number",
    }
    | {"padlock", "safe", "keysafe", "keypad", "lock", "alarm"}
    | {"phrase", "passcodes", "passnumber", "enter", "use", "punch", "type", "tap", "press"}
)
"""The like for all others."""

_JOINED = re.compile(r"(?:key|token|secret)s?(?![^\W_])", re.IGNORECASE)
_DIGIT = re.compile(r"\d")

_STARTS = ("AKIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk_live_", "xox", "AIza", "eyJ", "PRIVATE KEY")
"""How keys begin that no word announces."""


def _is_memorable(found: re.Match[str]) -> bool:
    value = found["value"].rstrip(".,;:!?)'’*")
    return value.casefold() not in _ORDINARY and len(value) > 2


def may_hold(text: str) -> bool:
    """Whether there is anything without which no secret is told."""
    words = frozenset(words_of(text))
    if not _WORDS.isdisjoint(words) or any(start in text for start in _STARTS):
        return True
    if _DIGIT.search(text) is None:
        return False
    return not _WORDS_WITH_DIGITS.isdisjoint(words) or _JOINED.search(text) is not None


def secrets_in(text: str, around: str) -> Iterator[Secret]:
    """The secrets that a paragraph tells. `around` is the paragraph with those beside it."""
    told = [
        (what, found) for what, pattern, fits in _RULES for found in pattern.finditer(text) if fits(found)
    ]
    if not told:
        return
    for_meeting = _MEETING.search(around) is not None and _ACCOUNT.search(text) is None
    for_guests = _OPEN_NETWORK.search(around) is not None
    for what, found in told:
        if what in {_PASSWORD, _PIN} and (for_meeting or for_guests):
            continue
        yield Secret(what, found[0])
