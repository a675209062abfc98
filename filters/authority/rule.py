"""The check `authority`, as `filters.authority` tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from config.checks import switch, threshold
from config.policy import CheckPolicy, Verdict
from filters.authority.audience import Audience, acts_as_officer, audience, is_personal
from filters.authority.grammar import Grammar, Hit, grammar, phrases
from filters.authority.money import names_money, speaks_of_trade
from filters.authority.possible import likeliest
from filters.authority.sentences import Sentence, plain_of, sentences
from filters.context import Context
from filters.finding import Evidence, Finding, Wants, finding_of
from filters.matter import SUBJECT, Passage, own_words
from filters.names import words_of
from filters.tongue import Tongue, not_checked, tongue_of
from signatures.message.anatomy import Anatomy

NAME = "authority"

CERTAIN = grammar("certain.toml")

_MOST = 3
"""Phrases that are shown."""

_LONGEST = 160
"""Characters of a phrase that a reason quotes."""

_ANSWERS = re.compile(r"\s*+(?:re|fw|fwd|aw|sv)\s*+:", re.IGNORECASE)


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """What binds the Council or gives an order for it, by somebody who is not the Clerk. Raises TooMuch."""
    if acts_as_officer(anatomy, context):
        return
    reached = audience(context)
    personal = is_personal(anatomy, context)
    if not reached.another:
        return
    passages, unread = _english(_passages(anatomy, context))
    told = [(where, each) for where, text in passages for each in sentences(text)]
    certain = _certain(told, context, reached, personal)
    if certain:
        yield _held(certain, policy)
    elif not personal and switch(NAME, policy.switches, "ask_possible"):
        yield from _asked(told, context, reached, policy)
    if unread:
        yield not_checked(NAME, policy, unread)


def _passages(anatomy: Anatomy, context: Context) -> Iterator[Passage]:
    """The author's own words. The subject of an answer is whose it was first."""
    for passage in own_words(anatomy, context):
        if passage.where != SUBJECT or not _ANSWERS.match(passage.text):
            yield passage


def _english(passages: Iterable[Passage]) -> tuple[list[Passage], list[Tongue]]:
    """Those that can be judged, and the languages of those that cannot."""
    told = [(passage, tongue_of(passage.text)) for passage in passages]
    judged = [passage for passage, tongue in told if tongue is Tongue.ENGLISH]
    return judged, [tongue for _, tongue in told if tongue is not Tongue.ENGLISH]


def _certain(
    told: list[tuple[str, Sentence]], context: Context, reached: Audience, personal: bool
) -> list[tuple[str, str, str]]:
    """Where, the phrase as written, and what it does; of what is written for oneself only claims to speak."""
    content = context.council.content
    own_name = _own_name(context.council.name)
    binding, harmless = _listed(content.binding_phrases), _listed(content.harmless_phrases)
    trade = any(speaks_of_trade(sentence.raw) for _, sentence in told)
    firm = reached.firm or (trade and not reached.organisation)
    needed = CERTAIN.words | binding.words if binding.words else CERTAIN.words
    found: dict[str, tuple[str, str, str]] = {}
    for where, sentence in told:
        if needed.isdisjoint(sentence.words):
            continue
        kept = _kept(binding, sentence, own_name, harmless) if not personal else []
        for hit in (*kept, *_kept(CERTAIN, sentence, own_name, harmless)):
            rule = hit.rule
            if (rule.firm and not firm) or (rule.trade and not trade) or (personal and not _for_council(hit)):
                continue
            found.setdefault(hit.phrase, (where, hit.phrase, hit.rule.says))
        if len(found) >= _MOST:
            break
    return list(found.values())[:_MOST]


def _asked(
    told: list[tuple[str, Sentence]], context: Context, reached: Audience, policy: CheckPolicy
) -> Iterator[Finding]:
    """The question to the sender, where somebody outside could take it for an order or a promise."""
    if not (reached.organisation or any(names_money(sentence.raw) for _, sentence in told)):
        return
    own_name = _own_name(context.council.name)
    harmless = _listed(context.council.content.harmless_phrases)
    judged = [
        sentence
        for where, sentence in told
        if where != SUBJECT and not any(True for _ in harmless.hits(sentence, own_name))
    ]
    found = likeliest(judged, own_name, firm=reached.firm)
    if found.sentence is None or found.chance * 100 < threshold(NAME, policy.thresholds, "possible"):
        return
    said = found.sentence.raw
    where = next(where for where, sentence in told if sentence is found.sentence)
    reason = (
        f'"{_short(said)}" could be read as an order or a promise for the Council. Only the Clerk gives those. If it '
        "is none, say so and the message goes; if it is one, hand it to the Clerk to send."
    )
    evidence = (Evidence(where=where, text=said),)
    verdict = min(policy.verdict, Verdict.ASK)
    yield finding_of(NAME, policy, reason, evidence, verdict=verdict, wants=Wants.NOT_BINDING)


def _held(found: list[tuple[str, str, str]], policy: CheckPolicy) -> Finding:
    _, phrase, says = found[0]
    reason = (
        f'"{_short(phrase)}" {says}. Only the Clerk sends mail that binds the Council or gives orders for it: ask the '
        "Clerk to send this, or write it again as a proposal or a question."
    )
    evidence = [Evidence(where=where, text=text) for where, text, _ in found]
    return finding_of(NAME, policy, reason, evidence)


def _for_council(hit: Hit) -> bool:
    """Whether a phrase speaks in the Council's name."""
    return hit.rule.claims or "council" in hit.sentence.plain[hit.start : hit.end + 1]


def _kept(rules: Grammar, sentence: Sentence, own_name: frozenset[str], harmless: Grammar) -> list[Hit]:
    """The phrases in a sentence, but for those that lie in or about what the council calls harmless."""
    hits = list(rules.hits(sentence, own_name))
    if not hits or not harmless.rules:
        return hits
    spared = [(each.start, each.end) for each in harmless.hits(sentence, own_name)]
    return [hit for hit in hits if not any(hit.start < end and start < hit.end for start, end in spared)]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else flat[:_LONGEST].rsplit(" ", 1)[0] + " ..."


@lru_cache(maxsize=256)
def _listed(told: tuple[str, ...]) -> Grammar:
    return phrases(
        [plain_of(each) for each in told], "is listed by the Council among the phrases that bind it"
    )


@lru_cache(maxsize=256)
def _own_name(name: str) -> frozenset[str]:
    return frozenset(words_of(name))
