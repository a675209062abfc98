"""Killed at any step of ingest or extraction, what is archived is what is indexed and what is pending, and all is found
in the end.
"""

from __future__ import annotations

import signal

import pytest

from gateway import clock
from gateway.archive.reading import KIND
from gateway.store import jobs
from tests import commands
from tests.crash import dying
from tests.unit.index.conftest import Index, council, database, index, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL

WHOLE = ""
commands.CONTEXT.set_forkserver_preload([*commands.LOADED, commands.__name__, dying.__name__])

TAKING = [*dying.INGEST, dying.BEFORE_COMMIT, dying.AFTER_COMMIT]
READING = [dying.BEGUN, dying.READ, *dying.EXTRACTION, dying.BEFORE_COMMIT, dying.AFTER_COMMIT]
SELECTED = {"before the words", "before the new words", dying.BEFORE_COMMIT, dying.AFTER_COMMIT}


def on_both(steps: list[str]) -> pytest.MarkDecorator:
    """Every step on SQLite, those on PostgreSQL that leave the most behind."""
    neighbour = pytest.mark.neighbour("postgresql")
    cases = [pytest.param("sqlite", step, id=f"sqlite-{step}") for step in steps]
    cases += [
        pytest.param("postgresql", step, id=f"postgresql-{step}", marks=neighbour)
        for step in steps
        if step in SELECTED
    ]
    return pytest.mark.parametrize(("url", "step"), cases, indirect=["url"])


def run(url: str, what: str, step: str) -> int:
    return commands.forked(dying.run, (url, what, step))


def prepared(index: Index) -> str:
    """A job to read the archive, and how the database is reached by another process."""
    index.database.write_blocking(lambda c: jobs.add(c, COUNCIL, KIND, clock.now()))
    return index.database.engine.url.render_as_string(hide_password=False)


def again(index: Index) -> None:
    """As a process does that takes over from one that is known to be dead."""
    index.database.write_blocking(jobs.end_all_leases)


@pytest.mark.timeout(300)
@on_both(TAKING)
def test_killed_while_a_message_is_taken_in(index: Index, step: str):
    address = prepared(index)
    assert run(address, "take", step) == -signal.SIGKILL
    index.sound()
    kept = step == dying.AFTER_COMMIT
    assert index.phrase("mine here") == ([1] if kept else [])
    assert index.rows("select count(*) from message") == [(int(kept),)]
    if not kept:
        assert run(address, "take", WHOLE) == 0
    assert index.phrase("mine here") == [1]
    index.sound()


@pytest.mark.timeout(300)
@on_both(READING)
def test_killed_while_it_is_read(index: Index, step: str):
    address = prepared(index)
    assert run(address, "take", WHOLE) == 0
    assert run(address, "read", step) == -signal.SIGKILL
    index.sound()
    done = step == dying.AFTER_COMMIT
    assert index.rows("select state, attempts from item") == [("indexed" if done else "pending", 1)]
    assert index.phrase("lease of the hall") == ([1] if done else [])
    assert index.phrase("mine here") == [1]
    again(index)
    if not done:
        assert run(address, "read", WHOLE) == 0
    assert index.phrase("lease of the hall") == [1]
    assert index.rows("select state from item") == [("indexed",)]
    index.sound()
