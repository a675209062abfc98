"""What mail clients mark in HTML: their quotations, boundaries, attributions and signatures.

Clients put `x_` before others' names when they re-use their markup, again each time; such names count alike.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from signatures.message.html import attributes

_MAY_SAY = re.compile(r"class|\bid\b|name|type|style|data-", re.IGNORECASE)
_RENAMED = re.compile(r"(?:x_)++")

_QUOTE_CLASSES = {
    "gmail_quote": "gmail_quote",
    "gmail_quote_container": "gmail_quote",
    "yahoo_quoted": "yahoo_quoted",
    "protonmail_quote": "protonmail_quote",
    "zmail_extra": "zmail_extra",
    "moz-forward-container": "moz_forward_container",
    "tutanota_quote": "tutanota_quote",
}
_QUOTE_IDS = {
    "isreplycontent": "windows_mail",
    "isforwardcontent": "windows_mail",
    "origbody": "origbody",
    "olk_src_body_section": "outlook_mac",
    "mail-editor-reference-message-container": "outlook_reference_message",
}
_ANSWERED_INSIDE = frozenset({"gmail_quote", "protonmail_quote"})
"""Their elements hold attribution and quotation, and an author's answers in between too."""

_BOUNDARY_IDS = {
    "appendonsend": "outlook_append_on_send",
    "divrplyfwdmsg": "outlook_reply_header",
    "zwchr": "zimbra_divider",
}
_BOUNDARY_DATA = {"__divider__": "zimbra_divider", "__headers__": "zimbra_divider"}
_OUTLOOK_BORDER = re.compile(
    r"border-top\s?+:\s?+(?:solid\s#(?:e1e1e1|b5c4df)\s1(?:\.0)?pt|1(?:\.0)?pt\ssolid\s(?:#(?:e1e1e1|b5c4df)|"
    r"rgb\((?:225, ?225, ?225|181, ?196, ?223)\)))"
)
_LONGEST_STYLE = 2000
_LONGEST_REPEATED = 300
_PREFIXES = frozenset({"moz-cite-prefix", "gmail_attr", "reply-intro", "moz-email-headers-table"})

_SIGNATURES = frozenset(
    {
        "gmail_signature",
        "gmail_signature_prefix",
        "moz-signature",
        "protonmail_signature_block",
        "ms-outlook-mobile-signature",
        "signature",
        "applemailsignature",
        "composer_signature",
        "k9mail-signature",
        "_rc_sig",
        "mobile_signature",
        "gmx-signature",
        "yahoo-signature",
        "tutanota_signature",
    }
)
_YAHOO = re.compile(r"(?:yiv|ydp)[0-9a-f]{5,40}(?=[a-z_])")
"""Yahoo puts a number before its own names."""


class Marker(NamedTuple):
    """What an element's tag says: the rule names of the quotation or boundary that it is, or nothing.

    `visible`: mail programs show it as a quotation. `answered`: an author may answer inside.
    """

    quotation: str = ""
    boundary: str = ""
    prefix: bool = False
    signature: bool = False
    visible: bool = False
    answered: bool = False


NOTHING = Marker()


class Element:
    """An element that is open, and how many of its name are open in it."""

    __slots__ = ("depth", "name", "said")

    def __init__(self, name: str, said: Marker) -> None:
        self.name, self.said, self.depth = name, said, 1

    def opens(self, name: str) -> None:
        """Count another of its name, with this start tag."""
        if name == self.name:
            self.depth += 1

    def closes(self, name: str) -> bool:
        """Whether it ends with this end tag."""
        if name != self.name:
            return False
        self.depth -= 1
        return self.depth == 0


def marker(name: str, rest: str) -> Marker:
    """What the element `name` with the attributes `rest` is marked as."""
    if not rest or not _MAY_SAY.search(rest):
        return NOTHING
    return _marker(name, rest) if len(rest) > _LONGEST_REPEATED else _repeated(name, rest)


def _marker(name: str, rest: str) -> Marker:
    said = {key: value.lower() for key, value in attributes(rest).items()}
    names = {_own_name(each) for each in said.get("class", "").split()}
    identity = _own_name(said.get("id", "").strip())
    data = said.get("data-marker", "")
    quotation = _quotation(name, said, names, identity)
    if quotation:
        answered = name == "div" and quotation in _ANSWERED_INSIDE
        return Marker(quotation, visible=name == "blockquote", answered=answered)
    boundary = _BOUNDARY_IDS.get(identity, "") or _BOUNDARY_DATA.get(data, "")
    if not boundary and name == "div" and _OUTLOOK_BORDER.search(said.get("style", "")[:_LONGEST_STYLE]):
        boundary = "outlook_border"
    names.add(identity)
    signature = not _SIGNATURES.isdisjoint(names) or data == "__sig_pre__"
    return Marker("", boundary, not _PREFIXES.isdisjoint(names), signature)


_repeated = lru_cache(maxsize=256)(_marker)
"""Programs write the same few attributes in tag after tag. Long ones are not kept, so that it takes no memory."""


def _own_name(name: str) -> str:
    """A class or id as its own client names it."""
    return _YAHOO.sub("", _RENAMED.sub("", name, count=1) if name.startswith("x_") else name, count=1)


def _quotation(name: str, said: dict[str, str], names: set[str], identity: str) -> str:
    found = next((_QUOTE_CLASSES[each] for each in _QUOTE_CLASSES if each in names), "")
    found = found or _QUOTE_IDS.get(identity, "")
    if not found and name == "blockquote" and said.get("type") == "cite":
        return "blockquote_cite"
    if not found and name == "div" and said.get("name") == "quote":
        return "gmx_quote"
    return found
