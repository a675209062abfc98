from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.council_file import loads
from config.errors import ConfigError, Faults
from config.template import MOST_CHARACTERS, references

COUNCIL = """
id = "stoke"
name = "Stoke Parish Council"
domains = ["stoke.example"]
[[people]]
login = "ann@stoke.example"
name = "Ann Ash"
details = { mobile = "07700 900123" }
[[signatures.agreed]]
version = "1"
from = 2026-01-01
[[signatures.agreed.variants]]
"""


def complaints(text: str, **more: str) -> list[str]:
    lines = [f"{key} = {value}" for key, value in more.items()]
    with pytest.raises(ConfigError) as caught:
        loads("\n".join([COUNCIL, f"text = '''{text}'''", *lines]), "stoke.toml")
    return str(caught.value).splitlines()


PLACE = "stoke.toml: signatures.agreed[0].variants[0].text: found "


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("{{ name", 1, "unexpected end of template"),
        ("A\n{{ name }", 2, "unexpected '}'"),
        ("A\nB\n{% if phone %}x", 3, "unexpected end of template"),
        ("A\n{% endif %}", 2, "unknown tag 'endif'"),
        ("{% frobnicate %}", 1, "unknown tag 'frobnicate'"),
        ("{{ name name }}", 1, "expected token 'end of print statement'"),
        ("{{ name | shout }}", 1, "the filter 'shout'"),
        ("{{ }}", 1, "Expected an expression"),
    ],
)
def test_a_syntax_error_is_named_with_its_line(source, line, says):
    [said] = complaints(source)
    assert said.startswith(PLACE)
    assert f"in line {line}, " in said
    assert says.lower() in said.lower()
    assert "; allowed: " in said


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", "a loop"),
        ("{% for a in name recursive %}{{ loop(a) }}{% endfor %}", "a loop"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "a macro"),
        ("{% macro m() %}x{% endmacro %}", "a macro"),
        ("{% call name() %}x{% endcall %}", "a call"),
        ("{{ range(10**9) }}", "a call"),
        ("{{ lipsum(n=10**9) }}", "a call"),
        ("{{ name.__class__.__mro__ }}", "a look into a value (.)"),
        ("{{ name['__class__'] }}", "a look into a value ([])"),
        ("{{ name[0:1] }}", "a look into a value ([])"),
        ("{% set x = name %}", "a set"),
        ("{% set x %}y{% endset %}", "a set"),
        ("{% with x = name %}y{% endwith %}", "a with"),
        ("{% include '/etc/passwd' %}", "an include"),
        ("{% import 'x' as y %}", "an import"),
        ("{% from 'x' import y %}", "an import"),
        ("{% extends 'x' %}", "an extends"),
        ("{% block b %}x{% endblock %}", "a block"),
        ("{% filter upper %}x{% endfilter %}", "a filter block"),
        ("{% autoescape false %}{{ name }}{% endautoescape %}", "an autoescape block"),
        ("{{ 9 ** 9 ** 9 }}", "an expression (Pow)"),
        ("{{ 'x' * 10**9 }}", "an expression (Mul)"),
        ("{{ name + name }}", "an expression (Add)"),
        ("{{ name ~ name }}", "an expression (Concat)"),
        ("{{ [name] }}", "an expression (List)"),
        ("{{ {'a': name} }}", "an expression (Dict)"),
        ("{{ name is defined }}", "a test (is)"),
        ("{% if name in council %}x{% endif %}", "a comparison other than == and !="),
        ("{% if name < council %}x{% endif %}", "a comparison other than == and !="),
        ("{{ name | replace('a', 'b' * 1000) }}", "the filter 'replace'"),
        ("{{ name | safe }}", "the filter 'safe'"),
        ("{{ name | center(10000000) }}", "the filter 'center'"),
        ("{{ name | attr('__class__') }}", "the filter 'attr'"),
        ("{{ name | upper(1) }}", "the filter 'upper'"),
    ],
)
def test_what_no_template_may_say_is_refused_with_its_line_and_what_is_allowed(source, what):
    before = time.process_time()
    [said] = complaints(f"{{{{ name }}}}\n{source}")
    assert time.process_time() - before < 1
    assert said.startswith(f"{PLACE}in line 2, {what}; allowed: ")


@pytest.mark.parametrize("name", ["nam", "Name", "self", "loop", "password", "range", "config", "l_0_name"])
def test_an_unknown_field_is_named_with_those_that_there_are(name):
    [said] = complaints(f"{{{{ name }}}}\n{{{{ {name} }}}}")
    assert said.startswith(f"{PLACE}the field {name!r}, in line 2; allowed: name, role, role_cy, title, ")
    assert said.endswith(", website, mobile")


def test_every_fault_of_every_template_is_named():
    said = complaints("{{ a }}{{ b }}", html="'{{ c }}'", text_cy="'{{ name'")
    assert len(said) == 1  # A syntax error first: fields are looked at in what can be read.
    said = complaints("{{ a }}{{ b }}", html="'{{ c }}'", text_cy="'{{ d }}'")
    assert [each.split(": found ")[1].split(",")[0] for each in said] == [
        "the field 'a'",
        "the field 'b'",
        "the field 'c'",
        "the field 'd'",
    ]


def test_the_logo_is_no_field_of_a_text():
    [said] = complaints("{{ name }}{{ logo }}", html="'{{ logo }}'")
    assert "the field 'logo'" in said
    assert "logo" not in said.partition("allowed: ")[2]


@pytest.mark.parametrize("field", ["logo", "website"])
def test_in_personal_views_there_is_neither_logo_nor_site(field):
    said = complaints("{{ name }}", html=f"'{{{{ {field} }}}}'", capacity="'personal'")
    [line] = said
    assert f"the field '{field}'" in line
    assert field not in line.partition("allowed: ")[2]


def test_a_template_may_not_be_longer_than_that():
    [said] = complaints("x" * (MOST_CHARACTERS + 1))
    assert said == f"{PLACE}{MOST_CHARACTERS + 1} characters; allowed: at most {MOST_CHARACTERS} characters"


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 3000 + "name" + ")" * 3000 + " }}",
        "{{ " + "not " * 1900 + "name }}",
        "{% if name %}" * 300 + "x" + "{% endif %}" * 300,
        "{% if name %}" * 30 + "x" + "{% endif %}" * 30,
        "{{ " + "9" * 5000 + " }}",
        "{{ name" + "|upper" * 1000 + " }}",
    ],
)
def test_nesting_without_end_is_refused(source):
    [said] = complaints(source)
    assert "nested too deeply" in said


@pytest.mark.parametrize("character", ["\x02", "\x03", "\x1e", "\x00", "\x1b", "\x85", "\u2028", "\r"])
def test_control_characters_are_refused(character):
    with pytest.raises(ConfigError, match=f"the character U\\+{ord(character):04X}"):
        loads(COUNCIL + f'text = "{{{{ name }}}}a\\u{ord(character):04x}b"\n', "stoke.toml")


def test_line_ends_of_windows_are_line_ends():
    council = loads(COUNCIL + 'text = "{{ name }}\\r\\n{{ role }}\\r\\n"\n', "stoke.toml")
    assert council.signatures.agreed[0].variants[0].text == "{{ name }}\n{{ role }}"


def test_what_a_template_may_say():
    source = (
        "{# a note #}{% raw %}{{ as it stands }}{% endraw %}\n"
        "{% if phone and not ward %}{{ phone }}{% elif ward == 'North' or role != title %}{{ ward | upper }}"
        "{% else %}{{ (title or role) | trim | title }}{% endif %}{{ 'a' if mobile else 'b' }}"
    )
    names = {reference.name: reference.line for reference in references(source)}
    assert names == {"phone": 2, "ward": 2, "role": 2, "title": 2, "mobile": 2}
    loads(COUNCIL + f'text = """\n{source}"""\n', "stoke.toml")


pieces = st.sampled_from(
    [
        " ",
        "\n",
        *[
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "{%-",
            "-%}",
            "if",
            "endif",
            "name",
            "for",
            "in",
            "(",
            ")",
            "[",
            "]",
            ".",
            "|",
            "*",
            "9",
            "'",
            '"',
            "upper",
            "not",
            "==",
            "~",
            "set",
            "macro",
            "raw",
            "endraw",
            ":",
            ",",
        ],
    ]
)


@given(st.lists(pieces, max_size=60).map("".join) | st.text(max_size=200))
def test_whatever_is_written_is_either_understood_or_refused_in_words(source):
    try:
        found = references(source)
    except Faults as error:
        found = ()
        said = [(complaint.found, complaint.allowed) for complaint in error.complaints]
    else:
        said = []
    assert all(reference.name.isidentifier() for reference in found)
    assert all(all(each) for each in said)
