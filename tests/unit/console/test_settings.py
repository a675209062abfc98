"""When there are pages, and what they can be reached by."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from config.settings import ConsoleSettings, Settings
from gateway.process import roles_of


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://post.example.gov.uk", "https://post.example.gov.uk"),
        ("https://post.example.gov.uk/", "https://post.example.gov.uk"),
        ("https://www.example.gov.uk:8443/post/", "https://www.example.gov.uk:8443/post"),
        ("http://127.0.0.1:8580", "http://127.0.0.1:8580"),
    ],
)
def test_what_may_stand(given, kept):
    assert ConsoleSettings(base_url=given).base_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "http://post.example.gov.uk",
        "post.example.gov.uk",
        "https://",
        "https://post.example.gov.uk/?a=b",
        "https://u:p@post.example.gov.uk",
        'https://post.example.gov.uk/"><b>',
        "ftp://post.example.gov.uk",
        "https://post.example.gov.uk\r\nX: y",
    ],
)
def test_what_may_not(given):
    with pytest.raises(ValidationError):
        ConsoleSettings(base_url=given)


def test_there_is_no_console_without_an_address_to_reach_it_by(tmp_path):
    off = Settings.model_validate({"data_dir": tmp_path})
    on = Settings.model_validate({"data_dir": tmp_path, "console": {"base_url": "https://post.example"}})
    assert roles_of(off) == ("signing", "delivery", "submission")
    assert roles_of(on) == ("signing", "delivery", "console", "submission")
