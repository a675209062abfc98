"""What a mail program may have put in: every signature ever agreed for somebody."""

from __future__ import annotations

import time
from datetime import date

from config.capacity import Capacity
from config.image import encoded
from tests.unit.config.pictures import PNG
from tests.unit.signatures.block.books import (
    CHAIR,
    DOMAIN,
    MEMBER,
    TODAY,
    agreed,
    block,
    council,
    person,
    text,
    version,
)


def earlier(of, login, **more) -> list[str]:
    return [piece.text for piece in block(of, login, **more).earlier]


def test_the_current_version_and_each_before_it_and_none_to_come():
    of = council(
        agreed=[
            version("2027", "2027-01-01", {"text": "next {{ name }}"}),
            version("2024", "2024-01-01", {"text": "first {{ name }}"}),
            version("2026", "2026-01-01", {"text": "now {{ name }}"}),
            version("draft", None, {"text": "draft {{ name }}"}),
        ]
    )
    found = earlier(of, MEMBER)
    assert {"first Bob Bell", "now Bob Bell"} <= set(found)
    assert not any(each.startswith(("next", "draft")) for each in found)
    assert "next Bob Bell" in earlier(of, MEMBER, today=date(2027, 1, 1))


def test_what_is_written_is_among_them_in_every_capacity():
    for of in (council(), agreed({"text": "{{ name }}, {{ email }}"}), council(language="bilingual")):
        for capacity in Capacity:
            found = block(of, MEMBER, capacity)
            assert found.signature in found.earlier


def test_every_language_as_the_council_may_have_changed_it():
    both = {"text": "{{ name }} en", "text_cy": "{{ name }} cy", "html_cy": "<p>{{ name }} <b>cy</b></p>"}
    found = earlier(agreed(both), MEMBER)
    assert {"Bob Bell en", "Bob Bell cy", "Bob Bell cy\n\nBob Bell en"} <= set(found)


def test_every_address_of_theirs_as_programs_know_one_signature_for_all():
    found = earlier(agreed({"text": "{{ name }} {{ email }}"}), MEMBER)
    assert {f"Bob Bell {MEMBER}", f"Bob Bell planning@{DOMAIN}"} <= set(found)


def test_every_role_that_they_have_had_and_none_that_they_will_have():
    roles = [
        {"role": "councillor", "from": date(2019, 5, 7)},
        {"role": "vice_chair", "from": date(2022, 5, 10), "until": date(2024, 5, 13)},
        {"role": "chair", "from": date(2027, 5, 10)},
    ]
    of = agreed({"text": "{{ name }}\n{{ role }}"}, people=[person(CHAIR, "Eve", *roles)])
    assert text(of, CHAIR) == "Eve\nCouncillor"
    found = {each.partition("\n")[2] for each in earlier(of, CHAIR)}
    assert {"Councillor", "Vice-Chair of the Council", ""} <= found
    assert "Chair of the Council" not in found


def test_nobody_elses():
    found = earlier(agreed({"text": "{{ name }}"}), MEMBER)
    assert all("Hughes" not in each for each in found)


def test_each_once():
    pieces = block(council(logo={"content": encoded(PNG)}), MEMBER).earlier
    assert len(pieces) == len(set(pieces))


def test_a_version_that_cannot_be_made_is_left_out():
    of = council(
        agreed=[
            version("2024", "2024-01-01", {"text": "> {{ name }}"}),
            version("2026", "2026-01-01", {"text": "{{ name }}"}),
        ]
    )
    assert text(of, MEMBER) == "Bob Bell"
    assert all(not each.startswith(">") for each in earlier(of, MEMBER))


def test_making_a_block_takes_less_than_a_thousandth_of_a_second():
    variants = [
        {"text": f"{number} {{{{ name }}}} {{{{ email }}}}", "text_cy": f"{{{{ name }}}} {number}"}
        for number in range(10)
    ]
    versions = [version(f"v{number}", f"20{number + 10}-01-01", each) for number, each in enumerate(variants)]
    of = council(agreed=versions, logo={"content": encoded(PNG)}, language="bilingual")
    block(of, MEMBER)
    times = 200
    started = time.process_time()
    for _ in range(times):
        assert block(of, MEMBER, today=TODAY).signature is not None
    assert (time.process_time() - started) / times < 0.001
