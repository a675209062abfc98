"""A search's result, for people at a terminal, for files, and for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from gateway.cli.archive.wording import clean, listed, number
from gateway.clock import in_words

if TYPE_CHECKING:
    from gateway.archive.search import Found, Result, Snippet
    from gateway.store.search import Unread, Unsearched

_INDENT = "    "
_MARK = "bold reverse"


def print_head(result: Result, order: str) -> None:
    """What was asked, how much was found, and what of it could not be searched."""
    _say(Text(clean(result.meaning)))
    for remark in result.remarks:
        _say(Text(f"Note: {clean(remark)}"))
    said = number(result.total, "message") if result.total else "Nothing"
    _say(Text(f"{said} found{f', {order} first' if order != 'relevance' and result.total else ''}."))
    for line in not_searched(result.unsearched):
        _say(Text(line))
    for suggestion in result.suggestions:
        _say(Text(f"Did you mean: {clean(suggestion)}"))


def not_searched(unsearched: Unsearched) -> Iterator[str]:
    """What could not be searched within a query's scope, in sentences; that there is nothing of it, too."""
    if not unsearched.messages and not unsearched.pending:
        yield "Everything within its scope could be searched."
        return
    if unsearched.messages:
        yield f"NOT SEARCHED in full: {number(unsearched.messages, 'message')}."
        for why, count in unsearched.reasons:
            yield f"{_INDENT}{count:,} × {clean(why)}"
    if unsearched.pending:
        are = "is" if unsearched.pending == 1 else "are"
        yield f"STILL BEING READ: {number(unsearched.pending, 'message')} {are} not searched in full yet."
    yield "What was not searched may say what you look for: --unsearched lists it."


def print_found(found: Iterable[Found], first: int) -> None:
    """Messages, numbered from `first`."""
    for place, each in enumerate(found, first):
        _say(Text(f"\n{place:,}. {in_words(each.at)}  {each.state}  {each.message}"))
        for line in _lines(each):
            _say(Text(_INDENT) + line)


def _lines(found: Found) -> Iterator[Text]:
    """What is to be told of a message, a line each."""
    from gateway.store.sheet import BY_POLICY

    yield Text(clean(found.subject) or "(no subject)", style="bold")
    author = clean(found.author)
    yield Text(f"From: {author}{f' (login {found.person})' if found.person else ''}")
    if found.recipients:
        yield Text(f"To: {listed(found.recipients)}")
    if found.attachments:
        yield Text(f"Attached: {listed(found.attachments)}")
    if found.act and found.decided_by != BY_POLICY:
        why = f": {clean(found.why)}" if found.why else ""
        yield Text(f"{found.act[:1].upper()}{found.act[1:]} by {found.decided_by}{why}")
    for snippet in found.snippets:
        yield _marked(snippet)


def _marked(snippet: Snippet) -> Text:
    """A snippet, with what matched in bold."""
    text = Text(clean(snippet.text))
    for start, end in snippet.marks:
        text.stylize(_MARK, start, end)
    return Text(f"{clean(snippet.where)}: ") + text


def print_unread(things: Iterable[Unread]) -> None:
    """Each thing that could not be searched, a line each."""
    for each in things:
        what = f"“{clean(each.name)}”" if each.name else "its own text"
        _say(Text(f"{in_words(each.at)}  {each.message}  {what}: {clean(each.reason)}"))


def as_json(result: Result, order: str, offset: int) -> dict[str, Any]:
    """A result for programs; `found` is left to be filled."""
    return {
        "query": result.query,
        "meaning": result.meaning,
        "remarks": result.remarks,
        "order": order,
        "total": result.total,
        "offset": offset,
        "unsearched": {
            "messages": result.unsearched.messages,
            "pending": result.unsearched.pending,
            "reasons": dict(result.unsearched.reasons),
        },
        "suggestions": result.suggestions,
    }


def _say(line: Text) -> None:
    """Print a line. Where bold cannot be seen, what is marked stands between asterisks."""
    if sys.stdout.isatty():
        Console(highlight=False).print(line)
        return
    plain = line.plain
    for span in sorted(line.spans, key=lambda one: one.start, reverse=True):
        if span.style == _MARK:
            plain = f"{plain[: span.start]}**{plain[span.start : span.end]}**{plain[span.end :]}"
    typer.echo(plain)
