"""A search certificate as a page that people can read: plain text, lines of at most 72 characters where words allow."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from gateway.archive.certificate import Certificate, Unsearched
from gateway.clock import in_words

WIDTH = 72
_TITLE = 18
_FIRST = (
    "This certificate says what was looked for in the Council's archive of e-mail, in how many messages, what was "
    "found, and what could not be searched. All of it was read at one moment."
)
_CHECK = (
    "What stands below the line is the same for machines, with a signature of the installation's key over all of this "
    "page. `vestry archive certificate --check FILE` says whether anything in it was changed. The number and hash of "
    "the last link say what the archive held at that moment; that this certificate was issued is itself a link after it."
)


def page(certificate: Certificate) -> str:
    """The page, its last line ended."""
    lines = [
        "SEARCH CERTIFICATE",
        *_wrapped(f"{certificate.council_name} ({', '.join(certificate.domains)})"),
        "",
        *_wrapped(_FIRST),
        *_heading("What was looked for"),
        *_question(certificate),
        *_heading("What was searched"),
        *_searched(certificate),
        *_heading("What was found"),
        *_row("Messages", f"{certificate.found:,}" if certificate.found else "none"),
        *_row("Digest of their queue ids", certificate.digest),
        *_heading("What could not be searched, within the scope of the question"),
        *_not_searched(certificate),
        *_heading("What is no part of this search"),
        *_wrapped(certificate.not_part),
        *_heading("How it can be checked"),
        *_wrapped(_CHECK),
        *_row("Ledger", f"{certificate.ledger_links:,} links, the last one"),
        f"{'':{_TITLE}}{certificate.ledger_hash[:32]}",
        f"{'':{_TITLE}}{certificate.ledger_hash[32:]}",
        *_row("Made by", f"Vestry {certificate.vestry}, {certificate.engine}"),
    ]
    return "\n".join(lines) + "\n"


def _question(certificate: Certificate) -> Iterator[str]:
    roles = ", ".join(role.replace("_", " ") for role in certificate.roles)
    yield from _row("As typed", certificate.query)
    yield from _row("That is", certificate.meaning)
    for remark in certificate.remarks:
        yield from _row("Note", remark)
    yield from _row("By", f"{certificate.name} ({certificate.by}), {roles}")
    yield from _row("Reason", certificate.why)
    yield from _row("When", f"{in_words(certificate.at)}, by the clock of Europe/London")


def _searched(certificate: Certificate) -> Iterator[str]:
    yield from _row("Messages", f"{certificate.searched:,}")
    if certificate.first is not None and certificate.last is not None:
        yield from _row("First received", in_words(certificate.first))
        yield from _row("Last received", in_words(certificate.last))


def _not_searched(certificate: Certificate) -> Iterator[str]:
    """Counts, and each thing with its reason; that there is nothing, too."""
    yield from _row("Not all read", f"{certificate.not_searched:,} of these messages")
    yield from _row("Still being read", f"{certificate.pending:,} of these messages")
    if certificate.not_searched or certificate.pending:
        yield from _wrapped("What was not searched may hold what was looked for.")
    for place, each in enumerate(certificate.unsearched, 1):
        yield from _wrapped(f"{place}. {_told(each)}", "   ")


def _told(each: Unsearched) -> str:
    what = "its own text" if each.own_text else f"something attached to it ({each.number})"
    return f"{each.message} of {in_words(each.received)}, {what}: {each.reason}"


def _heading(title: str) -> list[str]:
    return ["", title.upper(), ""]


def _row(title: str, text: str) -> list[str]:
    """A title and what stands beside it, or below it where the title is long."""
    if len(title) >= _TITLE:
        return [title, *_wrapped(text, " " * _TITLE, " " * _TITLE)]
    return _wrapped(text, " " * _TITLE, f"{title:{_TITLE}}")


def _wrapped(text: str, indent: str = "", first: str = "") -> list[str]:
    """Text in lines, without any character that is not seen or steers what is."""
    seen = "".join(char if char.isprintable() else " " for char in text)
    return textwrap.wrap(
        seen, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    ) or [first.rstrip()]
