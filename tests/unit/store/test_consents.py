from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from config.council import Council
from config.errors import ConfigError
from gateway.store import consents, councils
from gateway.store.consents import Act, Wanted
from gateway.store.database import Database
from gateway.store.errors import Conflict, NotFound
from gateway.store.models import CouncilVersion

COUNCIL = "nether-poppleton"
CLERK = "clerk@nether.example"
JO = "jo@nether.example"
HOME = "jo@btinternet.com"
NOW = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
ACT = Act(by=CLERK, why="Asked at the meeting", now=NOW, today=date(2026, 5, 12))
FOR_JO = Wanted(address=HOME, person=JO)


def granted(database: Database, wanted: Wanted = FOR_JO, act: Act = ACT):
    return database.write_blocking(lambda c: consents.grant(c, COUNCIL, wanted, act))


def loaded(database: Database) -> tuple[int, Council]:
    return database.read_blocking(lambda c: councils.load(c, COUNCIL))


def test_a_consent_makes_a_new_version_of_the_council(database):
    before, _ = loaded(database)
    wanted = Wanted(HOME, JO, "<1@x.example>", "a@b.example", date(2026, 6, 1), date(2026, 6, 30))
    version, given = granted(database, wanted)
    assert version == before + 1
    now, council = loaded(database)
    assert (now, council.consents) == (version, (given,))
    assert (given.id, given.address, given.person) == ("2026-1", HOME, JO)
    assert (given.thread, given.sender) == ("<1@x.example>", "a@b.example")
    assert (given.from_, given.until) == (date(2026, 6, 1), date(2026, 6, 30))
    assert (given.granted_by, given.granted_at, given.why) == (CLERK, NOW, "Asked at the meeting")


def test_the_record_says_who_did_it_and_why(database):
    version, given = granted(database)
    revoked, _ = database.write_blocking(
        lambda c: consents.revoke(c, COUNCIL, given.id, Act(CLERK, "Left", NOW, ACT.today))
    )
    assert revoked == version + 1
    rows = database.read_blocking(
        lambda c: c.execute(select(CouncilVersion.version, CouncilVersion.recorded_by)).all()
    )
    said = {row.version: row.recorded_by for row in rows}
    assert said[version] == f"vestry consent grant by {CLERK}: Asked at the meeting"
    assert said[revoked] == f"vestry consent revoke 2026-1 by {CLERK}: Left"


def test_ids_are_numbered_within_the_year(database):
    assert [granted(database)[1].id for _ in range(3)] == ["2026-1", "2026-2", "2026-3"]
    later = Act(CLERK, "Again", NOW + timedelta(days=300), ACT.today + timedelta(days=300))
    assert granted(database, act=later)[1].id == "2027-1"


@pytest.mark.parametrize("by", [JO, "nobody@nether.example"])
def test_officers_alone_grant_and_revoke(database, by):
    act = Act(by, "Because", NOW, ACT.today)
    with pytest.raises(Conflict, match="neither Clerk, deputy nor locum"):
        granted(database, act=act)
    _, given = granted(database)
    with pytest.raises(Conflict, match="neither Clerk, deputy nor locum"):
        database.write_blocking(lambda c: consents.revoke(c, COUNCIL, given.id, act))
    assert loaded(database)[1].consents == (given,)


def test_an_officers_term_is_of_today(database):
    _, council = loaded(database)
    values = council.model_dump(by_alias=True)
    values["people"][0]["roles"][0]["until"] = date(2026, 5, 11)
    database.write_blocking(lambda c: councils.save(c, Council.model_validate(values), NOW, "test"))
    with pytest.raises(Conflict, match="neither Clerk"):
        granted(database)


def test_nobody_grants_themselves_consent(database):
    with pytest.raises(Conflict, match="nobody grants themselves"):
        granted(database, Wanted("ann@gmail.com", CLERK))


def test_nor_by_way_of_everyone(database):
    _, council = loaded(database)
    values = council.model_dump(by_alias=True)
    values["people"][0]["personal_addresses"] = [{"address": "ann.clerk@gmail.com"}]
    database.write_blocking(lambda c: councils.save(c, Council.model_validate(values), NOW, "test"))
    with pytest.raises(Conflict, match=r"a personal address of clerk@nether\.example"):
        granted(database, Wanted("annclerk+x@googlemail.com"))
    assert granted(database, Wanted("plumber@gmail.com"))[1].person is None


@pytest.mark.parametrize(
    "wanted",
    [Wanted("x@nether.example", JO), Wanted(HOME, "nobody@nether.example"), Wanted(HOME, JO, "no id")],
)
def test_what_cannot_stand_in_a_councils_file_is_not_granted(database, wanted):
    with pytest.raises(ConfigError, match=r"consents\[0\]"):
        granted(database, wanted)
    assert loaded(database)[1].consents == ()


def test_a_consent_is_revoked_once_and_stays(database):
    _, given = granted(database)
    act = Act(CLERK, "Left the council", NOW + timedelta(days=1), ACT.today)
    _, revoked = database.write_blocking(lambda c: consents.revoke(c, COUNCIL, given.id, act))
    assert (revoked.revoked_by, revoked.revoked_at, revoked.revoked_why) == (CLERK, act.now, act.why)
    assert loaded(database)[1].consents == (revoked,)
    with pytest.raises(Conflict, match=r"was revoked by clerk@nether\.example already"):
        database.write_blocking(lambda c: consents.revoke(c, COUNCIL, given.id, act))
    assert granted(database)[1].id == "2026-2"


def test_what_is_not_there_is_not_found(database):
    with pytest.raises(NotFound, match="no consent 2026-9"):
        database.write_blocking(lambda c: consents.revoke(c, COUNCIL, "2026-9", ACT))
    with pytest.raises(NotFound):
        database.write_blocking(lambda c: consents.grant(c, "nowhere", FOR_JO, ACT))


def test_two_nodes_grant_at_once_and_both_stand(database, other_node):
    def grant_ten(node: Database, local: str) -> None:
        for number in range(10):
            granted(node, Wanted(f"{local}{number}@gmail.com", JO))

    with ThreadPoolExecutor(2) as both:
        for work in [
            both.submit(grant_ten, node, name) for node, name in ((database, "a"), (other_node, "b"))
        ]:
            work.result()
    _, council = loaded(database)
    assert sorted(int(each.id.removeprefix("2026-")) for each in council.consents) == list(range(1, 21))
    assert len({each.address for each in council.consents}) == 20
