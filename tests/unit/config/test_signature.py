"""The book of signatures and waivers in a council's file."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.capacity import Capacity
from config.council import Council, Person, Role
from config.council_file import dump, dump_versions, load_council, loads
from config.errors import ConfigError
from config.image import encoded
from config.signature import Language, SignatureBook, Variant, Version, in_force
from tests.unit.config.pictures import GIF, PNG

COUNCIL = """
id = "stoke"
name = "Stoke Parish Council"
domains = ["stoke.example"]
[[people]]
login = "ann@stoke.example"
name = "Ann Ash"
identities = [{ address = "ann@stoke.example", capacity = "casework" }]
[signatures]
"""
VERSION = '[[signatures.agreed]]\nversion = "1"\nfrom = 2026-01-01\n'
VARIANT = "[[signatures.agreed.variants]]\n"


def complaints(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loads(COUNCIL + text, "stoke.toml")
    return [str(complaint) for complaint in caught.value.complaints]


def version(name: str, first: date | None) -> Version:
    return Version(version=name, from_=first, variants=(Variant(text=name),))


def test_the_newest_version_whose_day_has_come_is_in_force():
    versions = (
        version("b", date(2026, 3, 1)),
        version("draft", None),
        version("a", date(2025, 3, 1)),
        version("c", date(2027, 3, 1)),
    )
    in_force_on = [
        (date(2025, 2, 28), None),
        (date(2025, 3, 1), "a"),
        (date(2026, 2, 28), "a"),
        (date(2026, 3, 1), "b"),
        (date(2027, 2, 28), "b"),
        (date(2027, 3, 1), "c"),
        (date.max, "c"),
    ]
    for day, name in in_force_on:
        found = in_force(versions, day)
        assert (found and found.version) == name


@given(st.lists(st.dates() | st.none(), max_size=8, unique=True), st.dates())
def test_no_version_is_in_force_before_its_day_nor_after_a_newer_ones(days, today):
    versions = tuple(version(f"v{number}", day) for number, day in enumerate(days))
    found = in_force(versions, today)
    begun = [day for day in days if day is not None and day <= today]
    assert (found and found.from_) == max(begun, default=None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'language = "latin"',
            "signatures.language: found 'latin'; allowed: 'english', 'welsh' or 'bilingual'",
        ),
        (
            'website = "javascript:alert(1)"',
            "signatures.website: found 'javascript:alert(1)'; "
            "allowed: an address such as https://www.example.gov.uk",
        ),
        (
            'website = "www.stoke.example"',
            "signatures.website: found 'www.stoke.example'; "
            "allowed: an address such as https://www.example.gov.uk",
        ),
        (
            "fax = 1",
            "signatures.fax: found an unknown key; "
            "allowed: language, council_cy, website, phone, address, address_cy, logo, agreed, waivers",
        ),
        (
            VERSION.replace('"1"', '"built-in-1"') + VARIANT + 'text = "x"',
            "signatures.agreed[0].version: found 'built-in-1'; "
            "allowed: a name of the council's own, not that of a built-in version",
        ),
        (
            VERSION.replace('"1"', '"a b"') + VARIANT + 'text = "x"',
            "signatures.agreed[0].version: found 'a b'; "
            "allowed: 1 to 40 letters, digits, dots, hyphens and underscores",
        ),
        (
            VERSION + VARIANT + 'text = "x"\n' + VERSION.replace("2026", "2027") + VARIANT + 'text = "x"',
            "signatures.agreed[1].version: found 1; allowed: each name once",
        ),
        (
            VERSION + VARIANT + 'text = "x"\n' + VERSION.replace('"1"', '"2"') + VARIANT + 'text = "x"',
            "signatures.agreed[1].from: found 2026-01-01; allowed: each first day once",
        ),
        (
            VERSION,
            "signatures.agreed[0].variants: found nothing; allowed: a value, which must be given",
        ),
        (
            VERSION + "variants = []",
            "signatures.agreed[0].variants: found a list of 0; allowed: at least 1 of them",
        ),
        (
            VERSION + VARIANT,
            "signatures.agreed[0].variants[0].text: found nothing; "
            "allowed: `text`, `text_cy` or `text_bilingual`",
        ),
        (
            VERSION + VARIANT + 'text = "x"\nhtml_cy = "<p>x</p>"',
            "signatures.agreed[0].variants[0].text_cy: found nothing; "
            "allowed: a text wherever there is `html_cy`, for mail without HTML",
        ),
        (
            VERSION + VARIANT + 'text = "x"\nroles = ["king"]',
            "signatures.agreed[0].variants[0].roles[0]: found 'king'; allowed: 'clerk', 'deputy', 'locum', "
            "'chair', 'vice_chair', 'councillor', 'staff', 'volunteer', 'foi_officer' or 'auditor'",
        ),
        (
            VERSION + VARIANT + 'text = "x"\npeople = ["bob@stoke.example"]',
            "signatures.agreed[0].variants[0].people: found bob@stoke.example; "
            "allowed: the login of somebody in this file",
        ),
        (
            VERSION + VARIANT + 'text = "x"\naddresses = ["clerk@stoke.example"]',
            "signatures.agreed[0].variants[0].addresses: found clerk@stoke.example; "
            "allowed: an address that somebody here may send from",
        ),
        (
            VERSION + VARIANT + 'text = "x"\ncapacity = "friend"',
            "signatures.agreed[0].variants[0].capacity: found 'friend'; "
            "allowed: 'council', 'casework' or 'personal'",
        ),
        (
            'language = "welsh"\n' + VERSION + VARIANT + 'text = "x"',
            "signatures.agreed[0].variants[0]: found no such text; allowed: `text_cy`, as the language is welsh",
        ),
        (
            'language = "bilingual"\n' + VERSION + VARIANT + 'text_cy = "x"',
            "signatures.agreed[0].variants[0]: found no such text; allowed: `text_bilingual`, or both `text` "
            "and `text_cy`, as the language is bilingual",
        ),
        (
            VERSION.replace("2026-01-01", '"soon"') + VARIANT + 'text = "x"',
            "signatures.agreed[0].from: found 'soon'; allowed: a day such as 2026-05-07",
        ),
    ],
)
def test_a_faulty_book_names_key_found_and_allowed(text, said):
    assert complaints(text) == [said]


def test_a_superseded_version_may_speak_another_language():
    older = VERSION + VARIANT + 'text = "x"\n'
    newer = '[[signatures.agreed]]\nversion = "2"\nfrom = 2026-02-01\n' + VARIANT
    loads(COUNCIL + 'language = "welsh"\n' + older + newer + 'text_cy = "x"\n', "stoke.toml")
    [said] = complaints('language = "welsh"\n' + older + newer + 'text = "x"\n')
    assert said.startswith("signatures.agreed[1].variants[0]: ")


def test_a_version_that_waits_speaks_the_language_too():
    older = VERSION + VARIANT + 'text_cy = "x"\n'
    draft = '[[signatures.agreed]]\nversion = "2"\n' + VARIANT
    [said] = complaints('language = "welsh"\n' + older + draft + 'text = "x"\n')
    assert said.startswith("signatures.agreed[1].variants[0]: ")


@pytest.mark.parametrize(
    ("language", "given", "wanted"),
    [
        (Language.ENGLISH, ("text", "text_cy", "text_bilingual"), ["text"]),
        (Language.WELSH, ("text", "text_cy", "text_bilingual"), ["text_cy"]),
        (Language.BILINGUAL, ("text", "text_cy", "text_bilingual"), ["text_bilingual"]),
        (Language.BILINGUAL, ("text", "text_cy"), ["text_cy", "text"]),
        (Language.BILINGUAL, ("text",), ["text"]),
        (Language.BILINGUAL, ("text_cy",), ["text_cy"]),
        (Language.ENGLISH, ("text_cy", "text_bilingual"), ["text_bilingual"]),
        (Language.ENGLISH, ("text_cy",), ["text_cy"]),
        (Language.WELSH, ("text", "text_bilingual"), ["text_bilingual"]),
        (Language.WELSH, ("text",), ["text"]),
    ],
)
def test_a_variant_gives_the_language_asked_for_or_what_it_has(language, given, wanted):
    variant = Variant(**{key: key for key in given})
    assert [text for text, _ in variant.wordings(language)] == wanted


def test_a_detail_is_a_field_of_its_own():
    names = ["phone", "Phone", "1st", "a-b", "for", "self", "true", "x" * 31, ""]
    for name in names:
        with pytest.raises(ValueError, match="that is no field yet"):
            Person(login="a@stoke.example", name="A", details={name: "x"})
    person = Person(login="a@stoke.example", name="A", details={"mobile": "07700 900123", "line_2": "x"})
    assert person.details["mobile"] == "07700 900123"


def test_what_a_person_says_of_themselves_is_on_one_line():
    with pytest.raises(ValueError, match="without control characters"):
        Person(login="a@stoke.example", name="A", phone="01632 960000\r\nBcc: x@y.example")
    with pytest.raises(ValueError, match="without control characters"):
        Person(login="a@stoke.example", name="A", details={"motto": "a\nb"})


words = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="{}%#"), min_size=1, max_size=12
)
templates = st.builds(
    "{}\n{{{{ name }}}} {}\n\n{{% if phone %}}{{{{ phone }}}}{{% endif %}}\n\\ {}".format, words, words, words
)


@st.composite
def variants(draw) -> Variant:
    return Variant(
        roles=tuple(draw(st.lists(st.sampled_from(Role), max_size=2))),
        people=("ann@stoke.example",) if draw(st.booleans()) else (),
        addresses=("ann@stoke.example",) if draw(st.booleans()) else (),
        capacity=draw(st.none() | st.sampled_from(Capacity)),
        text=draw(templates),
        html=draw(templates | st.just("")),
        text_cy=draw(templates),
        html_cy=draw(templates | st.just("")),
        text_bilingual=draw(templates | st.just("")),
    )


@st.composite
def versions(draw) -> tuple[Version, ...]:
    count = draw(st.integers(0, 3))
    first = draw(st.dates(max_value=date(2100, 1, 1)))
    return tuple(
        Version(
            version=f"{number}",
            from_=draw(st.none() | st.just(first + timedelta(days=number))),
            variants=tuple(draw(st.lists(variants(), min_size=1, max_size=2))),
        )
        for number in range(count)
    )


logos = st.none() | st.builds(
    dict,
    content=st.sampled_from([encoded(PNG), encoded(GIF)]),
    alt=words,
    width=st.none() | st.integers(16, 600),
)
lines = st.just("") | words
books = st.builds(
    SignatureBook,
    language=st.sampled_from(Language),
    council_cy=lines,
    website=st.sampled_from(["", "https://www.stoke.example/tŷ"]),
    phone=lines,
    address=lines,
    address_cy=lines,
    logo=logos,
    agreed=versions(),
    waivers=versions(),
)
people = st.builds(
    dict,
    login=st.just("ann@stoke.example"),
    name=words,
    identities=st.just([{"address": "ann@stoke.example", "capacity": "personal"}]),
    title=lines,
    ward_cy=lines,
    hours=lines,
    pronouns=lines,
    details=st.dictionaries(st.sampled_from(["mobile", "committee"]), lines, max_size=2),
)


@given(books, people)
def test_what_is_written_is_read_back(book, person):
    council = Council(id="stoke", name="Stoke", domains=("stoke.example",), people=(person,), signatures=book)
    assert loads(dump(council), "stoke.toml") == council
    assert Council.model_validate_json(council.model_dump_json(by_alias=True)) == council
    read = tomllib.loads(dump_versions("agreed", book.agreed))
    assert SignatureBook.model_validate({**read, "language": book.language}).agreed == book.agreed


def test_templates_are_written_as_they_are_read(little_wickham):
    assert '\ntext = """\n{{ name }}\n{{ role }}, {{ council }}\n' in dump(little_wickham)


def test_the_demo_council_comes_back_as_it_was(little_wickham):
    assert loads(dump(little_wickham), "again.toml") == little_wickham


def test_a_logo_may_be_a_picture_in_the_folder_of_the_file(tmp_path):
    (tmp_path / "logo.png").write_bytes(PNG)
    file = tmp_path / "stoke.toml"
    for logo in ('"logo.png"', '{ file = "logo.png" }'):
        file.write_text(COUNCIL + f"logo = {logo}\n")
        found = load_council(file).signatures.logo
        assert found is not None
        assert found.raw == PNG


@pytest.mark.parametrize("logo", ['"none.png"', '{ file = "none.png" }', '"."', '"a\\u0000b"'])
def test_a_picture_that_is_not_there_is_named(tmp_path, logo):
    file = tmp_path / "stoke.toml"
    file.write_text(COUNCIL + f"logo = {logo}\n")
    with pytest.raises(ConfigError, match=r"signatures\.logo: found .*; allowed: a file to read \("):
        load_council(file)


def test_without_a_folder_there_is_no_picture_to_find():
    [said] = complaints('logo = "logo.png"')
    assert said.endswith("a picture within the council (`content`), as there is no folder to find a file in")
