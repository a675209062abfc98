"""Queries as people type them, and the terms that they come to. `case N` are acceptance cases of the archive."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gateway.archive.query import QueryError, parse
from gateway.archive.query.terms import (
    EVERYTHING,
    And,
    Attribute,
    Form,
    HasAttachment,
    Is,
    Not,
    Or,
    Since,
    Term,
    Unsearched,
    Until,
    Words,
)
from gateway.store.index.columns import Column

TODAY = date(2026, 11, 21)
SUBJECT, AUTHOR = (Column.SUBJECT,), (Column.AUTHOR,)
TO = (Column.RECIPIENTS, Column.COPIED, Column.HIDDEN)


def term(text: str) -> Term:
    return parse(text, TODAY).term


def stem(word: str, columns: tuple[Column, ...] = ()) -> Words:
    return Words((word,), Form.STEMMED, columns)


def exact(text: str, columns: tuple[Column, ...] = ()) -> Words:
    return Words(tuple(text.split()), Form.EXACT, columns)


def begins(text: str, columns: tuple[Column, ...] = ()) -> Words:
    return Words(tuple(text.split()), Form.PREFIX, columns)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("24/01234/FUL", "24 01234 ful"),
        ("P24/S0456/HH", "p24 s0456 hh"),
        ("71450/36214", "71450 36214"),
        ("O'Brien", "o brien"),
        ("O’Brien", "o brien"),
        ("£1,250.00", "1 250 00"),
        ('"SL6 2AB"', "sl6 2ab"),
        ("INV-2025-0042", "inv 2025 0042"),
        ("bray-pc.gov.uk", "bray pc gov uk"),
        ("clerk@bray-pc.gov.uk", "clerk bray pc gov uk"),
        ("C:\\papers\\minutes.docx", "c papers minutes docx"),
        ("01234", "01234"),
        ("s.12(1)(b)", "s 12 1 b"),
        ("“burial fees”", "burial fees"),
        ('"burial"', "burial"),
    ],
)
def test_case_1_and_2_what_has_signs_or_digits_is_an_exact_phrase(query: str, words: str) -> None:
    assert parse(query, TODAY) == type(parse("", TODAY))(query, exact(words), ())


def test_case_1_a_postcode_without_quotation_marks() -> None:
    assert term("SL6 2AB") == And((exact("sl6"), exact("2ab")))


def test_case_3_a_word_is_looked_for_everywhere_in_all_its_forms() -> None:
    assert term("clerk") == stem("clerk")


def test_case_4_operators_are_whole_words_only() -> None:
    found = And((stem("land"), stem("form"), stem("order")))
    assert term("LAND FORM ORDER") == term("land form order") == found
    assert term("ANDover ORder NOTice") == And((stem("andover"), stem("order"), stem("notice")))


def test_case_5_everything_at_once() -> None:
    query = (
        'from:clerk to:jones subject:"burial fees" after:2025-04-01 before:2026-04-01 -draft has:attachment'
    )
    assert parse(query, TODAY).remarks == ()
    assert term(query) == And(
        (
            stem("clerk", AUTHOR),
            stem("jones", TO),
            exact("burial fees", SUBJECT),
            Since(datetime(2025, 3, 31, 23, tzinfo=UTC)),
            Until(datetime(2026, 3, 31, 23, tzinfo=UTC)),
            Not(stem("draft")),
            HasAttachment(),
        )
    )


@pytest.mark.parametrize(
    ("query", "found", "remark"),
    [
        ('"burial', stem("burial"), "quotation mark"),
        ('burial"', stem("burial"), "quotation mark"),
        ('subject:"burial', stem("burial", SUBJECT), "quotation mark"),
        ("burial *", stem("burial"), "no letter"),
        ("NEAR(burial", And((stem("near"), stem("burial"))), "NEAR"),
        ("(burial", stem("burial"), "not closed"),
        ("burial)", stem("burial"), "closing parenthesis"),
        ("burial ()", stem("burial"), "nothing in them"),
        ("burial AND", stem("burial"), "nothing after it"),
        ("burial NOT", stem("burial"), "nothing after it"),
        ("OR burial", stem("burial"), "on one side"),
        ("burial OR AND fees", Or((stem("burial"), stem("fees"))), "AND with nothing on one side"),
        ("burial £ --", stem("burial"), "left out"),
        ("bur*al", exact("bur al"), "A star"),
        ("*burial", stem("burial"), "A star"),
        ("--draft", stem("draft"), "hyphen"),
        ("–draft", stem("draft"), "hyphen"),
        ("burial or grave", And((stem("burial"), stem("or"), stem("grave"))), "write OR"),
        ("subject: burial", stem("burial", SUBJECT), "blank"),
        ("burial subject:", And((stem("burial"), stem("subject"))), "nothing after it"),
        ("fron:clerk", exact("fron clerk"), 'Did you mean "from:"'),
        ('person:"" burial', stem("burial"), "nothing after it"),
    ],
)
def test_case_6_what_is_odd_is_read_and_remarked_on(query: str, found: Term, remark: str) -> None:
    read = parse(query, TODAY)
    assert read.term == found
    assert any(remark in each for each in read.remarks)


@pytest.mark.parametrize("query", ["*", '"', "()", "£", "--", "AND", "NOT", "-", '""', "((", "* OR *"])
def test_case_6_nothing_to_look_for_is_said_and_never_means_all_mail(query: str) -> None:
    with pytest.raises(QueryError, match="nothing in the query that can be looked for"):
        term(query)


def test_case_6_long_queries() -> None:
    assert len(term('"' + "burial fees " * 416 + '"').tokens) == 832  # type: ignore[union-attr]
    assert term(("burial OR " * 199)[:-4]) == stem("burial")
    with pytest.raises(QueryError, match="more than 200 words and phrases"):
        term("burial " * 714)
    with pytest.raises(QueryError, match=r"10,001 characters\. Allowed are 10,000"):
        term("x" * 10_001)


def test_case_6_depth() -> None:
    assert term("(" * 50 + "burial" + ")" * 50) == stem("burial")
    with pytest.raises(QueryError, match="more than 50 deep"):
        term("(" * 51 + "burial" + ")" * 51)


@pytest.mark.parametrize("query", ["", "  ", "\n"])
def test_an_empty_query_means_everything(query: str) -> None:
    assert parse(query, TODAY).term == EVERYTHING
    assert parse(query, TODAY).remarks == ()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("a b OR c", Or((And((stem("a"), stem("b"))), stem("c")))),
        ("a OR b c", Or((stem("a"), And((stem("b"), stem("c")))))),
        ("a AND b OR c", Or((And((stem("a"), stem("b"))), stem("c")))),
        ("a (b OR c)", And((stem("a"), Or((stem("b"), stem("c")))))),
        ("NOT a b", And((Not(stem("a")), stem("b")))),
        ("NOT a OR b", Or((Not(stem("a")), stem("b")))),
        ("a AND NOT b", And((stem("a"), Not(stem("b"))))),
        ("NOT NOT a", stem("a")),
        ("-(a b)", Not(And((stem("a"), stem("b"))))),
        ('-"a b"', Not(exact("a b"))),
        ("-subject:a", Not(stem("a", SUBJECT))),
        ("subject:-a", Not(stem("a", SUBJECT))),
        ("well-known", exact("well known")),
        ("(a)(b)", And((stem("a"), stem("b")))),
        ("((a OR b) OR c)", Or((stem("a"), stem("b"), stem("c")))),
        ("a a", stem("a")),
        ("a OR £ b", Or((stem("a"), stem("b")))),
    ],
)
def test_operators(query: str, found: Term) -> None:
    assert term(query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SUBJECT:burial", stem("burial", SUBJECT)),
        ("subject:(burial OR grave)", Or((stem("burial", SUBJECT), stem("grave", SUBJECT)))),
        ("subject:(burial -(grave))", And((stem("burial", SUBJECT), Not(stem("grave", SUBJECT))))),
        ("cc:a", stem("a", (Column.COPIED,))),
        ("bcc:a", stem("a", (Column.HIDDEN,))),
        ("to:a", stem("a", TO)),
        ("body:a", stem("a", (Column.OWN, Column.TRAIL))),
        ("own:a", stem("a", (Column.OWN,))),
        ("attachment:a", stem("a", (Column.ATTACHED,))),
        ("filename:list.xlsx", exact("list xlsx", (Column.FILES,))),
        ("subject:from:clerk", exact("from clerk", SUBJECT)),
        ("from:clerk@bray-pc.gov.uk", exact("clerk bray pc gov uk", AUTHOR)),
        ("bur*", begins("bur")),
        ('"burial fe*"', begins("burial fe")),
        ('"burial fe"*', begins("burial fe")),
        ("24/01234*", begins("24 01234")),
        ("subject:bur*", begins("bur", SUBJECT)),
        ("café", stem("cafe")),
        ("Straße", exact("straße")),
        ("person:M.Jones", Is(Attribute.PERSON, "m.jones")),
        ("check:reply-all", Is(Attribute.CHECK, "reply_all")),
        ('check:"reply all"', Is(Attribute.CHECK, "reply_all")),
        ("verdict:held", Is(Attribute.VERDICT, "hold")),
        ("state:waiting", Is(Attribute.STATE, "held")),
        ("state:(held OR refused)", Or((Is(Attribute.STATE, "held"), Is(Attribute.STATE, "refused")))),
        ("kind:bounces", Is(Attribute.KIND, "bounce")),
        ("type:image/*", Is(Attribute.TYPE, "image")),
        ("type:pdf", Is(Attribute.TYPE, "application/pdf")),
        ("hash:" + "AB" * 32, Is(Attribute.HASH, "ab" * 32)),
        ("id:aB3", Is(Attribute.ID, "aB3")),
        ("id:x@y.example", Is(Attribute.ID, "<x@y.example>")),
        ("in-thread:<x@y.example>", Is(Attribute.THREAD, "<x@y.example>")),
        ("has:attachments", HasAttachment()),
        ("is:unsearched", Unsearched()),
    ],
)
def test_fields(query: str, found: Term) -> None:
    assert term(query) == found
    assert parse(query, TODAY).remarks == ()


@pytest.mark.parametrize("query", ["Re: minutes", "http://example.org/", "mailto:", "10:30", "Sent: Friday"])
def test_what_only_looks_like_a_field_is_text(query: str) -> None:
    assert parse(query, TODAY).remarks == ()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("check:replyall", '"check:" does not know "replyall". Did you mean "check:reply_all"?'),
        ("verdict:perhaps", "Allowed are pass, note, ask, hold and refuse."),
        ("state:gone", "Allowed are refused, held, passed, released, rejected, returned, joined and taken."),
        ("kind:letter", "Allowed are submitted, notice, bounce, answer and report."),
        ("has:signature", 'Allowed is "has:attachment".'),
        ("is:unread", 'Allowed is "is:unsearched".'),
        ("hash:12", "64 characters"),
        ("type:sheet", "application/pdf or image"),
        ("person:jo*", "whole login"),
        ("subject:(from:clerk)", '"from:" cannot stand within the parentheses of "subject:"'),
        ("id:<>", "Message-ID"),
        ("id:a\x1b[2J@b", "cannot be seen"),
        ("person:\u202ejones", "cannot be seen"),
    ],
)
def test_a_value_that_there_is_not_is_refused_with_those_that_are(query: str, sentence: str) -> None:
    with pytest.raises(QueryError) as raised:
        term(query)
    assert sentence in str(raised.value)
