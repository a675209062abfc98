"""Writing takes time in proportion to the text, however often something stands in it that looks like ours."""

from __future__ import annotations

import pytest

from tests.quick import within
from tests.unit.signatures.cases.sending import END, SIGNATURE, WAIVER, council, send

HEADER = (
    b"From: Anne Archer <cllr.a@littlewickham-pc.example>\r\nTo: jill.fenwick@resident.example\r\n"
    b"Date: Fri, 20 Nov 2026 16:12:44 +0000\r\nMessage-ID: <1@littlewickham-pc.example>\r\nMIME-Version: 1.0\r\n"
)
SIGNED = "\r\n".join(SIGNATURE) + "\r\n"
ELEMENT = f'<div class="vestry-signature">{"<br>".join(SIGNATURE)}</div>\r\n<div class="vestry-waiver">{WAIVER}</div>\r\n'
UNITS = {
    "our signature": ("plain", SIGNED),
    "our signature between words": ("plain", f"Words.\r\n-- \r\n{SIGNED}{WAIVER}\r\n"),
    "most of our signature": ("plain", "\r\n".join(SIGNATURE[:-1]) + "\r\n"),
    "a tag-line": ("plain", "Sent from my iPhone\r\n"),
    "a tag-line as an element": ("html", "<div>Sent from my iPhone</div>\r\n"),
    "our elements": ("html", ELEMENT),
    "our elements between words": ("html", f"<p>Words.</p>{ELEMENT}"),
    "our elements one in the other": ("html", '<div class="vestry-signature">'),
    "our words without elements": ("html", "<br>".join(SIGNATURE) + f"<p>{WAIVER}</p>\r\n"),
    "our words in open elements": ("html", "<b><i>" + "<br>".join(SIGNATURE) + "</b>"),
    "delimiters": ("html", "<p>-- </p>\r\n"),
    "attributions": (
        "plain",
        "Words.\r\nOn 20 Nov 2026 at 14:05, Jill <j@resident.example> wrote:\r\n> Old.\r\n",
    ),
}
HOUSE = council(END)


@pytest.mark.parametrize("name", UNITS)
def test_what_is_repeated_without_end_takes_no_time_without_end(name):
    kind, unit = UNITS[name]
    raw = (
        HEADER
        + f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n".encode()
        + (unit * (600_000 // len(unit))).encode()
    )
    send(HEADER + b"\r\nHello\r\n", HOUSE)
    with within(8):
        send(raw, HOUSE)
