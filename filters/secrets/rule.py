"""The check `secrets`: passwords, codes that open doors, keys of computer services, in whatever goes by mail.

Whom it goes to does not matter: mail lies in mailboxes for years. A passcode in a meeting's invitation and the Wi-Fi
for guests are meant to be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.policy import CheckPolicy, Verdict
from filters.context import Context
from filters.finding import Evidence, Finding, finding_of
from filters.matter import Passage, attached_words, others_words, own_words
from filters.secrets.sought import Secret, may_hold, secrets_in
from signatures.message.anatomy import Anatomy

NAME = "secrets"
_MOST = 5
_BESIDE = 2
"""Paragraphs before and after that say what a passcode is for."""


def check(
    anatomy: Anatomy, context: Context, policy: CheckPolicy, *, filtered: bool = True
) -> Iterator[Finding]:
    """One finding for all of them. Without `filtered` every paragraph is looked at closely. Raises TooMuch."""
    found: list[tuple[str, Secret]] = []
    for passages in (own_words(anatomy, context), attached_words(context), others_words(anatomy, context)):
        found += _found(passages, filtered=filtered)
    if not found:
        return
    kinds = list(dict.fromkeys(secret.what for _, secret in found))
    evidence = dict.fromkeys(Evidence(where=where, text=secret.text) for where, secret in found)
    yield finding_of(
        NAME,
        policy,
        f"{_opening(found)} gives {_listed(kinds)}. Mail can be read by others and stays in mailboxes for years. "
        f"{_choice(policy.verdict)}",
        list(evidence)[:_MOST],
        masked=True,
    )


def _found(passages: Sequence[Passage], *, filtered: bool) -> Iterator[tuple[str, Secret]]:
    for number, passage in enumerate(passages):
        if filtered and not may_hold(passage.text):
            continue
        beside = passages[max(0, number - _BESIDE) : number + _BESIDE + 1]
        around = "\n".join(each.text[:_MOST_BESIDE] for each in beside if each.where == passage.where)
        for secret in secrets_in(passage.text, around):
            yield passage.where, secret


_MOST_BESIDE = 2000


def _opening(found: Sequence[tuple[str, Secret]]) -> str:
    where = found[0][0]
    if where.startswith("attachment"):
        return "What is attached"
    return "An earlier message that goes along" if where == "earlier message" else "This message"


def _choice(verdict: Verdict) -> str:
    if verdict is Verdict.HOLD:
        return "Take it out and tell it by telephone, or ask the Clerk to let it go."
    return "Take it out and tell it by telephone, or confirm that it is to go."


def _listed(said: Sequence[str]) -> str:
    return " and ".join((", ".join(said[:-1]), said[-1])) if len(said) > 1 else "".join(said)
