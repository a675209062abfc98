"""What all nodes remember of failed logins: debts that time pays off, by the database's clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, text

from gateway import clock
from gateway.store import auth_failures
from gateway.store.auth_failures import MOST_DEBT, Asked, Change, Known
from gateway.store.models import AuthFailureRow, FamiliarNetworkRow

NOW = clock.now()  # PostgreSQL's own clock says when it is.


def known(database, *keys: str, pair: str = "", now=NOW) -> Known:
    asked = Asked(keys, pair, now)
    return database.read_blocking(lambda c: auth_failures.look_up(c, [asked]))[0]


def write(database, failures=None, forgiven=(), met=(), now=NOW, seconds=6.0) -> None:
    change = Change(failures or {}, seconds, forgiven, met)
    database.write_blocking(partial(auth_failures.write, change=change, now=now))


def keys(database, row=AuthFailureRow) -> set[str]:
    return set(database.read_blocking(lambda c: c.execute(select(row.key)).scalars().all()))


def test_failures_add_up_and_are_capped(database):
    assert known(database, "a", "b") == Known({}, False)
    write(database, {"a": 1})
    write(database, {"a": 2, "b": 1})
    debts = known(database, "a", "b", "c").debts
    assert debts == {"a": pytest.approx(18, abs=3), "b": pytest.approx(6, abs=3)}
    write(database, {"a": 1000})
    write(database, {"a": 1})
    assert known(database, "a").debts["a"] == pytest.approx(MOST_DEBT, abs=3)


def test_forgiving_leaves_half_a_minute_at_most(database):
    write(database, {"a": 20, "b": 1})
    write(database, forgiven={"a", "b", "never heard of"})
    debts = known(database, "a", "b").debts
    assert debts == {"a": pytest.approx(30, abs=3), "b": pytest.approx(6, abs=3)}


def test_several_ask_at_once(database):
    write(database, {"a": 1, "b": 2}, met={"p"})
    asked = [Asked(("a", "x"), "p", NOW), Asked(("b",), "q", NOW), Asked((), "", NOW)]
    found = database.read_blocking(lambda c: auth_failures.look_up(c, asked))
    assert [sorted(one.debts) for one in found] == [["a"], ["b"], []]
    assert [one.familiar for one in found] == [True, False, False]


def test_time_pays_off(database):
    write(database, {"a": 2})
    pass_by(database, 11)
    assert known(database, "a").debts["a"] == pytest.approx(1, abs=0.9)
    pass_by(database, 2)
    assert known(database, "a").debts == {}
    write(database, {"a": 1})
    assert known(database, "a").debts["a"] == pytest.approx(6, abs=3)


def pass_by(database, seconds: float) -> None:
    """Let it be as if it were later, whichever clock it is measured by."""
    with database.engine.begin() as connection:
        connection.execute(
            text(f"update auth_failure set clear_at = clear_at - {round(seconds * 1_000_000)}")
        )


async def test_time_pays_off_by_the_databases_clock(database):
    write(database, {"a": 1}, seconds=0.3)
    async with asyncio.timeout(20):
        while known(database, "a", now=clock.now()).debts:
            await asyncio.sleep(0.05)


def test_a_clock_that_was_put_back_locks_nobody_out(database):
    write(database, {"a": 1})
    pass_by(database, -86_400)
    assert known(database, "a").debts == {}
    write(database, {"a": 1})
    assert known(database, "a").debts["a"] == pytest.approx(6, abs=3)


def test_what_is_paid_off_or_too_much_is_let_go(database):
    write(database, {"blocked": 12} | {f"once {n:03}": 1 for n in range(100)})
    write(database, {"long ago": 1}, seconds=0.0)
    database.write_blocking(partial(auth_failures.prune, now=NOW))
    assert len(keys(database)) == 101
    database.write_blocking(partial(auth_failures.prune, now=NOW, most_failures=10))
    assert len(keys(database)) == 10
    assert "blocked" in keys(database)  # Whoever fills the table pushes out no more than what says as little.


def test_familiar_networks_are_kept_while_they_are_seen(database):
    for days, pair in ((100, "old"), (100, "seen again"), (50, "there"), (1, "new")):
        write(database, met={pair}, now=NOW - timedelta(days=days))
    write(database, met={"seen again"})
    database.write_blocking(partial(auth_failures.prune, now=NOW))
    assert keys(database, FamiliarNetworkRow) == {"seen again", "there", "new"}
    database.write_blocking(partial(auth_failures.prune, now=NOW, most_familiar=2))
    assert keys(database, FamiliarNetworkRow) == {"seen again", "new"}


async def test_two_nodes_count_together_and_never_wait_for_each_other(database, other_node):
    """The same keys, in each order, at once."""
    names = [f"k{n}" for n in range(20)]
    writes = [
        node.write(
            partial(
                auth_failures.write,
                change=Change(dict.fromkeys(names[:: 1 if number % 2 else -1], 1), 1.0),
                now=NOW,
            )
        )
        for number in range(20)
        for node in (database, other_node)
    ]
    await asyncio.gather(*writes)
    debts = known(database, *names).debts
    assert all(debts[name] == pytest.approx(40, abs=8) for name in names)
