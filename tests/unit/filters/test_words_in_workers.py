"""The checks on words in a real worker, which can open no file: whatever they read has to be loaded by then."""

from __future__ import annotations

import asyncio

import pytest

from config.limits import LimitSettings
from config.settings import WorkerSettings
from filters.analysis import Situation
from filters.context import Envelope, Profile, Recipient
from filters.spelling import british
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Pool
from tests.unit.filters.official_mail import DOMAIN, NOW, RESIDENT, TODAY, council, policy
from tests.unit.filters.table import written

CHECKS = ("language", "solicitation", "spelling")
COUNCIL = council(
    policy=policy() | {"checks": {name: policy(name)["checks"][name] for name in CHECKS}},
    content={"rude_words": ["gronk"], "spelling_words": ["gronk"]},
)
HTML = """<style>p.x {color:#c00000}</style><p>We recieved the accomodation list from the goverment.</p>
<p class=x>Reply at once.</p><p>What a gr0nk. Vote Labour. f u c k</p><p>STOP IT NOW!</p>
<p>Mae'r cyfarfod nesaf yn y neuadd ar nos Lun am saith o'r gloch.</p>"""


@pytest.mark.skipif(british.dictionary() is None, reason="no British dictionary is installed")
async def test_a_worker_finds_what_this_process_finds():
    situation = Situation(
        person=f"anne@{DOMAIN}",
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=f"anne@{DOMAIN}", recipients=(Recipient(address=RESIDENT, canonical=RESIDENT),)
        ),
        received_at=NOW,
        today=TODAY,
        message="Q1",
        hostname="post.test.example",
    )
    raw = written({"html": HTML})
    pool = Pool(WorkerSettings(processes=1))
    await pool.start()
    try:
        analyst = Analyst(pool, LimitSettings())
        deadline = asyncio.get_running_loop().time() + 60
        reading = await analyst.read(raw, deadline)
        document = COUNCIL.model_dump_json(by_alias=True).encode()
        analysis = await analyst.decide(raw, reading, document, situation, deadline)
    finally:
        await pool.stop()
    assert reading.anatomy.red == ("Reply at once.",)
    found = [(each.check, [seen.text for seen in each.evidence]) for each in analysis.decision.findings]
    assert found == [
        ("language", ["gr0nk", "f u c k"]),
        ("language", ["STOP IT NOW"]),
        ("language", ["Reply at once."]),
        ("language", []),
        ("solicitation", ["Vote Labour"]),
        ("solicitation", []),
        ("spelling", ["recieved", "accomodation", "goverment"]),
        ("spelling", []),
    ]
