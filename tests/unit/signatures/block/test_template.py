"""Templates made into text and HTML: lines that vanish, names that would be markup, results that are refused."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.template import FIELDS
from signatures.block.refused import TemplateError
from signatures.block.template import MOST_HTML, MOST_TEXT, Piece, made
from tests.unit.signatures.block.books import HELPER, MEMBER, agreed, block, council, person, shown, text

BOBBY = "O'Brien <b>& Sons</b>"


def made_of(source: str, html_source: str = "", logo: str = "", **fields: str) -> Piece:
    values = {name: "" for name in FIELDS if name != "logo"} | fields
    piece = made(source, html_source, tuple(sorted(values.items())), logo)
    assert piece is not None
    return piece


def test_a_line_whose_every_field_is_empty_vanishes_with_its_words():
    source = "{{ name }}\nTel: {{ phone }}\nMobile: {{ hours }} / {{ ward }}\n{{ council }}"
    assert made_of(source, name="Ann", council="Stoke").text == "Ann\nStoke"
    assert made_of(source, name="Ann", phone="1", council="Stoke").text == "Ann\nTel: 1\nStoke"
    assert made_of(source, name="Ann", ward="N", council="Stoke").text == "Ann\nMobile:  / N\nStoke"


def test_no_gap_remains_where_lines_have_vanished():
    source = "{{ name }}\n\nTel: {{ phone }}\n{{ hours }}\n\n{{ council }}\n\n{{ ward }}"
    assert made_of(source, name="Ann", council="Stoke").text == "Ann\n\nStoke"
    assert made_of("{{ phone }}\n\n{{ name }}", name="Ann").text == "Ann"
    assert made_of("{{ name }}\n\n\n\n\nB", name="Ann").text == "Ann\n\nB"


def test_an_if_leaves_no_line_of_its_own():
    source = "A\n{% if phone %}\nTel: {{ phone }}\n{% endif %}\nB\n{% if ward %}{{ ward }}{% endif %}\n\nC"
    assert made_of(source).text == "A\nB\n\nC"
    assert made_of(source, phone="1", ward="N").text == "A\nTel: 1\nB\nN\n\nC"


def test_an_if_at_the_end_of_a_line_leaves_the_line_end():
    assert made_of("{{ name }}{% if ward %} ({{ ward }}){% endif %}\nB", name="Ann").text == "Ann\nB"


def test_a_line_without_fields_stays():
    assert made_of("Stoke Parish Council\n{{ name }}").text == "Stoke Parish Council"


def test_the_same_lines_vanish_from_html():
    source = "<p>{{ name }}<br>\nTel: {{ phone }}<br>\n{{ council }}</p>"
    assert made_of("x", source, name="Ann", council="S").html == "<p>Ann<br>\nS</p>"


def test_html_of_which_nothing_is_left_beside_a_text_is_refused():
    with pytest.raises(TemplateError, match="nothing in the result"):
        made_of("x", "<p>{{ phone }}</p>")


def test_nothing_is_left_of_a_template_whose_every_field_is_empty():
    values = tuple((name, "") for name in FIELDS)
    assert made("{{ name }}\n\n{{ role }}", "<p>{{ name }}</p>", values) is None


def test_a_name_that_looks_like_markup_is_shown_as_it_is_written():
    piece = made_of("{{ name }}\nA & B", name=BOBBY)
    assert piece.text == f"{BOBBY}\nA & B"
    assert piece.html == (
        '<p style="margin: 0 0 0 0">O\'Brien &lt;b&gt;&amp; Sons&lt;/b&gt;<br>\nA &amp; B</p>'
    )
    own = made_of("x", '<p title="{{ name }}">{{ name }}</p>', name=BOBBY).html
    assert "<b>" not in own
    assert html.unescape(own) == f'<p title="{BOBBY}">{BOBBY}</p>'


@pytest.mark.parametrize(
    "name",
    [
        BOBBY,
        '"><script>alert(1)</script>',
        "' onmouseover='alert(1)",
        "</p></div></body>",
        "<!--",
        "{{ 7 * 7 }}",
        "{% for i in range(9) %}",
        "&lt;script&gt;",
        "Ann\u202eecila",
    ],
)
def test_no_display_name_injects_anything(name):
    of = agreed(
        {"text": "{{ name }}, {{ role }}", "html": '<p title="{{ name }}">{{ name }}, {{ role }}</p>'},
        people=[person(MEMBER, name, "councillor")],
    )
    visible = name.replace("\u202e", "")
    assert text(of, MEMBER) == f"{visible}, Councillor"
    tags = re.findall(r"<[^>]*>", shown(of, MEMBER))
    assert [tag[:2] for tag in tags] == ["<p", "</"]
    assert re.sub(r"<[^>]*>", "", shown(of, MEMBER)).count("<") == 0
    assert html.unescape(shown(of, MEMBER)) == f'<p title="{visible}">{visible}, Councillor</p>'


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40))
def test_whatever_a_name_is_the_html_has_the_tags_of_the_template(name):
    try:
        piece = made_of("A {{ name }}", '<p>A <b title="{{ name }}">{{ name }}</b></p>', name=name)
    except TemplateError:
        return
    assert re.findall(r"</?[a-z]+", piece.html) == ["<p", "<b", "</b", "</p"]
    derived = made_of("A {{ name }}", name=name).html
    assert re.findall(r"</?[a-z]+", derived) == ["<p", "</p"]


@pytest.mark.parametrize("start", ["> ", ">", "-- ", "--", "---", "__", "____________", "==", "***", "  > "])
def test_a_line_that_mail_programs_take_for_a_quotation_or_a_rule_is_refused(start):
    with pytest.raises(
        TemplateError, match=r"line 2 of the result, .*; allowed: lines that do not begin with >"
    ):
        made_of(f"{{{{ name }}}}\n{start}x", name="Ann")
    with pytest.raises(TemplateError, match="line 1 of the result"):
        made_of("{{ name }}", name=f"{start.strip()} Ann")


def test_a_line_that_only_wrapping_makes_into_a_quotation_is_refused():
    with pytest.raises(TemplateError, match="line 2 of the result, '> greater'"):
        made_of("x" * 75 + " > greater")


def test_long_lines_are_wrapped_in_text_and_left_to_the_reader_in_html():
    sentence = " ".join(["word"] * 40)
    piece = made_of(f"{{{{ name }}}}\n{sentence}", name="Ann")
    lines = piece.text.split("\n")
    assert all(len(line) <= 76 for line in lines)
    assert " ".join(lines[1:]) == sentence
    assert sentence in piece.html
    assert made_of("x" * 200).text == "x" * 200


def test_derived_html_has_a_paragraph_where_there_is_a_blank_line_and_shows_the_logo_first():
    piece = made_of("{{ name }}\nB\n\nC", logo='<img src="cid:x">', name="Ann")
    assert piece.html == (
        '<p style="margin: 0 0 12px 0"><img src="cid:x"></p>\n'
        '<p style="margin: 0 0 12px 0">Ann<br>\nB</p>\n'
        '<p style="margin: 0 0 0 0">C</p>'
    )


def test_the_logo_stands_where_the_template_puts_it_and_its_line_vanishes_without_one():
    source = "<p>{{ name }}</p>\n<p>{{ logo }}</p>"
    image = '<img src="cid:x" alt="A &amp; B">'
    assert made_of("x", source, logo=image, name="Ann").html == f"<p>Ann</p>\n<p>{image}</p>"
    assert made_of("x", source, name="Ann").html == "<p>Ann</p>"
    with pytest.raises(TemplateError, match="the logo a second time"):
        made_of("x", source + "{{ logo }}", logo=image, name="Ann")


def test_a_result_may_not_be_longer_than_that():
    with pytest.raises(TemplateError, match=f"140.00 characters in all; allowed: at most {MOST_HTML}"):
        made_of("{{ name }}" * 700, name="x" * 200)
    with pytest.raises(TemplateError, match=f"at most {MOST_TEXT} characters"):
        made_of("{{ name }} " * 100, name="x" * 200)
    with pytest.raises(TemplateError, match=f"at most {MOST_HTML} characters"):
        made_of("x", "{{ name }}" * 100, name="&" * 100)
    with pytest.raises(TemplateError, match="at most 80 lines"):
        made_of("x\n" * 90)


def test_filters_and_choices():
    source = "{{ name | upper }} {{ 'a' if ward else 'b' }} {{ title or role | lower }}"
    assert made_of(source, name="ann", role="CLERK").text == "ANN b clerk"
    assert made_of("{{ name | trim | capitalize }}", name="ANN").text == "Ann"


def test_a_detail_of_one_person_is_empty_for_the_others():
    of = agreed(
        {"text": "{{ name }}\nMobile: {{ mobile }}"},
        people=[
            person(MEMBER, "Bob", "councillor", details={"mobile": "07700 900123"}),
            person(HELPER, "Hal", "volunteer"),
        ],
    )
    assert text(of, MEMBER) == "Bob\nMobile: 07700 900123"
    assert text(of, HELPER) == "Hal"


def test_of_every_field_there_is_something_to_say():
    names = [name for name in FIELDS if name != "logo"]
    of = agreed(
        {"text": "\n".join(f"{name}: {{{{ {name} }}}}" for name in names)},
        people=[person(MEMBER, "Bob", "chair", title="T", ward="W", phone="1", hours="H", pronouns="he/him")],
        address="Hall",
        phone="2",
    )
    assert text(of, MEMBER).split("\n") == [
        "name: Bob",
        "role: Chair of the Council",
        "role_cy: Cadeirydd y Cyngor",
        "title: T",
        "title_cy: T",
        "ward: W",
        "ward_cy: W",
        "phone: 1",
        "hours: H",
        "hours_cy: H",
        "pronouns: he/him",
        "email: member@stoke.example",
        "council: Stoke Parish Council",
        "council_cy: Cyngor Plwyf Tŷ Stoke",
        "council_phone: 2",
        "address: Hall",
        "address_cy: Hall",
        "website: https://www.stoke.example",
    ]


def test_a_template_that_goes_wrong_for_one_person_writes_nothing_for_them():
    of = agreed({"text": "{{ name }}"}, people=[person(MEMBER, "> Bob", "councillor")])
    with pytest.raises(TemplateError, match="line 1 of the result, '> Bob'"):
        block(of, MEMBER)


def test_without_a_person_there_is_a_waiver_and_no_signature():
    from config.capacity import Capacity
    from signatures.block.render import render
    from tests.unit.signatures.block.books import TODAY

    found = render(council(), None, "printer@stoke.example", Capacity.COUNCIL, TODAY)
    assert found.signature is None
    assert found.logo is None
    assert found.earlier == ()
    assert found.waiver is not None
    assert found.versions == ("waiver built-in-1",)


@pytest.mark.parametrize(
    "source", ["{{ name", "{% for i in range(10**9) %}x{% endfor %}", "{{ nam }}", "{{ name.__class__ }}"]
)
def test_a_bad_template_that_no_file_has_been_asked_about_is_not_made_either(source):
    with pytest.raises(TemplateError) as caught:
        made_of(source, name="Ann")
    assert caught.value.part == "text"
    assert caught.value.found
