from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream.reply import UpstreamReply


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        (250, "2.1.5 ok", "2.1.5"),
        (250, "ok", "2.0.0"),
        (550, "5.1.1 no such user", "5.1.1"),
        (550, "4.1.1 says one thing and means another", "5.0.0"),
        (451, "5.7.1 likewise", "4.0.0"),
        (550, "5.1.1", "5.1.1"),
        (550, "5.1.1.1 not a status", "5.0.0"),
        (550, "5.1234.1 not a status", "5.0.0"),
        (354, "go", "4.0.0"),
    ],
)
def test_status(code, text, status):
    assert UpstreamReply(code, text).status == status


def test_lines_become_one_and_the_status_is_said_once():
    reply = UpstreamReply.from_wire(550, "5.7.1 Refused.\n5.7.1 See https://help.example\n5.7.1")
    assert str(reply) == "550 5.7.1 Refused. See https://help.example"


@given(code=st.integers(200, 599), text=st.text(max_size=3000))
def test_nothing_that_is_said_can_leave_its_line(code, text):
    said = str(UpstreamReply.from_wire(code, text))
    assert said.isprintable()
    assert len(said) <= 504
    said.encode()
