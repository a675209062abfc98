"""The fingerprints of what is attached, by which passages of confidential papers are found in it."""

from __future__ import annotations

from filters.extract.document import Documents
from signatures.message.carried.prints import EVERY, prints_of


def with_prints(documents: Documents) -> Documents:
    """The same with the fingerprints of each document's text."""
    found = tuple(
        each.model_copy(update={"prints": prints_of((each.text,), EVERY)}) if each.text else each
        for each in documents.found
    )
    return documents.model_copy(update={"found": found})
