"""Queries in plain English; docs/search.md has more of them, and `test_documented` holds it to them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gateway.archive.query import explain, parse
from gateway.archive.query.terms import NOTHING, And, Form, Not, Since, Until, Words
from gateway.store.index.columns import Column

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "All mail."),
        ('from:"clerk"', 'Mail from exactly "clerk".'),
        ("from:cl*", 'Mail from a word beginning with "cl".'),
        ("-from:(clerk OR jane)", 'Mail not from "clerk" or "jane".'),
        ("-subject:draft", 'Mail without any form of the word "draft" in the subject.'),
        ("a OR b OR c", 'Mail with any form of the word "a", "b" or "c".'),
        ('a OR "b c" OR d*', 'Mail with (any form of the word "a" or "b c" or a word beginning with "d").'),
        (
            "attachment:(a b)",
            'Mail with any form of the word "a" in an attachment, with any form of the word "b" in an attachment.',
        ),
        ("-attachment:a", 'Mail without any form of the word "a" in any attachment.'),
        (
            "a subject:b c",
            'Mail with any form of each of the words "a" and "c", with any form of the word "b" in the subject.',
        ),
        ("-on:2026-11-20", "Mail not received on 20 November 2026."),
        ("-after:2026", "Mail received before 1 January 2026."),
        ("-before:2026", "Mail received on or after 1 January 2026."),
        (
            "after:2026-02 before:2026-01",
            "Mail received on or after 1 February 2026, received before 1 January 2026.",
        ),
        (
            "on:2024 OR on:2026",
            "Mail (received from 1 January 2024 to 31 December 2024) or (received from 1 January 2026 to 31 December 2026).",
        ),
        ("-(a from:b)", 'Mail not (with any form of the word "a" and from "b").'),
        ("-has:attachment -is:unsearched", "Mail without an attachment, all of which could be searched."),
        ("-state:held kind:submitted", "Mail that is not held, that was submitted by a mail program."),
        ("-check:secrets", 'Mail in which the check "secrets" found nothing.'),
        ("in-thread:aB3", 'Mail in the conversation of message "aB3".'),
        ("cc:a -bcc:b", 'Mail copied to "a", not blind-copied to "b".'),
    ],
)
def test_sentences(query: str, sentence: str) -> None:
    assert explain(parse(query, TODAY).term) == sentence


def test_terms_that_nobody_typed() -> None:
    assert explain(NOTHING) == "No mail."
    moment = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    assert explain(Until(moment)) == "Mail received before 1 July 2026 at 10:30:00."
    assert explain(And((Since(moment), Until(moment.replace(hour=10, minute=0))))) == (
        "Mail received on or after 1 July 2026 at 10:30:00 and before 1 July 2026 at 11:00:00."
    )
    words = Words(("a",), Form.STEMMED, (Column.SUBJECT, Column.TRAIL))
    assert explain(Not(words)) == (
        'Mail without any form of the word "a" in the subject or earlier messages in the text.'
    )
