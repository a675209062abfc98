"""Every message named in a 250 is kept and goes its way, however often the whole process tree is killed."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from tests.crash.loop import Loop
from tests.crash.settle import Account
from tests.crash.siege import STAND_STILL, Siege, cut_connections
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation
from tests.postgresql import Cluster

KILLS = 20
KILLS_OF_NODES = 5


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[object], None]:
    """Print a line for whoever runs the tests."""

    def line(what: object) -> None:
        with capsys.disabled():
            print(f"\n{what}", end="")

    return line


def run(siege: Siege, kills: int, say: Callable[[object], None]) -> Account:
    """Besiege, and say how it went even where it went wrong."""
    try:
        account = siege.run(kills)
    finally:
        say(siege)
    say(account)
    assert account.faults == ()
    assert account.acknowledged > 5 * kills
    assert account.delivered > 0
    assert account.bounced > 0
    assert account.held > 0
    assert account.queued == 0
    return account


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_and_nothing_known_is_sent_twice(
    installation: Installation, loop: Loop, upstream: RecordingUpstream, say: Callable[[object], None]
):
    installation.prepare()
    run(Siege([installation], loop, upstream, seed=random.randrange(10**6)), KILLS, say)
    assert installation.stop() == 0


@pytest.mark.neighbour("postgresql")
@pytest.mark.timeout(600)
def test_nor_with_two_nodes_on_a_database_that_breaks_off(
    nodes: list[Installation],
    cluster: Cluster,
    loop: Loop,
    upstream: RecordingUpstream,
    say: Callable[[object], None],
):
    siege = Siege(
        nodes,
        loop,
        upstream,
        seed=random.randrange(10**6),
        cut=partial(cut_connections, cluster, str(nodes[0].settings["database"])),
        stand_still=STAND_STILL,
        between=KILLS_OF_NODES // 2,
    )
    run(siege, KILLS_OF_NODES, say)
    assert [node.stop() for node in nodes] == [0, 0]
