from __future__ import annotations

import pytest

from signatures.message.media import first_token, media
from tests.quick import within


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"", "text/plain"),
        (b"text", "text/plain"),
        (b"text/", "text/plain"),
        (b"/plain", "text/plain"),
        (b"text/html", "text/html"),
        (b"Text/HTML", "text/html"),
        (b"(c) text (c) / (c) html (c)", "text/html"),
        (b"text/html charset=utf-8", "text/plain"),
        (b"text/h\xffl", "text/plain"),
        (b"text/html;", "text/html"),
        (
            b"application/vnd.openxmlformats-officedocument.x+xml",
            "application/vnd.openxmlformats-officedocument.x+xml",
        ),
    ],
)
def test_kind(value, kind):
    assert media(value).kind == kind


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        (b"a/b; c=d", {b"c": b"d"}),
        (b'a/b; C="d;e=f"; g=h', {b"c": b"d;e=f", b"g": b"h"}),
        (b'a/b; c="d\\"e\\\\"', {b"c": b'd"e\\'}),
        (b"a/b; c=d; c=e", {b"c": b"d"}),
        (b"a/b;; ;c=d;", {b"c": b"d"}),
        (b"a/b; c; =d; e=", {}),
        (b'a/b; c="never closed', {b"c": b"never closed"}),
        (b"a/b; c=(comment)d", {b"c": b"d"}),
        (b"a/b; c*=utf-8'cy'g%C5%B5yl", {b"c": "gŵyl".encode()}),
        (b"a/b; c*1=b; c*0=a; c*2*=%63", {b"c": b"abc"}),
        (b"a/b; c=plain; c*=utf-8''encoded", {b"c": b"plain"}),
    ],
)
def test_parameters(value, parameters):
    assert media(value).parameters == parameters


def test_the_default_is_not_what_was_said():
    assert media(b"", "message/rfc822").kind == "message/rfc822"
    assert not media(b"").said
    assert media(b"text/plain").said


@pytest.mark.parametrize(
    ("value", "token"),
    [(b"", ""), (b" Base64 ", "base64"), (b"(c) 7bit; x", "7bit"), (b"attachment; filename=a", "attachment")],
)
def test_first_token(value, token):
    assert first_token(value) == token


@pytest.mark.parametrize(
    "value",
    [
        b"(" * 100_000,
        b"(\\" * 50_000,
        b'"' * 100_000,
        b'"\\' * 50_000,
        b";=" * 50_000,
        b"a/b; c*" * 15_000,
        b" " * 100_000,
    ],
)
def test_a_hostile_value_takes_no_time(value):
    with within(2):
        media(b"a/b; " + value)
        first_token(value)
