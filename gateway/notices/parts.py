"""What several notices say in the same way: why, what can be chosen, whom to telephone, who can look again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from config.address import BadAddress, canonical
from config.checks import KINDS
from config.council import Council
from config.policy import Verdict
from filters.finding import Decision, Finding, Need
from gateway.holds.answers.options import ENGLISH, NUMBERED, STATING, WELSH, Option
from gateway.notices import people
from gateway.notices.mask import masked, masked_reason, seen
from gateway.notices.page import Block, Choices, Heading, Inset, Items, Paragraph, Phones, Said, Taken
from gateway.notices.people import Standing
from gateway.notices.wording import Words
from gateway.store.messages import Heading as MessageHeading

_MOST_SEEN = 4
_MOST_RECIPIENTS = 300
_MOST_LINES = 40
_WORDS: Mapping[str, Mapping[Option, str]] = {"en": ENGLISH, "cy": WELSH}
_PHONE = re.compile(r"\+?[0-9][0-9 ]{2,20}")

WAITS_FOR = {
    frozenset({Need.SENDER}): "sender",
    frozenset({Need.CLERK}): "clerk",
    frozenset({Need.MODERATOR}): "moderator",
    frozenset({Need.CLERK, Need.MODERATOR}): "office",
    frozenset({Need.SENDER, Need.CLERK}): "both",
    frozenset({Need.SENDER, Need.MODERATOR}): "both_moderator",
    frozenset(Need): "all",
}
"""For whom a message waits, as the words have it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that a notice is about.

    `reference` is its queue id, `person` the login that it came in under, `recipients` the addresses of those it is
    for in the archive's order, as its author wrote them, and `decision` what the policy found. `casework`: the
    reviewer sees no word of it before opening it. `reviewer` is the login of who looks at it, where that is not
    the first of the officers.
    """

    reference: str
    heading: MessageHeading
    person: str | None
    decision: Decision = field(default_factory=Decision)
    recipients: tuple[str, ...] = ()
    received_at: datetime | None = None
    casework: bool = False
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """How a notice is answered: to which address and until when, with which words; `link` goes to the same by tap."""

    to: str | None = None
    options: tuple[Option, ...] = ()
    until: datetime | None = None
    link: str | None = None


NOT_ANSWERED = Answering()
"""Nothing that can be answered."""


def subject_of(heading: MessageHeading, words: Words) -> Taken:
    """The subject as it may stand in a notice."""
    return Taken(masked(heading.subject).strip() or words.line("common.no_subject"))


def council_name(council: Council, words: Words) -> str:
    """What the council is called in a language."""
    return (council.signatures.council_cy if words.lang == "cy" else "") or council.name


def typed(council: Council, waiting: Waiting) -> frozenset[str]:
    """The addresses that may show to the sender: those written to, the sender's own, and the council's."""
    shown = {council.notice_sender, *(person.login for person in council.people)}
    for person in council.people:
        shown |= {identity.address for identity in person.identities}
    for address in (*waiting.recipients, waiting.person or "", waiting.heading.from_address):
        try:
            shown.add(canonical(address))
        except BadAddress:
            continue
    return frozenset(shown)


def urgent(words: Words, council: Council, on: date, waiting: Waiting) -> Iterator[Block]:
    """What stands under "Not sent": whom to telephone if it cannot wait."""
    rows: list[tuple[Said, str]] = [((Taken(each.name),), each.number) for each in council.telephones]
    if not rows:
        asked = people.to_ask(council, on, waiting.person, waiting.reviewer)
        phone = number(people.phone_of(asked[0], council)) if asked else ""
        if asked and phone:
            rows = [(people.called(words, council, asked[0].login, on), phone)]
    if rows:
        yield Paragraph(words("common.cannot_wait"), strong=True)
        yield Phones(tuple(rows))
    else:
        yield Paragraph(words("common.cannot_wait_no_number"), strong=True)


def why(
    words: Words,
    findings: Sequence[Finding],
    shown: Collection[str],
    *,
    casework: bool = False,
    no_blame: str = "common.no_blame",
) -> Iterator[Block]:
    """Each reason with what was seen, and the clause that asks for it.

    `casework`: the reason names nobody, and nothing that was seen is told. `no_blame` is the key of what is said to
    whoever might take a finding for an accusation.
    """
    yield Heading(words("common.why"))
    for finding in findings:
        yield Paragraph((reason(finding, shown, casework=casework),))
        evidence = () if casework else finding.evidence
        # More than one is left out, or none.
        told = evidence if len(evidence) <= _MOST_SEEN else evidence[: _MOST_SEEN - 1]
        pairs = seen(finding.check, told, shown, whole=finding.masked)
        rows = [words("common.seen", where=Taken(where, "en"), text=Taken(text)) for where, text in pairs]
        if len(evidence) > len(told):
            rows.append(words("common.and_more", count=str(len(evidence) - len(told))))
        if rows:
            yield Items(tuple(rows))
        yield Paragraph(words("common.rule", clause=Taken(str(finding.clause), "en")))
    if findings:
        yield Paragraph(words(no_blame))


def reason(finding: Finding, shown: Collection[str], *, casework: bool = False) -> Taken:
    """Why a message waits. Of `casework` no more than what the check is for, as reasons name people."""
    if casework and finding.check in KINDS and not finding.incomplete:
        return Taken(KINDS[finding.check].says, "en")
    return Taken(masked_reason(finding, shown), "en")


def graver(decision: Decision) -> tuple[Finding, ...]:
    """The findings for which a message waits, or was refused."""
    return tuple(each for each in decision.findings if each.effect >= Verdict.ASK)


def choices(words: Words, waiting: Waiting, answering: Answering) -> Iterator[Block]:
    """The words to answer with, and the recipients by number where one of them needs numbers."""
    spoken = _WORDS[words.lang]
    numbered = any(option in NUMBERED for option in answering.options)
    rows = tuple(
        (_written(words, option), words(f"option.{option.value}", word=spoken[option]))
        for option in answering.options
    )
    only = len(rows) == 1
    yield Paragraph(words("common.reply_with_one" if only else "common.reply_with"), strong=True)
    yield Choices(rows)
    if set(STATING) <= set(answering.options):
        first, second = (spoken[option] for option in STATING)
        yield Paragraph(words("common.both_lines", first=first, second=second))
    if numbered and waiting.recipients:
        yield Heading(words("common.recipients"))
        yield recipients(words, waiting.recipients)
    if answering.until is not None:
        yield Paragraph(words("common.until", until=words.moment(answering.until)))


def _written(words: Words, option: Option) -> str:
    """What is written to choose an option."""
    word = _WORDS[words.lang][option]
    if option in NUMBERED:
        return words.line("common.word_with_number", word=word)
    return words.line("common.word_with_words", word=word) if option is Option.BASIS else word


def recipients(words: Words, addresses: Sequence[str], *, numbered: bool = True) -> Block:
    """Recipients by their numbers, from 1."""
    rows: list[Said] = [(Taken(address),) for address in addresses[:_MOST_RECIPIENTS]]
    if len(addresses) > _MOST_RECIPIENTS:
        rows.append(words("common.and_more", count=str(len(addresses) - _MOST_RECIPIENTS)))
    return Items(tuple(rows), numbered)


def webmail(words: Words, council: Council, on: date, waiting: Waiting) -> Iterator[Block]:
    """What to do where an answer does not pass through the post room."""
    yield Heading(words("common.no_way_title"))
    yield Paragraph(words("common.no_way", whom=whom(words, council, on, waiting)))


def whom(words: Words, council: Council, on: date, waiting: Waiting) -> Said:
    """The human to turn to, by name."""
    asked = people.to_ask(council, on, waiting.person, waiting.reviewer)
    return people.called(words, council, asked[0].login, on) if asked else words("people.nobody")


def look_again(
    words: Words, council: Council, on: date, waiting: Waiting, *, only_ask: bool = False
) -> Iterator[Block]:
    """The human who can look again, or (`only_ask`) answers questions, and how they are reached."""
    yield Heading(words("common.ask_title" if only_ask else "common.look_again_title"))
    asked = people.to_ask(council, on, waiting.person, waiting.reviewer)
    if asked is None:
        yield Paragraph(words("common.nobody_looks"))
        return
    person, standing = asked
    name = people.called(words, council, person.login, on)
    key = "ask" if only_ask else "look_again"
    said = words(f"common.{key}" if standing is Standing.OFFICER else "common.knows_who_looks", name=name)
    hours = (person.hours_cy if words.lang == "cy" else "") or person.hours
    if hours and standing is Standing.OFFICER:
        said = (*said, " ", *words("common.hours", hours=Taken(hours)))
    yield Paragraph(said)
    phone = number(people.phone_of(person, council))
    if phone:
        yield Phones((((Taken(person.name),), phone),))


def note(words: Words, text: str) -> Iterator[Block]:
    """What somebody wrote to go with a decision, as they wrote it."""
    if text.strip():
        yield Heading(words("common.note"))
        yield inset(text)


def inset(text: str, lang: str | None = None) -> Block:
    """Text of several lines, set apart, each line as it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Inset(tuple((Taken(line, lang),) for line in lines[:_MOST_LINES]))


def reference(
    words: Words, council: Council, waiting: Waiting | None, *, answered: bool = False
) -> tuple[Said, ...]:
    """Who wrote the notice, and how what it is about is found again."""
    written = words(
        "common.written_answered" if answered else "common.written",
        council=Taken(council_name(council, words)),
    )
    if waiting is None:
        return (written,)
    return (words("common.reference", reference=Taken(waiting.reference)), written)


def number(phone: str) -> str:
    """The telephone number that a line such as "01632 960100 (mornings)" begins with; empty where it has none."""
    found = _PHONE.search(phone)
    return found[0].strip() if found else ""
