"""Good files with octets changed, left out and doubled: whatever comes of it, nothing is raised."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filters.extract.document import Documents
from filters.extract.room import MOST_CHARACTERS
from tests.files import FILES, made
from tests.unit.filters.extract.reading import documents

GOOD = [
    "Word document with a text box", "Word document with a program in it", "workbook", "macro workbook", "PDF",
    "PDF with a list in it", "PDF that may not be changed", "OpenDocument sheet", "RTF", "web page", "drawing", "message",
    "Outlook message", "old workbook with a macro sheet", "zip of zips", "gzip of a list", "photograph with a place",
]  # fmt: skip
CONTENT = {words: made(words) for words in GOOD}

edits = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=40), st.booleans()),
    min_size=1,
    max_size=8,
)


def changed(content: bytes, edits: list[tuple[int, int, bytes, bool]]) -> bytes:
    """A file with some octets replaced by others; or doubled, where it is so said."""
    for at, length, put, doubled in edits:
        place = at % (len(content) + 1)
        middle = content[place : place + length] * 2 if doubled else put
        content = content[:place] + middle + content[place + length :]
    return content


@pytest.mark.parametrize("words", GOOD)
@given(edits=edits)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_is_read_or_said_to_be_damaged(words, edits):
    found = documents(("x", changed(CONTENT[words], edits)))
    assert found.found[0].path == ("x",)
    assert sum(len(each.text) for each in found.found) <= MOST_CHARACTERS
    assert Documents.model_validate_json(found.model_dump_json()) == found


@given(content=st.binary(max_size=400), start=st.sampled_from([made(words)[:40] for words in FILES]))
@settings(max_examples=100)
def test_noise_that_begins_as_a_file_does_is_no_trouble(content, start):
    assert documents(("x", start + content)).found


@given(text=st.text(max_size=300), name=st.text(max_size=40))
@settings(max_examples=100)
def test_any_text_is_read_whole(text, name):
    [found] = documents(("x.txt", text.encode("utf-8", "replace"))).found
    if found.kind == "text/plain":
        said = (
            text.encode("utf-8", "replace")
            .decode()
            .replace("\r\n", "\n")
            .replace("\r", "\n")
            .replace("\0", "\ufffd")
        )
        assert found.text == said.removeprefix("\ufeff")
