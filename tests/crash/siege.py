"""Killing the post room again and again while mail flows, and seeing what has become of every message."""

from __future__ import annotations

import itertools
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gateway import clock
from gateway.store import departures, reading
from gateway.store.database import Database
from tests.crash.clients import Clients
from tests.crash.loop import Loop
from tests.crash.settle import Account, settle, unread, waiting
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation, until
from tests.postgresql import Cluster

HOLD_WITHIN = 20.0
"""How long a moment may keep us waiting before the blow falls anyway."""

DRAIN_WITHIN = 120.0
"""How long clients may take to finish, and the queue to become shorter."""

STAND_STILL = 12.0
"""Longer than a lease of an impatient node and its upstream's time to answer, together."""

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
"""When the whole process tree of a node is killed: at a random moment; just after a final dot; when the
upstream has taken a message and says nothing yet; while starting; after the mark and before the data; when
the upstream has read a message and not taken it."""

_AT_THE_UPSTREAM = {"taken": "taken", "mark": "data", "half taken": "dot"}

ROLES = ("delivery", "submission", "signing")


@dataclass(slots=True)
class Siege:
    """Nodes on one database, with clients and an upstream, under fire. Prepare the nodes before.

    `cut` breaks all connections to the database, where there are any. `stand_still` is for how long a node is
    stopped now and then: longer than its leases last; for none where it is zero. After as many whole trees as
    `between` says comes a blow of another kind.
    """

    nodes: Sequence[Installation]
    loop: Loop
    upstream: RecordingUpstream
    seed: int
    tell: Callable[[str], object] = lambda line: None
    cut: Callable[[], object] | None = None
    stand_still: float = 0.0
    between: int = 5
    clients: Clients = field(init=False)
    struck: Counter[str] = field(default_factory=Counter)
    starts: list[float] = field(default_factory=list)
    _draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.clients = Clients(self.nodes, count=6, seed=self.seed)
        self._draw = random.Random(self.seed)

    def run(self, kills: int) -> Account:
        """Kill whole trees so many times, and restart at once; in between, strike otherwise; settle at the end."""
        for node in self.nodes:
            self._start(node)
        handing_in = self.loop.start(self.clients.run())
        others = itertools.cycle(self._other_blows())
        try:
            for number in range(kills):
                self._kill(self._draw.choice(self.nodes), WHOLE_TREE[number % len(WHOLE_TREE)])
                if number % self.between == self.between - 1:
                    next(others)()
                assert not handing_in.done(), handing_in.exception()
            time.sleep(self._draw.random())
        finally:
            self.clients.stopping = True
        handing_in.result(DRAIN_WITHIN)
        return self._settle()

    def _start(self, node: Installation) -> None:
        began = time.monotonic()
        node.start()
        self.starts.append(time.monotonic() - began)

    def _kill(self, node: Installation, moment: str) -> None:
        """Kill the node's whole tree at `moment`, and start it again."""
        if moment == "starting":
            node.kill()
            node.spawn()
            time.sleep(self._draw.uniform(0.1, 1.6))
        else:
            self._wait_for(moment)
        node.kill()
        self._note(f"killed {moment}")
        self._let_go()
        self._start(node)

    def _wait_for(self, moment: str) -> None:
        """Until `moment`, and a breath longer."""
        if moment == "after the dot":
            self.clients.moments.arm("dot")
            if self.clients.moments.reached(HOLD_WITHIN):
                time.sleep(self._draw.uniform(0, 0.03))
        elif moment in _AT_THE_UPSTREAM:
            self.upstream.moments.arm(_AT_THE_UPSTREAM[moment])
            if self.upstream.moments.reached(HOLD_WITHIN):
                time.sleep(self._draw.uniform(0, 0.02))
        else:
            time.sleep(self._draw.uniform(0, 1.2))

    def _let_go(self) -> None:
        self.clients.moments.let_go()
        self.upstream.moments.let_go()

    def _other_blows(self) -> list[Callable[[], None]]:
        blows = []
        if self.stand_still:
            blows.append(self._stop_a_node)
        if self.cut is not None:
            blows.append(self._cut)
        return [*blows, self._kill_a_role]

    def _kill_a_role(self) -> None:
        """Kill one process alone, and wait until the supervisor has replaced it."""
        node, role = self._draw.choice(self.nodes), self._draw.choice(ROLES)
        old = until(lambda: process_of(node, role), 60)
        os.kill(old, signal.SIGKILL)
        self._note(f"killed {role} alone")
        until(lambda: process_of(node, role) not in {0, old}, 60)
        until(node.ready, 60)

    def _cut(self) -> None:
        """Break every connection to the database, several times, at moments that matter."""
        assert self.cut is not None
        for moment in ("after the dot", "mark", "taken", "anywhen"):
            self._wait_for(moment)
            self.cut()
            self._note("database cut")
            self._let_go()

    def _stop_a_node(self) -> None:
        """Have a node stand still, in the middle of a delivery, until others have taken over."""
        node = self._draw.choice(self.nodes)
        assert node.process is not None
        self._wait_for(self._draw.choice(("taken", "mark", "anywhen")))
        os.killpg(node.process.pid, signal.SIGSTOP)
        self._let_go()
        time.sleep(self.stand_still)
        os.killpg(node.process.pid, signal.SIGCONT)
        self._note("stood still")
        until(node.ready, 60)

    def _note(self, blow: str) -> None:
        self.struck[blow] += 1
        self.tell(f"{sum(self.struck.values())}: {blow}; {self._so_far()}")

    def _so_far(self) -> str:
        acknowledged = sum(bool(letter.queue_ids) for letter in self.clients.letters)
        return f"{acknowledged} acknowledged, {len(self.upstream.taken)} delivered"

    def _settle(self) -> Account:
        """Let everything out, also what was set aside because it never came to an end; then compare."""
        with self.nodes[0].database() as database:
            self.tell(f"{waiting(database)} waiting to be delivered; {self._so_far()}")
            _drain(database)
            database.write_blocking(lambda c: departures.retry(c, None, clock.now()))
            _drain(database)
            _read(database, self.nodes[0].council.id)
            return settle(database, self.nodes[0].council.id, self.clients.letters, self.upstream)

    def __str__(self) -> str:
        """How it went, in one line."""
        struck = ", ".join(f"{count} {blow}" for blow, count in sorted(self.struck.items()))
        longest = max(self.starts, default=0.0)
        return (
            f"seed {self.seed}: {struck}; slowest start {longest:.1f} s, {len(self.clients.turned)} times 4xx"
        )


def _read(database: Database, council: str) -> None:
    """Wait until all that is archived is in the index, also what was set aside."""
    database.write_blocking(lambda c: reading.hasten(c, [council], clock.now()))
    until(lambda: unread(database, council) == 0, DRAIN_WITHIN, 0.5)


def _drain(database: Database) -> None:
    """Wait for everything to go out: long where much has gathered, but only as long as there is progress."""
    while left := waiting(database):
        until(lambda: waiting(database) < left, DRAIN_WITHIN, 0.5)


def cut_connections(cluster: Cluster, url: str) -> None:
    """Break all connections to the database at `url`, from the server's side."""
    name = url.rpartition("/")[2]
    cluster.ask(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")


def process_of(node: Installation, role: str) -> int:
    """The process id of a role, 0 where it is not there just now."""
    assert node.process is not None
    children = Path(f"/proc/{node.process.pid}/task/{node.process.pid}/children").read_text()
    for child in map(int, children.split()):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"gateway.process" in words and role.encode() in words:
            return child
    return 0
