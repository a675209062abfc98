"""Ordering copies on both kinds of database, from two nodes at once."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from config.sent_copy import SentCopy
from gateway.sent.order import KIND, Order, Orders
from gateway.store import councils, jobs, messages, sent
from gateway.store.kinds import MessageKind, RecipientState
from gateway.store.messages import Heading, NewMessage
from gateway.store.queue import Claim, End, Outcome
from tests.unit.store.conftest import NOW, council, database, other_node, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL, entry

ONE, OTHER = "1M7Z000000000001", "1M7Z000000000002"


def taken(message: str, departure: str) -> End:
    outcome = Outcome(0, RecipientState.SENT, "250 ok", "2.0.0")
    return End(Claim(departure, COUNCIL, message, "token", 0, 1, "default"), (outcome,))


async def written(database, council, way="sent_folder"):
    asking = council.model_copy(update={"sent_copy": SentCopy.model_validate({"way": way})})
    version = await database.write(lambda c: councils.save(c, asking, NOW, "test"))
    for name in (ONE, OTHER):
        new = entry(id=name, council_version=version, heading=Heading("", "", "", "nether.example"))
        await database.write(lambda c, new=new: messages.record(c, new))


async def test_two_nodes_order_the_same_copies_and_neither_waits_for_the_other(database, other_node, council):
    await written(database, council)
    ends = [taken(ONE, "a"), taken(OTHER, "b")], [taken(OTHER, "c"), taken(ONE, "d")]
    for _ in range(20):
        await database.write(lambda c: c.execute(text("delete from job")))
        await asyncio.gather(
            *(
                node.write(lambda c, end=end: Orders().place(c, end, NOW))
                for node, end in zip((database, other_node), ends, strict=True)
            )
        )
        found = await database.write(lambda c: jobs.claim(c, "node", NOW, 10, 60, [KIND]))
        assert sorted(Order.of(job).message for job in found) == [ONE, OTHER]
        assert {Order.of(job).departure for job in found} in ({"a", "b"}, {"c", "d"}, {"a", "c"}, {"b", "d"})


async def test_only_what_a_person_submitted_is_somebodys(database, council):
    await written(database, council)
    own = NewMessage(
        COUNCIL,
        MessageKind.NOTICE,
        b"From: a\r\n\r\n",
        "",
        ("jo@nether.example",),
        Heading("", "", "", ""),
        "default",
    )
    name = await database.write(lambda c: messages.write_own(c, own, NOW))
    found = await database.read(lambda c: sent.somebodys(c, COUNCIL, [OTHER, name, ONE, "gone"]))
    assert found == [ONE, OTHER]
    assert await database.read(lambda c: sent.somebodys(c, "another", [ONE])) == []


async def test_no_job_where_the_council_does_not_ask(database, council):
    await written(database, council, way="off")
    await database.write(lambda c: Orders().place(c, [taken(ONE, "a")], NOW))
    assert await database.read(lambda c: c.execute(text("select count(*) from job")).scalar_one()) == 0
