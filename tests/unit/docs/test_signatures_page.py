"""The page on signatures says what the code does, and what it shows as an example can be used."""

from __future__ import annotations

import re

import pytest

from config.council_file import loads
from config.message_class import CHOICES, Fallback
from config.template import FIELDS, FILTERS
from docs.generate import FOLDER
from signatures.block.markup import TAGS
from signatures.block.proof import prove

PAGE = (FOLDER / "signatures.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COUNCIL = """
id = "your-council"
name = "Your Council"
domains = ["your-council.example"]
"""


def test_the_page_has_examples():
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_taken_as_it_stands(example):
    clerk = '[[people]]\nlogin = "clerk@your-council.example"\nname = "Ann"\nroles = [{ role = "clerk" }]\n'
    council = loads(COUNCIL + clerk + example, "council.toml")
    prove(council, "council.toml")


def test_every_field_filter_and_tag_is_named():
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])}
    assert set(FIELDS) <= named
    for name in (*FILTERS, *TAGS):
        assert f"`{name}`" in PAGE


@pytest.mark.parametrize("message_class", CHOICES)
def test_the_table_of_classes_is_that_of_the_code(message_class):
    choice = CHOICES[message_class]
    allowed = ", ".join(f"`{each}`" for each in Fallback if each in choice.allowed)
    assert f"| `{message_class}` | `{choice.default}` | {allowed} |" in PAGE
