"""Killing the post room again and again while mail flows, and seeing what has become of every message."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.clients import Clients
from tests.crash.loop import Loop
from tests.crash.settle import Account, settle, waiting
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation, until

HOLD_WITHIN = 20.0
"""How long a moment may keep us waiting before the kill comes anyway."""

DRAIN_WITHIN = 120.0

WHOLE_TREE = (
    "anywhen",
    "after the dot",
    "anywhen",
    "taken",
    "starting",
    "mark",
    "half taken",
    "after the dot",
)
"""When the whole process tree is killed: at a random moment; just after a final dot; when the upstream has
taken a message and says nothing yet; while starting; after the mark and before the data; when the upstream
has read a message and not taken it."""

ROLES = ("delivery", "submission", "signing")


@dataclass(slots=True)
class Siege:
    """An installation with clients and an upstream, under fire. Prepare the installation before."""

    installation: Installation
    loop: Loop
    upstream: RecordingUpstream
    seed: int
    tell: Callable[[str], object] = lambda line: None
    clients: Clients = field(init=False)
    killed: Counter[str] = field(default_factory=Counter)
    starts: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clients = Clients(self.installation, count=6, seed=self.seed)

    def run(self, kills: int, roles_too: bool = True) -> Account:
        """Kill so many times, and a role alone now and then; restart at once each time; settle at the end."""
        draw = random.Random(self.seed)
        self._start()
        handing_in = self.loop.start(self.clients.run())
        try:
            for number in range(kills):
                self._kill(WHOLE_TREE[number % len(WHOLE_TREE)], draw)
                if roles_too and number % 5 == 4:
                    self._kill_role(draw.choice(ROLES))
                assert not handing_in.done(), handing_in.exception()
            time.sleep(draw.random())
        finally:
            self.clients.stopping = True
        handing_in.result(DRAIN_WITHIN)
        return self._settle()

    def _start(self) -> None:
        began = time.monotonic()
        self.installation.start()
        self.starts.append(time.monotonic() - began)

    def _kill(self, moment: str, draw: random.Random) -> None:
        """Kill the whole tree at `moment`, and start again."""
        if moment == "starting":
            self.installation.kill()
            self.installation.spawn()
            time.sleep(draw.uniform(0.1, 1.6))
        elif moment == "anywhen":
            time.sleep(draw.uniform(0, 1.2))
        elif moment == "after the dot":
            self.clients.moments.arm("dot")
            if self.clients.moments.reached(HOLD_WITHIN):
                time.sleep(draw.uniform(0, 0.03))
        else:
            self.upstream.moments.arm({"taken": "taken", "mark": "data", "half taken": "dot"}[moment])
            if self.upstream.moments.reached(HOLD_WITHIN):
                time.sleep(draw.uniform(0, 0.02))
        self.installation.kill()
        self.killed[moment] += 1
        self.tell(f"{sum(self.killed.values())}: killed {moment}; {self._so_far()}")
        self.clients.moments.let_go()
        self.upstream.moments.let_go()
        self._start()

    def _kill_role(self, role: str) -> None:
        """Kill one process, and wait until the supervisor has replaced it."""
        old = process_of(self.installation, role)
        os.kill(old, signal.SIGKILL)
        self.killed[f"{role} alone"] += 1
        until(lambda: process_of(self.installation, role) not in {0, old}, 60)
        until(self.installation.ready, 60)

    def _so_far(self) -> str:
        acknowledged = sum(bool(letter.queue_ids) for letter in self.clients.letters)
        return f"{acknowledged} acknowledged, {len(self.upstream.taken)} delivered"

    def _settle(self) -> Account:
        with self.installation.database() as database:
            self.tell(f"{waiting(database)} waiting to be delivered; {self._so_far()}")
            until(lambda: waiting(database) == 0, DRAIN_WITHIN, 0.2)
            return settle(database, self.installation.council.id, self.clients.letters, self.upstream)

    def __str__(self) -> str:
        """How it went, in one line."""
        killed = ", ".join(f"{count} {moment}" for moment, count in sorted(self.killed.items()))
        longest = max(self.starts)
        return f"seed {self.seed}: killed {killed}; slowest start {longest:.1f} s, {len(self.clients.turned)} times 4xx"


def process_of(installation: Installation, role: str) -> int:
    """The process id of a role, 0 where it is not there just now."""
    assert installation.process is not None
    children = Path(f"/proc/{installation.process.pid}/task/{installation.process.pid}/children").read_text()
    for child in map(int, children.split()):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"gateway.process" in words and role.encode() in words:
            return child
    return 0
