"""Whatever is decided on anew is scanned for malware anew, and what could not be scanned is, before it goes."""

from __future__ import annotations

import pytest

from config.check_policy import CheckPolicy
from config.policy import Clause, Stage, Verdict
from filters.answers import Scan
from gateway.archive.verify import verify
from gateway.holds import as_clerk, decisions
from gateway.holds.change import Change
from gateway.holds.ready import ready_with
from gateway.intake import accept
from gateway.store.errors import Conflict
from tests.unit.holds.office import ANN, CLERK, RESIDENT, Office, replied

CLAUSE = Clause(document="Test policy", item="1")
OTHERS = tuple(f"r{number}@x{number}.example" for number in range(1, 7))
ALL = (RESIDENT, *OTHERS)
DOWN = Scan(trouble="the virus scanner did not answer")
FOUND = Scan(names=("Eicar-Test-Signature",))


class Said:
    """A scanner that says what it is told to."""

    def __init__(self) -> None:
        self.found = Scan()
        self.asked = 0

    async def scan(self, raw, seconds):
        self.asked += 1
        return self.found


@pytest.fixture
def scanner(monkeypatch) -> Said:
    made = Said()
    monkeypatch.setattr(accept, "scanner_of", lambda settings: made)
    return made


@pytest.fixture(params=["refuse", "hold"])
def office(request, office, scanner) -> Office:
    policy = CheckPolicy(stage=Stage.ENFORCE, verdict=Verdict.from_word(request.param), clause=CLAUSE)
    council = office.council
    checks = {**council.policy.checks, "malware": policy}
    changed = council.model_copy(update={"policy": council.policy.model_copy(update={"checks": checks})})
    return Office(office.database, changed, office.folder)


async def let_go(office, scanner, message, by, change=Change()):  # noqa: B008  # It is frozen.
    """Give somebody's word, as the console and the answers do. Raises Conflict."""
    council, act = office.council.id, office.act(by)
    ready = await ready_with(
        office.analyst, office.database.read, council, message, act, change, scanner=scanner
    )
    return await office.write(lambda c: decisions.release(c, council, message, act, ready))


async def test_what_could_not_be_scanned_is_scanned_before_it_goes(office, scanner):
    scanner.found = DOWN
    message = await office.send(replied(RESIDENT), RESIDENT)
    assert office.state(message) == "held"
    must = office.database.read_blocking(
        lambda c: decisions.must_be_made_ready(c, office.council.id, message)
    )
    assert must
    scanner.found = Scan()
    assert (await let_go(office, scanner, message, CLERK)).departure
    assert scanner.asked == 2
    assert len(office.left(message)) == 1
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []


async def test_what_is_found_then_stops_it(office, scanner):
    scanner.found = DOWN
    message = await office.send(replied(RESIDENT), RESIDENT)
    scanner.found = FOUND
    with pytest.raises(Conflict, match="Eicar-Test-Signature"):
        await let_go(office, scanner, message, CLERK)
    assert office.left(message) == []
    await office.write(
        lambda c: decisions.reject(c, office.council.id, message, office.act(CLERK, "Harmful"))
    )
    assert office.state(message) == "rejected"


async def test_where_it_still_does_not_answer_the_clerk_decides(office, scanner):
    scanner.found = DOWN
    message = await office.send(replied(RESIDENT), RESIDENT)
    assert (await let_go(office, scanner, message, CLERK)).departure
    assert len(office.left(message)) == 1


async def test_without_a_scanner_the_clerk_decides_too(office, scanner):
    scanner.found = DOWN
    message = await office.send(replied(RESIDENT), RESIDENT)
    assert (await let_go(office, None, message, CLERK)).departure


async def test_its_sender_cannot_let_it_go(office, scanner):
    scanner.found = DOWN
    message = await office.send(replied(RESIDENT), RESIDENT)
    with pytest.raises(Conflict, match="waits for the Clerk"):
        await let_go(office, scanner, message, ANN)
    assert office.left(message) == []


async def test_what_is_changed_is_scanned_as_it_is_then(office, scanner):
    message = await office.send(replied(RESIDENT, ", ".join(OTHERS)), *ALL)
    assert office.state(message) == "held"
    scanner.found = FOUND
    with pytest.raises(Conflict, match="Eicar-Test-Signature"):
        await let_go(office, scanner, message, ANN, Change(left_out=(1, 2)))
    scanner.found = Scan()
    assert (await let_go(office, scanner, message, ANN, Change(left_out=(1, 2)))).departure


async def test_what_the_clerk_sends_instead_is_scanned(office, scanner):
    message = await office.send(replied(RESIDENT, ", ".join(OTHERS)), *ALL)
    asked = scanner.asked
    made = await as_clerk.made_as_clerk(
        office.analyst, office.database.read, office.council.id, message, office.act(CLERK), scanner=scanner
    )
    assert scanner.asked == asked + 1
    assert not any(each.check == "malware" for each in made.entry.decision.findings)
    scanner.found = FOUND
    sending = as_clerk.made_as_clerk(
        office.analyst, office.database.read, office.council.id, message, office.act(CLERK), scanner=scanner
    )
    if office.council.policy.checks["malware"].verdict is Verdict.REFUSE:
        with pytest.raises(Conflict, match="Eicar-Test-Signature"):
            await sending
    else:
        found = (await sending).entry.decision.findings
        assert any("Eicar-Test-Signature" in each.reason for each in found)


async def test_what_was_scanned_and_is_not_changed_goes_without_another_look(office, scanner):
    message = await office.send(replied(RESIDENT, ", ".join(OTHERS)), *ALL)
    asked = scanner.asked
    assert (await let_go(office, scanner, message, ANN)).departure
    assert scanner.asked == asked
