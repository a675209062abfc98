"""What the header says of a message's secrecy: the `Sensitivity` field, and the labels of mail systems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from filters.confidential.lines import Place, is_marked
from filters.finding import Evidence

_SENSITIVITY = frozenset({"company-confidential", "company confidential", "confidential", "private"})
"""Of its values (RFC 4021 §2.1.55) `Personal` says that a message is about persons, and nothing of who may read it."""

_NAMED = re.compile(r"_Name\s{0,3}=\s{0,3}([^;]{1,200})", re.IGNORECASE)
_MOST = 5
_LONGEST = 200


def labelled(labels: Iterable[tuple[str, str]]) -> Iterator[Evidence]:
    """The fields that mark the message confidential, in words."""
    for name, value in labels:
        if any(_marks(name, each) for each in _values(name, value)):
            yield Evidence(where=f"header {_as_written(name)}", text=value.strip()[:_LONGEST])


def _values(name: str, value: str) -> list[str]:
    """What a field names: the labels of Microsoft's are among its settings."""
    value = " ".join(value[:4000].split())
    return _NAMED.findall(value)[:_MOST] if name == "msip_labels" else [value]


def _marks(name: str, value: str) -> bool:
    if name in {"sensitivity", "x-sensitivity"} and value.casefold().strip() in _SENSITIVITY:
        return True
    return is_marked(value, Place.HEAD)


def _as_written(name: str) -> str:
    return name if name == "msip_labels" else "-".join(each.capitalize() for each in name.split("-"))
