"""Every example of docs/search.md is true."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from gateway.archive.query import QueryError, explain, parse
from gateway.archive.query.fields import FIELDS
from gateway.store.kinds import MessageKind, MessageState

_PAGE = (Path(__file__).parents[4] / "docs" / "search.md").read_text("utf-8")
_TODAY = date(2026, 11, 21)
_EXAMPLE = re.compile(r"^\| `(.+?)` \| (.+) \|$")


def _examples(heading: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    within = False
    for line in _PAGE.splitlines():
        if line.startswith("| You type"):
            within = heading in line
        elif not line.startswith("|"):
            within = False
        elif within and (example := _EXAMPLE.match(line)):
            found.append((example[1], example[2]))
    return found


def test_there_are_examples() -> None:
    assert len(_examples("It finds")) > 30
    assert len(_examples("It is remarked")) == 4
    assert len(_examples("It is refused")) == 2


@pytest.mark.parametrize(("query", "meaning"), _examples("It finds"))
def test_it_finds(query: str, meaning: str) -> None:
    read = parse(query, _TODAY)
    assert explain(read.term) == meaning
    assert read.remarks == ()


@pytest.mark.parametrize(("query", "remark"), _examples("It is remarked"))
def test_it_is_remarked(query: str, remark: str) -> None:
    assert parse(query, _TODAY).remarks == (remark,)


@pytest.mark.parametrize(("query", "sentence"), _examples("It is refused"))
def test_it_is_refused(query: str, sentence: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(query, _TODAY)
    assert str(raised.value) == sentence


def test_every_field_state_and_kind_is_there() -> None:
    for field in FIELDS:
        assert f"`{field}:" in _PAGE, field
    for word in (*MessageState, *MessageKind):
        assert f"`{word.value}`" in _PAGE, word
