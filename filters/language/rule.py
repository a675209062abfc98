"""The check `language`: mail is polite. Nothing but threats and discriminatory terms is ever held for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.checks import switch, threshold
from config.policy import CheckPolicy, Verdict
from filters.context import Context
from filters.finding import Evidence, Finding, finding_of
from filters.language.seen import Kind, Ours, Seen, ours, unpleasant
from filters.language.shouting import shouted
from filters.matter import BODY, Passage, attached_words, new_people, others_words, own_words
from filters.phrases import words_in
from filters.tongue import Tongue, not_checked, tongue_of
from signatures.message.anatomy import Anatomy

NAME = "language"

_MOST = 5
"""Places that a finding shows."""

_LONGEST = 200
_OWN = tuple(Kind)
_GRAVE = frozenset({Kind.THREAT, Kind.DISCRIMINATORY})
_ONCE_MORE = "Read it once more before it goes."
_REASONS = {
    Kind.SWEARING: "may read harsher than you mean",
    Kind.INSULT: "may hurt whoever reads it, or whom it is about",
    Kind.OBSCENE: "is sexual language, which not everybody wants to be sent",
    Kind.THREAT: "reads as a threat",
    Kind.DISCRIMINATORY: "puts people down for who they are",
}
_CAPITALS = "in capitals reads as shouting. Small letters say the same. " + _ONCE_MORE
_RED = "in red reads as a telling-off. Plain letters say the same. " + _ONCE_MORE

_Found = tuple[Evidence, Seen]


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """At most one finding for each way in which mail is unpleasant, and a note on what is not in English.

    Raises TooMuch.
    """
    council = ours(context.council)
    own = own_words(anatomy, context)
    read, foreign = _english(own)
    others, more = _english(_others(anatomy, context))
    found = [*_unpleasant(read, _OWN, council), *_unpleasant(others, (Kind.OBSCENE,), council)]
    for kind in Kind:
        if of_kind := [each for each in found if each[1].kind is kind]:
            yield _finding(kind, of_kind, policy)
    if switch(NAME, policy.switches, "shouting"):
        yield from _shouting(read, council, policy)
    if anatomy.red and switch(NAME, policy.switches, "red"):
        yield from _red(anatomy.red, context, council, policy)
    if foreign | more:
        yield not_checked(NAME, policy, foreign | more)


def _others(anatomy: Anatomy, context: Context) -> tuple[Passage, ...]:
    """What others wrote, below or in attachments, where somebody outside the council is new to it."""
    attached = context.documents is not None and bool(context.documents.found)
    if not attached or not new_people(anatomy, context):
        return others_words(anatomy, context)
    return (*others_words(anatomy, context), *attached_words(context))


def _english(passages: Iterable[Passage]) -> tuple[list[Passage], set[Tongue]]:
    """The paragraphs in English, and which other languages there are."""
    read: list[Passage] = []
    foreign: set[Tongue] = set()
    for each in passages:
        tongue = tongue_of(each.text)
        if tongue is Tongue.ENGLISH:
            read.append(each)
        else:
            foreign.add(tongue)
    return read, foreign


def _unpleasant(passages: Iterable[Passage], kinds: tuple[Kind, ...], council: Ours) -> Iterator[_Found]:
    for where, text in passages:
        for seen in unpleasant(text, kinds, council):
            yield Evidence(where=where, text=seen.text[:_LONGEST]), seen


def _finding(kind: Kind, found: list[_Found], policy: CheckPolicy) -> Finding:
    held = kind in _GRAVE and switch(NAME, policy.switches, "hold_threats")
    said = [each for each in found if not each[1].reported]
    verdict = Verdict.HOLD if held and said else policy.verdict
    shown = [evidence for evidence, _ in (*said, *found)]
    ends = "The Clerk looks at it before it goes." if verdict is Verdict.HOLD else _ONCE_MORE
    reason = f"{_quoted(shown)} {_REASONS[kind]}. {ends}"
    return finding_of(NAME, policy, reason, _few(shown), verdict=verdict)


def _shouting(read: Iterable[Passage], council: Ours, policy: CheckPolicy) -> Iterator[Finding]:
    fewest = threshold(NAME, policy.thresholds, "capitals")
    shown = [
        Evidence(where=where, text=run[:_LONGEST])
        for where, text in read
        for run in shouted(text, fewest, council.names)
    ]
    if shown:
        yield finding_of(NAME, policy, f"{_quoted(shown)} {_CAPITALS}", _few(shown))


def _red(words: Iterable[str], context: Context, council: Ours, policy: CheckPolicy) -> Iterator[Finding]:
    """Words in red, but for the council's name and address, which are red where its signature is."""
    signature = context.council.signatures
    known = council.names | words_in(f"{signature.address} {signature.website} {signature.phone}")
    titles = (word for each in context.council.people for word in words_in(f"{each.title} {each.title_cy}"))
    known = known.union(titles)
    shown = [Evidence(where=BODY, text=each[:_LONGEST]) for each in words if not words_in(each) <= known]
    if shown:
        yield finding_of(NAME, policy, f"{_quoted(shown)} {_RED}", _few(shown))


def _quoted(shown: list[Evidence]) -> str:
    """The first phrase as it is told in a sentence, and how many there are besides."""
    texts = list(dict.fromkeys(" ".join(each.text.split()) for each in shown))
    more = len(texts) - 1
    return f"“{texts[0]}”" + (f" (and {more} more)" if more else "")


def _few(shown: list[Evidence]) -> list[Evidence]:
    return list(dict.fromkeys(shown))[:_MOST]
