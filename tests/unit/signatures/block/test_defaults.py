"""The texts that stand where a council has agreed none of its own."""

from __future__ import annotations

import re

import pytest

from config.capacity import Capacity
from config.council import Role
from config.image import encoded
from config.signature import Language
from signatures.block.defaults import SIGNATURES, WAIVERS
from signatures.block.render import LOGO_CID
from tests.unit.config.pictures import PNG
from tests.unit.signatures.block.books import (
    CHAIR,
    CLERK,
    HELPER,
    MEMBER,
    block,
    council,
    person,
    shown,
    text,
)

LOGO = {"content": encoded(PNG), "alt": "Coat of arms"}
NO_AUTHORITY = "The sender has no authority to enter into contracts for the Council."
NO_AUTHORITY_CY = "Nid oes gan yr anfonwr awdurdod i ymrwymo i gontractau ar ran y Cyngor."
CLOSING = re.compile(
    r"regards|thanks|thank you|sincerely|faithfully|truly|wishes|cheers|yours|respectfully|cordially"
    r"|cofion|diolch|yn gywir|yn ddiffuant|yr eiddoch|dymuniadau|hwyl",
    re.IGNORECASE,
)
MEMBERS = (Role.CHAIR, Role.VICE_CHAIR, Role.COUNCILLOR)
OFFICERS = (Role.CLERK, Role.DEPUTY, Role.LOCUM, Role.FOI_OFFICER, Role.STAFF)


def test_an_officer_signs_with_everything_that_helps_to_reach_them():
    of = council(logo=LOGO, address="Church Hall, Stoke", phone="01632 960000")
    assert text(of, CLERK) == (
        "Siân O'Brien\n"
        "Clerk and Proper Officer\n"
        "Stoke Parish Council\n"
        "Church Hall, Stoke\n"
        "Telephone: 01632 960001\n"
        "Email: clerk@stoke.example\n"
        "Office hours: Mondays\n"
        "https://www.stoke.example"
    )
    assert f'<img src="cid:{LOGO_CID}" alt="Coat of arms" width="40" height="20">' in shown(of, CLERK)


def test_a_member_signs_with_identity_and_role_only_and_who_may_not_contract():
    assert text(council(), CHAIR) == (
        f"Ŵena Hughes (she/her)\nChair of the Council, North\nStoke Parish Council\n{NO_AUTHORITY}"
    )
    assert text(council(), MEMBER) == f"Bob Bell\nCouncillor\nStoke Parish Council\n{NO_AUTHORITY}"


def test_in_welsh():
    of = council(language="welsh")
    assert text(of, CHAIR) == (
        f"Ŵena Hughes (she/her)\nCadeirydd y Cyngor, Y Gogledd\nCyngor Plwyf Tŷ Stoke\n{NO_AUTHORITY_CY}"
    )
    assert text(of, CLERK) == (
        "Siân O'Brien\n"
        "Clerc a Swyddog Priodol\n"
        "Cyngor Plwyf Tŷ Stoke\n"
        "Ffôn: 01632 960001\n"
        "E-bost: clerk@stoke.example\n"
        "Oriau swyddfa: Dydd Llun\n"
        "https://www.stoke.example"
    )
    assert "dilëwch hi" in block(of, CLERK).waiver.text
    assert "Cyngor Plwyf Tŷ Stoke" in block(of, CLERK).waiver.html


def test_in_both_languages_the_welsh_goes_first_and_a_name_stands_once():
    of = council(language="bilingual")
    assert text(of, CHAIR) == (
        "Ŵena Hughes (she/her)\n"
        "Cadeirydd y Cyngor, Y Gogledd / Chair of the Council, North\n"
        "Cyngor Plwyf Tŷ Stoke / Stoke Parish Council\n"
        f"{NO_AUTHORITY_CY}\n"
        f"{NO_AUTHORITY}"
    )
    assert text(of, CLERK) == (
        "Siân O'Brien\n"
        "Clerc a Swyddog Priodol / Clerk and Proper Officer\n"
        "Cyngor Plwyf Tŷ Stoke / Stoke Parish Council\n"
        "Ffôn / Telephone: 01632 960001\n"
        "E-bost / Email: clerk@stoke.example\n"
        "Oriau swyddfa / Office hours: Dydd Llun / Mondays\n"
        "https://www.stoke.example"
    )
    both = block(of, CLERK).waiver.text.replace("\n", " ")
    welsh = block(council(language="welsh"), CLERK).waiver.text.replace("\n", " ")
    english = block(council(), CLERK).waiver.text.replace("\n", " ")
    assert both == f"{welsh}  {english}"


def test_what_is_the_same_in_both_languages_is_said_once():
    of = council(language="bilingual", council_cy="", address="Hall")
    assert text(of, MEMBER).split("\n")[:3] == ["Bob Bell", "Cynghorydd / Councillor", "Stoke Parish Council"]
    assert text(of, CLERK).count("Hall") == 1


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("capacity", Capacity)
@pytest.mark.parametrize("role", [*Role, None])
def test_no_text_has_closing_words(language, capacity, role):
    roles = [role] if role else []
    of = council(
        [person(HELPER, "Hal", *roles, ward="W", phone="1", hours="H", title="T")], language=language
    )
    found = block(of, HELPER, capacity)
    for piece in (found.signature, found.waiver):
        assert not CLOSING.search(piece.text)
        assert not CLOSING.search(piece.html)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", [*Role, None])
def test_who_is_no_officer_has_the_line_on_contracts(language, role):
    of = council([person(HELPER, "Hal", *([role] if role else []))], language=language)
    for capacity in (Capacity.COUNCIL, Capacity.CASEWORK):
        found = text(of, HELPER, capacity)
        lines = [line for line in (NO_AUTHORITY, NO_AUTHORITY_CY) if line in found.split("\n")]
        wanted = {
            Language.ENGLISH: [NO_AUTHORITY],
            Language.WELSH: [NO_AUTHORITY_CY],
            Language.BILINGUAL: [NO_AUTHORITY, NO_AUTHORITY_CY],
        }[language]
        assert lines == ([] if role in OFFICERS else wanted)


@pytest.mark.parametrize("role", MEMBERS)
def test_members_give_no_way_to_be_reached_but_the_message_itself(role):
    people = [person(MEMBER, "Bob", role, phone="01632 960009", hours="Always", title="Leader")]
    found = text(council(people, address="Hall", phone="01632 960000"), MEMBER)
    for absent in ("01632", "Always", "@", "Hall", "http", "Leader"):
        assert absent not in found


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("login", [CLERK, CHAIR, MEMBER, HELPER])
def test_personal_views_carry_neither_logo_nor_a_link_to_the_councils_site(language, login):
    of = council(logo=LOGO, language=language)
    found = block(of, login, Capacity.PERSONAL)
    assert found.logo is None
    for piece in (found.signature, found.waiver):
        for said in (piece.text, piece.html):
            assert "cid:" not in said
            assert "<img" not in said
            assert "http" not in said
            assert "www." not in said
            assert "stoke.example" not in said
            assert "<a" not in said
    assert ("personal" in found.signature.text) is (language is not Language.WELSH)
    assert ("Barn bersonol" in found.signature.text) is (language is not Language.ENGLISH)
    for title in ("Clerk", "Clerc", "Chair", "Cadeirydd", "Councillor", "Cynghorydd"):
        assert title not in found.signature.text


def test_personal_views_say_whose_they_are_not():
    assert text(council(), MEMBER, Capacity.PERSONAL).replace("\n", " ") == (
        "Bob Bell The views in this message are personal. They are not the views of Stoke Parish Council, and the "
        "sender does not write on its behalf."
    )


def test_a_template_of_the_councils_own_cannot_link_to_its_site_in_personal_views():
    from signatures.block.refused import TemplateError

    for link in ("https://stoke.example/x", "www.stoke.example", "http://WWW.STOKE.EXAMPLE"):
        variant = {"text": f"{{{{ name }}}} {link}", "capacity": "personal"}
        of = council(agreed=[{"version": "1", "from": "2020-01-01", "variants": [variant]}])
        with pytest.raises(TemplateError, match=r"a link to stoke\.example"):
            block(of, MEMBER, Capacity.PERSONAL)


def test_the_logo_is_there_only_when_the_html_shows_it():
    own = {"text": "{{ name }}", "html": "<p>{{ name }}</p>"}
    of = council(logo=LOGO, agreed=[{"version": "1", "from": "2020-01-01", "variants": [own]}])
    assert block(of, MEMBER).logo is None
    found = block(council(logo=LOGO), MEMBER).logo
    assert (found.content, found.subtype, found.alt) == (PNG, "png", "Coat of arms")
    assert (found.width, found.height) == (40, 20)
    assert block(council(), MEMBER).logo is None


def test_a_logo_without_words_has_the_councils_name_safely():
    of = council(logo={"content": encoded(PNG), "alt": '"><b>'})
    assert 'alt="&quot;&gt;&lt;b&gt;"' in shown(of, MEMBER)
    assert 'alt="Stoke Parish Council"' in shown(council(logo={"content": encoded(PNG)}), MEMBER)


def test_in_two_texts_the_logo_stands_once():
    both = {"text": "{{ name }} en", "text_cy": "{{ name }} cy"}
    version = {"version": "1", "from": "2020-01-01", "variants": [both]}
    of = council(logo=LOGO, language="bilingual", agreed=[version])
    assert text(of, MEMBER) == "Bob Bell cy\n\nBob Bell en"
    assert shown(of, MEMBER).count("<img") == 1


def test_the_built_in_texts_have_every_language():
    for version in (SIGNATURES, WAIVERS):
        for variant in version.variants:
            assert all(variant.has(language) for language in Language)
