"""Bodies in the archive: what went in comes out, attachments stand there once, and nobody changes either unseen."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update

from config.policy import Verdict
from filters.finding import Decision
from gateway.archive.verify import verify
from gateway.store import archive, bodies, councils, delays, ledger, messages, queue, sheet
from gateway.store.database import Database
from gateway.store.errors import Altered
from gateway.store.index.content import Content, Piece, Said
from gateway.store.models import BlobRow, BlobUse, MessageBody
from gateway.store.recipes import Stretch
from signatures.message.carried.attachments import attachments_of
from signatures.message.scanner import Unscannable, scan_parts
from tests.intruder import alone
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import COUNCIL, count, entry, finding

KEY = b"\x07" * 32
FILE = os.urandom(30_000)
CORPUS = sorted(Path("tests/corpus").rglob("*.eml"))
SMIME = Path("tests/corpus/smime-signed.eml").read_bytes()
ODD = {
    "8-bit": b"Subject: caf\xe9\r\n\r\n" + bytes(range(128, 256)) * 100 + b"\r\n",
    "bare LF": b"Subject: a\n\nline\nline\r\nline\n" * 500,
    "bare CR and NUL": b"Subject: a\r\n\r\n\0\r\0\r\n" * 900,
    "lines over 998 octets": b"Subject: a\r\n\r\n" + b"x" * 5000 + b"\r\n" + b"y" * 20_000,
    "S/MIME": SMIME,
    "empty": b"",
}


def stretches_in(raw: bytes) -> tuple[Stretch, ...]:
    """What the worker says of where attachments stand."""
    try:
        found = attachments_of(raw, scan_parts(raw))
    except Unscannable:
        return ()
    return tuple(Stretch(each.start, each.end, each.base64) for each in found)


def letter(content: bytes = FILE, length: int = 76, sender: str = "jo@nether.example") -> bytes:
    encoded = base64.b64encode(content)
    lines = b"\r\n".join(encoded[at : at + length] for at in range(0, len(encoded), length))
    return (
        f"From: {sender}\r\nMessage-ID: <{os.urandom(4).hex()}@x>\r\nMIME-Version: 1.0\r\n".encode()
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nPlease see the plan.\r\n--b\r\n'
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + lines + b"\r\n--b--\r\n"
    )


def of(raw: bytes, **changes) -> messages.Entry:
    return entry(raw=raw, splices=(), stretches=stretches_in(raw), **changes)


def put(database, *entries: messages.Entry) -> list[str]:
    for one in entries:
        database.write_blocking(lambda c, one=one: messages.record(c, one))
    return [one.id for one in entries]


def read(database, message: str) -> bytes | None:
    return database.read_blocking(lambda c: archive.body(c, COUNCIL, message))


def faults(database) -> dict[str, str]:
    return database.read_blocking(lambda c: {each.message: each.what for each in verify(c, COUNCIL)})


@pytest.fixture(params=["plain", "encrypted"])
def kept(request, url, council):
    """A database, once with a key and once without."""
    database = Database(url, key=KEY if request.param == "encrypted" else None)
    database.start()
    database.write_blocking(lambda connection: councils.save(connection, council, NOW, "test"))
    yield database
    database.stop()


def test_case_22_every_message_comes_out_as_it_went_in(kept):
    raws = {str(path): path.read_bytes() for path in CORPUS} | ODD | {"large": letter()}
    assert len(raws) > 80
    entries = {name: of(raw, heading=entry().heading) for name, raw in raws.items()}
    sheets = [sheet.of_submission(one, kept.vault) for one in entries.values()]
    kept.write_blocking(lambda c: sheet.write(c, sheets))
    found = kept.read_blocking(lambda c: bodies.load(c, COUNCIL, [one.id for one in entries.values()]))
    assert found == {one.id: raws[name] for name, one in entries.items()}
    assert faults(kept) == {}


def test_the_same_attachment_is_kept_once(kept):
    raws = [letter(), letter(length=64), letter(length=60, sender="clerk@nether.example"), letter(FILE[1:])]
    ids = put(kept, *(of(raw) for raw in raws))
    assert count(kept, "blob") == 2
    assert count(kept, "blob_use") == 4
    hashes = kept.read_blocking(lambda c: set(c.execute(select(BlobRow.sha256)).scalars()))
    assert hashes == {hashlib.sha256(FILE).hexdigest(), hashlib.sha256(FILE[1:]).hexdigest()}
    assert [read(kept, each) for each in ids] == raws
    octets = kept.read_blocking(
        lambda c: c.execute(text("select sum(length(raw)) from message_body")).scalar()
    )
    assert octets < 4000
    assert faults(kept) == {}


def test_the_same_attachment_in_one_batch(kept):
    several = [of(letter()) for _ in range(5)]
    sheets = [sheet.of_submission(one, kept.vault) for one in several]
    kept.write_blocking(lambda c: messages.record_all(c, sheets))
    assert count(kept, "blob") == 1
    assert [read(kept, one.id) for one in several] == [one.raw for one in several]


def test_the_same_attachment_at_several_nodes(kept, url):
    nodes = [Database(url, key=KEY if kept.vault.encrypts else None) for _ in range(3)]
    entries = [[of(letter()) for _ in range(4)] for _ in nodes]
    threads = [
        threading.Thread(target=put, args=(node, *several))
        for node, several in zip(nodes, entries, strict=True)
    ]
    for node in nodes:
        node.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for node in nodes:
        node.stop()
    assert count(kept, "blob") == 1
    assert count(kept, "blob_use") == 12
    assert all(read(kept, one.id) == one.raw for several in entries for one in several)


def test_no_council_shares_with_another(kept, council):
    other = council.model_copy(update={"id": "other", "domains": ("other.example",), "people": ()})
    kept.write_blocking(lambda connection: councils.save(connection, other, NOW, "test"))
    raw = letter()
    mine, theirs = of(raw), of(raw, council="other")
    put(kept, mine, theirs)
    assert count(kept, "blob") == 2
    assert kept.read_blocking(lambda c: archive.body(c, "other", mine.id)) is None
    assert kept.read_blocking(lambda c: bodies.load(c, "other", [mine.id, theirs.id])) == {theirs.id: raw}


def test_what_is_refused_is_not_kept(kept):
    [message] = put(kept, of(letter(), decision=Decision(findings=(finding(Verdict.REFUSE),))))
    assert read(kept, message) is None
    assert count(kept, "blob") == count(kept, "message_body") == 0


def test_its_beginning_alone(kept):
    raw = letter()
    body = raw.index(b"Please")
    [message, short] = put(kept, of(raw), of(b"Subject: a\r\n\r\n"))
    for octets in (0, 10, body, len(raw) - 5, len(raw) + 5):
        assert (
            kept.read_blocking(lambda c, n=octets: bodies.beginning(c, COUNCIL, message, n)) == raw[:octets]
        )
    assert kept.read_blocking(lambda c: bodies.beginning(c, COUNCIL, short, 7)) == b"Subject"
    assert kept.read_blocking(lambda c: bodies.beginning(c, COUNCIL, "none", 7)) is None


def test_it_leaves_as_it_came_and_its_author_is_told_what_waits(kept):
    raw = letter()
    put(kept, of(raw))
    [claim] = kept.write_blocking(lambda c: queue.claim(c, "node", NOW, 10, 60))
    departing = kept.read_blocking(lambda c: queue.load(c, claim, NOW))
    assert departing.raw == raw
    taken = kept.write_blocking(lambda c: delays.take(c, claim.departure))
    assert taken.beginning == raw[:65_536]


def test_what_was_kept_before_stays_readable(database, url):
    """Rows without a form are from before there was one; those closed without a key are from before that."""
    first, second = of(letter()), of(letter(FILE[5:]))
    put(database, first, second)
    with alone(database) as connection:
        connection.execute(delete(BlobUse).where(BlobUse.message_id == first.id))
        connection.execute(
            update(MessageBody).where(MessageBody.message_id == first.id).values(form=None, raw=first.raw)
        )
    keyed = Database(url, key=KEY)
    keyed.start()
    third = of(letter())
    put(keyed, third)
    assert [read(keyed, one.id) for one in (first, second, third)] == [first.raw, second.raw, third.raw]
    forms = keyed.read_blocking(
        lambda c: dict(c.execute(select(MessageBody.message_id, MessageBody.form)).all())
    )
    assert forms[first.id] is None
    assert not forms[second.id].endswith("e")
    assert forms[third.id].endswith("e")
    assert faults(keyed) == {}
    keyed.stop()


def test_nothing_is_kept_without_the_key_that_there_is(url, council):
    keyed = Database(url, key=KEY)
    keyed.start()
    keyed.write_blocking(lambda connection: councils.save(connection, council, NOW, "test"))
    with pytest.raises(ValueError, match="key"):
        keyed.write_blocking(lambda c: messages.record_all(c, [sheet.of_submission(of(letter()))]))
    assert count(keyed, "message_body") == 0
    keyed.stop()


def test_case_23_one_changed_octet_is_found(kept):
    first, second, third = put(
        kept, of(letter()), of(letter(FILE[2:])), of(b"Subject: small\r\n\r\nsmall\r\n" * 9)
    )
    victims = {
        first: (BlobRow, BlobRow.sha256 == hashlib.sha256(FILE).hexdigest(), "data"),
        third: (MessageBody, MessageBody.message_id == third, "raw"),
        second: (MessageBody, MessageBody.message_id == second, "raw"),
    }
    assert faults(kept) == {}
    for message, (table, where, column) in victims.items():
        before = kept.read_blocking(
            lambda c, t=table, w=where, n=column: c.execute(select(getattr(t, n)).where(w)).scalar()
        )
        for place in (0, len(before) // 2, len(before) - 1):
            changed = bytearray(before)
            changed[place] ^= 1
            with alone(kept) as connection:
                connection.execute(update(table).where(where).values({column: bytes(changed)}))
            assert faults(kept) == {message: "the message's text was altered"}
        with alone(kept) as connection:
            connection.execute(update(table).where(where).values({column: before}))
    assert faults(kept) == {}


def test_a_missing_attachment_is_found(kept):
    [first, second] = put(kept, of(letter()), of(letter(length=64)))
    with alone(kept) as connection:
        connection.execute(delete(BlobRow))
    assert set(faults(kept)) == {first, second}
    with pytest.raises(Altered, match="missing"):
        read(kept, first)


def swap(database, table, key, one, other, *columns):
    rows = {}
    with alone(database) as connection:
        for each in (one, other):
            rows[each] = connection.execute(
                select(*(getattr(table, column) for column in columns)).where(key == each)
            ).one()
        for mine, theirs in ((one, other), (other, one)):
            connection.execute(update(table).where(key == mine).values(**rows[theirs]._mapping))


def test_case_25_two_bodies_swapped_are_both_named(kept):
    ids = put(kept, of(b"Subject: one\r\n\r\n1"), of(b"Subject: two\r\n\r\n2"), of(letter()))
    swap(kept, MessageBody, MessageBody.message_id, ids[0], ids[1], "raw", "form")
    assert set(faults(kept)) == set(ids[:2])
    swap(kept, MessageBody, MessageBody.message_id, ids[0], ids[1], "raw", "form")
    swap(kept, MessageBody, MessageBody.message_id, ids[0], ids[2], "raw", "form")
    assert set(faults(kept)) == {ids[0], ids[2]}


def test_case_25_two_attachments_swapped_are_both_named(kept):
    ids = put(kept, of(letter()), of(letter(FILE[::-1])), of(b"Subject: none\r\n\r\n"))
    hashes = [hashlib.sha256(each).hexdigest() for each in (FILE, FILE[::-1])]
    swap(kept, BlobRow, BlobRow.sha256, *hashes, "data", "form", "size")
    assert set(faults(kept)) == set(ids[:2])
    with pytest.raises(Altered):
        read(kept, ids[0])


def test_one_that_was_altered_hinders_no_other_departure(kept):
    put(kept, of(letter()), of(b"Subject: other\r\n\r\n"))
    with alone(kept) as connection:
        connection.execute(delete(BlobRow))
    claims = kept.write_blocking(lambda c: queue.claim(c, "node", NOW, 10, 60))
    found = kept.read_blocking(lambda c: queue.load_all(c, claims, NOW))
    assert {type(each).__name__ for each in found} == {"Altered", "Departing"}


def test_what_nobody_needs_any_longer_is_forgotten(kept):
    first, second, third = put(kept, of(letter()), of(letter(length=64)), of(letter(FILE[3:])))
    kept.write_blocking(lambda c: bodies.forget(c, COUNCIL, first))
    assert read(kept, first) is None
    assert read(kept, second)
    assert count(kept, "blob") == 2
    kept.write_blocking(lambda c: bodies.forget(c, COUNCIL, second))
    assert count(kept, "blob") == 1
    kept.write_blocking(lambda c: bodies.forget(c, COUNCIL, third))
    assert count(kept, "blob") == count(kept, "blob_use") == count(kept, "message_body") == 0


def test_the_same_may_be_attached_again_afterwards(kept):
    [first] = put(kept, of(letter()))
    kept.write_blocking(lambda c: bodies.forget(c, COUNCIL, first))
    raw = letter()
    [second] = put(kept, of(raw))
    assert read(kept, second) == raw


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_of_a_message_is_seen_in_the_files(url, council, tmp_path):
    """A phrase of the text and one of an attachment, neither compressed nor encoded so that it could not be seen."""
    phrase = os.urandom(600)
    words = b"Quinquireme of Nineveh from distant Ophir %s" % os.urandom(8).hex().encode()
    raw = letter(phrase * 20).replace(b"Please see the plan.", words)
    spoken = b"Subject: short\r\n\r\n" + words + b"\r\n"
    piece = Piece(part=1, name="a.txt", kind="text/plain", size=9, sha256="ab", text=words.decode())
    found = Content(said=Said(own=words.decode()), pieces=(piece,))

    def seen(key: bytes | None, name: str) -> list[bool]:
        from gateway.store.upgrade import upgrade

        folder = tmp_path / name
        folder.mkdir()
        upgrade(f"sqlite:///{folder}/vestry.sqlite")
        database = Database(f"sqlite:///{folder}/vestry.sqlite", key=key)
        database.start()
        database.write_blocking(lambda connection: councils.save(connection, council, NOW, "test"))
        put(database, of(raw, content=found), of(spoken))
        assert count(database, "text") >= 2
        assert faults(database) == {}
        octets = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
        database.stop()
        return [each in octets for each in (phrase[:64], words, base64.b64encode(phrase)[:40])]

    assert True in seen(None, "plain")
    assert seen(KEY, "encrypted") == [False, False, False]


def test_only_what_is_in_the_ledger_stands_there(kept):
    """A body slipped in beside does not pass for one that came in."""
    [refused] = put(kept, of(letter(), decision=Decision(findings=(finding(Verdict.REFUSE),))))
    made = bodies.prepare(COUNCIL, refused, b"Subject: slipped in\r\n\r\n", kept.vault)
    with alone(kept) as connection:
        connection.execute(
            insert(MessageBody).values(council_id=COUNCIL, message_id=refused, raw=made.data, form=made.form)
        )
    assert faults(kept) == {refused: "a refused message's text was kept"}
    assert kept.read_blocking(lambda c: ledger.head(c, COUNCIL))[0] > 0
