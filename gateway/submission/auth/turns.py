"""Whose login is checked next: a line for each network, served in turn, those in good standing first.

Checking costs processor time, or somebody else's server time, so that only a few are checked at once. A
network has few places to wait, and those who have guessed wrongly lately wait behind everybody else and never
get the last slot: a flood of guesses waits for itself. Who finds no place is told to come again, at once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import IntEnum

WAIT_SECONDS = 20.0
"""Longest wait. Whoever is behind a steady stream of better ones is told to come again, too."""

_PLACES_PER_SLOT = 8
"""So few that whoever waits is served within a second or two."""


class Standing(IntEnum):
    """How a client stands with us, the best first."""

    FAMILIAR = 0
    """The account has logged in from this network before."""

    CLEAN = 1
    SUSPECT = 2
    """Somebody has failed lately, with this account or from this network."""


class Crowded(Exception):
    """Too many wait already."""


_PLACES_OF_ONE = {Standing.FAMILIAR: 8, Standing.CLEAN: 8, Standing.SUSPECT: 2}
"""How many of a network may wait. A whole office logs in at nine o'clock, from one address, and not a councillor
among them is to be told to come again; a first wrong guess makes the newcomers of a network wait as suspects."""


@dataclass(slots=True, eq=False)
class Place:
    """A place in a line, and then a slot."""

    network: str
    standing: Standing
    turn: asyncio.Future[None]


class Turns:
    """Slots to check logins in: `enter` before it, `leave` after it."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._most_suspects = max(1, slots // 2)
        self._suspects = 0
        self._places = slots * _PLACES_PER_SLOT
        self._lines: dict[Standing, OrderedDict[str, deque[Place]]] = {
            each: OrderedDict() for each in Standing
        }

    async def enter(self, network: str, standing: Standing) -> Place:
        """Wait for a slot, to be given back with `leave`. Raises Crowded."""
        if not self._room_for(network, standing):
            raise Crowded
        place = Place(network, standing, asyncio.get_running_loop().create_future())
        self._queue(place)
        self._serve()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await place.turn
        except BaseException as error:
            if place.turn.done() and not place.turn.cancelled() and place.turn.exception() is None:
                self.leave(place)
            else:
                self._step_out(place)
            if isinstance(error, TimeoutError):
                raise Crowded from None
            raise
        return place

    def leave(self, place: Place) -> None:
        """Give the slot back."""
        self._free += 1
        self._suspects -= place.standing is Standing.SUSPECT
        self._serve()

    def suspect(self, network: str) -> None:
        """Somebody from this network has failed: those of its newcomers who wait are none any more."""
        for place in self._lines[Standing.CLEAN].pop(network, ()):
            place.standing = Standing.SUSPECT
            self._queue(place)

    def _queue(self, place: Place) -> None:
        self._lines[place.standing].setdefault(place.network, deque()).append(place)

    def _serve(self) -> None:
        """Give free slots away, the best standing first, and within it a network after the other."""
        for standing, lines in self._lines.items():
            while self._free and lines:
                if standing is Standing.SUSPECT and self._suspects >= self._most_suspects:
                    return
                network, line = lines.popitem(last=False)
                place = line.popleft()
                if line:
                    lines[network] = line  # At the end: the others are next.
                if place.turn.done():
                    continue
                self._free -= 1
                self._suspects += standing is Standing.SUSPECT
                place.turn.set_result(None)

    def _room_for(self, network: str, standing: Standing) -> bool:
        """Whether there is a place; where all are taken, the last of a longer or a worse line gives up its own."""
        own = len(self._lines[standing].get(network, ()))
        if own >= _PLACES_OF_ONE[standing]:
            return False
        if sum(len(line) for lines in self._lines.values() for line in lines.values()) < self._places:
            return True
        worst = max(each for each, lines in self._lines.items() if lines)
        longest = max(self._lines[worst].values(), key=len)
        if worst < standing or (worst is standing and len(longest) <= own + 1):
            return False
        last = longest[-1]
        self._step_out(last)
        if not last.turn.done():
            last.turn.set_exception(Crowded())
        return True

    def _step_out(self, place: Place) -> None:
        lines = self._lines[place.standing]
        line = lines.get(place.network)
        if line is None or place not in line:
            return
        line.remove(place)
        if not line:
            del lines[place.network]
