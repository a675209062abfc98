"""Attachments that take longer to read than a decision may wait, through the real SMTP port, with a kill in between."""

from __future__ import annotations

import pytest

from config.check_policy import CheckPolicy
from config.policy import Clause, Stage, Verdict
from gateway.demo.upstream import Upstream
from tests.end_to_end.test_road import RESIDENT, arrived
from tests.installation import Installation, queue_id, until
from tests.unit.intake.attached import attached

PAGES = 700
LINES = 110


def long_paper(pages: int) -> bytes:
    """A PDF of many full pages, which takes seconds to read."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % pages,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    lines = b"".join(
        b"1 0 0 1 10 %d Tm (Line %d of a long paper about the pond.) Tj " % (800 - 7 * line, line)
        for line in range(LINES)
    )
    text = b"BT /F1 9 Tf " + lines + b"ET"
    for number in range(pages):
        objects += (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (5 + 2 * number),
            b"<</Length %d>>stream\n" % len(text) + text + b"\nendstream",
        )
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + each + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer


@pytest.fixture
def hurried(installation: Installation, upstream: Upstream) -> Installation:
    """An installation that gives each task too little time for a long paper."""
    policy = CheckPolicy(
        stage=Stage.ENFORCE, verdict=Verdict.HOLD, clause=Clause(document="Test policy", item="5")
    )
    council = installation.council
    checks = {**council.policy.checks, "attachments": policy}
    installation.council = council.model_copy(
        update={"policy": council.policy.model_copy(update={"checks": checks})}
    )
    installation.settings["workers"] = {"task_seconds": 2.0}
    installation.upstream(upstream.port)
    installation.prepare()
    installation.start()
    return installation


def test_it_goes_once_after_a_kill_and_its_sender_is_told_nothing(hurried, upstream):
    raw = attached(long_paper(PAGES), "paper.pdf", to=(RESIDENT,))
    code, reply = hurried.send(raw, (RESIDENT,))
    assert (code, reply.partition(", ")[2]) == (250, "its attachments are still being checked")
    hurried.kill()
    name = queue_id(reply)
    assert upstream.delivered() == []
    hurried.start()
    [delivered] = arrived(upstream)
    assert delivered.recipients == (RESIDENT,)
    record = hurried.json("archive", "show", name)
    assert record["state"] == "passed"
    assert [(each["by"], each["act"]) for each in record["decisions"]] == [
        ("policy", "hold"),
        ("policy", record["decisions"][1]["act"]),
    ]
    assert record["decisions"][1]["act"] in ("pass", "note")
    until(lambda: '"decided anew"' in hurried.log())
    hurried.stop()
    assert [each.mail_from for each in upstream.delivered()] == [hurried.address("cllr.a")]
    assert hurried.json("archive", "verify", "--json")["faults"] == []
