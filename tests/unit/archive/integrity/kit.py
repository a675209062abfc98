"""An archive worth tampering with, and people who know how."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from config.policy import Verdict
from filters.finding import Decision
from gateway.archive.anchoring import make_anchor
from gateway.archive.offline.check import Link, manifest_text
from gateway.archive.offline.write import write_proof
from gateway.archive.spoken import parts_of
from gateway.archive.verify import verify
from gateway.store import audit, ledger, messages, queue
from gateway.store.audit import Act, Audited
from gateway.store.models import LedgerHead, LedgerRow
from signatures.message.splices import Splice, apply
from tests.intruder import alone
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import COUNCIL, entry, finding

SPLICES = (Splice(0, 0, b"Date: now\r\n"), Splice(29, 3, b"<2@y>"))
LATER = NOW + timedelta(days=1)


def letter(number: int, **changes) -> messages.Entry:
    """A submission that is like no other."""
    raw = b"From: jo@nether.example\r\nMessage-ID: <%d@x>\r\n\r\nThe swings, part %d\r\n" % (number, number)
    heading = messages.Heading(f"<{number}@x>", f"Part {number}", "jo@nether.example", "nether.example")
    return entry(raw=raw, heading=heading, received_at=NOW + timedelta(minutes=number), **changes)


def fill(database) -> list[str]:
    """Twelve messages: one gone out, one held, one refused, one sealed. Returns their ids, the sealed one's last."""
    entries = [letter(number) for number in range(12)]
    entries[0] = letter(0, splices=SPLICES)
    entries[1] = letter(1, decision=Decision(findings=(finding(Verdict.HOLD),)))
    entries[2] = letter(2, decision=Decision(findings=(finding(Verdict.REFUSE),)))
    entries[11] = replace(entries[11], sealed=True)
    database.write_blocking(lambda c: [messages.record(c, made) for made in entries])

    def goes_out(connection):
        claims = queue.claim(connection, "node", LATER, 50, 60)
        [claim] = [each for each in claims if each.message == entries[0].id]
        body = apply(entries[0].raw, SPLICES)
        prepared = (b"DKIM: x\r\n", queue.hash_of(b"DKIM: x\r\n", body))
        assert queue.start(connection, queue.Start(claim, prepared=prepared), LATER)

    database.write_blocking(goes_out)
    act(database, Act.VIEWED, message=entries[3].id)
    act(database, Act.SEARCHED, detail={"query": "swings", "found": 10})
    return [made.id for made in entries]


def act(database, what: Act, **more) -> int:
    done = Audited(what, "clerk@nether.example", "FOI 2026/7", LATER, **more)
    return database.write_blocking(lambda c: audit.record(c, COUNCIL, done))


def anchor(database, now=LATER):
    return database.write_blocking(lambda c: make_anchor(c, COUNCIL, now))


def faults(database, anchors=()) -> list[str]:
    found = database.read_blocking(lambda c: list(verify(c, COUNCIL, anchors)))
    return [f"{fault.sequence} {fault.message}: {fault.what}" for fault in found]


def links(database) -> int:
    return database.read_blocking(lambda c: ledger.head(c, COUNCIL)[0])


def made_anew(database) -> None:
    """The whole chain, made again by our own code, with fresh salts, of what the archive holds now."""
    with alone(database) as connection:
        before = ledger.links(connection, COUNCIL)
        connection.execute(delete(LedgerRow).where(LedgerRow.council_id == COUNCIL))
        connection.execute(update(LedgerHead).values(sequence=0, hash=ledger.GENESIS))
        again = [
            ledger.Happening(
                ledger.Event(link.event),
                link.message,
                parts_of(connection, COUNCIL, link),
                link.at,
                link.part,
            )
            for link, _, _ in before
        ]
        ledger.append(connection, COUNCIL, again)


@pytest.fixture
def archived(database) -> list[str]:
    return fill(database)


def bundle_of(database, target: Path, chosen=None) -> Path:
    database.read_blocking(lambda c: write_proof(c, COUNCIL, target, chosen))
    return target


class Forger:
    """Somebody who rewrites a bundle and knows how it is made: all hashes of files fit again afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links = self._read("links.jsonl")
        self.contents = {each["sequence"]: each["parts"] for each in self._read("contents.jsonl")}

    def chain(self, fresh_salts: bool = False) -> None:
        """Number and chain all links anew."""
        council = json.loads((self.folder / "manifest.json").read_bytes())["council"]
        last, contents = ledger.GENESIS, {}
        for sequence, link in enumerate(self.links, 1):
            parts = self.contents.get(link["sequence"])
            if parts is not None and fresh_salts:
                salt = secrets.token_bytes(16)
                link["salt"] = salt.hex()
                link["content"] = ledger.content_hash(salt, [base64.b64decode(part) for part in parts])
            link |= {"sequence": sequence, "previous": last}
            last = link["hash"] = Link(**link).right_hash(council)
            if parts is not None:
                contents[sequence] = parts
        self.contents = contents

    def write(self) -> None:
        """Everything, with hashes that fit."""
        self._write("links.jsonl", self.links)
        self._write(
            "contents.jsonl",
            [{"sequence": key, "parts": parts} for key, parts in sorted(self.contents.items())],
        )
        sums = []
        for link in self.links:
            path = self.folder / "messages" / f"{link['message']}.eml"
            if link["event"] == "received" and link["salt"] and path.exists():
                row = json.loads(base64.b64decode(self.contents[link["sequence"]][0]))
                sums.append(f"{row['sha256']}  messages/{path.name}\n")
        (self.folder / "messages.sha256").write_text("".join(sums))
        self.seal()

    def seal(self) -> None:
        """A manifest of the files as they are."""
        said = json.loads((self.folder / "manifest.json").read_bytes())
        said |= {"links": len(self.links), "head": self.links[-1]["hash"]}
        said["files"] = {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name != "manifest.json" and path.suffix != ".eml"
        }
        (self.folder / "manifest.json").write_bytes(manifest_text(said))

    def _read(self, name: str) -> list[dict]:
        return [json.loads(line) for line in (self.folder / name).read_bytes().splitlines()]

    def _write(self, name: str, rows: list[dict]) -> None:
        (self.folder / name).write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
