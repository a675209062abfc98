"""One attempt at a departure, against an upstream that takes it, refuses it, or fails at any step."""

from __future__ import annotations

import asyncio
import email
from dataclasses import replace

import pytest
from flufl.bounce import all_failures
from prometheus_client import REGISTRY

from filters.context import Recipient
from gateway.archive.verify import verify
from gateway.archive.versions import as_sent
from gateway.delivery.attempt import MOST_STARTS
from gateway.signing.client import SigningFailed
from gateway.store import queue
from gateway.store.errors import Unavailable
from gateway.store.kinds import MessageKind
from tests.peers.scripted import DROP, STALL
from tests.unit.delivery.conftest import COUNCIL, LEASE, RAW, SENDER, TRACE, House, sha256

SENT = b"DKIM-Signature: d=nether.example; n=1\r\n" + TRACE + b"X-Council: yes\r\n" + RAW


def failed(bounce: bytes) -> set[str]:
    return {address.decode() for address in all_failures(email.message_from_bytes(bounce))[1]}


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name + "_total", labels) or 0.0


async def test_the_very_bytes_that_were_signed_are_sent_and_kept(house: House, serving):
    upstream = await serving()
    message = await house.submit("a@there.example", "b@there.example")
    await house.turn()
    assert upstream.messages == [SENT]
    assert house.signer.signed == [TRACE + b"X-Council: yes\r\n" + RAW]
    assert await house.states(message) == {"a@there.example": "sent", "b@there.example": "sent"}
    assert await house.departed_hash(message) == sha256(SENT)
    assert await house.database.read(lambda c: as_sent(c, COUNCIL, message)) == SENT
    assert await house.database.read(lambda c: list(verify(c, COUNCIL))) == []
    assert (await house.departures(message))[0]["done"]
    assert await house.turn() == []


async def test_a_large_message_too(house: House, serving):
    upstream = await serving(offers=["8BITMIME"])
    raw = RAW + b"0123456789abcdef\r\n.\r\n" * 200_000
    message = await house.submit(raw=raw)
    await house.turn()
    assert upstream.messages == [SENT.removesuffix(RAW) + raw]
    assert await house.departed_hash(message) == sha256(upstream.messages[0])


class TestSomeRecipients:
    async def test_each_has_a_fate_of_its_own(self, house: House, serving):
        upstream = await serving({"RCPT": ["550 5.1.1 no such user", "451 4.2.1 later", "250 ok"]})
        message = await house.submit("no@there.example", "later@there.example", "yes@there.example")
        await house.turn()
        assert await house.states(message) == {
            "no@there.example": "failed",
            "later@there.example": "queued",
            "yes@there.example": "sent",
        }
        [bounce] = await house.bounces()
        assert failed(bounce) == {"no@there.example"}
        assert await house.due_in(message) == 30
        house.clock.move(seconds=31)
        upstream.script["RCPT"] = "250 ok"
        await house.turn()
        assert (await house.states(message))["later@there.example"] == "sent"
        assert set(upstream.said("RCPT")[3:]) == {"RCPT TO:<later@there.example>", f"RCPT TO:<{SENDER}>"}
        assert upstream.messages.count(SENT) == 2

    async def test_a_refusal_stands_in_the_database_before_data_with_its_bounce(self, house: House, serving):
        upstream = await serving({"RCPT": ["550 5.1.1 no", "250 ok"], "dot": STALL})
        message = await house.submit("no@there.example", "yes@there.example")
        [claim] = await house.queue.claim(1, ())
        job = asyncio.create_task(house.courier.deliver(claim, house.upstreams["default"], lambda: None))
        await asyncio.wait_for(upstream.at_dot.wait(), 5)
        assert await house.states(message) == {"no@there.example": "failed", "yes@there.example": "queued"}
        assert len(await house.bounces()) == 1
        # Killed here, whoever takes over knows that the outcome is unknown, and does not bounce again.
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        house.clock.move(seconds=LEASE + 1)
        house.clock.move(seconds=house.upstreams["default"].answer_seconds)
        upstream.script["dot"] = "250 2.0.0 ok"
        await house.turn()
        assert (await house.departures(message))[0]["outcome_unknown"]
        assert (await house.states(message))["yes@there.example"] == "sent"
        assert [m for m in upstream.messages if m == SENT] == [SENT, SENT]
        assert len(await house.bounces()) == 1

    async def test_all_refused_means_no_data(self, house: House, serving):
        upstream = await serving({"RCPT": "550 5.1.1 no"})
        message = await house.submit("a@there.example", "b@there.example")
        await house.turn()
        assert set((await house.states(message)).values()) == {"failed"}
        assert not upstream.said("DATA")
        [bounce] = await house.bounces()
        assert failed(bounce) == {"a@there.example", "b@there.example"}
        assert await house.departed_hash(message) is None

    async def test_too_many_recipients_go_on_at_once(self, house: House, serving):
        upstream = await serving({"RCPT": ["250 ok", "452 4.5.3 too many", "250 ok"]})
        message = await house.submit("a@there.example", "b@there.example")
        await house.turn()
        assert await house.due_in(message) == 0
        await house.turn()
        assert set((await house.states(message)).values()) == {"sent"}
        assert upstream.messages == [SENT, SENT]


class TestWholeMessage:
    @pytest.mark.parametrize("verb", ["MAIL", "DATA", "dot"])
    async def test_5xx_fails_it_with_a_bounce(self, house: House, serving, verb):
        await serving({verb: ["550 5.7.1 not from you", "250 ok"]})
        message = await house.submit("a@there.example", "b@there.example")
        await house.turn()
        assert await house.status(message) == {"a@there.example": "5.7.1", "b@there.example": "5.7.1"}
        [bounce] = await house.bounces()
        assert failed(bounce) == {"a@there.example", "b@there.example"}

    @pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "dot"])
    @pytest.mark.parametrize("answer", ["451 4.3.0 later", "421 4.3.2 closing", DROP, "nonsense"])
    async def test_everything_else_is_temporary(self, house: House, serving, verb, answer):
        upstream = await serving({verb: answer})
        message = await house.submit()
        await house.turn()
        assert await house.states(message) == {"a@there.example": "queued"}
        assert await house.due_in(message) == 30
        assert await house.bounces() == []
        house.clock.move(seconds=31)
        upstream.script = {}
        await house.turn()
        assert await house.states(message) == {"a@there.example": "sent"}

    async def test_waits_grow_and_the_time_runs_out(self, house: House, serving):
        upstream = await serving({"RCPT": "451 4.2.1 later"})
        message = await house.submit()
        waits = []
        for _ in range(5):
            await house.turn()
            waits.append(await house.due_in(message))
            house.clock.move(seconds=waits[-1])
        assert waits == [30, 60, 120, 120, 120]
        house.clock.move(hours=24)
        await house.turn()
        assert await house.status(message) == {"a@there.example": "4.4.7"}
        [bounce] = await house.bounces()
        assert failed(bounce) == {"a@there.example"}
        assert b"451 4.2.1 later" in bounce
        assert upstream.said("DATA") == []

    async def test_time_is_counted_from_when_the_departure_was_queued(self, house: House, serving):
        """A message that was held for a month is not given up at the first hitch."""
        await serving({"RCPT": ["250 ok", "451 4.2.1 later"]})
        message = await house.submit()
        await house.turn()
        house.clock.move(days=30)
        await house.database.write(
            lambda c: queue.depart(
                c,
                queue.Leaving(
                    council=COUNCIL,
                    message=message,
                    from_domain="littlewickham-pc.example",
                    upstream="default",
                    trace=TRACE,
                    splices=(),
                    recipients=[0],
                    now=house.clock(),
                ),
            )
        )
        await house.turn()
        _, second = await house.departures(message)
        assert [one["state"] for one in second["recipients"]] == ["queued"]


class TestUnknownOutcome:
    @pytest.mark.parametrize("answer", [DROP, STALL])
    async def test_the_same_bytes_are_sent_again(self, house: House, serving, answer):
        upstream = await serving({"dot": answer}, data_seconds=0.2)
        before = counted("vestry_deliveries_outcome_unknown")
        message = await house.submit()
        await house.turn()
        assert counted("vestry_deliveries_outcome_unknown") == before + 1
        assert await house.states(message) == {"a@there.example": "queued"}
        assert await house.bounces() == []
        house.clock.move(seconds=31)
        upstream.script = {}
        await house.turn()
        assert upstream.messages == [SENT, SENT]
        assert len(house.signer.signed) == 1
        assert await house.states(message) == {"a@there.example": "sent"}
        assert [one["outcome_unknown"] for one in await house.departures(message)] == [True]

    async def test_a_refusal_of_the_data_is_no_unknown_outcome(self, house: House, serving):
        await serving({"dot": "451 4.3.0 later"})
        message = await house.submit()
        await house.turn()
        assert [one["outcome_unknown"] for one in await house.departures(message)] == [False]

    async def test_found_after_a_crash_it_is_counted(self, house: House, serving):
        upstream = await serving({"dot": STALL})
        await house.submit()
        [claim] = await house.queue.claim(1, ())
        job = asyncio.create_task(house.courier.deliver(claim, house.upstreams["default"], lambda: None))
        await asyncio.wait_for(upstream.at_dot.wait(), 5)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        house.clock.move(seconds=LEASE + 1)
        assert await house.queue.claim(1, ()) == []  # The upstream may still answer.
        house.clock.move(seconds=house.upstreams["default"].answer_seconds)
        before = counted("vestry_deliveries_outcome_unknown")
        upstream.script = {}
        await house.turn()
        assert counted("vestry_deliveries_outcome_unknown") == before + 1
        assert upstream.messages == [SENT, SENT]


class TestSigning:
    async def test_what_cannot_be_signed_now_waits_unsent(self, house: House, serving):
        upstream = await serving()
        house.signer.failure = SigningFailed("away")
        message = await house.submit()
        await house.turn()
        assert upstream.connections == 0
        assert await house.states(message) == {"a@there.example": "queued"}
        assert await house.due_in(message) == 30
        house.signer.failure = None
        house.clock.move(days=30)
        await house.turn()
        assert upstream.messages == [SENT]

    async def test_what_can_never_be_signed_comes_back(self, house: House, serving):
        upstream = await serving()
        house.signer.failure = SigningFailed("no From", lasting=True)
        message = await house.submit()
        await house.turn()
        assert upstream.messages == []
        assert await house.status(message) == {"a@there.example": "5.6.0"}
        assert failed((await house.bounces())[0]) == {"a@there.example"}


@pytest.mark.parametrize("raw", [b"From: a\r\n\r\nbare\nlf\r\n", b"From: a\r\n\r\nno end", b"\0\r\n"])
async def test_what_smtp_cannot_carry_is_never_sent_otherwise_than_it_is(house: House, serving, raw):
    upstream = await serving()
    message = await house.submit(raw=raw, splices=())
    await house.turn()
    assert upstream.messages == []
    assert await house.status(message) == {"a@there.example": "5.6.0"}
    assert len(await house.bounces()) == 1


class TestUpstreamTrouble:
    """Nobody's mail is returned for what is between the upstream and the host."""

    @pytest.mark.parametrize(
        "script",
        [
            {"greeting": "554 5.7.1 go away"},
            {"greeting": DROP},
            {"EHLO": "550 5.7.1 no"},
            {"MAIL": "530 5.7.0 log in first"},
            {"RCPT": "535 5.7.8 log in better"},
        ],
    )
    async def test_mail_waits_however_long_it_lasts(self, house: House, serving, script):
        upstream = await serving(script)
        message = await house.submit()
        for _ in range(6):
            await house.turn()
            assert await house.states(message) == {"a@there.example": "queued"}
            house.clock.move(days=7)
        assert await house.bounces() == []
        assert (await house.departures(message))[0]["attempts"] == 0
        upstream.script = {}
        await house.turn()
        assert await house.states(message) == {"a@there.example": "sent"}

    async def test_one_probe_at_a_time_later_each_time(self, house: House, serving):
        upstream = await serving({"greeting": "421 4.3.2 busy"})
        for _ in range(5):
            await house.submit()
        await house.turn()
        assert upstream.connections == 1
        assert house.upstreams.wanting_no_more() == ["default"]
        house.clock.move(seconds=29)
        await house.turn()
        assert upstream.connections == 1
        house.clock.move(seconds=2)
        assert house.upstreams.wanting_no_more() == []
        await house.turn()
        assert upstream.connections == 2
        house.clock.move(seconds=59)
        await house.turn()
        assert upstream.connections == 2
        upstream.script = {}
        house.clock.move(seconds=2)
        await house.turn()
        assert len(upstream.messages) == 5

    async def test_an_upstream_that_the_settings_do_not_know(self, house: House, serving):
        await serving()
        message = await house.submit(upstream="elsewhere")
        await house.turn()
        assert await house.states(message) == {"a@there.example": "queued"}
        assert "elsewhere" in house.upstreams.wanting_no_more()
        assert await house.bounces() == []

    async def test_a_connection_that_went_stale_costs_nothing(self, house: House, serving):
        upstream = await serving({"MAIL": ["250 ok", DROP, "250 ok"]})
        first, second = await house.submit(), await house.submit()
        await house.turn()
        assert await house.states(first) == await house.states(second) == {"a@there.example": "sent"}
        assert upstream.connections == 2


class TestNoBounce:
    @pytest.mark.parametrize("kind", [MessageKind.BOUNCE, MessageKind.NOTICE])
    async def test_of_our_own_messages(self, house: House, serving, kind):
        await serving({"RCPT": "550 5.1.1 no"})
        before = counted("vestry_bounces", told="our own message")
        message = await house.write_own(kind)
        written = len(await house.bounces())
        await house.turn()
        assert await house.states(message) == {SENDER: "failed"}
        assert len(await house.bounces()) == written
        assert counted("vestry_bounces", told="our own message") == before + 1

    async def test_for_the_null_sender(self, house: House, serving):
        await serving({"RCPT": "550 5.1.1 no"})
        message = await house.submit(mail_from="")
        await house.turn()
        assert await house.states(message) == {"a@there.example": "failed"}
        assert await house.bounces() == []

    @pytest.mark.parametrize("notify", ["NEVER", "never", "SUCCESS,DELAY"])
    async def test_where_the_sender_wants_none(self, house: House, serving, notify):
        await serving({"RCPT": "550 5.1.1 no"})
        quiet = Recipient(address="quiet@there.example", canonical="quiet@there.example", notify=notify)
        message = await house.submit(quiet)
        await house.turn()
        assert await house.states(message) == {"quiet@there.example": "failed"}
        assert await house.bounces() == []

    async def test_but_for_those_of_whom_the_sender_wants_to_hear(self, house: House, serving):
        await serving({"RCPT": "550 5.1.1 no"})
        quiet = Recipient(address="quiet@there.example", canonical="quiet@there.example", notify="NEVER")
        loud = Recipient(
            address="loud@there.example",
            canonical="loud@there.example",
            notify="SUCCESS,FAILURE",
            orcpt="rfc822;loud@old.example",
        )
        await house.submit(quiet, loud, envid="QQ+2B1", ret="HDRS")
        await house.turn()
        [bounce] = await house.bounces()
        assert failed(bounce) == {"loud@old.example"}
        assert b"quiet@" not in bounce
        assert b"Original-Envelope-Id: QQ+1\r\n" in bounce
        assert b"Hello" not in bounce

    async def test_the_bounce_itself_is_delivered_and_signed(self, house: House, serving):
        upstream = await serving({"RCPT": ["550 5.1.1 no", "250 ok"]})
        await house.submit()
        await house.turn()
        await house.turn()
        [delivered] = upstream.messages
        [bounce] = await house.bounces()
        assert delivered == b"DKIM-Signature: d=nether.example; n=2\r\n" + bounce
        assert upstream.said("MAIL")[-1].startswith("MAIL FROM:<>")
        assert upstream.said("RCPT")[-1] == f"RCPT TO:<{SENDER}>"

    async def test_one_that_cannot_be_rendered_is_written_without_what_is_returned(
        self, house: House, serving, monkeypatch
    ):
        from gateway.delivery import returns

        real = returns.bounce

        def fails(undelivered, message_id):
            if undelivered.original:
                raise RuntimeError("defeated")
            return real(undelivered, message_id)

        monkeypatch.setattr(returns, "bounce", fails)
        await serving({"RCPT": "550 5.1.1 no"})
        await house.submit()
        await house.turn()
        assert failed((await house.bounces())[0]) == {"a@there.example"}


class TestFencing:
    async def test_who_has_lost_the_lease_does_not_send(self, house: House, serving):
        upstream = await serving()
        other = replace(house.queue, owner="other")
        taken = []

        class Slow(type(house.queue)):
            async def about_to_send(self, *arguments):
                house.clock.move(seconds=LEASE + 1)
                taken.extend(await other.claim(1, ()))
                return await super().about_to_send(*arguments)

        slow = Slow(house.database, "node", LEASE, house.clock)
        message = await house.submit()
        await replace_queue(house, slow)
        await house.turn()
        assert upstream.messages == []
        assert len(taken) == 1
        assert await house.states(message) == {"a@there.example": "queued"}
        await replace_queue(house, other)
        await house.courier.deliver(taken[0], house.upstreams["default"], lambda: None)
        assert upstream.messages == [SENT.replace(b"n=1", b"n=2")]
        assert await house.departed_hash(message) == sha256(upstream.messages[0])

    async def test_a_lease_that_ran_out_unnoticed_is_noticed_before_data(self, house: House, serving):
        upstream = await serving()
        await house.submit()
        [claim] = await house.queue.claim(1, ())
        house.clock.move(seconds=LEASE + 1)
        await house.courier.deliver(claim, house.upstreams["default"], lambda: None)
        assert upstream.messages == []


async def replace_queue(house: House, other) -> None:
    house.queue = other
    house.courier = replace(house.courier, queue=other, returns=replace(house.courier.returns, queue=other))


class TestStoreAway:
    async def test_an_outcome_is_offered_until_it_is_taken(self, house: House, serving):
        upstream = await serving()
        tries = []

        class Away(type(house.queue)):
            async def finish(self, *arguments):
                tries.append(1)
                if len(tries) < 3:
                    raise Unavailable("away")
                return await super().finish(*arguments)

        await replace_queue(house, Away(house.database, "node", LEASE, house.clock))
        message = await house.submit()
        await house.turn()
        assert len(tries) == 3
        assert upstream.messages == [SENT]
        assert await house.states(message) == {"a@there.example": "sent"}

    async def test_without_the_mark_nothing_is_sent(self, house: House, serving):
        upstream = await serving()

        class Away(type(house.queue)):
            async def about_to_send(self, *arguments):
                raise Unavailable("away")

        await replace_queue(house, Away(house.database, "node", LEASE, house.clock))
        message = await house.submit()
        await house.turn()
        assert upstream.messages == []
        assert await house.due_in(message) == 30


class TestPoison:
    async def test_a_departure_that_never_ends_is_set_aside(self, house: House, serving):
        upstream = await serving()
        message = await house.submit()
        for _ in range(MOST_STARTS):
            assert len(await house.queue.claim(1, ())) == 1
            house.clock.move(seconds=LEASE + 1)
        await house.turn()
        assert upstream.messages == []
        assert await house.due_in(message) == 3600
        assert await house.bounces() == []
        house.clock.move(seconds=3601)
        await house.turn()
        assert upstream.messages == [SENT]

    async def test_and_returned_when_its_time_is_up(self, house: House, serving):
        await serving()
        message = await house.submit()
        house.clock.move(hours=25)
        for _ in range(MOST_STARTS):
            await house.queue.claim(1, ())
            house.clock.move(seconds=LEASE + 1)
        await house.turn()
        assert await house.states(message) == {"a@there.example": "failed"}
        assert len(await house.bounces()) == 1

    async def test_a_fault_of_ours_is_temporary_and_says_nothing(self, house: House, serving, monkeypatch):
        from gateway.delivery import transaction

        def fails(*_):
            raise RuntimeError("secret of the house")

        await serving()
        message = await house.submit()
        monkeypatch.setattr(transaction, "plan", fails)
        await house.turn()
        assert await house.due_in(message) == 30
        [departure] = await house.departures(message)
        [recipient] = departure["recipients"]
        assert recipient["reply"].startswith("451 4.3.0 something went wrong here")
        assert "secret" not in recipient["reply"]


async def test_the_log_names_no_address(house: House, serving, capsys):
    await serving({"RCPT": ["550 5.1.1 <no@there.example> no", "451 4.2.1 <later@there.example>", "250 ok"]})
    await house.submit("no@there.example", "later@there.example", "yes@there.example")
    await house.turn()
    said = capsys.readouterr()
    assert "delivery" in said.out + said.err
    assert "there.example" not in said.out + said.err
    assert SENDER not in said.out + said.err
