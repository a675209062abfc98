"""Links in a text: to a place where files are shared they stand for an attachment."""

from __future__ import annotations

import re

_LINK = re.compile(r"https?://([^\s/<>\"'()?#]{1,253})", re.IGNORECASE)
_PLACES = (
    "1drv.ms",
    "app.goo.gl",
    "box.com",
    "db.tt",
    "docs.google.com",
    "drive.google.com",
    "drive.proton.me",
    "dropbox.com",
    "egress.com",
    "filemail.com",
    "fromsmash.com",
    "hightail.com",
    "icloud.com",
    "mailbigfile.com",
    "mediafire.com",
    "mega.nz",
    "onedrive.live.com",
    "pcloud.com",
    "pcloud.link",
    "photos.google.com",
    "sendgb.com",
    "sharepoint.com",
    "swisstransfer.com",
    "sync.com",
    "transfernow.net",
    "we.tl",
    "wetransfer.com",
)


def shares_files(text: str) -> bool:
    """Whether a text has a link to a place where files are shared."""
    return any(_is_place(found[1].lower().rstrip(".")) for found in _LINK.finditer(text))


def has_link(text: str) -> bool:
    """Whether a text has any link."""
    return _LINK.search(text) is not None


def _is_place(host: str) -> bool:
    return any(host == place or host.endswith("." + place) for place in _PLACES)
