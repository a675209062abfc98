"""Who is checked first, and who finds no place: a flood waits for itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from ipaddress import ip_address

import pytest

from gateway.submission.auth import turns as turns_module
from gateway.submission.auth.throttle import SUSPECT_SECONDS, Throttle
from gateway.submission.auth.turns import Crowded, Place, Standing, Turns
from tests.dialogs.house import LOGIN

FAMILIAR, CLEAN, SUSPECT = Standing


class Waiting:
    """Those who want a turn, and the order in which they had theirs."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.served: list[str] = []
        self.crowded: list[str] = []
        self.places: dict[str, Place] = {}

    async def come(self, name: str, network: str, standing: Standing = CLEAN) -> asyncio.Task[None]:
        async def wait() -> None:
            try:
                self.places[name] = await self.turns.enter(network, standing)
            except Crowded:
                self.crowded.append(name)
                return
            self.served.append(name)

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        return task

    async def leave(self, name: str = "") -> None:
        """Somebody is done: whoever has had a slot for the longest, or this one."""
        self.turns.leave(self.places.pop(name or next(iter(self.places))))
        for _ in range(4):
            await asyncio.sleep(0)


async def test_a_free_slot_is_had_at_once():
    here = Waiting(Turns(2))
    await here.come("a", "n1")
    await here.come("b", "n1")
    await here.come("c", "n1")
    assert here.served == ["a", "b"]
    await here.leave()
    assert here.served == ["a", "b", "c"]


async def test_networks_take_turns():
    here = Waiting(Turns(1))
    await here.come("first", "n0")
    for name in ("a1", "a2", "a3"):
        await here.come(name, "na", FAMILIAR)
    await here.come("b1", "nb", FAMILIAR)
    await here.come("c1", "nc", FAMILIAR)
    await here.come("b2", "nb", FAMILIAR)
    for _ in range(6):
        await here.leave()
    assert here.served == ["first", "a1", "b1", "c1", "a2", "b2", "a3"]


async def test_the_better_standing_goes_first():
    here = Waiting(Turns(1))
    await here.come("first", "n0")
    for number in range(3):
        await here.come(f"suspect {number}", f"s{number}", SUSPECT)
        await here.come(f"clean {number}", f"c{number}", CLEAN)
    await here.come("familiar", "f", FAMILIAR)
    for _ in range(4):
        await here.leave()
    assert here.served == ["first", "familiar", "clean 0", "clean 1", "clean 2"]


async def test_suspects_never_have_all_slots():
    here = Waiting(Turns(4))
    for number in range(6):
        await here.come(f"suspect {number}", f"s{number}", SUSPECT)
    assert len(here.served) == 2
    await here.come("clean", "c")
    await here.come("familiar", "f", FAMILIAR)
    assert here.served[2:] == ["clean", "familiar"]
    await here.leave("clean")
    assert len(here.served) == 4  # Nobody but suspects waits, and they have their share.
    await here.leave("suspect 0")
    assert len(here.served) == 5


async def test_where_there_is_one_slot_a_suspect_may_have_it():
    here = Waiting(Turns(1))
    await here.come("suspect", "s", SUSPECT)
    assert here.served == ["suspect"]


async def test_a_network_has_few_places_and_is_told_so_at_once():
    here = Waiting(Turns(1))
    for number in range(5):
        await here.come(str(number), "n", SUSPECT)
    assert here.crowded == ["3", "4"]
    await here.come("another", "other")
    assert "another" not in here.crowded


@pytest.mark.parametrize("standing", [CLEAN, FAMILIAR])
async def test_a_whole_office_behind_one_address_is_let_wait(standing):
    here = Waiting(Turns(2))
    for number in range(10):
        await here.come(str(number), "office", standing)
    assert here.crowded == []
    for _ in range(8):
        await here.leave()
    assert here.served == [str(number) for number in range(10)]


async def test_where_all_places_are_taken_the_worst_give_theirs_up():
    here = Waiting(Turns(1))
    await here.come("first", "n0")
    for number in range(8):
        await here.come(f"suspect {number}", f"s{number // 2}", SUSPECT)
    assert here.crowded == []
    await here.come("another suspect", "s99", SUSPECT)
    await asyncio.sleep(0)
    assert len(here.crowded) == 1  # The last of a line of two.
    await here.come("clean", "c")
    await here.come("familiar", "f", FAMILIAR)
    await asyncio.sleep(0)
    assert len(here.crowded) == 3
    assert all("suspect" in name for name in here.crowded)
    await here.leave()
    await here.leave()
    assert here.served == ["first", "familiar", "clean"]


async def test_a_flood_from_everywhere_finds_no_place_for_another_of_its_kind():
    here = Waiting(Turns(1))
    for number in range(100):
        await here.come(str(number), f"n{number}")
    assert len(here.crowded) == 100 - 1 - 8
    await here.come("familiar", "f", FAMILIAR)
    await here.leave()
    assert here.served[-1] == "familiar"


async def test_newcomers_of_a_network_that_fails_are_none_any_more():
    here = Waiting(Turns(1))
    await here.come("guess", "n1")
    await here.come("another guess", "n1")
    await here.come("and another", "n1")
    await here.come("somebody new", "n2")
    here.turns.suspect("n1")
    here.turns.suspect("never seen")
    await here.leave()
    assert here.served == ["guess", "somebody new"]
    await here.leave()
    await here.leave()
    assert here.served[2:] == ["another guess", "and another"]
    assert (here.turns._suspects, here.turns._free) == (1, 0)
    await here.leave()
    assert (here.turns._suspects, here.turns._free) == (0, 1)


async def test_who_goes_away_leaves_the_line(monkeypatch):
    here = Waiting(Turns(1))
    await here.come("first", "n0")
    gone = await here.come("gone", "n1")
    await here.come("next", "n2")
    gone.cancel()
    await asyncio.sleep(0)
    await here.leave()
    assert here.served == ["first", "next"]
    await here.leave()
    assert here.turns._free == 1
    assert not any(here.turns._lines.values())


async def test_a_turn_given_to_somebody_who_is_just_going_is_not_lost():
    here = Waiting(Turns(1))
    await here.come("first", "n0")
    gone = await here.come("gone", "n1")
    here.turns.leave(here.places["first"])
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert here.turns._free == 1
    await here.come("next", "n2")
    assert here.served[-1] == "next"


async def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(turns_module, "WAIT_SECONDS", 0.05)
    here = Waiting(Turns(1))
    await here.come("first", "n0")
    await (await here.come("second", "n1"))
    assert here.crowded == ["second"]
    await here.leave()
    assert here.turns._free == 1


async def test_every_slot_comes_back_whatever_happens():
    """Five hundred come, wait, go away, are served; in the end everything is as it was."""
    turns = Turns(3)
    at_work, most, ended = 0, 0, Counter[str]()

    async def client(number: int) -> None:
        nonlocal at_work, most
        standing = Standing(number % 3)
        try:
            async with asyncio.timeout(0.001 * (number % 13) + 0.0005):
                place = await turns.enter(f"n{number % 41}", standing)
        except (TimeoutError, Crowded) as error:
            ended[type(error).__name__] += 1
            return
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.001 * (number % 3))
        at_work -= 1
        ended["served"] += 1
        turns.leave(place)

    for start in range(0, 500, 100):
        await asyncio.gather(*(client(number) for number in range(start, start + 100)))
    assert most <= 3
    assert ended.total() == 500
    assert min(ended[each] for each in ("served", "TimeoutError", "Crowded")) > 0
    assert (turns._free, turns._suspects, any(turns._lines.values())) == (3, 0, False)


class TestStanding:
    def test_who_is_new_is_clean_and_who_has_been_here_is_familiar(self):
        throttle = Throttle(10, lambda: 1000.0)
        here, there = ip_address("192.0.2.1"), ip_address("192.0.2.2")
        assert throttle.standing(LOGIN, here) is CLEAN
        throttle.succeeded(LOGIN, here)
        assert throttle.standing(LOGIN, here) is FAMILIAR
        assert throttle.standing(LOGIN, there) is CLEAN
        throttle.failed(LOGIN, there)
        assert throttle.standing(LOGIN, here) is FAMILIAR

    def test_a_failure_is_held_against_account_and_network_for_a_while(self):
        now = 1000.0
        throttle = Throttle(10, lambda: now)
        here, there = ip_address("192.0.2.1"), ip_address("192.0.2.2")
        throttle.failed("a@b.example", here)
        assert throttle.standing("other@b.example", here) is SUSPECT
        assert throttle.standing("a@b.example", there) is SUSPECT
        assert throttle.standing("other@b.example", there) is CLEAN
        now += SUSPECT_SECONDS
        assert throttle.standing("a@b.example", here) is CLEAN

    def test_whoever_goes_through_the_networks_of_a_48_is_known_by_it(self):
        throttle = Throttle(10, lambda: 1000.0)
        throttle.failed("a@b.example", ip_address("2001:db8:7:1::1"))
        assert throttle.standing("c@d.example", ip_address("2001:db8:7:2::1")) is SUSPECT
        assert throttle.standing("c@d.example", ip_address("2001:db8:8:2::1")) is CLEAN

    def test_what_is_held_against_people_does_not_grow_without_end(self, monkeypatch):
        monkeypatch.setattr("gateway.submission.auth.throttle._MOST_BUCKETS", 100)
        throttle = Throttle(10, lambda: 1000.0)
        for number in range(1000):
            throttle.failed(f"{number}@b.example", ip_address(number + 1_000_000))
        assert len(throttle._failed) <= 100
