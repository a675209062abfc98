"""The brake that nodes have in common: what one has counted, the others and whoever comes after it know."""

from __future__ import annotations

import asyncio
from functools import partial
from ipaddress import ip_address

import pytest
import structlog
from sqlalchemy import func, select, text

from gateway.store import auth_failures
from gateway.store.database import Database
from gateway.store.models import AuthFailureRow
from gateway.submission.auth import shared as shared_module
from gateway.submission.auth.authenticator import Authenticator, Later, Local, Wrong
from gateway.submission.auth.hashing import Hashing
from gateway.submission.auth.proven import Proven
from gateway.submission.auth.sasl import Credentials
from gateway.submission.auth.shared import Seen, Stored
from gateway.submission.auth.throttle import Throttle
from gateway.submission.auth.turns import Turns
from tests.dialogs.house import CHEAP, LOGIN, PASSWORD, MemoryAccounts
from tests.unit.store.conftest import council, database, other_node, url

__all__ = ["council", "database", "other_node", "url"]

HERE, THERE, ELSEWHERE = (ip_address(f"192.0.2.{number}") for number in (1, 2, 3))
NOBODY = "nobody@littlewickham-pc.example"


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    monkeypatch.setattr(shared_module, "_WRITE_EVERY", 0)
    return Clock()


async def written(*several: Stored) -> None:
    for one in several:
        while one._writing is not None and not one._writing.done():
            await asyncio.sleep(0.01)


async def test_what_one_node_has_counted_holds_at_another(database, other_node, clock):
    one, two = Stored(database, 5, clock), Stored(other_node, 5, clock)
    assert await two.look(LOGIN, HERE) == Seen()
    for _ in range(3):
        one.failed(LOGIN, HERE, familiar=False)
    for _ in range(2):
        two.failed(LOGIN, HERE, familiar=False)
    await written(one, two)
    assert await two.look(LOGIN, HERE) == Seen()  # What was read a moment ago is believed,
    clock.now += 2
    for node in (one, two):
        assert await node.look(LOGIN, HERE) == Seen(blocked=True, failed=True)
        assert await node.look(LOGIN, THERE) == Seen(blocked=True, failed=True)
        assert await node.look(NOBODY, HERE) == Seen(blocked=True, failed=True)
        assert await node.look(NOBODY, THERE) == Seen()


async def test_it_outlives_a_restart_and_ends_by_itself(database, clock):
    one = Stored(database, 2, clock)
    for _ in range(3):
        one.failed(LOGIN, HERE, familiar=False)
    await one.close()
    after = Stored(database, 2, clock)
    assert (await after.look(LOGIN, THERE)).blocked
    with database.engine.begin() as connection:
        connection.execute(text("update auth_failure set clear_at = clear_at - 45000000"))
    clock.now += 2
    assert await after.look(LOGIN, THERE) == Seen(blocked=True, failed=True)
    with database.engine.begin() as connection:
        connection.execute(text("update auth_failure set clear_at = clear_at - 20000000"))
    clock.now += 2
    assert await after.look(LOGIN, THERE) == Seen(blocked=False, failed=True)


async def test_a_familiar_network_is_familiar_everywhere_and_cannot_be_locked_out(
    database, other_node, clock
):
    one, two = Stored(database, 5, clock), Stored(other_node, 5, clock)
    one.succeeded(LOGIN, HERE)
    for _ in range(50):
        one.failed(LOGIN, THERE, familiar=False)
    await written(one)
    assert await two.look(LOGIN, HERE) == Seen(blocked=False, failed=False, familiar=True)
    assert await two.look(LOGIN, ELSEWHERE) == Seen(blocked=True, failed=True, familiar=False)
    # But who guesses from there has an end, too.
    for _ in range(5):
        one.failed(LOGIN, HERE, familiar=True)
    await written(one)
    clock.now += 2
    assert await two.look(LOGIN, HERE) == Seen(blocked=True, failed=True, familiar=True)


async def test_success_forgives_half(database, clock):
    one = Stored(database, 6, clock)
    for _ in range(5):
        one.failed(LOGIN, HERE, familiar=False)
    await written(one)
    assert (await one.look(LOGIN, HERE)).failed
    one.succeeded(LOGIN, HERE)
    await written(one)
    debts = {
        row.key: row.clear_at
        for row in database.read_blocking(lambda c: c.execute(select(AuthFailureRow)).all())
    }
    account, network, _ = shared_module._keys(LOGIN, HERE)
    assert (debts[network] - debts[account]).total_seconds() == pytest.approx(20, abs=5)


async def test_what_is_no_address_is_not_written_down(database, clock):
    """It may be a password in the wrong field."""
    one = Stored(database, 5, clock)
    one.failed(None, HERE, familiar=False)
    assert not (await one.look(None, HERE)).familiar
    await written(one)
    assert (
        database.read_blocking(lambda c: c.execute(select(func.count(AuthFailureRow.key))).scalar_one()) == 1
    )


async def test_a_database_that_is_away_keeps_nobody_waiting_and_is_no_error(tmp_path, database, clock):
    one = Stored(database, 5, clock)
    with database.engine.begin() as connection:
        connection.execute(text("alter table auth_failure rename to gone"))
    with structlog.testing.capture_logs() as lines:
        assert await one.look(LOGIN, HERE) == Seen()
        one.failed(LOGIN, HERE, familiar=False)
        await written(one)
    assert [line["event"] for line in lines] == ["login failures not read", "login failures not shared"]
    assert LOGIN not in str(lines)
    with database.engine.begin() as connection:
        connection.execute(text("alter table gone rename to auth_failure"))
    one.failed(LOGIN, HERE, familiar=False)
    await written(one)
    clock.now += 2
    assert (await one.look(LOGIN, HERE)).failed


async def test_ever_new_names_and_networks_fill_neither_memory_nor_table(database, clock, monkeypatch):
    for name, most in (("_MOST_BELIEVED", 20), ("_MOST_UNWRITTEN", 30), ("_PRUNE_EVERY", 0.0)):
        monkeypatch.setattr(shared_module, name, most)
    monkeypatch.setattr(
        "gateway.submission.auth.shared.auth_failures.prune",
        partial(auth_failures.prune, most_failures=50),
    )
    one = Stored(database, 5, clock)
    for number in range(200):
        peer = ip_address(f"2001:db8:0:{number:x}::1")
        await one.look(f"{number}@b.example", peer)
        one.failed(f"{number}@b.example", peer, familiar=False)
        assert len(one._failures) <= 30
    await written(one)
    assert len(one._believed) <= 20
    assert (
        database.read_blocking(lambda c: c.execute(select(func.count(AuthFailureRow.key))).scalar_one()) <= 50
    )


# Through the only way in.


class Node:
    """A node's way in, with accounts of its own."""

    def __init__(self, database: Database, clock: Clock, hashing: Hashing) -> None:
        accounts = MemoryAccounts()
        accounts.add(LOGIN, PASSWORD)
        self.shared = Stored(database, 5, clock)
        self.way_in = Authenticator(
            accounts, Local(hashing), Throttle(5, clock), Turns(2), Proven(60, clock), self.shared
        )

    async def tries(self, password: str, peer=HERE, login: str = LOGIN) -> str:
        try:
            await self.way_in.authenticate(Credentials(login, password), peer)
        except (Wrong, Later) as error:
            return type(error).__name__
        finally:
            await written(self.shared)
        return "in"


async def test_two_nodes_give_no_more_guesses_than_one(database, other_node, clock):
    hashing = Hashing(2, CHEAP)
    nodes = [Node(database, clock, hashing), Node(other_node, clock, hashing)]
    for login in (LOGIN, NOBODY):
        peers = [ip_address(f"2001:db8:{len(login):x}:{n:x}::1") for n in range(30)]
        said = []
        for number, peer in enumerate(peers):
            said.append(await nodes[number % 2].tries("wrong", peer, login))
        # Known or unknown, the answers are the same.
        assert said == ["Wrong"] * 5 + ["Later"] * 25
    # A node that begins now knows it, too.
    assert await Node(database, clock, hashing).tries("wrong", ELSEWHERE) == "Later"
    hashing.close()


async def test_who_was_let_in_here_a_moment_ago_is_not_blocked_by_what_was_read_before(database, clock):
    """A login proven before from elsewhere makes its new network familiar, here at once and everywhere."""
    hashing = Hashing(2, CHEAP)
    node = Node(database, clock, hashing)
    assert await node.tries(PASSWORD, HERE) == "in"
    assert await node.tries(PASSWORD, THERE) == "in"
    for number in range(20):
        await node.tries("wrong", ip_address(f"198.51.100.{number}"))
    for peer in (HERE, THERE):
        assert await node.tries(PASSWORD, peer) == "in"
    clock.now += 3
    assert await Node(database, clock, hashing).tries(PASSWORD, THERE) == "in"
    hashing.close()


async def test_a_restart_locks_nobody_out_whose_account_is_guessed_at(database, clock):
    hashing = Hashing(2, CHEAP)
    before = Node(database, clock, hashing)
    assert await before.tries(PASSWORD, HERE) == "in"
    for number in range(20):
        await before.tries("wrong", ip_address(f"198.51.100.{number}"))
    after = Node(database, clock, hashing)
    assert await after.tries(PASSWORD, ELSEWHERE) == "Later"
    assert await after.tries(PASSWORD, HERE) == "in"
    hashing.close()
