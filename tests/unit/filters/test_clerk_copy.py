"""The check `clerk_copy` and the copy that is added, through both steps of analysis."""

from __future__ import annotations

import email
import email.policy

import pytest

from config.policy import Verdict
from filters.context import Added
from signatures.block.changes import changes
from tests.unit.filters.official_mail import (
    CLERK,
    DOMAIN,
    PEOPLE,
    RESIDENT,
    analysed,
    as_sent,
    council,
    message,
    person,
    policy,
)

MARGARET = Added(address=CLERK, name="Margaret Hale", by="clerk_copy")
CC = f"Cc: Margaret Hale <{CLERK}>\r\n".encode()
MONITORING_OFFICER = "monitoring.officer@county.example"


def found(analysis):
    return [finding for finding in analysis.decision.findings if finding.check == "clerk_copy"]


def test_official_mail_to_the_outside_gets_the_clerk_as_a_visible_copy():
    raw = message()
    analysis = analysed(raw, council=council())
    assert analysis.added == (MARGARET,)
    assert as_sent(raw, analysis) == raw.replace(b"Subject:", CC + b"Subject:")
    [finding] = found(analysis)
    assert finding.reason == "The Clerk was added as a copy, as on official mail."
    assert finding.about == (RESIDENT,)
    assert analysis.decision.verdict is Verdict.NOTE
    assert ("The Clerk was added as a copy, which everybody sees.", f"Margaret Hale <{CLERK}>") in [
        (change.sentence, change.added) for change in changes(raw, analysis.rewrite, analysis.record)
    ]


@pytest.mark.parametrize("stage", ["trial", "warn"])
def test_where_it_is_not_enforced_nobody_is_added(stage):
    raw = message()
    analysis = analysed(raw, council=council(policy=policy(stage=stage)))
    assert analysis.added == ()
    assert as_sent(raw, analysis) == raw
    assert found(analysis)[0].reason == "The Clerk would have been added as a copy, as on official mail."


def test_the_sender_is_asked_where_the_policy_says_so():
    raw = message()
    analysis = analysed(raw, council=council(policy=policy(verdict="ask")))
    assert analysis.decision.verdict is Verdict.ASK
    assert CLERK in found(analysis)[0].reason
    assert analysis.added == ()
    assert as_sent(raw, analysis) == raw


@pytest.mark.parametrize(
    ("to", "official"),
    [
        ((RESIDENT,), True),
        ((f"brian@{DOMAIN}", RESIDENT), True),
        ((f"brian@{DOMAIN}",), False),
        (("brian.bell@county.example",), False),
        ((f"members@{DOMAIN}",), False),
        ((f"flood@{DOMAIN}",), True),
        ((f"everyone@{DOMAIN}",), True),
        ((f"news@{DOMAIN}",), True),
        ((f"village@{DOMAIN}",), True),
        ((f"foi@{DOMAIN}", RESIDENT), True),
        ((f"deputy@{DOMAIN}", RESIDENT), True),
        ((CLERK, RESIDENT), False),
        ((f"office@{DOMAIN}", RESIDENT), False),
        ((f"all@{DOMAIN}", RESIDENT), False),
        ((MONITORING_OFFICER,), False),
        ((MONITORING_OFFICER, RESIDENT), False),
    ],
)
def test_it_depends_on_whom_it_goes_to(to, official):
    analysis = analysed(message(to=to[0]), to=to, council=council())
    assert (analysis.added == (MARGARET,)) is official
    assert bool(found(analysis)) is official


@pytest.mark.parametrize(
    ("sender", "login", "official"),
    [
        ("anne", "anne", True),
        ("chair", "chair", True),
        ("susan", "susan", True),
        ("foi", "foi", True),
        ("office", "susan", False),
        ("clerk", "clerk", False),
        ("deputy", "deputy", False),
        ("surgery", "anne", False),
        ("brian", "brian", False),
    ],
)
def test_it_depends_on_who_writes_and_in_what_capacity(sender, login, official):
    analysis = analysed(message(sender=sender), login=login, council=council())
    assert (analysis.added == (MARGARET,)) is official


@pytest.mark.parametrize(
    ("subject", "login", "official"),
    [
        ("[personal] Hall", "anne", False),
        ("[casework] Hall", "anne", False),
        ("Re: [personal] Hall", "anne", True),
        ("[council] Hall", "brian", True),
    ],
)
def test_the_tag_chooses(subject, login, official):
    analysis = analysed(message(sender=login, subject=subject), login=login, council=council())
    assert (analysis.added == (MARGARET,)) is official


@pytest.mark.parametrize("field", ["To", "Cc", "Bcc"])
@pytest.mark.parametrize("address", [CLERK, f"office@{DOMAIN}"])
def test_who_names_the_clerk_has_copied_the_clerk(field, address):
    raw = message(
        f"From: anne@{DOMAIN}", f"To: {RESIDENT}", f"{field}: The Clerk <{address.upper()}>", "Subject: S"
    )
    analysis = analysed(raw, to=(RESIDENT, address), council=council())
    assert analysis.added == ()
    assert not found(analysis)


def test_a_blind_copy_that_only_the_envelope_knows_counts():
    analysis = analysed(message(), to=(RESIDENT, CLERK), council=council())
    assert analysis.added == ()
    assert not found(analysis)


@pytest.mark.parametrize(
    "extra",
    ["Auto-Submitted: auto-replied", f"Resent-From: anne@{DOMAIN}\nResent-To: {RESIDENT}"],
)
def test_what_nobody_wrote_is_not_official(extra):
    raw = message(f"From: anne@{DOMAIN}", f"To: {RESIDENT}", "Subject: S", extra)
    assert analysed(raw, council=council()).added == ()


def test_nor_is_what_the_null_sender_writes():
    assert analysed(message(), mail_from="", council=council()).added == ()


def without(*locals_: str, more=()):
    return tuple(each for each in PEOPLE if each["login"].split("@")[0] not in locals_) + tuple(more)


def test_who_stands_in_gets_it_where_there_is_no_clerk():
    locum = person("locum", "Jean Price", "locum")
    assert (
        analysed(message(), council=council(people=without("clerk"))).added[0].address == f"deputy@{DOMAIN}"
    )
    assert (
        analysed(message(), council=council(people=without("clerk", more=[locum]))).added[0].address
        == f"locum@{DOMAIN}"
    )


def test_a_clerk_who_left_yesterday_gets_nothing():
    old = person("old", "Henry Old", {"role": "clerk", "until": "2026-11-08"})
    new = person("new", "Nora New", {"role": "clerk", "from": "2026-11-09"})
    analysis = analysed(message(), council=council(people=without("clerk", more=[old, new])))
    assert [each.address for each in analysis.added] == [f"new@{DOMAIN}"]


def test_where_nobody_is_in_office_it_is_noted():
    raw = message()
    analysis = analysed(raw, council=council(people=without("clerk", "deputy")))
    assert found(analysis)[0].reason == "No copy went to the Clerk, as nobody is in office as Clerk."
    assert analysis.added == ()
    assert analysis.decision.verdict is Verdict.NOTE
    assert as_sent(raw, analysis) == raw


def test_an_address_of_ones_own_goes_before_others():
    clerk = person("clerk", "Margaret Hale", "clerk")
    clerk["identities"] = [
        {"address": f"a@{DOMAIN}", "kind": "alias"},
        {"address": f"gone@{DOMAIN}", "until": "2026-11-08"},
        {"address": f"own@{DOMAIN}"},
    ]
    analysis = analysed(message(), council=council(people=without("clerk", more=[clerk])))
    assert analysis.added[0].address == f"own@{DOMAIN}"


def test_a_refused_message_adds_nobody_and_says_so():
    raw = message(sender="chair")
    analysis = analysed(raw, login="anne", council=council())
    assert analysis.decision.verdict is Verdict.REFUSE
    assert analysis.added == ()
    assert not found(analysis)


def test_so_does_one_that_cannot_leave():
    raw = message(body="x" * 1000).replace(b"Hall", b"y" * 1200)
    analysis = analysed(raw, council=council())
    assert analysis.decision.verdict is Verdict.REFUSE
    assert not found(analysis)


def test_who_was_added_before_is_shown_again_when_the_message_is_looked_at_again():
    raw = message()
    before = (Added(address=f"deputy@{DOMAIN}", name="Thomas Reed", by="clerk_copy"),)
    analysis = analysed(raw, added=before, council=council())
    assert analysis.added == before
    assert f"Cc: Thomas Reed <deputy@{DOMAIN}>".encode() in as_sent(raw, analysis)
    assert as_sent(raw, analysed(raw, added=(), council=council())) == raw


def test_a_signature_over_cc_is_broken_and_goes():
    signed = "DKIM-Signature: v=1; h=from:to:cc; b=x"
    raw = message(signed, f"From: anne@{DOMAIN}", f"To: {RESIDENT}", "Subject: S")
    analysis = analysed(raw, council=council())
    assert b"DKIM-Signature" not in as_sent(raw, analysis)
    other = raw.replace(b":cc", b":subject")
    assert b"DKIM-Signature" in as_sent(other, analysed(other, council=council()))


def names(raw: bytes) -> list[str]:
    return [
        each.addr_spec for each in email.message_from_bytes(raw, policy=email.policy.default)["cc"].addresses
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("Cc: a@b.example",), [b"Cc: a@b.example,\r\n Margaret Hale <clerk@little.example>\r\n"]),
        (("Cc: a@b.example,",), [b"Cc: a@b.example,\r\n Margaret Hale"]),
        (("Cc: Group: a@b.example;",), [b"Cc: Group: a@b.example;,\r\n Margaret Hale"]),
        (("Cc:",), [b"Cc: Margaret Hale <clerk@little.example>\r\nSubject"]),
        (("Cc: a@b.example,\n  c@d.example",), [b"  c@d.example,\r\n Margaret Hale"]),
        (
            ("Cc: Group: a@b.example",),
            [b"Cc: Margaret Hale <clerk@little.example>,\r\n Group: a@b.example\r\n"],
        ),
        (('Cc: "open <a@b.example>',), [b'Cc: Margaret Hale <clerk@little.example>,\r\n "open']),
        (
            ("Cc: a@b.example (open",),
            [b"Cc: Margaret Hale <clerk@little.example>,\r\n a@b.example (open\r\n"],
        ),
        (("Cc: a@b.example", "Cc: c@d.example"), [b"Cc: a@b.example\r\n", b"Cc: c@d.example,\r\n Margaret"]),
    ],
)
def test_it_joins_those_in_the_last_cc(fields, expected):
    raw = message(f"From: anne@{DOMAIN}", f"To: {RESIDENT}", *fields, "Subject: S")
    sent = as_sent(raw, analysed(raw, council=council()))
    assert all(each in sent for each in expected)
    assert sent.count(b"clerk@") == 1


def test_without_a_to_it_stands_below_the_from():
    raw = message(f"From: anne@{DOMAIN}", "Subject: S")
    sent = as_sent(raw, analysed(raw, council=council()))
    assert sent.startswith(f"From: anne@{DOMAIN}\r\n".encode() + CC)


def test_blind_recipients_stay_blind():
    raw = message(f"From: anne@{DOMAIN}", f"To: {RESIDENT}", "Bcc: secret@post.example", "Subject: S")
    sent = as_sent(raw, analysed(raw, to=(RESIDENT, "secret@post.example"), council=council()))
    assert b"secret" not in sent
    assert CC in sent


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Margaret Hale", b"Margaret Hale <"),
        ("Dr. M. Hale, Clerk", b'"Dr. M. Hale, Clerk" <'),
        ('M. "Mags" Hale', b'"M. \\"Mags\\" Hale" <'),
        ("Siân Hâl", b"=?utf-8?B?U2nDom4gSMOibA==?= <"),
    ],
)
def test_names_are_written_so_that_they_can_be_read(name, written):
    clerk = person("clerk", name, "clerk")
    raw = message()
    sent = as_sent(raw, analysed(raw, council=council(people=without("clerk", more=[clerk]))))
    assert b"Cc: " + written in sent
    [cc] = email.message_from_bytes(sent, policy=email.policy.default)["cc"].addresses
    assert (cc.display_name, cc.addr_spec) == (name, CLERK)


def test_with_hundreds_of_recipients_it_is_one_more():
    many = tuple(f"r{n}@post.example" for n in range(300))
    raw = message(f"From: anne@{DOMAIN}", "To: " + ",\n ".join(many), "Subject: S")
    analysis = analysed(raw, to=many, council=council())
    assert analysis.added == (MARGARET,)
    assert as_sent(raw, analysis) == raw.replace(b"Subject:", CC + b"Subject:")


def test_an_address_that_the_envelope_cannot_carry_is_not_added():
    clerk = person("clerk", "Siân", "clerk")
    clerk["identities"] = [{"address": f"siân@{DOMAIN}"}]
    people = without("clerk", "deputy", more=[clerk])
    analysis = analysed(message(), council=council(people=people))
    assert analysis.added == ()
    assert "no address that a copy can go to" in found(analysis)[0].reason
    assert (
        analysed(message(), smtputf8=True, council=council(people=people)).added[0].address
        == f"siân@{DOMAIN}"
    )


def test_an_address_for_the_clerks_own_views_is_no_desk():
    clerk = person("clerk", "Margaret Hale", "clerk")
    clerk["identities"] = [
        {"address": f"margaret@{DOMAIN}", "capacity": "personal"},
        {"address": f"clerk@{DOMAIN}"},
    ]
    analysis = analysed(
        message(), to=(RESIDENT, f"margaret@{DOMAIN}"), council=council(people=without("clerk", more=[clerk]))
    )
    assert [each.address for each in analysis.added] == [CLERK]


@pytest.mark.parametrize("cc", [(), ("Cc: a@b.example",), ("Cc:",), ('Cc: "open <a@b.example>',)])
def test_people_are_told_of_it_once_wherever_it_stands(cc):
    raw = message(f"From: anne@{DOMAIN}", f"To: {RESIDENT}", *cc, "Subject: S")
    analysis = analysed(raw, council=council())
    told = [(each.sentence, each.added) for each in changes(raw, analysis.rewrite, analysis.record)]
    assert told == [("The Clerk was added as a copy, which everybody sees.", f"Margaret Hale <{CLERK}>")]
