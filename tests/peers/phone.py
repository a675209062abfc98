"""Pages on a phone, in a real browser: what does not fit, cannot be read, or is too small to be tapped."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.peers.chromium import _run, _served

_LOOK = """
const channel = value => { value /= 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
const numbers = color => color.match(/[0-9.]+/g).map(Number);
const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
window.addEventListener("load", () => {
  const seen = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, width = frame.clientWidth, style = each => frame.contentWindow.getComputedStyle(each);
    const behind = element => {
      for (let each = element; each; each = each.parentElement) {
        const color = numbers(style(each).backgroundColor);
        if (color.length < 4 || color[3] > 0) return color;
      }
      return [255, 255, 255];
    };
    const texts = [], outside = [];
    const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim()) continue;
      const around = node.parentElement, range = page.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.left < -0.5 || box.right > width + 0.5) outside.push(node.data.trim());
      const one = light(numbers(style(around).color)), other = light(behind(around));
      texts.push({text: node.data.trim(), contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05),
        size: parseFloat(style(around).fontSize), shown: around.checkVisibility({opacityProperty: true, visibilityProperty: true}),
        lang: around.closest("[lang]").lang});
    }
    const taps = [...page.querySelectorAll("a, button, input")].map(each => {
      const box = each.getBoundingClientRect();
      return {text: each.textContent, width: box.width, height: box.height, top: box.top, left: box.left};
    });
    seen[frame.name] = {width, scrolls: page.documentElement.scrollWidth, outside, texts, taps,
      titles: page.querySelectorAll("h1").length, lang: page.documentElement.lang, said: page.body.innerText};
  }
  const told = document.createElement("pre");
  told.id = "seen";
  told.textContent = JSON.stringify(seen);
  document.body.append(told);
});
"""


@dataclass(frozen=True, slots=True)
class OnPhone:
    """A page at some width, in CSS pixels: how wide it came out, and its texts and links as the browser has them."""

    width: int
    scrolls: int
    outside: list[str]
    texts: list[dict[str, object]]
    taps: list[dict[str, object]]
    titles: int
    lang: str
    said: str


def on_phone(pages: Mapping[str, str], profile: Path, width: int = 360) -> dict[str, OnPhone]:
    """What is seen of each of some HTML pages at this width. `profile` is an empty folder."""
    frames = "".join(
        f'<iframe name="{html.escape(name)}" src="/{number}" style="border:0;width:{width}px;height:4000px"></iframe>'
        for number, name in enumerate(pages)
    )
    first = f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{frames}<script>{_LOOK}</script></body></html>"
    with _served(first, pages) as address:
        done = _run(profile, "--virtual-time-budget=20000", "--dump-dom", address)
    found = re.search(r'<pre id="seen">(.*?)</pre>', done, re.DOTALL)
    assert found, done[-2000:]
    return {name: OnPhone(**each) for name, each in json.loads(html.unescape(found[1])).items()}
