"""Authors are told once that their mail still waits, whatever it is that it waits for."""

from __future__ import annotations

import asyncio
import email
from email import policy

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update

from filters.context import Recipient
from gateway.delivery.delays import Delays
from gateway.store import archive, delays
from gateway.store.kinds import MessageKind
from gateway.store.models import MessageBody
from tests.intruder import alone
from tests.unit.delivery.conftest import COUNCIL, LEASE, RAW, SENDER, House


def wanting(notify: str | None) -> Recipient:
    return Recipient(address="b@there.example", canonical="b@there.example", notify=notify)


def watcher(house: House) -> Delays:
    return Delays(house.database, house.clock, house.settings)


async def notices(house: House) -> list[bytes]:
    """The notices that were written, oldest first."""

    def find(connection):
        rows = [archive.message(connection, COUNCIL, one) for one in archive.message_ids(connection, COUNCIL)]
        return [
            archive.body(connection, COUNCIL, row.id) for row in rows if row.kind == MessageKind.NOTICE.value
        ]

    return await house.database.read(find)


def read(raw: bytes):
    """Text, and the fields of the report: of the message, then of each recipient."""
    message = email.message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "multipart/report"
    text, status, heading = message.iter_parts()
    assert heading.get_content_type() == "text/rfc822-headers"
    return text.get_content(), [dict(block.items()) for block in status.get_payload()]


async def test_after_an_hour_and_once(house: House, serving):
    await serving({"RCPT": "451 4.2.1 later"})
    await house.submit(envid="QQ1")
    told = watcher(house)
    await house.turn()
    house.clock.move(minutes=59)
    assert await told.tell() == 0
    house.clock.move(minutes=1)
    before = REGISTRY.get_sample_value("vestry_delay_notices_total", {"council": COUNCIL}) or 0
    assert await told.tell() == 1
    assert await told.tell() == 0
    house.clock.move(hours=3)
    assert await watcher(house).tell() == 0
    [notice] = await notices(house)
    text, (whole, one) = read(notice)
    assert text.startswith("Your message has not been delivered yet to this address:")
    assert "You need do nothing" in text
    assert "12 May 2026 at 10:30" in text
    assert whole["Original-Envelope-Id"] == "QQ1"
    assert one == {
        "Final-Recipient": "rfc822; a@there.example",
        "Action": "delayed",
        "Status": "4.2.1",
        "Diagnostic-Code": "smtp; 451 4.2.1 later",
        "Last-Attempt-Date": "Mon, 11 May 2026 09:30:00 +0000",
        "Will-Retry-Until": "Tue, 12 May 2026 09:30:00 +0000",
    }
    assert b"Hello" not in notice
    assert REGISTRY.get_sample_value("vestry_delay_notices_total", {"council": COUNCIL}) == before + 1


async def test_mail_that_was_never_tried_because_its_upstream_is_away(house: House, serving):
    upstream = await serving({"greeting": "421 4.3.2 busy"})
    await house.submit()
    await house.turn()
    resting = await house.submit(raw=RAW.replace(b"Allotments", b"Never tried"))
    house.clock.move(hours=1)
    assert await house.queue.claim(10, ["default"]) == []
    assert await watcher(house).tell() == 2
    [untried] = [one for one in await notices(house) if b"Subject: Not delivered yet: Never tried" in one]
    _, (_, one) = read(untried)
    assert (one["Action"], one["Status"]) == ("delayed", "4.4.0")
    assert "Diagnostic-Code" not in one
    assert (await house.departures(resting))[0]["attempts"] == 0
    upstream.script = {}
    await house.turn()
    await house.turn()
    assert len([m for m in upstream.messages if b"Action: delayed" in m]) == 2
    assert upstream.said("MAIL")[-1].startswith("MAIL FROM:<>")


@pytest.mark.parametrize(
    ("notify", "told"),
    [(None, True), ("DELAY", True), ("failure,delay", True), ("NEVER", False), ("SUCCESS,FAILURE", False)],
)
async def test_whom_the_sender_asked_about(house: House, notify, told):
    await house.submit(wanting(notify))
    house.clock.move(hours=2)
    assert await watcher(house).tell() == 1
    assert len(await notices(house)) == told
    assert await watcher(house).tell() == 0


async def test_only_those_who_wait_and_are_asked_about(house: House, serving):
    await serving({"RCPT": ["250 ok", "451 4.2.1 later", "451 4.2.1 later"]})
    await house.submit("a@there.example", wanting("NEVER"), "c@there.example")
    await house.turn()
    house.clock.move(hours=2)
    await watcher(house).tell()
    [notice] = await notices(house)
    assert b"c@there.example" in notice
    assert b"<b@there" not in notice
    _, (_, *told) = read(notice)
    assert [one["Final-Recipient"] for one in told] == ["rfc822; c@there.example"]


async def test_not_for_the_null_sender_or_our_own(house: House):
    await house.submit(mail_from="")
    await house.write_own(MessageKind.BOUNCE)
    await house.write_own(MessageKind.NOTICE, SENDER)
    house.clock.move(hours=2)
    assert await watcher(house).tell() == 0


async def test_not_for_what_has_gone(house: House, serving):
    await serving()
    await house.submit()
    await house.turn()
    house.clock.move(hours=2)
    assert await watcher(house).tell() == 0


async def test_what_is_being_tried_is_left_until_that_is_over_or_its_holder_is_dead(house: House):
    await house.submit()
    house.clock.move(hours=2)
    await house.queue.claim(1, ())
    assert await watcher(house).tell() == 0
    house.clock.move(seconds=LEASE + 1)
    assert await watcher(house).tell() == 1


async def test_two_nodes_that_look_at_once_write_one(house: House):
    for _ in range(5):
        await house.submit()
    house.clock.move(hours=2)
    await asyncio.gather(*(watcher(house).tell() for _ in range(3)))
    assert len(await notices(house)) == 5


async def test_cut_off_before_the_commit_it_is_written_by_the_next(house: House, monkeypatch):
    await house.submit()
    house.clock.move(hours=2)
    told = watcher(house)
    with monkeypatch.context() as patched:
        patched.setattr("gateway.store.messages.write_own", lambda *_: 1 / 0)
        assert await told.tell() == 0
    assert await notices(house) == []
    assert await told.tell() == 1
    assert len(await notices(house)) == 1


async def test_one_that_cannot_be_rendered_is_written_without_its_heading(house: House, monkeypatch):
    from gateway.delivery import delays as module

    real = module.notice

    def fails(progress, message_id):
        if b"Allotments" in progress.original:
            raise RuntimeError("defeated")
        return real(progress, message_id)

    monkeypatch.setattr(module, "notice", fails)
    await house.submit()
    await house.submit(raw=RAW.replace(b"Allotments", b"Benches"))
    house.clock.move(hours=2)
    assert await watcher(house).tell() == 2
    assert sorted(b"Benches" in one for one in await notices(house)) == [False, True]


async def test_of_one_that_was_altered_in_the_archive_its_author_is_told_and_others_are(house: House):
    altered = await house.submit()
    await house.submit(raw=RAW.replace(b"Allotments", b"Benches"))
    with alone(house.database) as connection:
        connection.execute(update(MessageBody).where(MessageBody.message_id == altered).values(form="x"))
    house.clock.move(hours=2)
    assert await watcher(house).tell() == 2
    assert sorted(b"Benches" in one for one in await notices(house)) == [False, True]


async def test_it_goes_on_watching_after_a_fault(house: House, monkeypatch):
    await house.submit()
    house.clock.move(hours=2)
    real, tries = delays.due, []

    def fails_first(*arguments):
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("bug")
        return real(*arguments)

    monkeypatch.setattr("gateway.store.delays.due", fails_first)
    monkeypatch.setattr("gateway.delivery.delays._EVERY", 0.01)
    watching = asyncio.create_task(watcher(house).watch())
    async with asyncio.timeout(10):
        while not await notices(house):
            await asyncio.sleep(0.01)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_it_goes_by_the_bounce_route(house: House):
    house.serve(default={"port": 1, "bounce_upstream": "back"}, back={"port": 2})
    await house.submit()
    house.clock.move(hours=2)
    await watcher(house).tell()
    claims = await house.queue.claim(10, ["default"])
    assert [one.upstream for one in claims] == ["back"]
