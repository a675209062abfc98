"""Replies of many programs in a real browser, before and after: the block is seen in its place, all else as it was."""

from __future__ import annotations

import pytest

from tests.peers.chromium import Run, shown
from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import AFTER, END, SIGNATURE, WAIVER, client, send
from tests.unit.signatures.cases.visible import texts

pytestmark = pytest.mark.neighbour("chromium")

REPLIES = [
    "outlook-desktop/reply",
    "outlook-desktop/reply-2010",
    "outlook-new/reply",
    "outlook-ios/reply",
    "outlook-mac/reply",
    "owa/reply",
    "gmail-web/reply",
    "gmail-mobile/reply",
    "apple-mail/reply",
    "ios-mail/reply",
    "thunderbird/reply",
    "samsung/reply",
    "k9/reply-html",
    "yahoo/reply",
    "proton/reply",
    "gmx/reply",
    "roundcube/reply",
    "sogo/reply",
]
NEW = ["outlook-desktop/new", "owa/new", "gmail-web/new", "thunderbird/new", "samsung/new", "gmx/new"]


def page_of(raw: bytes) -> str:
    """The HTML text of a message."""
    return next(text.source for text in texts(raw) if text.kind == "text/html")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Run]]:
    """What is seen of each message as received, and as sent with either setting."""
    pages = {}
    for name in (*REPLIES, *NEW):
        pages[name] = page_of(client(name))
        for position in (AFTER, END):
            pages[f"{name} {position}"] = page_of(send(name, position).raw)
    return shown(pages, tmp_path_factory.mktemp("browser"))


def split(runs: list[Run]) -> tuple[list[Run], list[Run], list[Run]]:
    """The words of the signature, of the waiver, and all others."""
    signature = [run for run in runs if run.text in SIGNATURE and run.color == "rgb(31, 31, 31)"]
    waiver = [run for run in runs if run.text == WAIVER]
    return signature, waiver, [run for run in runs if run not in signature and run not in waiver]


def without_tag_line(runs: list[Run]) -> list[Run]:
    """All words but those of a tag-line, which may be a link in part."""
    for start in range(len(runs)):
        for end in (start + 1, start + 2):
            if expect.TAG_LINE.fullmatch(" ".join(run.text for run in runs[start:end])):
                return runs[:start] + runs[end:]
    return runs


def first_of_trail(runs: list[Run]) -> int:
    """The number of the first words that are not the author's own: below "Anne" or a tag-line."""
    last = max(number for number, run in enumerate(runs) if run.text == "Anne" or run.text.endswith("Anne"))
    return last + 1


@pytest.mark.parametrize("position", [AFTER, END])
@pytest.mark.parametrize("name", [*REPLIES, *NEW])
def test_the_block_is_seen_in_its_place_and_all_else_as_it_was(name, position, seen):
    before = without_tag_line(seen[name])
    signature, waiver, others = split(seen[f"{name} {position}"])
    assert [run.text for run in signature] == list(SIGNATURE)
    assert len(waiver) == 1
    for run in (*signature, *waiver):
        assert run.shown
        assert not run.struck
        assert run.width > 40
        assert run.height > 8
        assert run.left >= 0
        assert run.left + run.width <= 900
    assert [run.look for run in others] == [run.look for run in before]
    at = first_of_trail(others)
    own, trail = others[:at], others[at:]
    assert bool(trail) == (name in REPLIES)
    assert [run.top for run in own] == [run.top for run in before[:at]]
    assert max(run.bottom for run in own) < signature[0].top
    if trail:
        assert signature[-1].bottom < min(run.top for run in trail)
    if position == AFTER or not trail:
        assert signature[-1].bottom < waiver[0].top
        assert not trail or waiver[0].bottom < min(run.top for run in trail)
    else:
        assert waiver[0].top > max(run.bottom for run in trail)
    # The lines of the trail keep their distances.
    assert len({round(now.top - was.top, 1) for now, was in zip(trail, before[at:], strict=True)}) <= 1
    # There is about a blank line's height around the block, or what had been left blank there.
    below = [run.top for run in (before[at:] or seen[name][at:])]
    blank = min(below) - max(run.bottom for run in own) if below else 30
    assert 8 <= signature[0].top - max(run.bottom for run in own) <= 40 + blank
    if position == AFTER:
        assert 8 <= waiver[0].top - signature[-1].bottom <= 30
    if trail:
        above = waiver[0] if position == AFTER else signature[-1]
        assert 5 <= min(run.top for run in trail) - above.bottom <= 65


LEFT_OPEN = [
    "<font color=white>",
    "<s>",
    "<b><i><u>",
    "<h1>",
    "<pre>",
    "<center>",
    "<marquee>",
    "<a href=x>",
    "<ul><li>",
    "<table><tr><td>",
    "<table width=100><tr>",
    "<div style='font-size:0'>",
    "<div style='font-size:1px;line-height:0'>",
    "<div style='visibility:hidden'>",
    "<div style='text-indent:-999px'>",
    "<div style='height:0'>",
    "<!-- ",
    "<style>",
    "<script>",
    "<title>",
    "<textarea>",
    "<iframe>",
    "<template>",
    "<svg>",
    "<p title='",
]
"""What a text may leave open above the block. (Who sets out to hide it can, by a style sheet of his own.)"""


@pytest.fixture(scope="module")
def left_open(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Run]]:
    """What is seen where something is left open."""
    header = client("owa/reply").partition(b"Content-Type:")[0] + b"MIME-Version: 1.0\r\n"
    pages = {}
    for each in LEFT_OPEN:
        source = f"<html><body><p>Anne</p>{each}More words.\r\n".encode()
        raw = header + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + source
        pages[each] = page_of(send(raw).raw)
    return shown(pages, tmp_path_factory.mktemp("browser"))


@pytest.mark.parametrize("each", LEFT_OPEN)
def test_whatever_is_left_open_above_the_block_can_be_read(each, left_open):
    signature, waiver, _ = split(left_open[each])
    assert [run.text for run in signature] == list(SIGNATURE)
    assert len(waiver) == 1
    for run in (*signature, *waiver):
        assert run.shown
        assert not run.struck
        assert run.width > 40
        assert run.height > 8
        assert run.left >= 0
        assert run.color == "rgb(31, 31, 31)"
        assert "13px 400 normal" in run.font
