"""Our own output answered, and answered again: one signature and one waiver for each own text, none multiplied."""

from __future__ import annotations

import itertools

import pytest

from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import AFTER, ANNE, END, SIGNATURE, WAIVER, Sent, council, send
from tests.unit.signatures.cases.visible import Text, texts
from tests.unit.signatures.requotes.clients import (
    CLIENTS,
    Answer,
    Author,
    new,
    thunderbird_below,
    thunderbird_plain,
)

BOTH = pytest.mark.parametrize("position", [AFTER, END])
ROUNDS = 5
HOUSES = {position: council(position) for position in (AFTER, END)}

ANNE_ARCHER = Author("Anne Archer", ANNE)
BRIAN_BELL = Author("Brian Bell", "cllr.b@littlewickham-pc.example")
JILL = Author("Jill Fenwick", "jill.fenwick@resident.example")
SIGNATURES = {
    ANNE_ARCHER: " ".join(SIGNATURE),
    BRIAN_BELL: "Brian Bell Councillor for the Mill ward Little Wickham Parish Council "
    "A councillor has no authority to contract for the Council.",
}


def lines_of(number: int) -> tuple[str, ...]:
    return (f"Hello, this is message {number}.", "The hedge is on the list.", "Regards from us")


def through(raw: bytes, author: Author, position: str) -> Sent:
    """A message through the gateway, and once more, which must change nothing."""
    house = HOUSES[position]
    sent = send(raw, house, login=author.address, mail_from=author.address)
    again = send(sent.raw, house, login=author.address, mail_from=author.address)
    assert again.raw == sent.raw
    expect.outside(sent)
    expect.fit(sent.raw)
    return sent


def stands(was: Text, now: Text, author: Author, answer: Answer, position: str, *, trail: bool) -> None:
    """The text says what it said, and the block once more, in its place."""
    count = len(answer.lines)
    own, rest = was.lines[:count], was.lines[count:]
    assert own == list(answer.lines)
    assert bool(rest) == trail
    if not trail:
        delimiter = ["--"] if was.kind == "text/plain" else []
        wanted = [*own, *delimiter, SIGNATURES[author], WAIVER]
    elif position == AFTER:
        wanted = [*own, SIGNATURES[author], WAIVER, *rest]
    else:
        wanted = [*own, SIGNATURES[author], *rest, WAIVER]
    assert " ".join(now.lines) == " ".join(wanted)


@BOTH
@pytest.mark.parametrize("client", CLIENTS)
def test_two_of_ours_answer_one_another_with_one_program(client, position):
    authors = itertools.cycle([ANNE_ARCHER, BRIAN_BELL])
    _rounds([client] * ROUNDS, authors, position)


@BOTH
@pytest.mark.parametrize("client", CLIENTS)
def test_one_of_ours_and_a_resident_answer_one_another(client, position):
    _rounds([client] * ROUNDS * 2, itertools.cycle([ANNE_ARCHER, JILL]), position)


@BOTH
@pytest.mark.parametrize("shift", range(6))
def test_everybody_uses_another_program(shift, position):
    wide = ["thunderbird", "outlook", "gmail", "outlook_on_the_web", "outlook", "thunderbird", "gmail"]
    programs = list(itertools.islice(itertools.cycle(wide), shift, shift + ROUNDS * 2))
    _rounds(programs, itertools.cycle([ANNE_ARCHER, JILL, BRIAN_BELL]), position)


def _rounds(programs, authors, position) -> None:
    before = next(authors)
    answer = Answer(before, JILL, lines_of(0), 0)
    raw = new(answer)
    sent = through(raw, before, position)
    for was, now in zip(texts(raw), texts(sent.raw), strict=True):
        stands(was, now, before, answer, position, trail=False)
    raw = sent.raw
    for number, program in enumerate(programs, 1):
        author = next(authors)
        answer = Answer(author, before, lines_of(number), number)
        client = CLIENTS[program]
        raw = client(answer, before, raw)
        if author in SIGNATURES:
            sent = through(raw, author, position)
            for was, now in zip(texts(raw), texts(sent.raw), strict=True):
                stands(was, now, author, answer, position, trail=True)
            raw = sent.raw
        before = author


@BOTH
def test_answers_below_what_is_quoted_have_the_block_below_them(position):
    raw = through(new(Answer(ANNE_ARCHER, JILL, lines_of(0), 0)), ANNE_ARCHER, position).raw
    before = ANNE_ARCHER
    for number in range(1, ROUNDS + 1):
        author = (ANNE_ARCHER, BRIAN_BELL)[number % 2]
        answer = Answer(author, before, lines_of(number), number)
        received = thunderbird_below(answer, before, raw)
        raw = through(received, author, position).raw
        (was,), (now,) = texts(received), texts(raw)
        assert was.lines[-len(answer.lines) :] == list(answer.lines)
        assert " ".join(now.lines) == " ".join([*was.lines, "--", SIGNATURES[author], WAIVER])
        before = author


def test_what_a_program_cuts_off_below_a_delimiter_is_no_trail():
    first = through(new(Answer(ANNE_ARCHER, JILL, lines_of(0), 0)), ANNE_ARCHER, AFTER).raw
    answer = Answer(BRIAN_BELL, ANNE_ARCHER, lines_of(1), 1)
    raw = thunderbird_plain(answer, ANNE_ARCHER, first)
    assert WAIVER.encode() not in raw
    second = through(raw, BRIAN_BELL, AFTER).raw
    third = thunderbird_plain(Answer(ANNE_ARCHER, BRIAN_BELL, lines_of(2), 2), BRIAN_BELL, second)
    # Above a trail there is no delimiter: nothing was cut off with the block.
    assert b"> Hello, this is message 1." in third
    assert b">> Hello, this is message 0." in third
