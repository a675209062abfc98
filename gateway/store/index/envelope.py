"""Whom a message went to, beyond those whom its header names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Protocol

from gateway.store.index.content import Content, Said

_TOKEN = re.compile(r"answer-[a-z2-7]{20,57}(?=@)", re.IGNORECASE)


class Addressed(Protocol):
    """A recipient's row, as the archive keeps it."""

    @property
    def address(self) -> str:
        """As it was given."""

    @property
    def canonical(self) -> str:
        """As addresses are compared."""

    @property
    def hidden(self) -> bool | None:
        """Whether its header does not name it; None where that is not known."""

    @property
    def added_by(self) -> str | None:
        """The check that added it."""


def with_envelope(
    content: Content, recipients: Iterable[Addressed], named: Collection[str] | None = None
) -> Content:
    """The same with its recipients: those whom its header does not name among the hidden, those whom policy added among
    the copied, whom everybody sees. `named` are the addresses that its header names, for rows that do not tell; without
    them those count as written to.
    """
    said = content.said
    more: dict[str, list[str]] = {"recipients": [], "copied": [], "hidden": []}
    for each in recipients:
        if each.added_by is not None:
            more["copied"].append(each.address)
        elif each.hidden is None and named is None:
            more["recipients"].append(each.address)
        elif each.hidden or (each.hidden is None and named is not None and each.canonical not in named):
            more["hidden"].append(each.address)
    together = {
        name: ", ".join(filter(None, (getattr(said, name), *addresses)))
        for name, addresses in more.items()
        if addresses
    }
    told = {**said.model_dump(), **together}
    return content.model_copy(
        update={"said": Said(**{name: without_tokens(text) for name, text in told.items()})}
    )


def without_tokens(text: str) -> str:
    """The same without what makes an address one to answer a notice by (`gateway.holds.answers.tokens`): whoever reads
    it in a search could answer in somebody's name.
    """
    return _TOKEN.sub("answer-…", text) if "nswer-" in text.lower() else text
