"""What an upstream does not offer, does not take, or does not let us in for; and who else hears nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from config.council import Council
from config.errors import Faults
from config.settings import DeliverySettings, Settings
from filters.context import Recipient
from gateway.delivery.attempt import MOST_STARTS
from gateway.delivery.circuit import Circuit
from gateway.delivery.schedule import Schedule
from gateway.store import councils
from gateway.store.kinds import MessageKind
from gateway.upstream.refusal import Refusal, Scope, Step
from gateway.upstream.reply import UpstreamReply
from tests.peers.scripted import ScriptedUpstream
from tests.unit.delivery.conftest import COUNCIL, LEASE, RAW, SENDER, House
from tests.unit.delivery.test_delays import notices, read
from tests.unit.delivery.test_runner import running, until

NOW = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
REFUSED_LOGIN = Refusal(Scope.UPSTREAM, Step.LOGIN, UpstreamReply(535, "5.7.8 no"), ours=True)


def gauge() -> float | None:
    return REGISTRY.get_sample_value("vestry_upstream_login_refused", {"upstream": "default"})


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name + "_total", labels) or 0.0


def asking(notify: str) -> Recipient:
    return Recipient(
        address="a@there.example", canonical="a@there.example", notify=notify, orcpt="rfc822;a@old.example"
    )


class TestHandedOn:
    """NOTIFY=SUCCESS, and an upstream that will not report (RFC 3461 §5.2.2)."""

    async def test_the_sender_is_told(self, house: House, serving):
        await serving(offers=["8BITMIME"])
        message = await house.submit(asking("SUCCESS"), "b@there.example", envid="QQ1")
        await house.turn()
        assert set((await house.states(message)).values()) == {"sent"}
        [notice] = await notices(house)
        text, (whole, *told) = read(notice)
        assert text.startswith("Your message has been handed on")
        assert whole["Original-Envelope-Id"] == "QQ1"
        [one] = told
        assert one.pop("Last-Attempt-Date")
        assert one == {
            "Original-Recipient": "rfc822; a@old.example",
            "Final-Recipient": "rfc822; a@there.example",
            "Action": "relayed",
            "Status": "2.0.0",
            "Remote-MTA": "dns; 127.0.0.1",
            "Diagnostic-Code": "smtp; 250 2.0.0 taken",
        }
        assert await house.bounces() == []

    async def test_not_where_the_upstream_reports(self, house: House, serving):
        upstream = await serving()
        await house.submit(asking("SUCCESS"))
        await house.turn()
        assert "NOTIFY=SUCCESS" in upstream.said("RCPT")[0]
        assert await notices(house) == []

    @pytest.mark.parametrize(
        ("notify", "script", "mail_from"),
        [
            ("FAILURE", {}, SENDER),
            ("NEVER", {}, SENDER),
            ("SUCCESS", {}, ""),
            ("SUCCESS", {"dot": "451 4.3.0 later"}, SENDER),
            ("SUCCESS", {"RCPT": "550 5.1.1 no"}, SENDER),
        ],
    )
    async def test_nor_unasked_unsent_or_with_nobody_to_tell(
        self, house: House, serving, notify, script, mail_from
    ):
        await serving(script, offers=["8BITMIME"])
        await house.submit(asking(notify), mail_from=mail_from)
        await house.turn()
        assert await notices(house) == []


class TestBounceRoute:
    async def test_bounces_go_there(self, house: House):
        async with ScriptedUpstream({"RCPT": "550 5.1.1 no"}) as main, ScriptedUpstream() as back:
            house.serve(default={"port": main.port, "bounce_upstream": "back"}, back={"port": back.port})
            await house.submit()
            await house.turn()
            await house.turn()
            assert len(await house.bounces()) == 1
            assert back.said("MAIL")[0].startswith("MAIL FROM:<>")
            assert len(main.said("MAIL")) == 1
            await house.upstreams.close()

    async def test_and_whatever_else_has_the_null_sender_however_it_was_queued(self, house: House):
        async with ScriptedUpstream() as main, ScriptedUpstream() as back:
            house.serve(default={"port": main.port, "bounce_upstream": "back"}, back={"port": back.port})
            ours = await house.write_own(MessageKind.NOTICE)
            others = await house.submit(mail_from="")
            await house.turn()
            assert [one["upstream"] for one in await house.departures(ours)] == ["back"]
            await house.turn()
            assert set((await house.states(ours)).values()) == {"sent"}
            assert set((await house.states(others)).values()) == {"sent"}
            assert (main.messages, len(back.messages)) == ([], 2)
            await house.upstreams.close()

    @pytest.mark.parametrize("route", ["nowhere", "default", "third"])
    def test_it_must_be_there_and_lead_no_further(self, tmp_path, route):
        upstreams = {
            "default": {"host": "a.example", "bounce_upstream": route},
            "third": {"host": "b.example", "bounce_upstream": "back"},
            "back": {"host": "c.example"},
        }
        with pytest.raises(ValueError, match=r"upstreams\.default\.bounce_upstream: .*one of back"):
            Settings.model_validate({"data_dir": tmp_path, "upstreams": upstreams})
        assert issubclass(Faults, ValueError)  # Which `load` makes a ConfigError of.

    async def test_a_null_sender_refused_is_an_alert(self, house: House, serving):
        await serving({"MAIL": "550 5.7.1 no null sender here"})
        before = counted("vestry_null_sender_refused", upstream="default")
        message = await house.write_own(MessageKind.BOUNCE)
        written = len(await house.bounces())
        await house.turn()
        assert await house.status(message) == {SENDER: "5.7.1"}
        assert len(await house.bounces()) == written
        assert counted("vestry_null_sender_refused", upstream="default") == before + 1
        await house.submit()
        await house.turn()
        assert counted("vestry_null_sender_refused", upstream="default") == before + 1


class TestOurLogin:
    """An upstream that refuses our login has its mail wait, alerts the host once, and bounces nobody."""

    @pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
    async def test_paused_alerted_once_and_mended(self, house: House, serving, verb, monkeypatch):
        from gateway.delivery import circuit

        said = []
        monkeypatch.setattr(circuit._log, "error", lambda event, **more: said.append(more["step"]))
        upstream = await serving({verb: "530 5.7.0 log in first"})
        sent = [await house.submit() for _ in range(5)]
        await house.turn()
        assert gauge() == 1
        assert house.upstreams.wanting_no_more() == ["default"]
        assert upstream.connections == 1
        for _ in range(3):
            house.clock.move(days=7)
            await house.turn()
        assert said == [verb.lower()]
        assert await house.bounces() == []
        for message in sent:
            assert await house.states(message) == {"a@there.example": "queued"}
        upstream.script = {}
        house.clock.move(days=7)
        await house.turn()
        assert gauge() == 0
        assert len(upstream.messages) == 5

    async def test_refused_at_the_login_itself(self):
        circuit = Circuit("default", Schedule(DeliverySettings(), lambda: 0.5))
        assert gauge() == 0
        await circuit.enter(NOW)
        circuit.failed(REFUSED_LOGIN, NOW)
        assert gauge() == 1
        circuit.forget()
        await circuit.enter(NOW)
        circuit.worked()
        assert gauge() == 1  # Some refuse at MAIL only: not before a transaction has gone through.
        circuit.accepted()
        assert gauge() == 0

    async def test_another_upstream_goes_on(self, house: House):
        async with ScriptedUpstream({"MAIL": "535 5.7.8 no"}) as bad, ScriptedUpstream() as good:
            house.serve(default={"port": bad.port}, good={"port": good.port})
            for _ in range(5):
                await house.submit()
                await house.submit(upstream="good")
            async with running(house.runner()):
                await until(lambda: len(good.messages) == 5)
            assert bad.messages == []
            await house.upstreams.close()


async def council(house: House, name: str) -> None:
    new = Council.model_validate({"id": name, "name": name, "domains": [f"{name}.example"]})
    await house.database.write(lambda c: councils.save(c, new, house.clock(), "test"))


class TestFairness:
    """Counted in deliveries, not in seconds."""

    async def test_a_council_with_a_pile_delays_nobody(self, house: House, serving):
        upstream = await serving(connections=2)
        await council(house, "other")
        for _ in range(200):
            await house.submit()
        house.clock.move(seconds=1)
        async with running(house.runner(poll_seconds=0.02)):
            await until(lambda: len(upstream.messages) >= 40)
            await house.submit(council="other", raw=RAW.replace(b"Allotments", b"Urgent"))
            before = len(upstream.messages)
            await until(lambda: any(b"Urgent" in one for one in upstream.messages))
            place = next(number for number, one in enumerate(upstream.messages) if b"Urgent" in one)
        # No more than what was in hand: work for two connections, as much again, and one claim.
        assert place - before <= 4 + 8

    async def test_one_at_a_time_nobody_starves_behind_many_older_piles(self, house: House):
        names = [f"c{number}" for number in range(6)]
        for name in names:
            await council(house, name)
            for _ in range(10):
                await house.submit(council=name)
        house.clock.move(seconds=1)
        await house.submit()
        served: list[str] = []
        for _ in range(14):
            recent = {name: served.count(name) for name in set(served)}
            served += [one.council for one in await house.queue.claim(1, (), (), recent)]
        assert served.index(COUNCIL) <= len(names)
        assert {served.count(name) for name in names} <= {2, 3}

    async def test_who_has_had_fewer_turns_comes_first_within_a_claim(self, house: House):
        await council(house, "other")
        for _ in range(8):
            await house.submit()
        house.clock.move(seconds=1)
        for _ in range(2):
            await house.submit(council="other")
        claims = await house.queue.claim(4, (), (), {COUNCIL: 64})
        assert [one.council for one in claims] == ["other", "other", COUNCIL, COUNCIL]


async def test_more_than_the_size_offered_comes_back_unsent(house: House, serving):
    upstream = await serving(offers=["8BITMIME", "SIZE 100"])
    message = await house.submit()
    await house.turn()
    assert await house.status(message) == {"a@there.example": "5.3.4"}
    assert not upstream.said("MAIL")
    assert len(await house.bounces()) == 1


async def test_a_departure_set_aside_is_counted_and_says_so_in_the_queue(house: House, serving):
    await serving()
    message = await house.submit()
    before = counted("vestry_departures_set_aside", council=COUNCIL)
    for _ in range(MOST_STARTS):
        await house.queue.claim(1, ())
        house.clock.move(seconds=LEASE + 1)
    [shown] = await house.departures(message)
    assert shown["starts"] == MOST_STARTS
    await house.turn()
    [shown] = await house.departures(message)
    assert shown["recipients"][0]["reply"].startswith("451 4.3.0 set aside")
    assert counted("vestry_departures_set_aside", council=COUNCIL) == before + 1
