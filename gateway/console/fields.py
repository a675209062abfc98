"""The fields of forms in which something is written or ticked before a button is pressed."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator

from gateway.holds.answers.options import SENDING, STATING, Option
from gateway.holds.statement import MOST_WORDS


def statements(options: Collection[Option]) -> Iterator[str]:
    """The fields for what is to be stated, where a button alone does not say it."""
    ways = SENDING.intersection(options).difference(STATING)
    if Option.NOT_BINDING in options and (ways or Option.BASIS in options):
        yield (
            '<label class="tick"><input type="checkbox" name="not_binding" value="yes">'
            "<span>It does not bind the Council</span></label>\n"
        )
    if Option.BASIS in options:
        yield basis_field(
            "That the resident asked you to, or agreed, or another lawful basis. It is recorded."
        )


def basis_field(hint: str) -> str:
    """Where it is written why a resident's details may be passed on; `hint` says what is meant."""
    return (
        '<label class="label" for="basis">Why the resident\'s details may be passed on</label>\n'
        f'<p class="hint" id="basis-hint">{html.escape(hint)}</p>\n'
        f'<textarea id="basis" name="basis" maxlength="{MOST_WORDS}" aria-describedby="basis-hint"></textarea>\n<p></p>\n'
    )


def feedback_field() -> str:
    """Where an officer writes why it should not have been held."""
    return (
        '<label class="label" for="wrongly_held">If it should not have been held: why not</label>\n'
        '<p class="hint" id="wrongly-hint">Kept with the message, so that the check can be made better. '
        "The sender does not see it.</p>\n"
        '<textarea id="wrongly_held" name="wrongly_held" maxlength="1000" aria-describedby="wrongly-hint">'
        "</textarea>\n<p></p>\n"
    )
