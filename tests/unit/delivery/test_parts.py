"""Schedule, circuit, bell and gauges, each by itself."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from config.errors import ConfigError
from config.settings import DeliverySettings, Settings
from gateway.delivery import gauges
from gateway.delivery.circuit import Circuit
from gateway.delivery.schedule import Schedule
from gateway.delivery.wake import Bell, bell_path, ring
from gateway.upstream.refusal import Refusal, Refused, Scope, Step
from gateway.upstream.reply import UpstreamReply
from tests.unit.delivery.conftest import COUNCIL, House

NOW = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
SETTINGS = DeliverySettings(retry_seconds=(10, 100, 1000), give_up_hours=24)
AWAY = Refusal(Scope.UPSTREAM, Step.CONNECT, UpstreamReply(451, "4.4.1 away"))
OURS = Refusal(Scope.UPSTREAM, Step.LOGIN, UpstreamReply(535, "5.7.8 no"), ours=True)


class TestSchedule:
    @given(tries=st.integers(0, 50), draw=st.floats(0, 1, exclude_max=True))
    def test_waits_are_the_settings_give_or_take_a_fifth(self, tries, draw):
        wait = Schedule(SETTINGS, lambda: draw).wait(tries).total_seconds()
        meant = (10, 100, 1000)[min(max(tries, 1), 3) - 1]
        assert 0.8 * meant <= wait <= 1.2 * meant

    def test_they_vary(self):
        draws = iter([0.0, 0.999])
        schedule = Schedule(SETTINGS, lambda: next(draws))
        assert schedule.wait(1) < schedule.wait(1)

    @pytest.mark.parametrize(("hours", "over"), [(0, False), (23.99, False), (24, True), (1000, True)])
    def test_giving_up(self, hours, over):
        assert Schedule(SETTINGS, lambda: 0.5).given_up(NOW, NOW + timedelta(hours=hours)) is over


class TestCircuit:
    def circuit(self) -> Circuit:
        return Circuit("default", Schedule(SETTINGS, lambda: 0.5))

    async def test_failures_under_way_together_count_once(self):
        circuit = self.circuit()
        for _ in range(3):
            await circuit.enter(NOW)
        for _ in range(3):
            circuit.failed(AWAY, NOW)
        assert circuit.until == NOW + timedelta(seconds=10)

    async def test_the_rest_grows_up_to_five_minutes_and_for_our_own_faults_beyond(self):
        for refusal, longest in ((AWAY, 300), (OURS, 1000)):
            circuit, now, rests = self.circuit(), NOW, []
            for _ in range(4):
                await circuit.enter(now)
                circuit.failed(refusal, now)
                rests.append((circuit.until - now).total_seconds())
                now = circuit.until
            assert rests == [10, 100, longest, longest]

    async def test_while_one_probes_the_others_wait_and_share_what_comes_of_it(self):
        circuit = self.circuit()
        circuit.failed(AWAY, NOW)
        later = NOW + timedelta(seconds=11)
        await circuit.enter(later)
        assert circuit.resting(later)
        others = [asyncio.create_task(circuit.enter(later)) for _ in range(3)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in others)
        circuit.failed(AWAY, later)
        results = await asyncio.gather(*others, return_exceptions=True)
        assert all(isinstance(result, Refused) for result in results)
        later += timedelta(seconds=101)
        await circuit.enter(later)
        others = [asyncio.create_task(circuit.enter(later)) for _ in range(3)]
        await asyncio.sleep(0)
        circuit.worked()
        assert await asyncio.gather(*others) == [None, None, None]
        assert not circuit.resting(later)

    async def test_an_abandoned_probe_is_taken_up_by_the_next(self):
        circuit = self.circuit()
        circuit.failed(AWAY, NOW)
        later = NOW + timedelta(seconds=11)
        await circuit.enter(later)
        other = asyncio.create_task(circuit.enter(later))
        await asyncio.sleep(0)
        circuit.abandoned()
        await asyncio.wait_for(other, 1)

    async def test_forgetting_lets_it_be_asked_at_once(self):
        circuit = self.circuit()
        circuit.failed(OURS, NOW)
        with pytest.raises(Refused):
            await circuit.enter(NOW)
        circuit.forget()
        assert not circuit.resting(NOW)
        await circuit.enter(NOW)


class TestBell:
    async def heard(self, settings: Settings, *rings: bool) -> list[bool]:
        heard: list[bool] = []
        event = asyncio.Event()

        def answer(anew: bool) -> None:
            heard.append(anew)
            event.set()

        bell = Bell(settings, answer)
        for anew in rings:
            ring(settings, anew=anew)
        await asyncio.wait_for(event.wait(), 5)
        bell.close()
        return heard

    async def test_it_is_heard(self, tmp_path: Path):
        settings = Settings(data_dir=tmp_path)
        assert await self.heard(settings, False) == [False]
        assert await self.heard(settings, True) == [True]
        assert await self.heard(settings, False, True, False) == [True]

    async def test_thousands_of_rings_block_nobody(self, tmp_path: Path):
        settings = Settings(data_dir=tmp_path)
        assert await self.heard(settings, *[False] * 5000) == [False]

    async def test_it_is_for_this_user_alone(self, tmp_path: Path):
        settings = Settings(data_dir=tmp_path)
        bell = Bell(settings, lambda anew: None)
        assert stat.S_IMODE(os.stat(bell_path(settings)).st_mode) == 0o600
        bell.close()
        assert not bell_path(settings).exists()

    def test_nobody_listens(self, tmp_path: Path):
        ring(Settings(data_dir=tmp_path / "nowhere"))
        ring(Settings(data_dir=tmp_path / ("x" * 200)))

    async def test_a_path_too_long_refuses_to_start(self, tmp_path: Path):
        with pytest.raises(ConfigError, match="too long"):
            Bell(Settings(data_dir=tmp_path / ("x" * 100)), lambda anew: None)

    async def test_what_an_earlier_process_left_is_no_hindrance(self, tmp_path: Path):
        settings = Settings(data_dir=tmp_path)
        settings.run_dir.mkdir()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
            left.bind(str(bell_path(settings)))
        assert await self.heard(settings, False) == [False]


async def test_gauges_follow_the_queue(house: House, serving):
    def depth() -> float | None:
        return REGISTRY.get_sample_value("vestry_queue_recipients", {"council": COUNCIL})

    def age() -> float | None:
        return REGISTRY.get_sample_value("vestry_queue_oldest_seconds")

    await serving()
    await house.submit("a@there.example", "b@there.example")
    house.clock.move(minutes=5)
    await house.submit()
    known = await gauges._measure(house.queue, house.clock, set())
    assert (depth(), age()) == (3, 300)
    await house.turn()
    await gauges._measure(house.queue, house.clock, known)
    assert (depth(), age()) == (0, 0)
