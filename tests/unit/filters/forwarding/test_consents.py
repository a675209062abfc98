"""The Clerk's consents: for whom, where, for what mail, and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.policy import Verdict
from filters.answers import Answers
from gateway.clock import today_in_london
from tests.unit.filters.forwarding.mail import (
    ANNE,
    BRIAN,
    CLERK,
    DEPUTY,
    DOMAIN,
    HOME,
    RESIDENT,
    consent,
    corpus,
    findings,
    headed,
    known,
    message,
    parents,
    sent_to,
    with_more,
)

THREAD = "<0b7c1a02-3f61-4a58@mail.resident.example>"
"""What the messages of the corpus answer and send on."""


def passes(raw: bytes, *consents: dict, **given) -> bool:
    found = findings(raw, council=with_more(consents=list(consents)), **given)
    assert found
    return all(each.verdict is Verdict.NOTE for each in found)


def test_a_consent_serves_its_person_and_its_mailbox():
    raw = sent_to("owa/forward", HOME)
    assert passes(raw, consent())
    assert passes(raw, consent(address="c.l.l.r.a.home+papers@googlemail.com"))
    assert not passes(raw, consent(person=BRIAN))
    assert not passes(raw, consent(address="someone@gmail.com"))


def test_one_for_the_use_of_a_members_own_address_serves_whoever_writes_to_them_there():
    raw = sent_to("owa/forward", HOME)
    assert passes(headed(raw, From=BRIAN), consent())
    elsewhere = consent(address="fencing.man@outlook.com")
    raw = sent_to("owa/forward", "fencing.man@outlook.com")
    assert passes(raw, elsewhere)
    assert not passes(headed(raw, From=BRIAN), elsewhere)


def test_one_for_everyone_serves_everyone():
    given = consent(person=None)
    assert passes(sent_to("owa/forward", HOME), given)
    assert passes(headed(sent_to("owa/forward", HOME), From=BRIAN), given)


def test_one_for_everyone_never_serves_who_gave_it_for_an_address_of_their_own():
    people = with_more().model_dump(by_alias=True)["people"]
    people[0]["personal_addresses"] = [{"address": "m.hale@icloud.com"}]
    given = consent(address="m.hale@icloud.com", person=None)
    raw = headed(sent_to("owa/forward", "m.hale@icloud.com"), From=CLERK)
    council = with_more(people=people, consents=[given])
    assert [each.verdict for each in findings(raw, council=council)] == [Verdict.HOLD]
    council = with_more(people=people, consents=[given | {"granted_by": DEPUTY}])
    assert [each.verdict for each in findings(raw, council=council)] == [Verdict.NOTE]


@pytest.mark.parametrize(
    ("at", "live"),
    [
        (datetime(2026, 6, 29, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 29, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_begins_and_ends_at_midnight_in_london(at, live):
    given = consent(**{"from": date(2026, 6, 30), "until": date(2026, 6, 30)})
    assert passes(sent_to("owa/forward", HOME), given, received_at=at, today=today_in_london(at)) is live


@pytest.mark.parametrize(
    ("field", "moment", "live"),
    [
        ("granted_at", "2026-11-20T16:13:00Z", True),
        ("granted_at", "2026-11-20T16:13:01Z", False),
        ("revoked_at", "2026-11-20T16:13:00Z", False),
        ("revoked_at", "2026-11-20T16:13:01Z", True),
    ],
)
def test_it_is_given_before_the_message_and_ends_when_it_is_revoked(field, moment, live):
    more = {"revoked_by": CLERK} if field == "revoked_at" else {}
    assert passes(sent_to("owa/forward", HOME), consent(**{field: moment}, **more)) is live


@pytest.mark.parametrize(
    "name",
    ["owa/forward", "gmail-web/forward", "thunderbird/forward", "thunderbird/forward-attached", "owa/reply"],
)
def test_one_for_a_thread_serves_that_thread_alone(name):
    raw = headed(corpus(name), To=HOME)
    assert passes(raw, consent(thread=THREAD))
    assert not passes(raw, consent(thread="<other@mail.resident.example>"))


def test_a_thread_is_known_from_what_is_attached_or_from_the_archive_too():
    raw = sent_to("thunderbird/forward-attached", HOME)
    for field in ("References", "In-Reply-To", "X-Forwarded-Message-Id"):
        raw = headed(raw, **{field: "<gone@x.example>"})
    assert passes(raw, consent(thread=THREAD))
    new = message(f"To: {HOME}\nSubject: Agenda")
    assert not passes(new, consent(thread=THREAD))
    assert passes(new, consent(thread=THREAD), answers=parents(known(CLERK, message_id=THREAD)))


def test_one_for_a_senders_mail_serves_what_that_sender_wrote():
    given = consent(sender=RESIDENT)
    assert passes(sent_to("owa/forward", HOME), given)
    assert passes(sent_to("thunderbird/forward-attached", HOME), given)
    assert not passes(sent_to("owa/forward", HOME), consent(sender=CLERK))
    assert not passes(message(f"To: {HOME}\nSubject: Agenda"), given)
    assert passes(message(f"To: {HOME}\nSubject: Agenda"), consent(sender=ANNE))


def test_and_not_what_another_wrote_around_it():
    quoted = (
        f"See below.\n\nOn Fri, 20 Nov 2026 at 14:05, Margaret <{CLERK}> wrote:\n\n> No.\n>\n"
        f"> On Fri, 20 Nov 2026 at 13:05, Jill <{RESIDENT}> wrote:\n>\n>> May I?\n"
    )
    raw = message(f"To: {HOME}\nSubject: Fwd: x", quoted)
    assert not passes(raw, consent(sender=RESIDENT))
    assert passes(raw, consent(sender=CLERK))


def test_nor_what_is_copied_from_another():
    raw = message(f"To: {HOME}\nSubject: Agenda")
    copied = Answers(copied=(known(CLERK, ANNE),))
    assert not passes(raw, consent(sender=ANNE), answers=copied)
    assert passes(raw, consent(sender=CLERK), answers=copied)


def test_each_member_behind_an_alias_needs_one():
    alias = f"councillors@{DOMAIN}"
    lists = [{"address": alias, "members": [HOME, "brian@btinternet.com"]}]
    raw = sent_to("owa/forward", alias)
    one = with_more(lists=lists, consents=[consent()])
    assert {each.verdict for each in findings(raw, council=one)} == {Verdict.HOLD, Verdict.NOTE}
    both = with_more(lists=lists, consents=[consent(), consent(id="2", address="brian@btinternet.com")])
    [found] = findings(raw, council=both)
    assert found.verdict is Verdict.NOTE
    assert "consent 2026-1" in found.reason
    assert "consent 2 " in found.reason
    assert HOME not in found.model_dump_json()


def test_one_recipient_with_consent_does_not_carry_another():
    raw = headed(corpus("owa/forward"), To=f"{HOME}, snowleopard23@yahoo.com")
    found = findings(raw, council=with_more(consents=[consent()]))
    assert [(each.verdict, each.about) for each in found] == [
        (Verdict.HOLD, ("snowleopard23@yahoo.com",)),
        (Verdict.NOTE, (HOME,)),
    ]


def test_papers_business_and_locked_content_pass_with_it():
    assert passes(message(f"To: {HOME}\nSubject: Agenda"), consent())
    locked = 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b'
    assert passes(message(f"To: {HOME}\nSubject: x\n{locked}", "--b\n\nx\n--b--\n"), consent())
