from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.reply import temporary_fault
from gateway.submission import replies
from gateway.submission.replies import Said

ROOT = Path(__file__).parents[3]


def test_the_reference_is_what_the_code_says() -> None:
    assert (ROOT / "docs/replies.md").read_text(encoding="utf-8") == replies.reference()


@pytest.mark.parametrize("name", replies.catalogue())
def test_every_reply_has_its_enhanced_code(name: str) -> None:
    """RFC 2034 §4: all but the greeting, EHLO and HELO; RFC 5321: 3yz are no completions."""
    said = replies.catalogue()[name]
    if name in {"GREETING", "HELLO", "EXTENSIONS"} or said.code // 100 == 3:
        assert said.enhanced == ""
    else:
        assert re.fullmatch(rf"{said.code // 100}\.\d{{1,3}}\.\d{{1,3}}", said.enhanced)


@pytest.mark.parametrize("said", replies.catalogue().values(), ids=replies.catalogue())
def test_every_reply_is_one_line_of_ascii(said: Said) -> None:
    wire = said(**dict.fromkeys(re.findall(r"\{(\w+)\}", said.text), "x")).encode()
    assert wire.decode("ascii").isprintable() or said is replies.EXTENSIONS or wire.endswith(b"\r\n")
    assert wire.startswith(b"%d" % said.code)
    assert all(len(line) <= 510 for line in wire.split(b"\r\n"))
    assert "{" not in wire.decode()


def test_a_fault_is_said_as_everywhere_in_the_house() -> None:
    assert replies.FAULT(ref="0123") == temporary_fault("0123")
