"""Single terms in plain English: clauses that stand behind "Mail", such as `from "clerk"`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from gateway.archive.query.fields import COLUMNS
from gateway.archive.query.terms import Attribute, Form, HasAttachment, Is, Term, Unsearched, Words
from gateway.store.index.columns import Column

_PEOPLE = frozenset({Column.AUTHOR, Column.RECIPIENTS, Column.COPIED, Column.HIDDEN})
_SPREAD = frozenset({COLUMNS["attachment"], COLUMNS["filename"]})
"""Columns of which an item has as many as things attached: of several words each may stand in another."""

_WHERE: Mapping[tuple[Column, ...], tuple[str, str]] = {
    (): ("with {}", "without {}"),
    COLUMNS["from"]: ("from {}", "not from {}"),
    COLUMNS["to"]: ("to {}", "not to {}"),
    COLUMNS["cc"]: ("copied to {}", "not copied to {}"),
    COLUMNS["bcc"]: ("blind-copied to {}", "not blind-copied to {}"),
    COLUMNS["subject"]: ("with {} in the subject", "without {} in the subject"),
    COLUMNS["body"]: ("with {} in the text", "without {} in the text"),
    COLUMNS["own"]: ("with {} in the author's own words", "without {} in the author's own words"),
    COLUMNS["attachment"]: ("with {} in an attachment", "without {} in any attachment"),
    COLUMNS["filename"]: ("with {} in the name of an attachment", "without {} in the name of any attachment"),
}
_TITLES = {
    Column.SUBJECT: "the subject",
    Column.AUTHOR: "the author",
    Column.RECIPIENTS: "the recipients",
    Column.COPIED: "who was copied in",
    Column.HIDDEN: "who was blind-copied",
    Column.OWN: "the author's own words",
    Column.TRAIL: "earlier messages in the text",
    Column.FILES: "the name of an attachment",
    Column.ATTACHED: "an attachment",
}
_IS: Mapping[Attribute, tuple[str, str]] = {
    Attribute.PERSON: ("sent by {}", "not sent by {}"),
    Attribute.CHECK: ("in which the check {} found something", "in which the check {} found nothing"),
    Attribute.VERDICT: ("with the verdict {}", "without the verdict {}"),
    Attribute.THREAD: ("in the conversation of message {}", "not in the conversation of message {}"),
    Attribute.ID: ("with the reference or Message-ID {}", "without the reference or Message-ID {}"),
    Attribute.HASH: ("with an attachment whose SHA-256 is {}", "without an attachment whose SHA-256 is {}"),
    Attribute.TYPE: ("with an attachment of the type {}", "without an attachment of the type {}"),
}
_LISTED = frozenset({Attribute.PERSON, Attribute.VERDICT, Attribute.TYPE})
"""Attributes of which several values read well as one clause, whether it holds or not."""

_STATES = {
    "refused": ("was", "refused"),
    "held": ("is", "held"),
    "passed": ("was", "passed"),
    "released": ("was", "released"),
    "rejected": ("was", "rejected"),
    "returned": ("was", "returned to its sender"),
    "joined": ("was", "joined to the same message sent before"),
    "taken": ("was", "taken by the post room itself"),
}
_KINDS = {
    "submitted": ("was", "submitted by a mail program"),
    "notice": ("is", "a notice of the post room"),
    "bounce": ("is", "a bounce"),
    "answer": ("is", "an answer to a notice"),
    "report": ("is", "a report to the post room"),
}


def clause(term: Term, holds: bool = True) -> str:
    """What a single term, neither a time nor made of others, says of mail, or denies."""
    match term:
        case Words():
            return _placed(term.columns, said(term), holds)
        case HasAttachment():
            return "with an attachment" if holds else "without an attachment"
        case Unsearched():
            return "that could not all be searched" if holds else "all of which could be searched"
        case Is(Attribute.STATE, value):
            return _that(*_STATES.get(value, ("is", value)), holds)
        case Is(Attribute.KIND, value):
            return _that(*_KINDS.get(value, ("is", value)), holds)
        case Is(attribute, value):
            return _IS[attribute][not holds].format(f'"{value}"')
    raise TypeError(f"no single term: {term!r}")


def one_of(terms: Sequence[Term], holds: bool = True) -> str | None:
    """That one of the terms holds, or none, as one clause; None where they are not alike enough for that."""
    if all(isinstance(each, Words) for each in terms):
        words = cast("Sequence[Words]", terms)
        columns = words[0].columns
        if any(each.columns != columns for each in words):
            return None
        if all(each.form is Form.STEMMED for each in words):
            names = _names([each.tokens[0] for each in words], "or")
            return _placed(columns, names if _of_people(columns) else f"any form of the word {names}", holds)
        return _placed(columns, f"({' or '.join(map(said, words))})", holds)
    if all(isinstance(each, Is) for each in terms):
        values = cast("Sequence[Is]", terms)
        attribute = values[0].attribute
        if attribute in _LISTED and all(each.attribute is attribute for each in values):
            return _IS[attribute][not holds].format(_names([each.value for each in values], "or"))
    return None


def mergeable(term: Term) -> bool:
    """Whether a term is a word that reads well among others of its columns, all of which are to hold."""
    return (
        isinstance(term, Words)
        and term.form is Form.STEMMED
        and term.columns not in _SPREAD
        and not _of_people(term.columns)
    )


def all_of(words: Sequence[Words]) -> str:
    """That all of several `mergeable` words of the same columns hold, as one clause."""
    if len(words) == 1:
        return clause(words[0])
    names = _names([each.tokens[0] for each in words], "and")
    return _placed(words[0].columns, f"any form of each of the words {names}", True)


def said(words: Words) -> str:
    """Words as they are looked for, with how exactly."""
    text = f'"{" ".join(words.tokens)}"'
    people, alone = _of_people(words.columns), len(words.tokens) == 1
    if words.form is Form.STEMMED:
        return text if people else f"any form of the word {text}"
    if words.form is Form.PREFIX:
        return f"{'a word' if alone else 'words'} beginning with {text}"
    if not (alone and text[1:-1].isascii() and text[1:-1].isalpha()):
        return text
    return f"exactly {text}" if people else f"exactly the word {text}"


def _placed(columns: tuple[Column, ...], what: str, holds: bool) -> str:
    if columns in _WHERE:
        return _WHERE[columns][not holds].format(what)
    where = " or ".join(_TITLES[each] for each in columns)
    return f"{'with' if holds else 'without'} {what} in {where}"


def _of_people(columns: tuple[Column, ...]) -> bool:
    return bool(columns) and set(columns) <= _PEOPLE


def _that(verb: str, what: str, holds: bool) -> str:
    return f"that {verb} {what}" if holds else f"that {verb} not {what}"


def _names(names: Sequence[str], joined: str) -> str:
    *most, last = [f'"{each}"' for each in names]
    return f"{', '.join(most)} {joined} {last}" if most else last
