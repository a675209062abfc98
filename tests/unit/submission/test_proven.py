"""Logins that were right a short while ago: what is remembered of them, and what ends it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from gateway.submission.auth.accounts import Account
from gateway.submission.auth.authenticator import Authenticator, Later, Wrong
from gateway.submission.auth.proven import Proven
from gateway.submission.auth.sasl import Credentials
from tests.dialogs.house import LOGIN, PASSWORD, MemoryAccounts, authenticator

HERE = IPv4Address("192.0.2.1")
RIGHT = Credentials(LOGIN, PASSWORD)


class Counting:
    """Checks a password against `right`, slowly where `gate` is closed, and counts how often."""

    def __init__(self) -> None:
        self.right = PASSWORD
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def matches(self, account: Account | None, credentials: Credentials) -> bool:
        self.asked += 1
        await self.gate.wait()
        return account is not None and credentials.password == self.right


@pytest.fixture
def accounts() -> MemoryAccounts:
    accounts = MemoryAccounts()
    accounts.add(LOGIN, PASSWORD)
    return accounts


@pytest.fixture
def check() -> Counting:
    return Counting()


@pytest.fixture
def way_in(accounts: MemoryAccounts, check: Counting) -> Authenticator:
    return authenticator(accounts, check, 5)


async def test_a_client_that_logs_in_for_each_message_is_checked_once(way_in, check):
    for _ in range(50):
        assert (await way_in.authenticate(RIGHT, HERE)).login == LOGIN
    assert check.asked == 1
    # The same name in other letters is the same person.
    await way_in.authenticate(Credentials(LOGIN.upper(), PASSWORD), HERE)
    assert check.asked == 1


async def test_another_password_is_checked_and_counted(way_in, check):
    await way_in.authenticate(RIGHT, HERE)
    for _ in range(5):
        with pytest.raises(Wrong):
            await way_in.authenticate(Credentials(LOGIN, PASSWORD + "x"), HERE)
    assert check.asked == 6
    with pytest.raises(Later):
        await way_in.authenticate(RIGHT, HERE)  # Or what is remembered could be guessed at for nothing.


async def test_a_new_password_ends_the_old_one_at_once(way_in, check, accounts):
    await way_in.authenticate(RIGHT, HERE)
    accounts.add(LOGIN, "another horse battery")
    check.right = "another horse battery"
    with pytest.raises(Wrong):
        await way_in.authenticate(RIGHT, HERE)


@pytest.mark.parametrize("change", [{"disabled": True}, {"councils": ()}, None], ids=str)
async def test_who_may_not_send_any_more_is_out_at_once(way_in, accounts, change):
    await way_in.authenticate(RIGHT, HERE)
    if change is None:
        accounts.remove(LOGIN)
    else:
        accounts.accounts[LOGIN] = replace(accounts.accounts[LOGIN], **change)
    with pytest.raises(Wrong):
        await way_in.authenticate(RIGHT, HERE)


async def test_known_logins_are_let_in_while_all_slots_are_taken(way_in, check):
    await way_in.authenticate(RIGHT, HERE)
    check.gate.clear()
    guesses = [
        asyncio.create_task(
            way_in.authenticate(Credentials(f"{n}@a.example", "x"), IPv4Address(f"198.51.100.{n}"))
        )
        for n in range(100)
    ]
    await asyncio.sleep(0)
    assert (await way_in.authenticate(RIGHT, HERE)).login == LOGIN
    check.gate.set()
    ended = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(each) for each in ended} == {Wrong, Later}


async def test_going_away_does_not_make_a_guess_free(way_in, check):
    """Its slot is taken until it is checked, and then it counts."""
    check.gate.clear()
    guess = asyncio.create_task(way_in.authenticate(Credentials(LOGIN, "x"), HERE))
    while not check.asked:
        await asyncio.sleep(0)
    guess.cancel()
    with pytest.raises(asyncio.CancelledError):
        await guess
    assert way_in._turns._free == 1
    check.gate.set()
    while way_in._checking:
        await asyncio.sleep(0)
    assert way_in._turns._free == 2
    assert way_in._throttle.standing(LOGIN, IPv4Address("203.0.113.9")).name == "SUSPECT"


async def test_accounts_that_cannot_be_asked_cost_no_attempt_and_no_slot(way_in, accounts):
    await way_in.authenticate(RIGHT, HERE)
    accounts.away = True
    for password in (PASSWORD, "x"):
        for _ in range(10):
            with pytest.raises(Exception, match="address"):
                await way_in.authenticate(Credentials(LOGIN, password), HERE)
    accounts.away = False
    assert (await way_in.authenticate(RIGHT, HERE)).login == LOGIN
    assert way_in._turns._free == 2


class TestWhatIsKept:
    def account(self, number: int = 0) -> Account:
        return Account(f"{number}@b.example", "$argon2id$x", False, ("c",))

    def test_it_is_no_password_and_no_hash_that_another_process_would_make(self):
        one, other = Proven(60, lambda: 0.0), Proven(60, lambda: 0.0)
        account = self.account()
        for each in (one, other):
            each.remember(account, Credentials(account.login, PASSWORD))
        assert PASSWORD not in str(vars(one))
        assert one._proofs[account.login].digest != other._proofs[account.login].digest

    def test_it_ends_with_its_time_and_does_not_grow_without_end(self, monkeypatch):
        monkeypatch.setattr("gateway.submission.auth.proven._MOST", 10)
        now = 0.0
        proven = Proven(60, lambda: now)
        for number in range(100):
            account = self.account(number)
            proven.remember(account, Credentials(account.login, PASSWORD))
        assert len(proven._proofs) == 10
        assert not proven.has("1@b.example", Credentials("1@b.example", PASSWORD))
        assert proven.has("99@b.example", Credentials("99@b.example", PASSWORD))
        now = 60.0
        assert not proven.has("99@b.example", Credentials("99@b.example", PASSWORD))
