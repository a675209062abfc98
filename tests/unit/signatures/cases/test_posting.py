"""Cases 28 to 33: prose, bottom posting, answers between quotations, forwards."""

from __future__ import annotations

import pytest

from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import AFTER, CLIENTS, END, TOP_POSTED, WAIVER, send
from tests.unit.signatures.cases.visible import is_body, leaves, parsed, texts

BOTH = pytest.mark.parametrize("position", [AFTER, END])


NEW = [
    f"{file.parent.name}/{file.stem}"
    for file in sorted(CLIENTS.glob("*/new*.eml"))
    if "attachment-between" not in file.stem and "mislabelled" not in file.stem
]


@BOTH
@pytest.mark.parametrize("name", NEW)
def test_cases_1_and_11_every_clients_new_message_has_its_block_at_the_end(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position, trail=False, last="Anne")
    expect.same_first_line(sent)


@BOTH
@pytest.mark.parametrize("name", ["thunderbird/new-plain-prose", "gmail-web/new-prose"])
def test_case_28_prose_that_sounds_like_an_attribution_is_the_authors(name, position):
    expect.own_and_trail(send(name, position), position, trail=False)


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "apple-mail/reply-bottom",
        "gmail-web/reply-bottom",
        "k9/reply-bottom",
        "outlook-desktop/bottom-plain",
        "roundcube/reply-plain-bottom",
        "sogo/reply-bottom",
        "yahoo/reply-bottom",
        "thunderbird/reply-bottom",
        "thunderbird/reply-plain-bottom",
    ],
)
def test_case_29_below_what_a_bottom_poster_wrote(name, position):
    expect.own_and_trail(send(name, position), position, trail=False)


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "apple-mail/interleaved",
        "k9/interleaved",
        "outlook-desktop/interleaved-plain",
        "proton/interleaved",
        "roundcube/interleaved",
        "sogo/interleaved",
        "thunderbird/interleaved",
        "thunderbird/interleaved-plain",
    ],
)
def test_case_30_answers_between_quotations_get_the_block_at_the_very_end(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position, trail=False)
    for now in texts(sent.raw):
        if now.kind == "text/plain":
            assert "\r\n-- \r\nAnne Archer\r\n" in now.source


@BOTH
def test_case_30_also_where_a_quotation_comes_last(position):
    # Gmail leaves the rest of the quoted mail below the last answer: here its writer's name.
    sent = send("gmail-web/interleaved", position)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        said = expect.block(now, position, last=was.lines[-1], trail=False)
        assert "Jill Fenwick" in " ".join(was.lines[-2:])
        assert said == was.lines
    expect.alone(sent)


@BOTH
def test_case_30_answers_inside_an_outlook_trail_are_not_cut_off(position):
    # Nothing tells them from the quoted words: the block stands above the trail, and no word is lost.
    sent = send("owa/answers-within-trail", position)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        assert "The contractor does, on Tuesday." in " ".join(now.lines)
        assert expect.the_only(now.lines, WAIVER)
        assert [line for line in now.lines if line in was.lines] == was.lines
    expect.alone(sent)


@BOTH
@pytest.mark.parametrize("name", TOP_POSTED)
def test_case_31_no_delimiter_stands_above_a_trail(name, position):
    for now in texts(send(name, position).raw):
        first = next(number for number, line in enumerate(now.lines) if expect.TRAIL.match(line))
        assert "--" not in now.lines[:first]
        if now.kind == "text/plain":
            trail = now.source.index(now.lines[first][:20])
            assert "\r\n-- \r\n" not in now.source[:trail]


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "apple-mail/forward-no-text",
        "gmail-web/forward-no-text",
        "k9/forward-no-text",
        "outlook-desktop/forward-no-text",
        "owa/forward-no-text",
        "thunderbird/forward-no-text",
    ],
)
def test_case_32_a_forward_without_a_word_has_its_block_on_top(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position, last=None)


@pytest.mark.parametrize(
    "name", ["apple-mail/forward-attached", "gmail-web/forward-attached", "outlook-desktop/forward-attached"]
)
def test_case_33_a_forward_as_attachment_has_its_block_in_the_covering_text(name):
    sent = send(name)
    covering = texts(sent.raw)
    assert covering
    # Apple Mail puts an empty text below the attachment; the block stands below the words.
    with_words = [now for now in covering if "Anne" in now.lines]
    if len({now.kind for now in covering}) == len(covering):
        assert with_words == covering
    for now in with_words:
        expect.block(now, trail=False)
    assert sum(len(expect.found(now.lines, WAIVER)) for now in covering) == len(with_words)
    expect.alone(sent)


def test_case_33_also_where_the_covering_text_is_empty():
    sent = send("thunderbird/forward-attached-no-text")
    (now,) = texts(sent.raw)
    expect.the_only(now.lines, WAIVER)
    expect.alone(sent)


def test_case_33_a_covering_text_is_made_where_there_is_none():
    sent = send("outlook-desktop/forward-attached-no-text")
    before, after = list(leaves(parsed(sent.received))), list(leaves(parsed(sent.raw)))
    (enclosed,) = before
    assert [part.get_content_type() for _, part in after if not is_body(part)] == ["message/rfc822"]
    kept = next(part for _, part in after if part.get_content_type() == "message/rfc822")
    assert kept.as_bytes() == enclosed[1].as_bytes()
    made = texts(sent.raw)
    assert made
    for now in made:
        expect.the_only(now.lines, WAIVER)
    assert after[0][1].get_content_maintype() == "text", "the covering text comes first"
    expect.fit(sent.raw)
    expect.outside(sent)
