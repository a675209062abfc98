"""What a word changes of a held message: who gets it, who is named in it, and that it is decided on anew."""

from __future__ import annotations

import pytest

from config.policy import Verdict
from gateway.archive.told import what_changed
from gateway.archive.verify import verify
from gateway.holds import decisions
from gateway.holds.change import Change
from gateway.store import archive
from gateway.store.errors import Conflict
from signatures.message.headers import mailboxes
from signatures.message.scanner import scan_parts
from tests.unit.holds.office import ANN, BOB, CHAIR, CLERK, DEPUTY, RESIDENT, replied

OTHERS = tuple(f"r{number}@x{number}.example" for number in range(1, 7))
ALL = (RESIDENT, *OTHERS)


def header(raw: bytes) -> bytes:
    top = scan_parts(raw)[0]
    return raw[: top.body]


def seen(raw: bytes) -> list[str]:
    top = scan_parts(raw)[0]
    return [
        box.address
        for field in top.fields
        if field.name in ("to", "cc")
        for box in mailboxes(field.text(raw))
    ]


async def asked(office, **how) -> str:
    """A reply to all, which its sender is asked about."""
    message = await office.send(replied(RESIDENT, ", ".join(OTHERS), **how), *ALL)
    assert office.state(message) == "held"
    return message


async def test_as_it_is_it_goes_to_all_as_it_was_made_ready(office):
    message = await asked(office)
    [before] = [office.row(message).splices]
    assert (await office.release(message, ANN)).departure
    [(raw, to)] = office.left(message)
    added = [CLERK]
    assert to == [*ALL, *added]
    assert seen(raw) == [*ALL, *added]
    assert before == office.row(message).splices


async def test_only_to_the_original_sender(office):
    """Research (d2) 35: envelope and visible headers change, and both versions are in the archive."""
    message = await asked(office)
    raw_before = office.database.read_blocking(lambda c: archive.body(c, office.council.id, message))
    assert (await office.release(message, ANN, Change(left_out=(1, 2, 3, 4, 5, 6)))).departure
    [(raw, to)] = office.left(message)
    assert to == [RESIDENT, CLERK]
    assert seen(raw) == [RESIDENT, CLERK]
    assert not any(each.encode() in header(raw) for each in OTHERS)
    assert b"Thank you for this." in raw
    assert office.database.read_blocking(lambda c: archive.body(c, office.council.id, message)) == raw_before
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []
    row = office.database.read_blocking(lambda c: archive.decisions(c, office.council.id, message))[-1]
    assert Change.model_validate_json(row.detail) == Change(left_out=(1, 2, 3, 4, 5, 6))


async def test_some_are_left_out_and_some_moved_to_bcc(office):
    message = await asked(office)
    change = Change(left_out=(2,), blind=(0, 5))
    await office.release(message, ANN, change)
    [(raw, to)] = office.left(message)
    assert to == [each for each in (*ALL, CLERK) if each != OTHERS[1]]
    assert seen(raw) == [OTHERS[0], OTHERS[2], OTHERS[3], OTHERS[5], CLERK]
    for gone in (OTHERS[1], RESIDENT, OTHERS[4]):
        assert gone.encode() not in header(raw)
    told = office.database.read_blocking(lambda c: what_changed(c, office.council.id, message))
    [gone] = [each.removed for each in told if "out of To and Cc" in each.sentence]
    assert gone.split("\n") == [RESIDENT, OTHERS[1], OTHERS[4]]


async def test_everybody_moved_to_bcc(office):
    message = await asked(office)
    await office.release(message, ANN, Change(blind=tuple(range(7))))
    [(raw, to)] = office.left(message)
    assert to == [*ALL, CLERK]
    assert b"To: undisclosed-recipients:;\r\n" in raw
    assert seen(raw) == [CLERK]


async def test_where_the_policy_forbids_bcc_nobody_is_moved_there(office):
    policies = dict(office.council.policy.checks)
    policies["reply_all"] = policies["reply_all"].model_copy(update={"switches": {"bcc": False}})
    policy = office.council.policy.model_copy(update={"checks": policies})
    office.council = office.council.model_copy(update={"policy": policy})
    office.__post_init__()
    message = await asked(office)
    with pytest.raises(Conflict, match="does not permit Bcc"):
        await office.release(message, ANN, Change(blind=(1,)))
    assert (await office.release(message, ANN, Change(left_out=(1,)))).departure


async def test_a_copy_that_policy_adds_is_never_blind_and_may_be_left_out(office):
    message = await asked(office)
    with pytest.raises(Conflict, match="everybody sees"):
        await office.release(message, ANN, Change(blind=(7,)))
    await office.release(message, ANN, Change(left_out=(7,)))
    [(raw, to)] = office.left(message)
    assert to == list(ALL)
    assert CLERK not in seen(raw)


async def test_the_clerk_stays_where_policy_would_add_the_clerk(office):
    """Whoever answers only the sender leaves the Clerk in, who by policy has a copy of official mail."""
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, CLERK))), *ALL, CLERK)
    await office.release(message, ANN, Change(left_out=(1, 2, 3, 4, 5, 6, 7)))
    [(raw, to)] = office.left(message)
    assert to == [RESIDENT, CLERK]
    assert seen(raw) == [RESIDENT, CLERK]


async def test_nobody_left_is_not_sent(office):
    message = await asked(office)
    with pytest.raises(Conflict, match="nobody would be left"):
        await office.release(message, ANN, Change(left_out=tuple(range(7))))
    with pytest.raises(Conflict, match="no recipient with the number 10"):
        await office.release(message, ANN, Change(left_out=(9,)))
    assert office.state(message) == "held"


async def test_without_the_earlier_messages(office):
    message = await asked(office)
    await office.release(message, ANN, Change(left_out=(6,), without_trail=True))
    [(raw, _)] = office.left(message)
    assert b"The pond is dry" not in raw
    assert b"Thank you for this." in raw
    assert OTHERS[-1].encode() not in raw


@pytest.mark.parametrize("order", [(ANN, CLERK), (CLERK, ANN)])
async def test_what_the_sender_chose_counts_whoever_speaks_last(office, order):
    """A reply to all that goes to a private address as well: two reasons, two words, one change."""
    home = "cllr.a.home@gmail.com"
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, home))), *ALL, home)
    change = {ANN: Change(left_out=(1,), blind=(2,)), CLERK: Change(left_out=(3,))}
    first = await office.release(message, order[0], change[order[0]])
    assert first.departure is None
    assert office.left(message) == []
    assert (await office.release(message, order[1], change[order[1]])).departure
    [(raw, to)] = office.left(message)
    assert not {OTHERS[0], OTHERS[2]} & set(to)
    assert {OTHERS[1], home} <= set(to)
    for gone in (OTHERS[0], OTHERS[1], OTHERS[2]):
        assert gone.encode() not in header(raw)


async def test_a_hold_about_who_is_left_out_is_none(office):
    home = "cllr.a.home@gmail.com"
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, home))), *ALL, home)
    given = await office.release(message, ANN, Change(left_out=(7,)))
    assert given.departure
    [(raw, to)] = office.left(message)
    assert home not in to
    assert home.encode() not in header(raw)


async def test_the_clerk_releases_to_some_and_the_sender_is_still_asked(office):
    home = "cllr.a.home@gmail.com"
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, home))), *ALL, home)
    given = await office.release(message, CLERK, Change(left_out=(7,)))
    assert given.departure is None
    assert "its sender" in given.waits_for
    assert (await office.release(message, ANN)).departure
    [(raw, to)] = office.left(message)
    assert home not in to
    assert home.encode() not in header(raw)


@pytest.mark.parametrize(
    ("by", "change", "said"),
    [
        (CLERK, Change(without_trail=True), "only its sender"),
        (CLERK, Change(blind=(1,)), "only its sender"),
        (BOB, Change(left_out=(1,)), "waits for"),
        (CHAIR, Change(left_out=(1,)), "waits for"),
    ],
)
async def test_who_may_not_change_it(office, by, change, said):
    home = "cllr.a.home@gmail.com"
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, home))), *ALL, home)
    with pytest.raises(Conflict, match=said):
        await office.release(message, by, change)
    assert office.acts(message) == []


async def test_what_is_new_is_not_decided_by_who_was_not_asked(office):
    """Without the Clerk it is mail that passes the Clerk by, which its sender was not asked about."""
    checks = dict(office.council.policy.checks)
    checks["clerk_copy"] = checks["clerk_copy"].model_copy(update={"verdict": Verdict.ASK})
    policy = office.council.policy.model_copy(update={"checks": checks})
    office.council = office.council.model_copy(update={"policy": policy})
    office.__post_init__()
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, CLERK))), *ALL, CLERK)
    with pytest.raises(Conflict, match="more is to be decided"):
        await office.release(message, ANN, Change(left_out=(7,)))
    assert office.acts(message) == []
    assert (await office.release(message, ANN, Change(left_out=(1,)))).departure


async def test_something_decided_in_between_is_seen(office):
    home = "cllr.a.home@gmail.com"
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, home))), *ALL, home)
    made = await office.ready(message, CLERK)
    await office.release(message, ANN, Change(left_out=(1,)))
    with pytest.raises(Conflict, match="meanwhile"):
        await office.write(
            lambda c: decisions.release(c, office.council.id, message, office.act(CLERK), made)
        )
    assert office.left(message) == []
    made = await office.ready(message, DEPUTY)
    await office.write(lambda c: decisions.release(c, office.council.id, message, office.act(DEPUTY), made))
    [(_, to)] = office.left(message)
    assert OTHERS[0] not in to


async def test_an_old_row_without_details_is_still_understood(office):
    home = "cllr.a.home@gmail.com"
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, home))), *ALL, home)
    await office.release(message, ANN)
    with office.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "update decision set act = 'confirmed without the earlier messages' where act = 'confirmed'"
        )
    assert (await office.release(message, CLERK)).departure
    [(raw, _)] = office.left(message)
    assert b"The pond is dry" not in raw
