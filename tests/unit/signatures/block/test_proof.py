"""A council is taken on only when every text can be made for everyone who gets it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config.council import Council
from config.errors import ConfigError
from config.image import encoded
from signatures.block.proof import prove
from tests.unit.config.pictures import PNG
from tests.unit.signatures.block.books import CHAIR, MEMBER, PEOPLE, agreed, council, person, version


def said(of: Council) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        prove(of, "stoke.toml")
    return str(caught.value).splitlines()


def test_the_built_in_texts_and_the_demo_council_hold(little_wickham):
    prove(little_wickham, "littlewickham.toml")
    for language in ("english", "welsh", "bilingual"):
        prove(council(language=language, logo={"content": encoded(PNG)}), "stoke.toml")


def test_html_that_is_not_allowed_is_named_with_its_key_and_for_whom():
    of = agreed({"text": "x"}, {"text": "{{ name }}", "html": "<p>{{ name }}</p>\n<script>x</script>"})
    lines = said(of)
    assert lines[0].startswith(
        "stoke.toml: signatures.agreed[0].variants[1].html: found for Siân O'Brien, in line 2 of the result, "
        "<script>; allowed: a, b, br, "
    )


@pytest.mark.parametrize("key", ["html_cy", "html_bilingual"])
def test_every_language_is_looked_at_whatever_is_in_use(key):
    text_key = key.replace("html", "text")
    of = agreed({"text": "x", text_key: "y", key: "<p>{{ name }}"})
    assert all(f"signatures.agreed[0].variants[0].{key}: found for " in line for line in said(of))


def test_waivers_are_looked_at():
    of = council(waivers=[version("1", "2020-01-01", {"text": "---\nWaiver"})])
    assert all("signatures.waivers[0].variants[0].text: found for " in line for line in said(of))


def test_versions_to_come_and_drafts_are_looked_at():
    for first in ("2090-01-01", None):
        of = council(agreed=[version("1", first, {"text": "-- \n{{ name }}"})])
        assert "line 1 of the result, '--'" in said(of)[0]


def test_one_persons_name_is_enough():
    people = (*PEOPLE, person("odd@stoke.example", "> Odd", "auditor"))
    of = agreed({"text": "A {{ name }}"}, {"text": "{{ name }}", "roles": ["auditor"]}, people=people)
    [line] = [each for each in said(of) if "variants" in each]
    assert "signatures.agreed[0].variants[1].text: found for > Odd, line 1 of the result, '> Odd'" in line


def test_a_role_that_somebody_will_have_is_looked_at():
    term = {"role": "chair", "from": date(2090, 1, 1)}
    source = {"text": "{% if role == 'Chair of the Council' %}> {% endif %}{{ name }}"}
    of = agreed(source, people=[person(CHAIR, "Eve", "councillor", term)])
    assert "line 1 of the result, '> Eve'" in said(of)[0]
    prove(agreed(source, people=[person(CHAIR, "Eve", "councillor")]), "stoke.toml")


def test_a_field_that_nobody_has_yet_is_tried_with_something_in_it():
    of = agreed(
        {"text": "{{ name }}{% if title %}\n> {{ title }}{% endif %}"}, people=[person(MEMBER, "Bob")]
    )
    assert "found for Bob, line 2 of the result, '> Specimen title'" in said(of)[0]


def test_a_field_that_everybody_has_is_tried_without():
    source: dict[str, Any] = {"text": "x", "html": '<p>{{ name }} <a href="tel:{{ phone }}">A</a></p>'}
    of = agreed(source, people=[person(MEMBER, "Bob", "councillor", phone="01632 960001")])
    assert "found for A. Specimen, in line 1 of the result, a link to 'tel:'" in said(of)[0]
    source["html"] = '<p>Hall\n<a href="tel:{{ phone }}">{{ phone }}</a>\n</p>'
    prove(agreed(source, people=[person(MEMBER, "Bob", "councillor")]), "stoke.toml")


def test_a_link_to_the_site_in_personal_views_is_refused():
    of = agreed({"text": "{{ name }} www.stoke.example", "capacity": "personal"})
    assert all("a link to stoke.example; allowed: no link to the Council's site" in line for line in said(of))


def test_a_name_that_no_built_in_text_can_carry_is_named():
    lines = said(council([person(MEMBER, "-- Bob", "councillor")]))
    assert lines
    assert all("the built-in text" in line and "found for -- Bob" in line for line in lines)
