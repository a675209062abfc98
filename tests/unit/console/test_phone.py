"""Every page in a real browser as wide as a phone: it fits, can be read, and what is tapped can be hit (WCAG 2.2 AA)."""

from __future__ import annotations

import pytest

from gateway.store.upgrade import upgrade
from tests.peers.phone import on_phone
from tests.unit.console.conftest import CLERK

pytestmark = pytest.mark.neighbour("chromium")


@pytest.fixture
def url(tmp_path) -> str:
    address = f"sqlite:///{tmp_path}/vestry.sqlite"
    upgrade(address)
    return address


@pytest.fixture
async def pages(site) -> dict[str, str]:
    many = tuple(f"{'x' * 60}{number}@{'z' * 60}.example" for number in range(4))
    await site.post.ask(many, subject="<b>" + "x" * 300 + "\u202e" + "y" * 50)
    asked = site.path()
    shown = {"asked": await site.get(asked), "wrong": await site.choose(asked, ("option", "leave_out"))}
    await site.choose(asked, ("option", "send"))
    shown["sent"] = await site.get(asked)
    await site.post.ask(("jo.bloggs@gmail.com",))
    shown["held"] = await site.get(site.path())
    site.post.later(hours=1)
    await site.remind()
    shown["decide"] = await site.get(site.path(CLERK))
    shown["no reason"] = await site.choose(site.path(CLERK), ("option", "reject"))
    site.post.later(days=20)
    shown["expired"] = await site.get(site.path(CLERK))
    shown["nowhere"] = await site.get("/answer/aaaa")
    return {name: page.text for name, page in shown.items()}


@pytest.mark.parametrize("width", [360, 320])
async def test_each_page_fits_a_phone_and_can_be_read_and_tapped(pages, tmp_path, width):
    for name, page in on_phone(pages, tmp_path / "browser", width).items():
        assert page.scrolls <= page.width, name
        assert page.outside == [], name
        assert (page.titles, page.lang) == (1, "en"), name
        texts = [each for each in page.texts if each["shown"]]
        assert [each for each in texts if each["contrast"] < 4.5 or each["size"] < 15] == [], name
        assert [each for each in page.taps if each["height"] < 24 or each["width"] < 24] == [], name
        buttons = [each for each in page.taps if each["text"]]
        assert [each for each in buttons if each["height"] < 44] == [], name
        assert bool(buttons) == (name in {"asked", "wrong", "held", "decide", "no reason"}), name


async def test_the_browser_takes_the_style_sheet_by_the_policy(pages):
    """The policy names the style sheet by its hash: a page whose style does not have it has none."""
    import base64
    import hashlib
    import re

    from gateway.console.style import POLICY

    for page in pages.values():
        [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in POLICY
