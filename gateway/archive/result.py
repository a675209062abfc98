"""What a search came to, as somebody sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.search import Unsearched


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text that matched. `where` says of what: "subject", "text", "earlier message", "from", "to",
    "file name", or "in attachment list.xlsx". `marks` are the spans in `text` that matched, start and end.
    """

    where: str
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A message that was found, with what is to be told of it: its state, and what was last decided, by whom, why.

    Of a resident's casework the subject, recipients and names of what is attached are masked, and there is no snippet.
    """

    message: str
    at: datetime
    kind: str
    state: str
    verdict: str
    person: str | None
    author: str
    subject: str
    recipients: tuple[str, ...]
    decided_by: str
    act: str
    why: str
    attachments: tuple[str, ...]
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a search came to. `total` is exact. `meaning` is the query in plain English, `remarks` what was odd in it.

    `unsearched` counts, within the query's scope, what could not be searched. `suggestions` are queries with other
    words of this archive in the place of words that are not in it, each of which would find something.
    """

    query: str
    meaning: str
    remarks: tuple[str, ...]
    total: int
    found: tuple[Found, ...]
    unsearched: Unsearched
    suggestions: tuple[str, ...] = ()
