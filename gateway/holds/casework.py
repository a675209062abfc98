"""Residents' casework: its reviewer sees why it was held and a masked extract, and opens it for a reason or not at all.

A member answers for the casework of their residents themselves, as a controller of their own, so not all of it is
the Clerk's to read (research (c) 12). Opening the body is an act of its own: it is recorded with its reason, and the
member is told.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Row

from config.capacity import Capacity
from config.council import Council
from filters.analysis import read_step
from filters.finding import Decision, Finding, Need
from gateway.archive.versions import as_received
from gateway.holds.decisions import Act
from gateway.holds.words import Act as Done
from gateway.holds.words import words_of
from gateway.notices import mask, personal
from gateway.notices.parts import Waiting
from gateway.store import archive, councils, ledger, messages, openings
from gateway.store.errors import Conflict, NotFound
from gateway.store.kinds import MessageKind
from gateway.store.messages import Heading
from signatures.message.scanner import Unscannable

_WORDS = 60
_MOST = 600
_OWN = frozenset(
    {"I", "I'm", "I've", "I'd", "I'll", "Dear", "Hello", "Hi", "The", "We", "You", "Thank", "Thanks"}
)
_WORD = re.compile(r"[^\s]{1,200}+")


def is_casework(row: Row[Any]) -> bool:
    """Whether a message, by its row, is a resident's casework."""
    return bool(row.capacity == Capacity.CASEWORK.value)


def concerned(connection: Connection, council_id: str, row: Row[Any]) -> str | None:
    """The casework that a message is, or that a notice, an answer to one or a bounce is about, by its queue id; None
    where there is none. What the post room writes to a member about their casework may tell as much as that does.
    """
    if is_casework(row):
        return str(row.id)
    if row.about is None or row.kind == MessageKind.SUBMITTED.value:
        return None
    try:
        about = archive.message(connection, council_id, row.about)
    except NotFound:
        return None
    return str(about.id) if is_casework(about) else None


def veiled(decision: Decision) -> Decision:
    """The findings without a word of what they were found in: the reasons, and where."""
    return Decision(findings=tuple(_veiled(each) for each in decision.findings))


def extract(connection: Connection, council_id: str, message: str) -> str:
    """The beginning of the author's own words, with names, addresses and numbers masked; empty where there is none.

    Raises NotFound.
    """
    try:
        anatomy = read_step(as_received(connection, council_id, message)).anatomy
    except Unscannable:
        return ""
    return masked_extract(anatomy.own_texts[0] if anatomy.own_texts else "")


def masked_extract(text: str) -> str:
    """The beginning of a text in which every word that may be a name is masked, besides what `mask` knows."""
    words = _WORD.findall(mask.masked(text, most=_MOST))[:_WORDS]
    return " ".join(_masked(word) for word in words)


def open_body(connection: Connection, council_id: str, message: str, act: Act) -> bytes:
    """The message as received, for somebody who decides on it and says why; the member is told in the same commit.

    Raises NotFound, and Conflict where no reason is given or it is not for `by` to open.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.open_message(connection, council_id, message)
    if not act.why.strip():
        raise Conflict("who opens a member's casework must say why (--why)")
    if not words_of(council, act.by, None, act.today) & {Need.CLERK, Need.MODERATOR}:
        raise Conflict(f"{act.by} decides on no held mail, so there is nothing to open")
    raw = as_received(connection, council_id, message)
    openings.record(
        connection, council, version, message, act=Done.OPENED, by=act.by, why=act.why, now=act.now
    )
    _tell(connection, council, row, act)
    return raw


def _tell(connection: Connection, council: Council, row: Row[Any], act: Act) -> None:
    to = row.mail_from or row.person or row.header_from
    if not to:
        return
    heading = Heading(row.message_id, row.subject, row.header_from, row.from_domain)
    waiting = Waiting(row.id, heading, row.person, received_at=row.received_at, casework=True)
    new = personal.casework_opened(council, to, waiting, act.by, act.why, act.now, act.now)
    messages.write_own(connection, new, act.now)


def _veiled(finding: Finding) -> Finding:
    evidence = tuple(each.model_copy(update={"text": mask.hidden(each.text)}) for each in finding.evidence)
    reason = mask.masked_reason(finding)
    return finding.model_copy(update={"evidence": evidence, "reason": reason, "about": ()})


def _masked(word: str) -> str:
    bare = word.strip(".,;:!?()[]\"'’“”")
    if bare in _OWN or not any(char.isupper() or char.isdigit() for char in word):
        return word
    return mask.hidden(word)
