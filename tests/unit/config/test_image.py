from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.image import MOST_BYTES, LogoFile, encoded, picture
from tests.unit.config.pictures import GIF, JPEG, PNG, gif, jpeg, png


def logo(raw: bytes, width: int | None = None) -> LogoFile:
    return LogoFile(content=encoded(raw), width=width)


@pytest.mark.parametrize(
    ("raw", "subtype", "width", "height"),
    [
        (PNG, "png", 40, 20),
        (GIF, "gif", 30, 30),
        (JPEG, "jpeg", 320, 240),
        (jpeg(1, 65535), "jpeg", 1, 65535),
    ],
)
def test_a_picture_says_what_it_is_and_how_large(raw, subtype, width, height):
    found = picture(raw)
    assert found is not None
    assert (found.subtype, found.width, found.height) == (subtype, width, height)


@given(
    st.binary(max_size=200)
    | st.builds(
        lambda head, rest: head + rest,
        st.sampled_from([PNG[:12], b"\xff\xd8\xff", GIF[:6]]),
        st.binary(max_size=60),
    )
)
def test_no_bytes_make_the_reader_fail(raw):
    found = picture(raw)
    assert found is None or found.subtype in ("png", "gif", "jpeg")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "a PNG, JPEG or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a PNG, JPEG or GIF"),
        (b"BM" + bytes(60), "a PNG, JPEG or GIF"),
        (png(8, 8)[:20], "a PNG, JPEG or GIF"),
        (gif(0, 10), "a PNG, JPEG or GIF"),
        (jpeg(5000, 10), "at most 4000 by 4000 pixels"),
        (PNG + bytes(MOST_BYTES), f"at most {MOST_BYTES} bytes"),
    ],
)
def test_what_is_no_small_picture_is_refused(raw, said):
    with pytest.raises(ValueError, match=said):
        logo(raw)


@pytest.mark.parametrize("content", ["*", "iVBORw0K GgoAAAAN", "é", "a"])
def test_what_is_not_base64_is_refused(content):
    with pytest.raises(ValueError, match="a picture in base64"):
        LogoFile(content=content)


@pytest.mark.parametrize(
    ("raw", "width", "shown"),
    [
        (png(40, 20), None, (40, 20)),
        (png(400, 240), None, (200, 120)),
        (png(1000, 10), None, (1000, 10)),
        (png(400, 200), 100, (100, 50)),
        (png(20, 10), 100, (100, 50)),
        (png(3000, 2), 20, (20, 1)),
        (png(1, 4000), None, (1, 4000)),
    ],
)
def test_a_logo_is_shown_no_higher_than_a_signature_bears_unless_its_width_is_given(raw, width, shown):
    assert logo(raw, width).shown_size == shown
