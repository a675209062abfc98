"""The check `forwarding`: see the package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from config.capacity import Capacity
from config.consent import Consent
from config.consumer_domains import mailbox_of
from config.policy import CheckPolicy, Verdict
from filters.capacity import capacity_in
from filters.context import Context
from filters.finding import Evidence, Finding, finding_of
from filters.forwarding import reasons
from filters.forwarding.carried import Carried, carried_by, locked, papers
from filters.forwarding.consents import Consents
from filters.forwarding.newness import Newness
from filters.forwarding.private import Addresses, Ground, Private
from filters.forwarding.reach import Shown, Target, targets
from filters.forwarding.reasons import Kind, described
from signatures.message.anatomy import Anatomy

_NAME = "forwarding"
_MOST_EVIDENCE = 20


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """Earlier mail, papers and Council business on their way to private addresses; one finding of each kind.

    Each recipient is judged by the address that the message goes to, whatever name is shown. A live consent turns
    what would hold the message into a note that names it; of automatic forwarding none does. That is refused
    wherever the policy would at least hold, as nobody can answer a question about it.
    """
    case = _Case(anatomy, context)
    seen: dict[Kind, _Seen] = {}
    for target in targets(context):
        for kind, private, consent, evidence in case.judged(target):
            seen.setdefault(kind, _Seen()).add(target, private, consent, evidence)
    for target in case.answered_at():
        for kind, private, consent, evidence in case.answers(target):
            seen.setdefault(kind, _Seen()).add(target, private, consent, evidence)
    recipients = frozenset(each.canonical for each in context.envelope.recipients)
    for kind in Kind:
        if kind in seen:
            yield _finding(kind, seen[kind], context, policy, case.shown, recipients)


_Judgement = tuple[Kind, Private | None, Consent | None, tuple[Evidence, ...]]


class _Case:
    """What is asked about every recipient, found once."""

    def __init__(self, anatomy: Anatomy, context: Context) -> None:
        self.shown = Shown(anatomy)
        self._anatomy = anatomy
        self._context = context
        self._addresses = Addresses(context)
        self._carried = carried_by(anatomy, context)
        self._consents = Consents(anatomy, context, self._carried)
        self._newness = Newness(anatomy, context, self._addresses, self.shown)
        self._locked = tuple(locked(anatomy))
        self._papers = tuple(
            Evidence(where="attachment", text=each.name or each.kind) for each in papers(anatomy)
        )
        self._automatic = tuple(Evidence(where=each, text="automatic") for each in anatomy.marks.automatic)
        self._replies = {box.address: box.written for box in anatomy.reply_to if box.address}
        self._personal = capacity_in(anatomy, context) is Capacity.PERSONAL

    def judged(self, target: Target) -> Iterator[_Judgement]:
        """What there is to say of one recipient."""
        if self._automatic:
            if not self._context.council.is_internal(target.address):
                yield Kind.AUTOMATIC, None, None, self._automatic
            return
        private = self._addresses.private(target.address)
        if private is None:
            return
        new_to = [piece for piece in self._carried if self._newness.is_new(target, private, piece)]
        consent = self._consents.covering(target.address)
        for kind, evidence in self._kinds(target, private, new_to):
            if consent is not None and not kind.recorded_only:
                yield Kind.CONSENTED, private, consent, evidence
            elif consent is None or kind is not Kind.NAMED:
                yield kind, private, None, evidence

    def answered_at(self) -> Iterator[Target]:
        """Where answers go, if not to the author. The Reply-To of a message sent on is another's own affair."""
        if self._anatomy.resent:
            return
        authors = {mailbox_of(box.address) for box in self._anatomy.authors if box.address}
        for address in self._replies:
            if mailbox_of(address) not in authors:
                yield Target(address, address)

    def answers(self, target: Target) -> Iterator[_Judgement]:
        """What there is to say of an address in Reply-To."""
        private = self._addresses.private(target.address)
        if private is not None and private.ground is not Ground.NAME:
            consent = self._consents.covering(target.address)
            evidence = (Evidence(where="Reply-To", text=self._replies[target.address]),)
            yield (Kind.ANSWERS if consent is None else Kind.CONSENTED), private, consent, evidence

    def _kinds(
        self, target: Target, private: Private, new_to: list[Carried]
    ) -> Iterator[tuple[Kind, tuple[Evidence, ...]]]:
        carried = tuple(each for piece in new_to for each in piece.evidence)
        if private.ground is Ground.NAME:
            if carried:
                yield Kind.NAMED, carried
            return
        if self._locked:
            yield Kind.UNREADABLE, self._locked
        if carried:
            yield Kind.FORWARDED, carried
        elif private.ground is Ground.DECLARED and not self._is_nobodys(target):
            yield self._business()

    def _is_nobodys(self, target: Target) -> bool:
        """Whether nobody writes to this member in particular: a newsletter may be taken at home like anybody's, and
        who writes from there may get a notice of absence (RFC 3834: it has no sender in the envelope).
        """
        found = self._context.council.list_at(target.recipient)
        if found is not None and found.approved and not self._carried:
            return True
        return self._anatomy.automatic and not self._context.envelope.mail_from and not self._papers

    def _business(self) -> tuple[Kind, tuple[Evidence, ...]]:
        """What is new and goes to an address that a member has declared.

        Writing in one's own name leaves Council papers what they are, and earlier mail too, whoever took part.
        """
        if self._papers:
            return Kind.PAPERS, self._papers
        return (Kind.VIEWS if self._personal and not self._carried else Kind.BUSINESS), ()


@dataclass(slots=True)
class _Seen:
    """What was found of one kind: whom it is about, and what was seen, each once and in order."""

    whom: dict[str, str] = field(default_factory=dict)
    evidence: dict[Evidence, None] = field(default_factory=dict)
    consents: list[tuple[str, Consent]] = field(default_factory=list)

    def add(
        self,
        target: Target,
        private: Private | None,
        consent: Consent | None,
        evidence: Iterable[Evidence],
    ) -> None:
        said = described(target, private)
        self.whom.setdefault(target.recipient, said)
        self.evidence.update(dict.fromkeys(evidence))
        if consent is not None:
            self.consents.append((said, consent))


def _finding(
    kind: Kind, seen: _Seen, context: Context, policy: CheckPolicy, shown: Shown, recipients: frozenset[str]
) -> Finding:
    verdict = policy.verdict
    if kind.recorded_only:
        verdict = Verdict.NOTE
    elif kind is Kind.AUTOMATIC and verdict >= Verdict.HOLD:
        verdict = Verdict.REFUSE
    about = tuple(each for each in seen.whom if each in recipients)
    stands = [shown.evidence(each) for each in about]
    if kind is Kind.CONSENTED:
        said = reasons.consented(dict.fromkeys(seen.consents))
    else:
        said = reasons.reason(kind, tuple(seen.whom.values()), context.council)
    evidence = (*stands[:_MOST_EVIDENCE], *list(seen.evidence)[:_MOST_EVIDENCE])
    return finding_of(_NAME, policy, said, evidence, about=about, verdict=verdict)
