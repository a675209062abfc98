"""What the check `attachments` says to people."""

from __future__ import annotations

from collections.abc import Sequence

from filters.extract import kinds
from filters.extract.document import Document

_MOST_NAMED = 3

_KINDS = (
    (kinds.PDF, "a PDF"),
    (kinds.WORD, "a Word document"),
    (kinds.OLD_WORD, "a Word document"),
    (kinds.SHEET, "an Excel workbook"),
    (kinds.OLD_SHEET, "an Excel workbook"),
    (kinds.BINARY_SHEET, "an Excel workbook"),
    (kinds.SLIDES, "a presentation"),
    (kinds.OLD_SLIDES, "a presentation"),
    (kinds.OPEN_DOCUMENT, "a LibreOffice document"),
    (kinds.ZIP, "an archive of files"),
    (kinds.RTF, "a formatted text"),
    (kinds.MAIL, "an e-mail message"),
    (kinds.OUTLOOK, "an e-mail message"),
    (kinds.HTML, "a web page"),
    ("text/", "plain text"),
    ("image/", "a picture"),
    ("video/", "a film"),
    ("audio/", "a sound recording"),
)


def program(found: Sequence[Document]) -> str:
    """Why a program is stopped."""
    one = len(found) == 1
    return (
        f"{_subject(found)} {'is a program' if one else 'are programs'}, and a program can do harm on the computer of "
        f"whoever opens it. Please take {'it' if one else 'them'} out and send the message again; tell people where "
        f"they can download what they need instead."
    )


def macros(found: Sequence[Document]) -> str:
    """Why macros are stopped."""
    one = len(found) == 1
    return (
        f"{_subject(found)} {'has' if one else 'have'} macros in {'it' if one else 'them'}: small programs that may do "
        "harm, and that many people cannot open. Please save a copy without macros (as .docx, .xlsx or PDF) and attach "
        "that instead."
    )


def bomb(found: Sequence[Document]) -> str:
    """Why what is packed beyond measure is stopped."""
    one = len(found) == 1
    return (
        f"{_subject(found)} would be far larger unpacked than any honest file, as those are that are made to bring "
        f"computers to a halt. Please take {'it' if one else 'them'} out and send the message again."
    )


def locked(found: Sequence[Document]) -> str:
    """Why what is encrypted is stopped."""
    one = len(found) == 1
    return (
        f"{_subject(found)} {'is' if one else 'are'} encrypted, so nobody can check what is in "
        f"{'it' if one else 'them'} before it leaves the council. Please attach {'it' if one else 'them'} without a "
        "password; where the password is needed, say so to whoever decides about this message."
    )


def misnamed(found: Sequence[Document]) -> str:
    """Why what goes under a false name is stopped."""
    one = len(found) == 1
    kind = next((said for begins, said in _KINDS if found[0].kind.startswith(begins)), "") if one else ""
    what = (
        f"by its content it is {kind}, and its name says otherwise"
        if kind
        else "the name promises another kind"
    )
    return (
        f"{_subject(found)} {'is not what its name says' if one else 'are not what their names say'}: {what}. Files "
        "under a false name are often harmful, and may not open. Please check that it is the right file and give it "
        "its right name, or confirm that it is to go as it is."
    )


def large(found: Sequence[Document], megabytes: int, most: int) -> str:
    """Why so much is not sent by mail."""
    return (
        f"{_subject(found)} {'comes' if len(found) == 1 else 'come'} to {megabytes} megabytes"
        f"{'' if len(found) == 1 else ' together'}, and from {most} on mail often does not arrive. Please send a link to "
        "the files instead, or fewer at a time; or confirm that it is to go as it is."
    )


def passed_on(found: Sequence[Document], author: str) -> str:
    """Why whoever passes on another's papers is asked."""
    one = len(found) == 1
    return (
        f"{_subject(found)} came from {author}, outside the council, and {'goes' if one else 'go'} on to other people "
        "outside it. Please make sure that the sender may be trusted, and that this may be passed on; then confirm."
    )


def unread(found: Sequence[Document]) -> str:
    """What could not be checked, as a note."""
    said = "; ".join(f'"{each.name}": {each.unread}' for each in found[:_MOST_NAMED])
    more = len(found) - _MOST_NAMED
    return f"Not all of what is attached could be read: {said}{f'; and {more} more' if more > 0 else ''}."


def trouble(why: str) -> str:
    """What was not looked at at all."""
    return (
        f"Not everything attached could be looked at ({why}), so there may be something harmful in it. Please attach "
        "less at a time, and without packing files into one another."
    )


def _subject(found: Sequence[Document]) -> str:
    """The documents, as the beginning of a sentence."""
    names = [f'"{each.name}"' for each in found[:_MOST_NAMED]]
    more = len(found) - _MOST_NAMED
    if more > 0:
        names.append(f"{more} more")
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"The attachment {listed}" if len(found) == 1 else f"The attachments {listed}"
