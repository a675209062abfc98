"""Reading a confidential paper that the Clerk has watched: its fingerprints are made here, and nothing else is kept.

A file is a stranger's, whoever hands it in, so a worker looks into it. It goes there as what it will be found as, an
attachment, so that what is watched is what would be seen in mail. A paper that can be read in part only is not taken:
its Clerk would believe all of it watched.
"""

from __future__ import annotations

import asyncio
import base64

from config.council import Council
from config.settings import Settings
from filters.confidential.stock import stock_prints
from filters.extract.document import Documents
from gateway.holds.ready import with_workers
from gateway.store.errors import Conflict
from gateway.store.papers import Paper
from gateway.workers.analysis import Analyst
from gateway.workers.pool import WorkerFailed
from signatures.message.carried.prints import placed

MOST_OCTETS = 25_000_000
"""Octets of a file that are taken."""

_SECONDS = 60.0


def paper_of(content: bytes, name: str, title: str, council: Council, settings: Settings) -> Paper:
    """What is kept of a file: a title and fingerprints. Raises Conflict where it cannot be read, or not all of it."""
    if len(content) > MOST_OCTETS:
        raise Conflict(f"{name} is larger than {MOST_OCTETS // 1_000_000} megabytes")
    documents = with_workers(settings, lambda analyst: _read(analyst, content, name))
    unread = next((f"{each.name}: {each.unread}" for each in documents.found if each.unread), "")
    if trouble := documents.trouble or unread:
        raise Conflict(f"{name} cannot be read ({trouble}); put its title on the watch list instead")
    text = "\n\n".join(each.text for each in documents.found)
    if not text.strip():
        raise Conflict(f"{name} has no text in it: it may be a scan; put its title on the watch list instead")
    stock = stock_prints(council)
    return Paper(title, {each: place for each, place in placed(text).items() if each not in stock})


async def _read(analyst: Analyst, content: bytes, name: str) -> Documents:
    deadline = asyncio.get_running_loop().time() + _SECONDS
    try:
        return await analyst.extract(_enclosed(content, name), deadline)
    except WorkerFailed as error:
        raise Conflict(f"{name} cannot be read ({error.reason})") from None


def _enclosed(content: bytes, name: str) -> bytes:
    """The file as the attachment of a message. Its name is told by its ending alone, which is all that matters."""
    ending = "".join(letter for letter in name.rpartition(".")[2] if letter.isascii() and letter.isalnum())
    head = (
        "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="paper.{ending[:10] or "bin"}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")
