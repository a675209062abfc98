"""The two steps of analysis through real workers."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from config.limits import LimitSettings
from config.policy import Verdict
from config.settings import WorkerSettings
from filters.analysis import Reading, Situation, decide_step, read_step, stripped
from filters.context import Envelope, Profile, Recipient
from gateway.workers.analysis import Analyst, Unreadable
from gateway.workers.pool import Cause, Pool, WorkerFailed
from signatures.message.splices import apply

SENDER = "cllr.a@littlewickham-pc.example"
NOW = datetime(2026, 11, 9, 10, tzinfo=UTC)
MESSAGE = (
    f"From: Anne Archer <{SENDER}>\r\nTo: j.smith@resident.example\r\nBcc: hidden@b.example\r\n"
    "Subject: Mill Lane\r\nIn-Reply-To: <one@resident.example>\r\n\r\nIt is reported.\r\n"
).encode()


@pytest.fixture
async def analyst():
    pool = Pool(WorkerSettings(processes=1))
    await pool.start()
    yield Analyst(pool, LimitSettings())
    await pool.stop()


def soon() -> float:
    return asyncio.get_running_loop().time() + 30


def situation(mail_from: str = SENDER) -> Situation:
    return Situation(
        person=SENDER,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=mail_from, recipients=(Recipient(address="a@b.example", canonical="a@b.example"),)
        ),
        received_at=NOW,
        today=NOW.date(),
        message="1M7YYM0YJVEAT54W",
        hostname="post.littlewickham-pc.example",
    )


async def test_a_message_is_read_and_decided_on_as_in_this_process(analyst, little_wickham):
    council = little_wickham.model_dump_json(by_alias=True).encode()
    reading = await analyst.read(MESSAGE, soon())
    assert reading == read_step(MESSAGE)
    assert reading.questions.parents == ("<one@resident.example>",)
    analysis = await analyst.decide(MESSAGE, reading, council, situation(), soon())
    assert analysis == decide_step(MESSAGE, reading, situation(), little_wickham)
    assert {finding.check for finding in analysis.decision.findings} == {"clerk_copy"}
    assert [each.address for each in analysis.added] == ["clerk@littlewickham-pc.example"]
    ready = apply(MESSAGE, analysis.rewrite)
    assert b"hidden@b.example" not in ready
    header = ready.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert b"Message-ID: <1M7YYM0YJVEAT54W@post.littlewickham-pc.example>" in header
    assert b"Date: Mon, 09 Nov 2026 10:00:00 +0000" in header


async def test_a_refusal_comes_back_with_its_reason(analyst, little_wickham):
    council = little_wickham.model_dump_json(by_alias=True).encode()
    reading = await analyst.read(MESSAGE, soon())
    clerk = "clerk@littlewickham-pc.example"
    analysis = await analyst.decide(MESSAGE, reading, council, situation(clerk), soon())
    assert analysis.decision.verdict is Verdict.REFUSE
    assert clerk in analysis.decision.findings[0].reason


async def test_what_is_beyond_the_caps_is_said_in_words_and_costs_no_worker(analyst):
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
        for number in range(1000)
    )
    with pytest.raises(Unreadable) as caught:
        await analyst.read(deep, soon())
    assert "deep" in caught.value.reason
    assert (await analyst.read(MESSAGE, soon())).anatomy.subject == "Mill Lane"


async def test_a_large_message_is_read_in_time(analyst):
    line = b"The council met on Monday and agreed that the hedge in Mill Lane is to be cut back in March.\r\n"
    attachment = (
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b"JVBERi0x\r\n" * 2_000_000
    )
    message = (
        b"From: %b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n%b\r\n--b\r\n%b\r\n--b--\r\n"
        % (SENDER.encode(), line * 1000, attachment)
    )
    begun = time.monotonic()
    reading = await analyst.read(message, soon())
    assert [text.count("Mill Lane") for text in reading.anatomy.own_texts] == [1000]
    assert time.monotonic() - begun < 10


async def test_an_answer_that_is_none_is_not_believed():
    class Liar:
        async def run(self, task, *parts, deadline):
            return b'={"anatomy": {"subject": 7}}'

    with pytest.raises(WorkerFailed) as caught:
        await Analyst(Liar(), LimitSettings()).read(b"", 0)
    assert caught.value.reason == Cause.ERROR


def test_a_reading_survives_json():
    reading = read_step(MESSAGE)
    assert Reading.model_validate_json(reading.model_dump_json()) == reading


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ({"header_bytes": 100}, MESSAGE),
        ({"header_fields": 3}, MESSAGE),
        ({"header_addresses": 2}, MESSAGE),
        ({"encoded_words": 1}, b"Subject: =?utf-8?q?a?= =?utf-8?q?b?=\r\n\r\n"),
        (
            {"mime_parts": 1},
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n",
        ),
        ({"mime_depth": 1}, b"Content-Type: message/rfc822\r\n\r\n" * 3 + b"\r\n"),
    ],
)
async def test_each_limit_is_the_hosts_to_set_and_says_what_was_too_much(limit, message):
    pool = Pool(WorkerSettings(processes=1))
    await pool.start()
    try:
        assert await Analyst(pool, LimitSettings()).read(message, soon())
        with pytest.raises(Unreadable, match=str(next(iter(limit.values())))):
            await Analyst(pool, LimitSettings(**limit)).read(message, soon())
    finally:
        await pool.stop()


TRAIL = (
    b"From: cllr.a@littlewickham-pc.example\r\nTo: a@b.example\r\nSubject: Re: Hedge\r\n\r\nYes.\r\n\r\n"
    b"On Mon, 9 Nov 2026 at 10:12, Jo Smith <jo@resident.example> wrote:\r\n> Will you cut it?\r\n"
)


async def test_the_trail_is_taken_out_in_a_worker(analyst):
    splices = await analyst.strip(TRAIL, soon())
    assert splices == stripped(TRAIL)
    assert b"Will you" not in apply(TRAIL, splices)
    assert b"Yes." in apply(TRAIL, splices)


async def test_a_trail_that_cannot_be_taken_out_says_why(analyst):
    signed = TRAIL.replace(
        b"\r\n\r\nYes.", b"\r\nContent-Type: multipart/signed; boundary=x\r\n\r\n--x\r\n\r\nYes."
    )
    with pytest.raises(Unreadable, match="signed"):
        await analyst.strip(signed, soon())
