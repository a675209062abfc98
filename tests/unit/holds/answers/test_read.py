"""Answering the monitoring notice."""

from __future__ import annotations

import pytest

from gateway.store import acknowledgements, councils
from gateway.store.models import AnswerAddressRow, JobRow
from tests.unit.holds.answers.conftest import JO, SAM, Council, text_of

ONE = ("ann@a.example",)


def with_notice(council, version: str) -> Council:
    data = council.model_dump(mode="json", by_alias=True)
    data["monitoring_notice"] = {"version": version, "text": "Mail may be read before it goes."}
    return Council.model_validate(data)


@pytest.fixture
def council(council):
    return with_notice(council, "2026-1")


def read(post, council, login=JO) -> bool:
    return post.database.read_blocking(lambda c: acknowledgements.acknowledged(c, council, login))


def jobs(post) -> list[str]:
    rows = post.database.read_blocking(lambda c: c.execute(JobRow.__table__.select()).all())
    return [row.key for row in rows if row.kind == acknowledgements.SEND_WAITING]


async def test_a_reply_acknowledges_it(post, council):
    message = await post.ask(ONE)
    assert post.state(message) == "held"
    [letter] = post.letters()
    assert "Mail may be read before it goes." in text_of(letter)
    assert "READ" in text_of(letter)
    assert (await post.answer(post.address(), "Read.")).code == 250
    assert read(post, council)
    assert jobs(post) == [f"2026-1 {JO}"]
    assert not read(post, council, SAM)
    [row] = post.database.read_blocking(lambda c: c.execute(AnswerAddressRow.__table__.select()).all())
    assert row.used_at is not None
    thanks = " ".join(text_of(post.letters()[-1]).split())
    assert "version 2026-1" in thanks
    assert "Messages: 1" in thanks


@pytest.mark.parametrize("words", ["SEND", "I have not read it", "Yes", "CANCEL"])
async def test_nothing_else_does(post, council, words):
    message = await post.ask(ONE)
    await post.answer(post.address(), words)
    assert not read(post, council)
    assert jobs(post) == []
    assert post.state(message) == "held"
    assert len(post.letters()) == 2
    await post.answer(post.address(), "READ")
    assert read(post, council)


async def test_nobody_reads_it_for_somebody_else(post, council):
    await post.ask(ONE)
    await post.answer(post.address(), "READ", by=SAM)
    assert not read(post, council)
    assert not read(post, council, SAM)


async def test_who_read_an_earlier_version_has_not_read_this_one(post, council):
    await post.ask(ONE)
    old = post.address()
    new = with_notice(council, "2026-2")
    post.database.write_blocking(lambda c: councils.save(c, new, post.now[0], "test"))
    await post.answer(old, "READ")
    assert not read(post, new)
    assert post.address() != old
    await post.answer(post.address(), "READ")
    assert read(post, new)
