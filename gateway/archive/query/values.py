"""What may stand behind the fields that are not about words: which values there are, and in what other words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from config.checks import KINDS
from config.verdict import Verdict
from gateway.archive.query.errors import QueryError, shown
from gateway.archive.query.joining import either
from gateway.archive.query.terms import Attribute, HasAttachment, Is, Term, Unsearched
from gateway.store.kinds import MessageKind, MessageState

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*(/[a-z0-9!#$&^_.+-]*)?")
_TOP_TYPES = ("application", "audio", "font", "image", "message", "model", "multipart", "text", "video")
_OPEN = "application/vnd.oasis.opendocument."
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TYPES: Mapping[str, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "word": (_OFFICE + "wordprocessingml", "application/msword", _OPEN + "text"),
    "excel": (_OFFICE + "spreadsheetml", "application/vnd.ms-excel", _OPEN + "spreadsheet"),
    "powerpoint": (_OFFICE + "presentationml", "application/vnd.ms-powerpoint", _OPEN + "presentation"),
    "zip": ("application/zip",),
    "mail": ("message/rfc822", "application/vnd.ms-outlook"),
    "picture": ("image",),
}
"""Kinds of files in plain words. The types are beginnings of media types, as `Attribute.TYPE` compares them."""

_PLAIN_VERDICTS = {"passed": "pass", "noted": "note", "asked": "ask", "held": "hold", "refused": "refuse"}
_PLAIN_STATES = {
    "refuse": "refused",
    "hold": "held",
    "waiting": "held",
    "pass": "passed",
    "release": "released",
    "reject": "rejected",
    "return": "returned",
}
_PLAIN_KINDS = {
    "mail": "submitted",
    "message": "submitted",
    "messages": "submitted",
    "notices": "notice",
    "bounces": "bounce",
    "answers": "answer",
    "reports": "report",
}


def _one_of(field: str, allowed: Iterable[str], plainly: Mapping[str, str]) -> Callable[[str], Term]:
    names = tuple(allowed)

    def value(text: str) -> Term:
        name = "_".join(text.lower().replace("-", " ").split())
        name = plainly.get(name, name)
        if name not in names:
            near = get_close_matches(name[:40], names, 1)
            meant = f' Did you mean "{field}:{near[0]}"?' if near else ""
            raise QueryError(f'"{field}:" does not know "{shown(text)}".{meant} Allowed are {listed(names)}.')
        return Is(Attribute(field), name)

    return value


def _flag(field: str, name: str, also: frozenset[str], term: Term) -> Callable[[str], Term]:
    def value(text: str) -> Term:
        if text.lower() != name and text.lower() not in also:
            raise QueryError(f'"{field}:" does not know "{shown(text)}". Allowed is "{field}:{name}".')
        return term

    return value


def _person(text: str) -> Term:
    if "*" in text:
        raise QueryError(
            '"person:" wants a whole login, or what stands before the @ of it; beginnings with a star are not allowed. '
            'With "from:" they are.'
        )
    return Is(Attribute.PERSON, text.lower())


def _hash(text: str) -> Term:
    if not _SHA256.fullmatch(text.lower()):
        raise QueryError(
            f'"hash:" wants the SHA-256 of a file, 64 characters from 0 to 9 and a to f, and "{shown(text)}" is none.'
        )
    return Is(Attribute.HASH, text.lower())


def _type(text: str) -> Term:
    name = text.lower().removesuffix("*").removesuffix("/")
    if name in _TYPES:
        return either(Is(Attribute.TYPE, each) for each in _TYPES[name])
    top = name.partition("/")[0]
    if top not in _TOP_TYPES or not _TYPE.fullmatch(name):
        raise QueryError(
            f'"type:" does not know "{shown(text)}". Allowed are {listed(_TYPES)}, and media types or their beginnings, '
            "such as application/pdf or image."
        )
    return Is(Attribute.TYPE, name)


def _id(field: str) -> Callable[[str], Term]:
    def value(text: str) -> Term:
        bare = text.removeprefix("<").removesuffix(">")
        if not bare:
            raise QueryError(f'"{field}:" wants the reference of a message, or its Message-ID.')
        # A Message-ID stands in angle brackets in the header (RFC 5322, 3.6.4); people leave them out.
        return Is(Attribute(field), f"<{bare}>" if "@" in bare or bare != text else text)

    return value


VALUES: Mapping[str, Callable[[str], Term]] = {
    "person": _person,
    "check": _one_of("check", KINDS, {}),
    "verdict": _one_of("verdict", (each.word for each in Verdict), _PLAIN_VERDICTS),
    "state": _one_of("state", (each.value for each in MessageState), _PLAIN_STATES),
    "kind": _one_of("kind", (each.value for each in MessageKind), _PLAIN_KINDS),
    "type": _type,
    "hash": _hash,
    "in-thread": _id("in-thread"),
    "id": _id("id"),
    "has": _flag("has", "attachment", frozenset({"attachments"}), HasAttachment()),
    "is": _flag("is", "unsearched", frozenset(), Unsearched()),
}
"""What makes a term of the value behind each field. Each raises QueryError for a value that there is not."""


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
