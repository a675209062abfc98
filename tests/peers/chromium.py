"""A real browser that shows pages, and says what stands where on them."""

from __future__ import annotations

import html
import json
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WIDTH = 900

_LOOK = """
const frames = [...document.querySelectorAll("iframe")];
window.addEventListener("load", () => {
  const seen = {};
  for (const frame of frames) {
    const page = frame.contentDocument, rows = [];
    const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data.replace(/[\\s\\u200b\\ufeff]+/g, " ").trim();
      if (!text || ["STYLE", "SCRIPT", "TITLE"].includes(node.parentElement.tagName)) continue;
      const range = page.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect(), style = frame.contentWindow.getComputedStyle(node.parentElement);
      let through = "";
      for (let around = node.parentElement; around; around = around.parentElement) {
        through += frame.contentWindow.getComputedStyle(around).textDecorationLine + " ";
        if (frame.contentWindow.getComputedStyle(around).display === "inline-block") break;
      }
      const shown = node.parentElement.checkVisibility({opacityProperty: true, visibilityProperty: true});
      rows.push({text, left: box.left, top: box.top, width: box.width, height: box.height, shown,
        color: style.color, font: style.fontFamily + " " + style.fontSize + " " + style.fontWeight + " " + style.fontStyle,
        struck: through.includes("line-through")});
    }
    seen[frame.name] = rows;
  }
  const told = document.createElement("pre");
  told.id = "seen";
  told.textContent = JSON.stringify(seen);
  document.body.append(told);
});
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Words as they stand on the page: where, how large, and what they look like."""

    text: str
    left: float
    top: float
    width: float
    height: float
    shown: bool
    color: str
    font: str
    struck: bool

    @property
    def bottom(self) -> float:
        """Where they end."""
        return self.top + self.height

    @property
    def look(self) -> tuple[object, ...]:
        """All but how far down they stand."""
        return (
            self.text,
            round(self.left, 1),
            round(self.width, 1),
            round(self.height, 1),
            self.color,
            self.font,
        )


def shown(pages: Mapping[str, str], profile: Path) -> dict[str, list[Run]]:
    """What each of some HTML pages shows, in the order of its source. `profile` is an empty folder."""
    with _served(_frames(pages), pages) as address:
        done = _run(profile, "--virtual-time-budget=20000", "--dump-dom", address)
    found = re.search(r'<pre id="seen">(.*?)</pre>', done, re.DOTALL)
    assert found, done[-2000:]
    seen = json.loads(html.unescape(found[1]))
    return {name: [Run(**run) for run in seen[name]] for name in pages}


def photographed(page: str, file: Path, profile: Path, height: int = 1100) -> None:
    """A picture of a page, as PNG."""
    with _served(page, {}) as address:
        _run(profile, f"--window-size={WIDTH},{height}", f"--screenshot={file}", address)


def _run(profile: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["chromium", *FLAGS, f"--user-data-dir={profile}", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _frames(pages: Mapping[str, str]) -> str:
    frames = "".join(
        f'<iframe name="{html.escape(name)}" src="/{number}" style="width:{WIDTH}px;height:3000px"></iframe>'
        for number, name in enumerate(pages)
    )
    return f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{frames}<script>{_LOOK}</script></body></html>"


@contextmanager
def _served(first: str, pages: Mapping[str, str]) -> Iterator[str]:
    """An address on this machine at which the pages are, below it each by its number."""
    found = {"/": first} | {f"/{number}": page for number, page in enumerate(pages.values())}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = found.get(self.path, "").encode()
            self.send_response(200 if self.path in found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
