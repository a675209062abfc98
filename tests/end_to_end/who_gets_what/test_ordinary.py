"""Ordinary messages go through the real SMTP port of the demo council, in their order, and nearly all of them leave; a
few are asked about for what they carry.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.address import canonical
from config.policy import Verdict
from filters.finding import Decision
from gateway.demo.installation import example_council
from gateway.demo.upstream import Delivered, Upstream
from gateway.store import archive, holds
from tests.conftest import TlsFiles
from tests.end_to_end.who_gets_what.letters import message_id
from tests.installation import Installation, free_port, queue_id, until
from tests.ordinary import ASKED, WHO_GETS_WHAT, Ordinary, ordinary

ORDINARY = ordinary()


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    upstream = Upstream(free_port(), tmp_path_factory.mktemp("upstream") / "mailbox")
    upstream.start()
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def house(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory, tls_files: TlsFiles
) -> Iterator[Installation]:
    """At work for the demo council, with the whole of its policy."""
    folder = tmp_path_factory.mktemp("house") / "vestry"
    files = (tls_files.certificate, tls_files.key, tls_files.ca)
    installation = Installation(folder, *files, council=example_council())
    installation.upstream(upstream.port)
    installation.prepare()
    installation.start()
    try:
        yield installation
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def replies(house: Installation) -> dict[str, tuple[int, str]]:
    """The reply to each, sent one after the other: what is answered is in the archive before its answer comes."""
    return {each.file: _send(house, each) for each in ORDINARY}


def _send(house: Installation, message: Ordinary) -> tuple[int, str]:
    login = message.login.partition("@")[0]
    return house.send(message.raw, message.to, login, mail_from=message.mail_from)


LEAVE = [each for each in ORDINARY if each.file[:2] not in ASKED]


@pytest.mark.parametrize("message", LEAVE, ids=str)
def test_it_leaves_at_once_for_everybody_without_a_finding(message, house, upstream, replies):
    code, reply = replies[message.file]
    assert code == 250, reply
    id = queue_id(reply)
    assert reply.endswith(f"queued as {id}"), reply
    with house.database() as database:
        [decided, *others] = database.read_blocking(lambda c: archive.decisions(c, house.council.id, id))
    found = Decision.model_validate_json(decided.findings).findings
    assert [(each.check, each.reason) for each in found if each.check in WHO_GETS_WHAT] == []
    assert others == []
    [copy] = until(lambda: _copies(upstream, message))
    assert {canonical(each) for each in copy.recipients} == {canonical(each) for each in message.to}


def test_nothing_else_leaves(upstream, replies):
    until(lambda: len(_mail(upstream)) >= len(LEAVE))
    left = sorted(message_id(each.content) for each in _mail(upstream))
    assert left == sorted(message_id(each.raw) for each in LEAVE)


@pytest.mark.parametrize("number", sorted(ASKED))
def test_what_is_asked_about_waits_for_its_sender_and_for_nothing_else(number, house, replies):
    [(code, reply)] = [replies[each.file] for each in ORDINARY if each.file[:2] == number]
    assert (code, "sender's word" in reply) == (250, True), reply
    with house.database() as database:
        found = database.read_blocking(lambda c: holds.findings(c, house.council.id, queue_id(reply)))
    assert {each.check for each in found.findings if each.effect > Verdict.NOTE} == {ASKED[number]}


def _mail(upstream: Upstream) -> list[Delivered]:
    """What people's programs wrote, without the post room's own letters."""
    return [each for each in upstream.delivered() if b"NOT SENT YET" not in each.content]


def _copies(upstream: Upstream, message: Ordinary) -> list[Delivered]:
    wanted = message_id(message.raw)
    return [each for each in upstream.delivered() if message_id(each.content) == wanted]
