"""Every notice in a real browser as wide as a phone: it fits, it can be read, and what is tapped can be hit (WCAG 2.2 AA)."""

from __future__ import annotations

import pytest

from config.council_file import load_council
from config.policy import Verdict
from config.telling import Language
from filters.finding import Decision
from gateway.notices import held
from gateway.store.messages import Heading
from tests.conftest import LITTLE_WICKHAM
from tests.peers.phone import OnPhone, on_phone
from tests.unit.notices.every import ANSWERS, EVERY, JO, NOW, finding, speaking
from tests.unit.notices.reading import read

pytestmark = pytest.mark.neighbour("chromium")

HOSTILE = {
    "unbroken": "x" * 3000,
    "wide": "\u4e00" * 500,
    "markup": '</p></div><h1 style="width:2000px">x</h1>' * 20,
    "backwards": "\u202eevil \u0627\u0644\u0639\u0631\u0628\u064a\u0629 " * 20,
    "combined": "Z\u0351\u0356\u0311" * 300,
}
WIDTHS = (360, 320)


def _pages() -> dict[str, str]:
    council = load_council(LITTLE_WICKHAM)
    pages = {
        f"{name} {language}": read(make(speaking(council, language))).html
        for language in Language
        for name, (_, make) in EVERY.items()
    }
    for name, text in HOSTILE.items():
        decision = Decision(findings=(finding("reply_all", Verdict.ASK, text, ("To", text), (text, text)),))
        heading = Heading("<1@x.example>", text, JO, "littlewickham-pc.example")
        notice = held.when_held(
            council,
            JO,
            heading,
            "01K",
            decision,
            NOW,
            recipients=[f"{'y' * 64}@{'z' * 60}.example"] * 2,
            answer_to=ANSWERS,
        )
        pages[name] = read(notice).html
    return pages


@pytest.fixture(scope="module", params=WIDTHS)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, OnPhone]:
    return on_phone(_pages(), tmp_path_factory.mktemp("browser"), request.param)


def test_nothing_is_wider_than_the_phone(seen):
    assert {name: page.scrolls for name, page in seen.items() if page.scrolls > page.width} == {}
    assert {name: page.outside for name, page in seen.items() if page.outside} == {}


def test_everything_can_be_read(seen):
    for name, page in seen.items():
        assert page.texts, name
        for text in page.texts:
            assert text["shown"], (name, text)
            assert text["contrast"] >= 4.5, (name, text)
            assert text["size"] >= 15, (name, text)


def test_what_is_tapped_can_be_hit(seen):
    for name, page in seen.items():
        assert all(tap["height"] >= 44 and tap["width"] >= 44 for tap in page.taps), (name, page.taps)
    assert any(page.taps for page in seen.values())


def test_it_has_one_title_and_says_its_language(seen):
    for name, page in seen.items():
        assert page.titles == 1, name
        assert page.lang in ("en", "cy"), name
        assert all(text["lang"] in ("en", "cy") for text in page.texts), name
    # A reason is in English, whatever the notice is in.
    reasons = [
        text for text in seen["question cy"].texts if str(text["text"]).startswith("You are replying to 7")
    ]
    assert [text["lang"] for text in reasons] == ["en"]


def test_the_browser_shows_the_words_of_the_plain_text(seen):
    council = load_council(LITTLE_WICKHAM)
    for name, (_, make) in EVERY.items():
        shown = " ".join(seen[f"{name} en"].said.split())
        for paragraph in read(make(council)).text.split("\n\n"):
            if not any(
                line.startswith(("* ", "1. ", "    ", "http")) or line.endswith("decide:")
                for line in paragraph.splitlines()
            ):
                assert " ".join(paragraph.split()) in shown, (name, paragraph)
