"""How everybody in the demo council signs, in every capacity: a page to be read, kept beside this test.

`python -m tests.unit.signatures.block.test_previews` writes it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from config.capacity import Capacity
from config.council import Council, Person
from config.council_file import load_council
from config.signature import Language
from signatures.block.render import Block, render
from tests.conftest import LITTLE_WICKHAM

PAGE = Path(__file__).parent / "previews.txt"
TODAY = date(2026, 5, 11)


def previews(council: Council, addresses: Callable[[Person], Iterable[str]], with_html: bool) -> str:
    """Every signature and waiver, each once, under whose they are."""
    sections: dict[str, list[str]] = {}
    for person in council.people:
        for address in addresses(person):
            for capacity in Capacity:
                block = render(council, person, address, capacity, TODAY)
                who = f"{person.name}, {address.partition('@')[0]}@, {capacity}"
                sections.setdefault(_shown(block, with_html), []).append(who)
    return "".join("\n".join(who) + f"\n\n{shown}\n\n" for shown, who in sections.items())


def _shown(block: Block, with_html: bool) -> str:
    pieces = [piece for piece in (block.signature, block.waiver) if piece]
    said = [piece.text for piece in pieces] + ([piece.html for piece in pieces] if with_html else [])
    lines = [f"    [{', '.join(block.versions)}; logo: {'yes' if block.logo else 'no'}]"]
    for each in said:
        lines += ["", *(f"    {line}".rstrip() for line in each.split("\n"))]
    return "\n".join(lines)


def page() -> str:
    """The agreed texts of the demo council, then the built-in ones in every language."""
    council = load_council(LITTLE_WICKHAM)
    shown = "As agreed\n=========\n\n" + previews(council, _addresses_held, True)
    for language in Language:
        changes = {"agreed": (), "waivers": (), "logo": None, "language": language, "council_cy": WELSH_NAME}
        book = council.signatures.model_copy(update=changes)
        title = f"Built in, {language}"
        shown += f"{title}\n{'=' * len(title)}\n\n"
        shown += previews(
            council.model_copy(update={"signatures": book}), lambda person: [person.login], False
        )
    return shown


def _addresses_held(person: Person) -> list[str]:
    return [identity.address for identity in person.identities if identity.holds(TODAY)]


WELSH_NAME = "Cyngor Plwyf Tŷ Wicham Fach"


def test_everybody_signs_as_the_page_shows():
    assert page() == PAGE.read_text(encoding="utf-8"), "look at what has changed, then write the page anew"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
