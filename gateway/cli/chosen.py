"""What is chosen on the command line about a held message: by whom, with what stated, and what of it is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.cli.common import Desk, fail

if TYPE_CHECKING:
    from gateway.holds.change import Change
    from gateway.holds.decisions import Act
    from gateway.holds.statement import Statement

_NUMBERS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


def act_of(it: Desk, by: str, why: str, said: Statement | None = None) -> Act:
    """Somebody's act, now."""
    from gateway import clock
    from gateway.holds.decisions import Act
    from gateway.holds.statement import UNSAID

    now = clock.now()
    return Act(
        by=by,
        why=why,
        now=now,
        today=clock.today_in_london(now),
        hostname=it.settings.hostname,
        said=said or UNSAID,
    )


def one_line(text: str, option: str) -> str:
    """What was written for an option, on one line."""
    from gateway.holds.statement import MOST_WORDS

    line = " ".join(text.split())
    if len(line) > MOST_WORDS or not line.isprintable():
        fail(f"{option}: found {len(line)} characters; allowed: words of at most {MOST_WORDS} characters", 2)
    return line


def change_of(
    it: Desk,
    council_id: str,
    message: str,
    only: str | None,
    leave_out: str | None,
    bcc: str | None,
    without_trail: bool,
) -> Change:
    """What is to be changed. Whom policy added stays, unless they are left out by their number."""
    from gateway.holds.change import Change
    from gateway.store import archive

    if only is not None and leave_out is not None:
        fail("say whom it goes to by --only, or whom it does not by --leave-out, not by both", 2)
    left_out = _numbers(leave_out, "--leave-out")
    if only is not None:
        kept = _numbers(only, "--only")
        recipients = it.read(lambda c: archive.recipients(c, council_id, message))
        if missing := set(kept) - {each.number for each in recipients}:
            fail(f"--only: {message} has no recipient with the number {min(missing) + 1}", 2)
        left_out = tuple(
            each.number for each in recipients if each.added_by is None and each.number not in kept
        )
    return Change(left_out=left_out, blind=_numbers(bcc, "--bcc"), without_trail=without_trail)


def _numbers(text: str | None, option: str) -> tuple[int, ...]:
    """Recipients' numbers from 0, as people write them: from 1, divided by commas, `2-5` for all from 2 to 5."""
    found: set[int] = set()
    for part in (text or "").replace(" ", "").split(",") if text else ():
        matched = _NUMBERS.fullmatch(part)
        first, last = (int(matched[1]), int(matched[2] or matched[1])) if matched else (0, 0)
        if not 1 <= first <= last:
            fail(f"{option}: found {part!r}; allowed: numbers from 1, such as 1,3-5", 2)
        found.update(range(first - 1, last))
    return tuple(sorted(found))


def thread_of(it: Desk, council_id: str, message: str) -> str:
    """The thread that a message belongs to."""
    from gateway.archive.versions import as_received
    from gateway.holds import consenting
    from gateway.store import archive
    from signatures.message.anatomy import read
    from signatures.message.scanner import Unscannable

    row = it.read(lambda c: archive.message(c, council_id, message))
    try:
        anatomy = read(it.read(lambda c: as_received(c, council_id, message)))
    except Unscannable as error:
        fail(f"{message} cannot be read: {error}; grant the consent without --for-thread")
    thread = consenting.thread_of(anatomy, row.message_id)
    return thread or fail(f"{message} names no thread; grant the consent without --for-thread")
