"""The archive held against an anchor that was kept elsewhere, by people who own the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from gateway.archive.nightly import KIND, verification
from gateway.jobs.task import Task
from gateway.store import jobs, ledger
from gateway.store.models import (
    AnchorRow,
    AttachmentRow,
    AuditRow,
    Base,
    BlobUse,
    DepartureRow,
    FoundRow,
    ItemRow,
    LedgerHead,
    LedgerRow,
    MessageBody,
    MessageRow,
    ReferenceRow,
    SecretRow,
    TextRow,
)
from tests.intruder import alone
from tests.unit.archive.integrity.kit import (
    anchor,
    archived,  # noqa: F401  # fixture
    faults,
    links,
    made_anew,
)
from tests.unit.store.conftest import NOW, council, database, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL

ANEW = "the chain was made anew"


def change(database, *statements):
    with alone(database) as connection:
        for each in statements:
            connection.execute(each)


def test_a_whole_archive_stands_against_its_anchors(database, archived):
    kept = [anchor(database), anchor(database)]
    assert kept[1].links == kept[0].links + 1  # The record of the first.
    assert kept[0].messages == 11  # That there is a sealed one is told by no number.
    assert faults(database, kept) == []


def test_case_23_one_byte_of_a_stored_body(database, archived):
    kept = anchor(database)
    with alone(database) as connection:
        raw = connection.execute(
            select(MessageBody.raw).where(MessageBody.message_id == archived[4])
        ).scalar_one()
        flipped = raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]
        connection.execute(
            update(MessageBody).where(MessageBody.message_id == archived[4]).values(raw=flipped)
        )
    [fault] = faults(database, [kept])
    assert archived[4] in fault
    assert "the message's text was altered" in fault


def test_case_25_two_bodies_exchanged_are_both_named(database, archived):
    this, other = archived[4], archived[5]
    with alone(database) as connection:
        rows = {
            row.message_id: {"raw": row.raw, "form": row.form}
            for row in connection.execute(select(MessageBody.__table__))
        }
        for one, another in ((this, other), (other, this)):
            connection.execute(
                update(MessageBody).where(MessageBody.message_id == one).values(**rows[another])
            )
    found = faults(database)
    assert [each for each in archived if any(each in fault for fault in found)] == [this, other]


def cut(database, how_many: int) -> None:
    """Take the newest links out, all that they speak of, and every trace; move the ledger's end back."""
    with alone(database) as connection:
        last = links(database) - how_many
        gone = select(LedgerRow.message_id).where(LedgerRow.sequence > last, LedgerRow.event == "received")
        ids = connection.execute(gone).scalars().all()
        numbers = (
            connection.execute(select(ItemRow.number).where(ItemRow.message_id.in_(ids))).scalars().all()
        )
        for table in (TextRow, AttachmentRow, ReferenceRow, FoundRow):
            connection.execute(delete(table).where(table.item.in_(numbers)))
        connection.execute(delete(ItemRow).where(ItemRow.message_id.in_(ids)))
        for table in (BlobUse, MessageBody):
            connection.execute(delete(table).where(table.message_id.in_(ids)))
        for name in ("recipient", "decision", "delivery", "departure"):
            columns = Base.metadata.tables[name].c
            if "message_id" in columns:
                connection.execute(delete(Base.metadata.tables[name]).where(columns.message_id.in_(ids)))
        connection.execute(delete(MessageRow).where(MessageRow.id.in_(ids)))
        parts = connection.execute(
            select(LedgerRow.part).where(LedgerRow.sequence > last, LedgerRow.event == "audited")
        ).scalars()
        connection.execute(delete(AuditRow).where(AuditRow.number.in_([int(part) for part in parts])))
        left = connection.execute(
            select(LedgerRow.part).where(LedgerRow.sequence > last, LedgerRow.event == "departed")
        ).scalars()
        connection.execute(update(DepartureRow).where(DepartureRow.id.in_(left.all())).values(prepended=None))
        connection.execute(delete(LedgerRow).where(LedgerRow.sequence > last))
        connection.execute(delete(AnchorRow).where(AnchorRow.sequence > last))
        end = connection.execute(select(LedgerRow.hash).where(LedgerRow.sequence == last)).scalar_one()
        connection.execute(update(LedgerHead).values(sequence=last, hash=end))


def test_case_24_the_newest_ten_cut(database, archived):
    kept = anchor(database)
    before = links(database)
    cut(database, 10)
    assert faults(database) == []  # Without the anchor nothing shows: this is what it is for.
    assert f"links {before - 9} to {kept.links} are missing" in " ".join(faults(database, [kept]))


def test_case_24_the_whole_chain_made_anew(database, archived):
    kept = anchor(database)
    made_anew(database)
    change(database, delete(AnchorRow))
    assert not any(ANEW in fault for fault in faults(database))
    [fault] = [fault for fault in faults(database, [kept]) if ANEW in fault]
    assert fault.startswith(f"{kept.links} ")


def test_a_link_rewritten_with_a_hash_that_fits(database, archived):
    links = database.read_blocking(lambda c: ledger.links(c, COUNCIL))
    link = replace(links[4][0], at=NOW.replace(year=2020))
    this = update(LedgerRow).where(LedgerRow.sequence == link.sequence)
    change(database, this.values(at=link.at, hash=link.hash()))
    [fault] = faults(database)
    assert fault.startswith("6 ")
    assert "the link does not follow the one before it" in fault


def test_a_chain_made_anew_does_not_even_fit_the_anchors_that_the_database_has(database, archived):
    anchor(database)
    made_anew(database)
    assert any(ANEW in fault for fault in faults(database))


def test_a_chain_made_anew_after_a_change_fits_itself_and_no_anchor(database, archived):
    kept = anchor(database)
    altered = update(MessageRow).where(MessageRow.id == archived[5]).values(subject="Another")
    change(database, altered, delete(AnchorRow), delete(AuditRow).where(AuditRow.act == "anchored"))
    change(database, delete(LedgerRow).where(LedgerRow.event == "audited", LedgerRow.part == "3"))
    made_anew(database)
    assert faults(database) == []
    assert any(ANEW in fault for fault in faults(database, [kept]))


def test_an_anchor_that_is_not_one_is_said_to_be_none(database, archived):
    kept = anchor(database)
    other = replace(kept, council="other-council")
    assert "is of another council" in faults(database, [other])[0]
    forged = replace(kept, links=kept.links + 5)
    assert "the signature of the anchor of 12 May 2026 at 10:30" in faults(database, [forged])[0]


def test_an_anchor_signed_with_another_key_is_named(database, archived):
    kept = anchor(database)
    change(database, update(SecretRow).where(SecretRow.name == "archive.anchor").values(value=b"k" * 32))
    found = faults(database, [kept])
    assert any("is signed with a key that is not this database's" in fault for fault in found)
    assert any("as the database has it, was altered" in fault for fault in found)


ANCHORS = {
    "removed": (delete(AnchorRow), "the anchor that was made of it is missing"),
    "its head": (update(AnchorRow).values(hash="f" * 64), "was altered"),
    "its signature": (update(AnchorRow).values(signature="!"), "was altered"),
    "its moment": (update(AnchorRow).values(at=NOW), "was altered"),
    "its count": (update(AnchorRow).values(messages=1), "was altered"),
}


@pytest.mark.parametrize("what", ANCHORS)
def test_the_databases_own_anchors_are_looked_after(database, archived, what):
    anchor(database)
    assert faults(database) == []
    statement_, said = ANCHORS[what]
    change(database, statement_)
    assert any(said in fault for fault in faults(database))


SEARCHED = {
    "hidden from search": (
        update(ItemRow).where(ItemRow.number == 3).values(number=-99),
        "it is not searched as what it is",
    ),
    "found on another day": (
        update(ItemRow).where(ItemRow.number == 3).values(at=NOW.replace(year=2020)),
        "it is not searched as what it is",
    ),
    "not found at all": (
        delete(ItemRow).where(ItemRow.number == 3),
        "the message is not among those that are searched",
    ),
    "its words gone": (
        delete(TextRow).where(TextRow.item == 3),
        "the words that it is found by are missing",
    ),
    "of nothing": (
        update(ItemRow).where(ItemRow.number == 3).values(message_id="NOBODY"),
        "what is searched is of no message that is there",
    ),
}


@pytest.mark.parametrize("what", SEARCHED)
def test_what_search_goes_by_is_of_the_messages_that_there_are(database, archived, what):
    assert faults(database) == []
    statement_, said = SEARCHED[what]
    change(database, statement_)
    assert any(said in fault for fault in faults(database))


def test_the_chain_is_walked_in_pieces_with_the_anchors(database, archived, monkeypatch):
    monkeypatch.setattr("gateway.archive.verify._STRETCH", 4)
    kept = anchor(database)
    assert faults(database, [kept]) == []
    made_anew(database)
    assert (
        sum(ANEW in fault for fault in faults(database, [kept])) == 2
    )  # By the one kept, and by the database's own.


async def test_the_nightly_walk_looks_at_the_databases_own_anchors(database, archived, capsys):
    anchor(database)
    made_anew(database)
    database.write_blocking(lambda c: jobs.add_for_everyone(c, KIND, NOW))
    [job] = database.write_blocking(lambda c: jobs.claim(c, "node", NOW, 1, 60, (KIND,)))
    again = await verification(lambda: 24.0)(Task(job, database, lambda: NOW))
    assert again == NOW + timedelta(hours=1)
    assert ANEW in capsys.readouterr().out
