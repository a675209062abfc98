"""Lines that end a councillor's message and mention the Clerk: titles are held, sentences are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.policy import Verdict
from filters.analysis import Situation, decide_step, read_step
from filters.context import Envelope, Profile

SENDER = "cllr.a@littlewickham-pc.example"
NOW = datetime(2026, 11, 9, 10, tzinfo=UTC)


def verdict(text: str, council) -> Verdict:
    raw = f"From: Anne Archer <{SENDER}>\r\nTo: a@b.example\r\nSubject: Hedge\r\n\r\n{text}".encode()
    situation = Situation(
        person=SENDER,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(mail_from=SENDER, recipients=()),
        received_at=NOW,
        today=NOW.date(),
        message="1M7YYM0YJVEAT54W",
        hostname="post.example",
    )
    return decide_step(raw, read_step(raw), situation, council).decision.verdict


@pytest.mark.parametrize(
    "sentence",
    [
        "I spoke to Jane, the Clerk, and she agreed.",
        "We met Sam, Clerk, and Jo.",
        "She works well, the Clerk.",
        "Well done, Clerk.",
        "The Clerk, of course.",
        "Please contact Margaret Hale, the Clerk.",
        "Any questions, ask Margaret Hale, Parish Clerk.",
        "Rang the Clerk, no answer",
        "Thanks to Margaret, our Clerk.",
        "Clerk and RFO: Margaret Hale",
        "Clerk on leave, back Monday",
        "Best wishes to the Clerk.",
    ],
)
@pytest.mark.parametrize("end", ["", "\r\nKind regards,\r\nAnne\r\n"], ids=["unsigned", "signed"])
def test_a_sentence_about_the_clerk_passes(sentence, end, little_wickham):
    text = f"Dear Bob,\r\n\r\nThank you for your letter.\r\n\r\n{sentence}\r\n{end}"
    assert verdict(text, little_wickham) is Verdict.PASS


@pytest.mark.parametrize(
    "line",
    [
        "Parish Clerk",
        "Parish Clerk Tel: 01234 567890",
        "Parish Clerk | 01234 567890",
        "Clerk to Little Wickham Parish Council",
        "J. Brown CiLCA, Parish Clerk and RFO",
        "Dirprwy Glerc",
        "Clerc y Cyngor",
    ],
)
@pytest.mark.parametrize("place", ["below a name", "above a postscript", "after a quotation"])
def test_a_title_below_the_authors_words_is_held(line, place, little_wickham):
    signature = f"Kind regards,\r\nA. Person\r\n{line}\r\n"
    text = {
        "below a name": f"Dear Bob,\r\n\r\nIt is done.\r\n\r\n{signature}",
        "above a postscript": f"Dear Bob,\r\n\r\nIt is done.\r\n\r\n{signature}\r\nPS Bring the keys.\r\n",
        "after a quotation": f"On 8 Nov 2026, Bob wrote:\r\n> When?\r\n\r\nOn Monday.\r\n\r\n{signature}",
    }[place]
    assert verdict(text, little_wickham) is Verdict.HOLD
