"""The archive's gauges: what is still to be read, what could not be, and nothing of what is sealed."""

from __future__ import annotations

import asyncio

from prometheus_client import REGISTRY
from sqlalchemy import text

from gateway.archive.gauges import measure
from tests import files
from tests.unit.cli.archive_room import ID, folder, room, vestry  # noqa: F401  # fixtures

OFFICER = "monitoring.officer@wickhamshire.example"


def gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"vestry_archive_{name}_messages", {"council": ID})


def test_pending_then_unsearched_then_nothing(room):
    room.send("The plan.", "Plan", ("a.pdf", files.locked_pdf()), ("b.pdf", files.locked_pdf()))
    room.send("The pond.")
    database = room.office.database
    known = asyncio.run(measure(database, set()))
    before = (gauge("pending"), gauge("unsearched"))
    room.read()
    assert asyncio.run(measure(database, known)) == {ID}
    assert before in {(1, 0), (0, 1)}
    assert (gauge("pending"), gauge("unsearched")) == (0, 1)


def test_what_is_sealed_is_not_counted(room):
    room.send("In confidence.", "Plan", ("a.pdf", files.locked_pdf()), to=OFFICER)
    room.read()
    [sealed] = room.office.database.read_blocking(
        lambda c: c.execute(text("select number from item")).scalars()
    )
    assert sealed < 0
    assert asyncio.run(measure(room.office.database, {ID})) == set()
    assert (gauge("pending"), gauge("unsearched")) == (0, 0)
