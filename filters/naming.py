"""The check `naming`: a third person is named, whose permission nobody here can see.

Clause: Rugeley, "4 Rules for using social media", 4.9, tenth point. Only names with a title before them ("Mrs Fenwick")
are known to be names. It notes them; a council may have the sender asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from config.policy import CheckPolicy
from filters.context import Context
from filters.finding import Evidence, Finding, finding_of
from filters.matter import own_words
from filters.names import folded, words, words_of
from signatures.message.anatomy import Anatomy

NAME = "naming"
_MOST = 5
_TITLED = re.compile(
    r"\b(?P<title>Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Revd?|Reverend|Sir|Dame|Lady|Lord|Pte|Sgt|PC)\.?[ \u00a0\n]"
    r"(?P<name>(?:[A-Z]\.?[ \u00a0]?){0,3}[A-Z][\w'’-]{1,40}(?:[ \u00a0][A-Z][\w'’-]{1,40}){0,2})"
)
_GREETING = re.compile(
    r"(?:dear|hello|hi|hallo|good (?:morning|afternoon|evening)|annwyl)\s[^\n]{0,60}\Z", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"['’]s?\Z")
_PLACES = frozenset(
    words("street road lane close avenue drive way court house hall school field park charity trust")
)
"""After a name they make it a place or a body: "Lady Margaret Road"."""


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
    """Names with a title in the author's own words, of nobody in the council, and of nobody who writes or gets it."""
    if all(context.council.is_internal(each.canonical) for each in context.envelope.recipients):
        return
    known = _known(anatomy, context)
    found = dict.fromkeys(_named(anatomy, context, known))
    if found:
        reason = (
            f"The message names {_and_others(list(found))}. Has everyone who is named agreed to it in writing? If not, "
            "leave the name out."
        )
        evidence = [Evidence(where="body", text=each) for each in list(found)[:_MOST]]
        yield finding_of(NAME, policy, reason, evidence, masked=True)


def _named(anatomy: Anatomy, context: Context, known: frozenset[str]) -> Iterator[str]:
    for passage in own_words(anatomy, context):
        for hit in _TITLED.finditer(passage.text):
            said = _POSSESSIVE.sub("", " ".join(hit[0].split()))
            name = words(folded(said))
            begin = max(0, hit.start() - 80)
            greeted = _GREETING.search(passage.text, begin, hit.start() + len(hit["title"]))
            if name and not greeted and name[-1] not in known and name[-1] not in _PLACES:
                yield said


def _known(anatomy: Anatomy, context: Context) -> frozenset[str]:
    """The words of the names of everybody in the council, and of whoever writes or gets the message."""
    council = context.council
    names = [person.name for person in council.people]
    names += (box.name for box in (*anatomy.authors, *anatomy.recipients))
    names += (re.sub(r"[._-]", " ", each.canonical.partition("@")[0]) for each in context.envelope.recipients)
    names += (*council.content.published, council.name)
    return frozenset(word for name in names for word in words_of(name))


def _and_others(names: list[str]) -> str:
    """Not the names themselves: a notice must not spread them."""
    return "somebody else" if len(names) == 1 else f"{len(names)} other people"
