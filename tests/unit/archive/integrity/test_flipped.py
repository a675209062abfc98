"""Whichever byte of a small bundle is changed, it shows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.archive.offline.check import verify_bundle
from tests.unit.archive.integrity.test_bundle import made  # noqa: F401  # fixture


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_single_byte(made, data):
    bundle, kept, _ = made
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.stat().st_size)
    path = data.draw(st.sampled_from(files))
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(1, 255))
    try:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ other]) + whole[place + 1 :])
        assert list(verify_bundle(bundle, [kept]))
        assert list(verify_bundle(bundle))
    finally:
        path.write_bytes(whole)
