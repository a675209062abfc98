"""A question answered by the link in its letter, through the real processes."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest

from gateway.demo.installation import example_council
from gateway.demo.upstream import Upstream
from tests.end_to_end.test_answers import ME, PEOPLE, letters, mail, written
from tests.installation import Installation, free_port, until
from tests.policies import SIGNED, only


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


_OPENER = urllib.request.build_opener(_Stay)


def fetched(url: str, *fields: tuple[str, str], **headers: str) -> tuple[int, str]:
    body = urlencode(fields).encode() if fields else None
    asked = urllib.request.Request(
        url, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with _OPENER.open(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def at_work(installation: Installation, upstream: Upstream) -> Installation:
    installation.council = only(example_council(), *SIGNED, "large_list", "exposure", "forwarding")
    port = free_port()
    installation.settings["console"] = {"port": port, "base_url": f"http://127.0.0.1:{port}"}
    installation.upstream(upstream.port)
    installation.prepare()
    installation.start()
    return installation


def test_a_question_is_answered_by_its_link(at_work, upstream):
    me = at_work.address(ME)
    code, said = at_work.send(written(at_work, PEOPLE, "The grass is cut on Monday."), PEOPLE)
    assert code == 250, said
    [letter] = until(lambda: letters(upstream, me))
    text = letter.get_body(("plain",)).get_content()
    link = re.search(r"http://127\.0\.0\.1:[0-9]+/answer/[a-z2-7]+", text)[0]
    assert [fetched(link)[0] for _ in range(5)] == [200] * 5
    assert mail(upstream) == []
    assert fetched(link, ("option", "send"), sec_fetch_site="cross-site")[0] == 403
    assert mail(upstream) == []
    assert fetched(link, ("option", "send"), sec_fetch_site="same-origin", origin="null")[0] == 303
    [gone] = until(lambda: mail(upstream))
    assert sorted(gone.recipients) == sorted(PEOPLE)
    assert "It has been sent." in fetched(link)[1]
    assert link.rpartition("/")[2] not in at_work.log()
    assert at_work.vestry("archive", "verify").returncode == 0
    assert at_work.stop() == 0
