"""What policy changes in a message's header: the subject tag goes, a copy is shown."""

from __future__ import annotations

from dataclasses import dataclass

from filters.capacity import tag_of
from filters.context import Added, Context
from signatures.message.anatomy import Anatomy
from signatures.message.copied import with_copy
from signatures.message.scanner import Field, Part
from signatures.message.splices import Splice
from signatures.message.subject import untagged


@dataclass(frozen=True, slots=True)
class Headings:
    """The changes, the names of the fields that they change, and the fields of which no line is too long now."""

    splices: tuple[Splice, ...] = ()
    names: frozenset[str] = frozenset()
    fitted: frozenset[Field] = frozenset()


def headings(raw: bytes, top: Part, anatomy: Anatomy, context: Context, copy: Added | None) -> Headings:
    """The tag that chose the capacity off the first Subject, who gets a `copy` into Cc."""
    splices = [with_copy(raw, top, copy.name, copy.address)] if copy else []
    names = {"cc"} if copy else set[str]()
    tag = "" if anatomy.resent else tag_of(context.council.policy, anatomy.subject)
    if not tag:
        return Headings(tuple(splices), frozenset(names))
    subject = next(field for field in top.fields if field.name == "subject")
    splices.append(untagged(raw, subject, tag))
    return Headings(tuple(splices), frozenset(names | {"subject"}), frozenset({subject}))
