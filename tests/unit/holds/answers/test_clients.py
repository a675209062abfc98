"""Answers as real mail programs write them: the word above, or below, the letter that they quote in their own way."""

from __future__ import annotations

import email
import re
from email import policy
from pathlib import Path

import pytest

from filters.analysis import read_step
from gateway.holds.answers import heard
from gateway.holds.answers.options import Choice, Option, Purpose

FOLDER = Path(__file__).parents[3] / "corpus/clients"
REPLIES = sorted(
    path for path in FOLDER.glob("*/reply*.eml") if path.parent.name not in {"cases", "who_gets_what"}
)
OFFERED = (Option.SEND, Option.LEAVE_OUT, Option.CANCEL)
_ASKED = re.compile(r"(?:Who cuts|Pwy sy)[^\n<]*")


def answering(path: Path, words: str) -> bytes:
    """The reply, with these words for its salutation, where the letter that it quotes has CANCEL on a line of its own."""
    message = email.message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    found = 0
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.get_filename():
            text = part.get_content().replace("\r\n", "\n")
            text, changed = re.subn(r"(?:Dear|Annwyl) Jill,", words, text, count=1)
            text, quoted = _ASKED.subn("CANCEL", text)
            found += bool(changed and quoted)
            kind = part.get_content_subtype()
            part.set_content(text, subtype=kind, charset="utf-8", cte="base64")
    assert found, "nothing to change"
    return message.as_bytes()


def chosen(raw: bytes) -> Choice | None:
    texts = read_step(raw).anatomy.own_texts
    return heard.choice_in(texts, Purpose.QUESTION, OFFERED, 9)


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [("SEND", Choice(Option.SEND)), ("Leave out 2, 3", Choice(Option.LEAVE_OUT, (1, 2)))],
)
def test_a_word_above_what_is_quoted(path, words, wanted):
    assert chosen(answering(path, words)) == wanted


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_quoted_is_never_chosen(path):
    assert chosen(answering(path, "Dear all,")) is None
