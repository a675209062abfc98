"""What somebody states with their word on a message, where a finding wants to be told more than a plain yes.

It is kept with the decision and counts for that message alone: no consent is granted by it, and nobody else is asked
any less.
"""

from __future__ import annotations

from collections.abc import Collection

from config.base import Frozen, Line
from filters.finding import Decision, Need, Wants
from gateway.holds.change import Change
from gateway.store.errors import Conflict

MOST_WORDS = 1000
"""Characters of a basis that are kept."""

Wanted = frozenset[tuple[Need, Wants]]
"""What is to be stated, each with whose word it goes with."""

_SENTENCES = {
    Wants.NOT_BINDING: (
        "it may bind the Council. Its sender must say that it does not (NOT BINDING, on a line of its own; "
        "--not-binding), or hand it to the Clerk (CLERK; vestry held to-clerk)"
    ),
    Wants.BASIS: (
        "a resident's personal details are in it. Say why they may be passed on, by their consent or on another lawful "
        "basis (a line that begins with BASIS; --basis)"
    ),
}


class Statement(Frozen):
    """`not_binding`: that it does not bind the Council. `basis`: the consent or other lawful basis on which a
    resident's personal data go on (UK GDPR art. 6), in the words of who says so.
    """

    not_binding: bool = False
    basis: Line = ""

    @property
    def nothing(self) -> bool:
        """Whether nothing is stated."""
        return not (self.not_binding or self.basis)


UNSAID = Statement()


class Detail(Change, Statement):
    """What is kept with a word: what is changed of the message, and what was stated."""


def detail_of(change: Change, said: Statement) -> str | None:
    """Both as they are kept; None where there is nothing to keep."""
    if change.nothing and said.nothing:
        return None
    return Detail(**change.model_dump(), **said.model_dump()).model_dump_json(exclude_defaults=True)


def wanted_by(decision: Decision) -> Wanted:
    """What the findings want to be told, with whose word."""
    return frozenset(
        (each.need, each.wants)
        for each in decision.findings
        if each.need is not None and each.wants is not Wants.NOTHING and not each.incomplete
    )


def kept_of(said: Statement, wanted: Wanted, words: Collection[Need]) -> Statement:
    """What of a statement goes with these words: what nobody wants to be told is not kept."""
    wants = {each for need, each in wanted if need in words}
    return Statement(
        not_binding=said.not_binding and Wants.NOT_BINDING in wants,
        basis=said.basis if Wants.BASIS in wants else "",
    )


def require_stated(
    message: str, wanted: Wanted, words: Collection[Need], said: Statement, *, officer: bool
) -> None:
    """See that with these words all is stated that is wanted with them. What an officer sends may bind the Council.

    Raises Conflict with what is missing.
    """
    wants = {each for need, each in wanted if need in words}
    missing = [
        each
        for each, stated in (
            (Wants.NOT_BINDING, said.not_binding or officer),
            (Wants.BASIS, bool(said.basis)),
        )
        if each in wants and not stated
    ]
    if missing:
        raise Conflict(f"{message} is not sent yet: " + ". And ".join(_SENTENCES[each] for each in missing))
