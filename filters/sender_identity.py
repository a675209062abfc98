"""Each person writes in their own name: the addresses are theirs, and nobody plays the Clerk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.address import BadAddress, canonical
from config.council import OFFICERS, Role
from config.policy import CheckPolicy, Verdict
from filters.context import Context, Profile
from filters.finding import Evidence, Finding
from signatures.message.anatomy import Anatomy
from signatures.message.headers import Mailbox

_NAME = "sender_identity"
_SIGNATURE_LINES = 8
"""How far up from the end of the own text a line still counts as part of a signature."""

_BODY = r"(?:the\s+)?[\w'’.& -]{0,60}?(?:council)?"
_TITLE = re.compile(
    rf"(?:[\w'’. -]{{1,60}},\s*)?(?:the\s+)?(?:(?P<stand_in>acting|deputy|assistant|locum)\s+)?"
    rf"(?:(?:parish|town|community|village|city|council)\s+)?clerk"
    rf"(?:\s+(?:to|of|for)\s+{_BODY})?"
    rf"(?:\s*(?:&|and|/|,|\+)\s*(?:r\.?f\.?o\.?|responsible\s+financial\s+officer|proper\s+officer))?"
    rf"(?:\s*[,|–-]\s*{_BODY})?\.?",
    re.IGNORECASE,
)
_PROPER_OFFICER = re.compile(
    rf"(?:the\s+)?proper\s+officer(?:\s*(?:to|of|for|,)\s*{_BODY})?\.?", re.IGNORECASE
)
_LONGEST_TITLE = 160


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """Alignment of MAIL FROM, From and Sender; then claims to be the Clerk.

    A wrong address has the policy's verdict. A claim in words holds at the most: the Clerk can judge it.
    """
    wrong = list(_misaligned(anatomy, context, policy))
    yield from wrong
    sender = context.sender
    if not wrong and sender is not None and not sender.roles_on(context.today) & OFFICERS:
        yield from _claims(anatomy, context, policy)


def _misaligned(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    field = "Resent-From" if anatomy.resent else "From"
    if not anatomy.resent and anatomy.from_fields != 1:
        count = "no From line" if anatomy.from_fields == 0 else f"{anatomy.from_fields} From lines"
        yield _finding(policy, f"The message has {count}; it must have exactly one.")
        return
    if len(anatomy.authors) != 1:
        yield _finding(
            policy,
            f"The message names {len(anatomy.authors)} senders in its {field} line; it must name exactly one.",
            *(Evidence(where=field, text=mailbox.written) for mailbox in anatomy.authors),
        )
        return
    if context.sender is None:
        yield _stranger(anatomy.authors[0], field, context, policy)
        return
    for where, mailbox in _named(anatomy, context, field):
        if not context.sender.may_send_as(mailbox.address, context.today):
            yield _not_theirs(where, mailbox, context, policy)
            return


def _named(anatomy: Anatomy, context: Context, field: str) -> Iterator[tuple[str, Mailbox]]:
    """Every address that the message gives itself out as, and where."""
    yield field, anatomy.authors[0]
    for mailbox in anatomy.senders:
        yield "Resent-Sender" if anatomy.resent else "Sender", mailbox
    envelope = context.envelope.mail_from
    # The null reverse-path is for receipts and auto-replies (RFC 5321 §4.5.5, RFC 3834 §3.3).
    if envelope or not (anatomy.automatic and context.authenticated):
        yield "envelope sender", Mailbox(name="", address=_canonical(envelope), written=f"<{envelope}>")


def _stranger(mailbox: Mailbox, field: str, context: Context, policy: CheckPolicy) -> Finding:
    """On a trusted listener the From is nobody's address, or several people's."""
    shared = len(context.council.holders_of(mailbox.address, context.today)) > 1
    if context.profile is Profile.TRUSTED and shared:
        reason = f"{mailbox.written} is shared by several people, so whoever uses it must log in."
    else:
        reason = f"{mailbox.written} is not an address that anyone at {context.council.name} may send from."
    return _finding(policy, reason, Evidence(where=field, text=mailbox.written))


def _not_theirs(where: str, mailbox: Mailbox, context: Context, policy: CheckPolicy) -> Finding:
    identities = context.sender.identities if context.sender else ()
    own = [identity.address for identity in identities if identity.holds(context.today)]
    may = f"it may send from {', '.join(own)}" if own else "it may send from no address at present"
    shown = mailbox.written if mailbox.written != "<>" else "no sender at all (<>)"
    reason = f"You are logged in as {context.person}, which may not send from {shown}; {may}."
    if not context.authenticated:
        reason = f"{context.person} may not send from {shown}; {may}."
    return _finding(policy, reason, Evidence(where=where, text=mailbox.written))


def _claims(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """The display name or a line of the signature that makes the sender out to be the Clerk."""
    seen = []
    display = anatomy.authors[0].name
    if _is_title(display, context) or _is_officers_name(display, context):
        seen.append(Evidence(where="name in From", text=display))
    seen += [
        Evidence(where="signature", text=line)
        for line in _signature_lines(anatomy.own_text)
        if _is_title(line, context)
    ]
    if seen:
        yield _finding(
            policy,
            f"The message gives its sender out to be the Clerk, which {context.person} is not.",
            *seen,
            verdict=min(policy.verdict, Verdict.HOLD),
        )


def _signature_lines(text: str) -> list[str]:
    """The last lines of the own text, which are where titles stand; never the first line of all."""
    lines = [line.strip(" \t*_|-–") for line in text.split("\n")]
    return [line for line in lines if line][1:][-_SIGNATURE_LINES:]


def _is_title(text: str, context: Context) -> bool:
    text = text.strip()
    if len(text) > _LONGEST_TITLE:
        return False
    matched = _TITLE.fullmatch(text)
    if matched is None:
        return _PROPER_OFFICER.fullmatch(text) is not None
    roles = context.sender.roles_on(context.today) if context.sender else frozenset()
    # An assistant clerk is a member of staff in their own right, and says so.
    return not ((matched["stand_in"] or "").lower() == "assistant" and Role.STAFF in roles)


def _is_officers_name(display: str, context: Context) -> bool:
    """Whether the display name is that of somebody who acts as Clerk, and not the sender's own."""
    if not display or context.sender is None or _folded(display) == _folded(context.sender.name):
        return False
    return any(
        _folded(display) == _folded(officer.name) for officer in context.council.officers(context.today)
    )


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _canonical(address: str) -> str:
    try:
        return canonical(address) if address else ""
    except BadAddress:
        return ""


def _finding(
    policy: CheckPolicy, reason: str, *evidence: Evidence, verdict: Verdict | None = None
) -> Finding:
    return Finding(
        check=_NAME,
        verdict=policy.verdict if verdict is None else verdict,
        stage=policy.stage,
        reason=reason,
        evidence=evidence,
        clause=policy.clause,
    )
