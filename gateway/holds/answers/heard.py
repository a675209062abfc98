"""An answer as it was read: from whom it is, whether a person wrote it, and what it chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.council import Council
from filters.analysis import Reading
from filters.context import Profile
from gateway.holds.answers.options import Choice, Option, Purpose
from gateway.holds.answers.parsing import Misread, misread, parse
from gateway.intake.heading import heading_of, sender_of
from gateway.intake.submission import Submission


def is_automatic(reading: Reading | None, submission: Submission) -> bool:
    """Whether a machine wrote it, or a list or a rule brought it (RFC 3834, RFC 8098, RFC 2919)."""
    if not submission.envelope.mail_from:
        return True
    if reading is None:
        return False
    anatomy = reading.anatomy
    return bool(anatomy.automatic or anatomy.marks.automatic or anatomy.marks.bulk or anatomy.resent)


def choice_in(
    own_texts: Sequence[str], purpose: Purpose, options: Sequence[Option], count: int
) -> Choice | None:
    """What every version of the answerer's own words chooses; None where they differ, or one of them is no choice.

    The words of a basis may end later in one version than in another, where a blank line is lost: the shorter count.
    """
    found = [parse(text, purpose, options, count) for text in own_texts]
    choices = [each for each in found if each is not None]
    if not choices or len(choices) < len(found):
        return None
    shortest = min(choices, key=lambda each: len(each.said.basis))
    basis = shortest.said.basis
    for each in choices:
        cut = each.said.model_copy(update={"basis": each.said.basis[: len(basis)]})
        if replace(each, said=cut) != shortest:
            return None
    return shortest


def misread_in(own_texts: Sequence[str], purpose: Purpose, options: Sequence[Option], count: int) -> Misread:
    """What is wrong with an answer that chooses nothing."""
    for text in own_texts:
        if parse(text, purpose, options, count) is None:
            return misread(text, purpose, options, count)
    return Misread.SEVERAL if own_texts else Misread.NO_WORD


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers, as far as that can be told: their login, and whether it is the person who was asked."""

    login: str | None
    asked: bool


def answerer(
    submission: Submission, reading: Reading | None, council: Council, asked: str, on: date
) -> Answerer:
    """Who answers what `asked` was asked.

    Who logged in is known. On a trusted listener it is the one whose address the From is. From outside the address
    that was answered to has shown that its writer had the letter; with a From that is one of the asked person's
    addresses, it is theirs.
    """
    heading = heading_of(reading)
    if submission.origin.profile is not Profile.REPLIES:
        login = sender_of(submission, council, heading, on)
        return Answerer(login, login == asked)
    person = council.person(asked)
    if person is None or reading is None or len(reading.anatomy.authors) != 1:
        return Answerer(None, False)
    own = {each.address for each in person.identities if each.holds(on)}
    own |= {each.address for each in person.personal_addresses}
    theirs = reading.anatomy.from_fields == 1 and heading.from_address in own
    return Answerer(asked if theirs else None, theirs)
