"""Every message named in a 250 is kept and goes its way, however often the whole process tree is killed."""

from __future__ import annotations

import random

import pytest

from tests.crash.loop import Loop
from tests.crash.siege import Siege
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation

KILLS = 20


@pytest.mark.timeout(400)
def test_nothing_acknowledged_is_lost_and_nothing_known_is_sent_twice(
    installation: Installation, loop: Loop, upstream: RecordingUpstream, capsys: pytest.CaptureFixture[str]
):
    installation.prepare()
    siege = Siege(installation, loop, upstream, seed=random.randrange(10**6))
    try:
        account = siege.run(KILLS)
    finally:
        with capsys.disabled():
            print(f"\n{siege}")
    with capsys.disabled():
        print(account)
    assert account.faults == ()
    assert account.acknowledged > 10 * KILLS
    assert account.delivered > 0
    assert account.bounced > 0
    assert account.held > 0
    assert installation.stop() == 0
