"""Everything that can be decided or asked about a held message: once, by who may, told to who should know."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta

import pytest

from gateway.archive.verify import verify
from gateway.holds import as_clerk, consenting, decisions
from gateway.holds.asking import ask_consent, ask_second_review
from gateway.holds.change import Change
from gateway.holds.claiming import claim
from gateway.holds.consenting import Scope, release_with_consent
from gateway.holds.returning import return_for_amendment
from gateway.store import again, archive, claims, councils
from gateway.store.errors import Conflict
from signatures.message.headers import mailboxes
from signatures.message.scanner import scan_parts
from tests.unit.holds.office import (
    ANN,
    BOB,
    CHAIR,
    CLERK,
    DEPUTY,
    DOMAIN,
    RESIDENT,
    replied,
)

HOME = "cllr.a.home@gmail.com"
OTHERS = tuple(f"r{number}@x{number}.example" for number in range(1, 7))


async def forwarded(office, text: str = "See below.") -> str:
    """Council mail to the sender's own private address, which is held for the Clerk."""
    message = await office.send(replied(HOME, RESIDENT, text=text), HOME, RESIDENT)
    assert office.state(message) == "held"
    return message


def field(raw: bytes, name: str) -> bytes:
    return scan_parts(raw)[0].first(raw, name)


async def test_given_back_to_be_amended(office):
    message = await forwarded(office)
    id = office.council.id
    with pytest.raises(Conflict, match="note"):
        await office.write(lambda c: return_for_amendment(c, id, message, office.act(CLERK, " ")))
    with pytest.raises(Conflict, match="only the Clerk"):
        await office.write(lambda c: return_for_amendment(c, id, message, office.act(CHAIR, "No")))
    note = "Please leave out the last line."
    await office.write(lambda c: return_for_amendment(c, id, message, office.act(CLERK, note), enclose=True))
    assert office.state(message) == "returned"
    assert office.left(message) == []
    assert [to for to, said in office.notices(message) if note in said] == [ANN]
    with pytest.raises(Conflict, match="it is returned"):
        await office.release(message, CLERK)
    assert office.database.read_blocking(lambda c: list(verify(c, id))) == []


async def test_what_is_enclosed_is_the_message_itself(office):
    message = await forwarded(office)
    act = office.act(CLERK, "Amend it")
    await office.write(lambda c: return_for_amendment(c, office.council.id, message, act, enclose=True))
    ids = office.database.read_blocking(lambda c: archive.message_ids(c, office.council.id))
    raw = office.database.read_blocking(lambda c: archive.body(c, office.council.id, ids[-1]))
    kinds = [part.kind for part in scan_parts(raw)]
    assert kinds[:2] == ["multipart/mixed", "multipart/alternative"]
    assert "message/rfc822" in kinds
    assert replied(HOME, RESIDENT, text="See below.") in raw


@pytest.mark.parametrize(
    ("days", "subject", "linked"),
    [
        (1, "Re: The pond", True),
        (13, "Fwd: RE: the  POND", True),
        (15, "Re: The pond", False),
        (1, "The lake", False),
    ],
)
async def test_the_amended_one_is_linked(office, days, subject, linked):
    message = await forwarded(office)
    await office.write(
        lambda c: return_for_amendment(c, office.council.id, message, office.act(CLERK, "Amend it"))
    )
    office.minutes += days * 24 * 60
    raw = replied(RESIDENT, text="Amended.").replace(
        b"Subject: Re: The pond", b"Subject: " + subject.encode()
    )
    new = await office.send(raw, RESIDENT)
    assert office.row(new).about == (message if linked else None)
    found = office.database.read_blocking(lambda c: again.linked(c, office.council.id, message))
    assert [row.id for row in found] == ([new] if linked else [])
    other = await office.send(raw.replace(ANN.encode(), BOB.encode()), RESIDENT, login=BOB)
    assert office.row(other).about is None


async def test_one_looks_at_it_and_others_see_that(office):
    message = await forwarded(office)
    id = office.council.id

    def standing():
        return office.database.read_blocking(lambda c: claims.standing(c, id, office.now()))

    assert await office.write(lambda c: claim(c, id, message, office.act(CLERK))) is None
    assert standing()[message].by == CLERK
    before = await office.write(lambda c: claim(c, id, message, office.act(DEPUTY)))
    assert before.by == CLERK
    assert standing()[message].by == DEPUTY
    with pytest.raises(Conflict, match="nothing to claim"):
        await office.write(lambda c: claim(c, id, message, office.act(BOB)))
    office.minutes += 61
    assert standing() == {}
    await office.write(lambda c: claim(c, id, message, office.act(CLERK)))
    assert (await office.release(message, DEPUTY)).departure
    assert standing() == {}
    with pytest.raises(Conflict, match="not held"):
        await office.write(lambda c: claim(c, id, message, office.act(CLERK)))


@pytest.mark.parametrize(
    ("ask", "act", "told"),
    [
        (ask_second_review, "asked for a second reviewer", {DEPUTY}),
        (ask_consent, "asked for the Clerk's consent", {CLERK, DEPUTY}),
    ],
)
async def test_what_the_sender_asks_for_once(office, ask, act, told):
    message = await forwarded(office)
    id = office.council.id
    before = len(office.notices(message))
    await office.write(lambda c: claim(c, id, message, office.act(CLERK)))
    for by in (BOB, CHAIR, CLERK):
        with pytest.raises(Conflict, match="only its sender"):
            await office.write(lambda c, by=by: ask(c, id, message, office.act(by)))
    await office.write(lambda c: ask(c, id, message, office.act(ANN)))
    assert office.acts(message) == [act]
    assert {to for to, _ in office.notices(message)[before:]} == told
    with pytest.raises(Conflict, match="already"):
        await office.write(lambda c: ask(c, id, message, office.act(ANN)))
    assert office.state(message) == "held"
    assert (await office.release(message, CLERK)).departure


async def test_no_consent_is_asked_for_where_none_is_wanted(office):
    message = await office.send(replied(RESIDENT, ", ".join(OTHERS)), RESIDENT, *OTHERS)
    with pytest.raises(Conflict, match="does not wait for the Clerk's consent"):
        await office.write(lambda c: ask_consent(c, office.council.id, message, office.act(ANN)))
    made = await office.ready(message, CLERK)
    with pytest.raises(Conflict, match="does not wait"):
        await office.write(
            lambda c: release_with_consent(c, office.council.id, message, office.act(CLERK), Scope(), made)
        )


@pytest.mark.parametrize(
    "scope", [Scope(), Scope(thread="<first@parishioner.example>", until=date(2026, 12, 31))]
)
async def test_consent_and_release_in_one(office, scope):
    message = await forwarded(office)
    id = office.council.id
    made = await office.ready(message, CLERK)
    given, [consent] = await office.write(
        lambda c: release_with_consent(c, id, message, office.act(CLERK), scope, made)
    )
    assert given.departure
    assert (consent.person, consent.address, consent.granted_by) == (ANN, HOME, CLERK)
    assert (consent.thread, consent.until) == (scope.thread, scope.until)
    _, found = office.database.read_blocking(lambda c: councils.load(c, id))
    assert found.consents == (*office.council.consents, consent)
    later = await office.send(replied(HOME, RESIDENT, text="Another one."), HOME, RESIDENT)
    assert office.state(later) == "passed"


async def test_neither_consent_nor_release_where_one_of_them_cannot_be(office):
    message = await forwarded(office)
    id = office.council.id
    for by in (ANN, CHAIR):
        with pytest.raises(Conflict):
            await office.write(
                lambda c, by=by: release_with_consent(c, id, message, office.act(by), Scope(), None)
            )
    await office.write(lambda c: decisions.reject(c, id, message, office.act(CLERK)))
    with pytest.raises(Conflict, match="not held"):
        await office.write(lambda c: release_with_consent(c, id, message, office.act(CLERK), Scope(), None))
    _, found = office.database.read_blocking(lambda c: councils.load(c, id))
    assert found.consents == office.council.consents


async def test_the_thread_is_the_first_message_of_it(office):
    from signatures.message.anatomy import read

    anatomy = read(replied(RESIDENT, more="References: <zero@x.example> <first@parishioner.example>\r\n"))
    assert consenting.thread_of(anatomy, "<own@x.example>") == "<zero@x.example>"
    assert (
        consenting.thread_of(read(b"From: a@b.example\r\n\r\nx\r\n"), "<own@x.example>") == "<own@x.example>"
    )


SIGNED = "We accept the offer.\r\n\r\nKind regards\r\nAnn"


async def test_sent_as_clerk(office):
    message = await office.send(
        replied(
            RESIDENT,
            HOME,
            text=SIGNED,
            more=f"Message-ID: <own@x.example>\r\nReply-To: {HOME}\r\nX-Mailer: A\r\n",
        ),
        RESIDENT,
        HOME,
    )
    raw = office.database.read_blocking(lambda c: archive.body(c, office.council.id, message))
    new = await office.send_as_clerk(message, CLERK)
    assert office.state(message) == "returned"
    assert office.left(message) == []
    assert office.database.read_blocking(lambda c: archive.body(c, office.council.id, message)) == raw
    row = office.row(new)
    assert (row.person, row.about, row.mail_from, row.header_from) == (CLERK, message, CLERK, CLERK)
    [(sent, to)] = office.left(new)
    assert to == [RESIDENT, HOME]
    [author] = mailboxes(field(sent, "from"))
    assert author.address == CLERK
    assert field(sent, "message-id") not in {b"", b"<own@x.example>"}
    assert field(sent, "in-reply-to") == b"<first@parishioner.example>"
    for gone in ("reply-to", "sender", "x-mailer"):
        assert field(sent, gone) == b""
    assert ANN.encode() not in sent[: scan_parts(sent)[0].body]
    assert b"We accept the offer." in sent
    own = sent[scan_parts(sent)[0].body :].partition(b"On 8 November")[0]
    assert office.council.person(CLERK).name.encode() in own
    last = office.database.read_blocking(lambda c: archive.decisions(c, office.council.id, message))[-1]
    assert (last.act, last.by, json.loads(last.detail)) == ("sent as Clerk", CLERK, {"sent_as": new})
    assert any(to == ANN and "Clerk" in said for to, said in office.notices(message))
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []


async def test_the_councillors_own_signature_gives_way_to_the_clerks(office):
    from config.capacity import Capacity
    from signatures.block.render import render

    block = render(office.council, office.council.person(ANN), ANN, Capacity.COUNCIL, date(2026, 11, 9))
    theirs = block.signature.text.replace("\n", "\r\n")
    message = await office.send(
        f"From: {ANN}\r\nTo: {HOME}\r\nSubject: Minutes\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\nThe minutes are done.\r\n\r\n{theirs}\r\n"
        f"\r\n-----Original Message-----\r\nFrom: Clerk <{CLERK}>\r\nSent: 1 November 2026\r\nTo: Ann <{ANN}>\r\n"
        "Subject: Minutes\r\n\r\nHere they are.\r\n".encode(),
        HOME,
    )
    assert office.state(message) == "held"
    new = await office.send_as_clerk(message, CLERK)
    [(sent, _)] = office.left(new)
    name = office.council.person(ANN).name.encode()
    own = sent[scan_parts(sent)[0].body :].partition(b"-----Original")[0]
    assert name not in own
    assert office.council.person(CLERK).name.encode() in own


@pytest.mark.parametrize("by", [CHAIR, BOB, ANN])
async def test_only_an_officer_sends_as_clerk(office, by):
    message = await forwarded(office)
    with pytest.raises(Conflict, match="only the Clerk"):
        await office.send_as_clerk(message, by)
    assert office.state(message) == "held"


async def test_as_clerk_to_some_of_them(office):
    message = await office.send(replied(RESIDENT, ", ".join(OTHERS)), RESIDENT, *OTHERS)
    new = await office.send_as_clerk(message, CLERK, Change(left_out=(1, 2)))
    [(sent, to)] = office.left(new)
    assert to == [RESIDENT, *OTHERS[2:]]
    head = sent[: scan_parts(sent)[0].body]
    assert not any(each.encode() in head for each in OTHERS[:2])


async def test_what_is_signed_is_its_authors_alone(office):
    raw = (
        f"From: {ANN}\r\nTo: {HOME}\r\nSubject: Fwd: x\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/signed; boundary=b; protocol="application/pkcs7-signature"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n\r\n-----Original Message-----\r\n"
        f"From: Clerk <{CLERK}>\r\nSent: today\r\nTo: Ann <{ANN}>\r\nSubject: x\r\n\r\nHere.\r\n"
        "--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nMIIB\r\n--b--\r\n"
    ).encode()
    message = await office.send(raw, HOME)
    assert office.state(message) == "held"
    with pytest.raises(Conflict, match="signed or encrypted"):
        await office.send_as_clerk(message, CLERK)


async def test_two_who_decide_at_once(office):
    """Whatever two people do to it at the same moment, one of them came first and the other is told."""
    for _ in range(3):
        message = await forwarded(office, text=f"See below, {office.minutes}.")
        acts = await _everything(office, message)
        assert _at_once(office.database, acts) == (1, len(acts) - 1)
        assert len(office.acts(message)) == 1
        assert len(office.left(message)) == (office.state(message) == "released")
        sent = office.database.read_blocking(lambda c, id=message: again.linked(c, office.council.id, id))
        assert len(sent) == ("sent as Clerk" in office.acts(message))


async def _everything(office, message):
    """Everything that can be decided about a message, ready to be done."""
    id = office.council.id
    made = {by: await office.ready(message, by) for by in (CLERK, DEPUTY)}
    act = office.act(CLERK)
    clerks = await as_clerk.made_as_clerk(office.analyst, office.database.read, id, message, act)
    return [
        lambda c: decisions.release(c, id, message, office.act(CLERK), made[CLERK]),
        lambda c: decisions.release(c, id, message, office.act(DEPUTY), made[DEPUTY]),
        lambda c: decisions.reject(c, id, message, office.act(DEPUTY)),
        lambda c: return_for_amendment(c, id, message, office.act(CLERK, "Amend it")),
        lambda c: release_with_consent(c, id, message, office.act(DEPUTY), Scope(), made[DEPUTY]),
        lambda c: as_clerk.send_as_clerk(c, id, message, act, clerks),
        lambda c: decisions.reject(c, id, message, office.act(ANN)),
    ]


def _at_once(database, acts) -> tuple[int, int]:
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        barrier.wait()
        try:
            database.write_blocking(act)
            outcomes.append(True)
        except Conflict:
            outcomes.append(False)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes.count(True), outcomes.count(False)


async def test_two_words_at_once_are_both_counted(office):
    message = await office.send(replied(RESIDENT, ", ".join((*OTHERS, HOME))), RESIDENT, *OTHERS, HOME)
    made = {by: await office.ready(message, by) for by in (ANN, CLERK)}
    id = office.council.id
    acts = [
        lambda c: decisions.release(c, id, message, office.act(ANN), made[ANN]),
        lambda c: decisions.release(c, id, message, office.act(CLERK), made[CLERK]),
    ]
    assert _at_once(office.database, acts) == (2, 0)
    assert office.state(message) == "released"
    assert len(office.left(message)) == 1


async def test_nobody_is_at_hand_but_the_chair(office):
    """A single councillor, the Chair included, is never given the Clerk's power (LGA 1972 s.101)."""
    message = await forwarded(office)
    for by in (CHAIR, BOB, f"foi@{DOMAIN}", "host@elsewhere.example"):
        with pytest.raises(Conflict, match="waits for"):
            await office.release(message, by)
    assert office.acts(message) == []
    office.minutes += int(timedelta(days=400) / timedelta(minutes=1))
    assert office.state(message) == "held"
