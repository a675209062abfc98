"""Local passwords: what may become one, and how it is kept.

There is no default password and none is ever made up here. A new one has at least twelve characters and is
not among the guesses that come first (zxcvbn, fed with the words that stand for the person and the council).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from argon2 import PasswordHasher
from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # The package comes without types.

from gateway.submission.auth.sasl import Malformed, prepare

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 256
LEAST_OTHER_CHARACTERS = 8
"""What must be left of a password without the words that stand for the person."""

LEAST_SCORE = 3
"""zxcvbn's third of four: more than a hundred million guesses."""

_LOOKED_AT = 72  # zxcvbn takes no more, and takes long enough for these.


def hash_password(plain: str) -> str:
    """The argon2id hash to keep, with parameters and salt. Takes a good part of a second's work.

    Raises ValueError where `plain` has control characters.
    """
    return PasswordHasher().hash(prepare(plain))


def check_new_password(plain: str, person_words: Iterable[str]) -> list[str]:
    """What speaks against `plain` as a new password, in sentences; nothing where it is good.

    `person_words` are login, name, council and whatever else is first guessed of this person.
    """
    try:
        prepared = prepare(plain)
    except Malformed:
        return ["The password has control characters."]
    if len(prepared) < LEAST_CHARACTERS:
        return [f"The password must have at least {LEAST_CHARACTERS} characters; three random words do well."]
    if len(prepared) > MOST_CHARACTERS:
        return [f"The password may have at most {MOST_CHARACTERS} characters."]
    words = _with_parts(person_words)
    if len(_without(words, prepared)) < LEAST_OTHER_CHARACTERS:
        return ["The password is made of names that anyone would try first."]
    judged = zxcvbn(prepared[:_LOOKED_AT], user_inputs=words)
    if judged["score"] >= LEAST_SCORE:
        return []
    advice = [str(judged["feedback"]["warning"]), *map(str, judged["feedback"]["suggestions"])]
    return ["The password is too easy to guess.", *(sentence for sentence in advice if sentence)]


def _with_parts(words: Iterable[str]) -> list[str]:
    """Each word, and what it is made of: `clerk@wickham.example` is also `clerk` and `wickham`."""
    return [part for word in words for part in (word, *re.split(r"[@.\s_-]+", word)) if part]


def _without(words: list[str], password: str) -> str:
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= 4:
            rest = rest.replace(word.casefold(), "")
    return rest
