"""New business and papers for members' own addresses, answers that would go there, and what is only noted."""

from __future__ import annotations

import pytest

from config.policy import Stage, Verdict
from filters.answers import Answers
from filters.context import Envelope, Recipient
from tests.unit.filters.forwarding.mail import (
    ANNE,
    BRIAN,
    CLERK,
    DOMAIN,
    HOME,
    POLICY,
    consent,
    corpus,
    findings,
    headed,
    holds,
    message,
    sent_to,
    with_more,
)

STRANGER = "snowleopard23@yahoo.com"
PICTURE = (
    '--b\nContent-Type: text/html\n\n<p>Hello <img src="cid:logo"></p>\n--b\nContent-Type: image/png\n'
    "Content-ID: <logo>\nContent-Disposition: inline; filename=logo.png\nContent-Transfer-Encoding: base64\n\n"
    "iVBORw0KGgo=\n--b--\n"
)
PDF = (
    "--b\nContent-Type: text/plain\n\nAs asked.\n--b\nContent-Type: application/pdf; name=x.pdf\n"
    "Content-Disposition: attachment; filename=x.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQ=\n--b--\n"
)


class TestNewMail:
    @pytest.mark.parametrize("sender", [ANNE, CLERK, BRIAN])
    @pytest.mark.parametrize("tag", ["", "[casework] "])
    def test_council_business_is_held_whoever_sends_it(self, sender, tag):
        [found] = findings(message(f"From: {sender}\nTo: {HOME}\nSubject: {tag}Agenda"))
        assert found.verdict is Verdict.HOLD
        assert found.about == (HOME,)
        assert "Council business" in found.reason
        assert "begin the subject with [personal]" in found.reason

    def test_personal_views_are_noted(self):
        [found] = findings(message(f"From: {BRIAN}\nTo: {HOME}\nSubject: [personal] Whist on Friday"))
        assert found.verdict is Verdict.NOTE
        assert found.about == (HOME,)

    def test_a_tag_makes_no_papers_and_no_earlier_mail_private(self):
        header = f"To: {HOME}\nSubject: [personal] Papers\nContent-Type: multipart/mixed; boundary=b"
        assert holds(message(header, PDF)) == [HOME]
        assert holds(headed(corpus("owa/forward"), To=HOME, Subject="[personal] Hedge")) == [HOME]

    def test_earlier_mail_is_not_personal_even_for_whom_took_part(self):
        text = f"Yes.\n\nOn Fri, 20 Nov 2026 at 14:05, Anne <{HOME}> wrote:\n\n> Is there a meeting?\n"
        header = f"From: {CLERK}\nTo: {HOME}\nSubject: [personal] Meeting\nIn-Reply-To: <1@x.example>"
        assert holds(message(header, text)) == [HOME]

    def test_a_logo_in_the_text_is_no_paper(self):
        header = f"To: {HOME}\nSubject: Agenda\nContent-Type: multipart/related; boundary=b"
        [found] = findings(message(header, PICTURE))
        assert "Council business" in found.reason

    @pytest.mark.parametrize("address", [STRANGER, CLERK, "x@nhs.net"])
    def test_anybody_else_is_written_to_freely(self, address):
        assert findings(message(f"To: {address}\nSubject: Allotments", "Plot 4 is free.\n")) == []

    def test_a_newsletter_is_taken_at_home_like_anybodys(self):
        news = {
            "address": f"news@{DOMAIN}",
            "members": [HOME, STRANGER],
            "owner": CLERK,
            "lawful_basis": "consent",
            "unsubscribe": CLERK,
        }
        raw = message(
            f"From: {CLERK}\nTo: news@{DOMAIN}\nSubject: News\nContent-Type: multipart/mixed; boundary=b", PDF
        )
        assert findings(raw, council=with_more(lists=[news])) == []
        assert holds(raw, council=with_more(lists=[news | {"owner": None}])) == [f"news@{DOMAIN}"]
        forward = sent_to("owa/forward", f"news@{DOMAIN}")
        assert holds(forward, council=with_more(lists=[news])) == [f"news@{DOMAIN}"]

    @pytest.mark.parametrize(
        "name", ["cases/44-out-of-office", "cases/44-vacation-gmail", "cases/44-vacation-sieve"]
    )
    def test_a_notice_of_absence_may_go_there(self, name):
        raw = corpus(name)
        nobody = Envelope(mail_from="", recipients=(Recipient(address=HOME, canonical=HOME),))
        assert findings(raw, envelope=nobody) == []
        somebody = nobody.model_copy(update={"mail_from": ANNE})
        assert holds(raw, envelope=somebody) == [HOME]

    def test_an_address_counts_while_its_term_lasts(self):
        people = with_more().model_dump(by_alias=True)["people"]
        people[3]["personal_addresses"] = [{"address": HOME, "until": "2026-11-19"}]
        assert findings(message(f"To: {HOME}\nSubject: Thank you"), council=with_more(people=people)) == []

    def test_a_member_who_asks_from_home_is_not_answered_there(self):
        raw = corpus("gmail-web/reply", ("jill.fenwick@resident.example", HOME))
        assert holds(headed(raw, From=CLERK)) == [HOME]


class TestPolicy:
    @pytest.mark.parametrize("verdict", [Verdict.NOTE, Verdict.ASK, Verdict.HOLD, Verdict.REFUSE])
    def test_the_verdict_is_the_policys(self, verdict):
        policy = POLICY.model_copy(update={"verdict": verdict, "stage": Stage.WARN})
        [found] = findings(sent_to("owa/forward", STRANGER), policy)
        assert (found.verdict, found.stage, found.clause) == (verdict, Stage.WARN, POLICY.clause)

    @pytest.mark.parametrize(
        ("verdict", "wanted"),
        [(Verdict.NOTE, Verdict.NOTE), (Verdict.ASK, Verdict.ASK), (Verdict.HOLD, Verdict.REFUSE)],
    )
    def test_automatic_forwarding_is_refused_where_the_policy_would_hold(self, verdict, wanted):
        raw = headed(corpus("owa/forward"), "Auto-Submitted: auto-forwarded", To=STRANGER)
        [found] = findings(raw, POLICY.model_copy(update={"verdict": verdict}))
        assert found.verdict is wanted

    def test_no_consent_serves_automatic_forwarding(self):
        raw = headed(corpus("owa/forward"), "Auto-Submitted: auto-forwarded", To=HOME)
        [found] = findings(raw, council=with_more(consents=[consent()]))
        assert found.verdict is Verdict.REFUSE


class TestAnswers:
    @pytest.mark.parametrize("address", [HOME, "anne.archer@btinternet.com", "CLLR.A.home+x@googlemail.com"])
    def test_answers_to_a_private_address(self, address):
        [found] = findings(message(f"To: {BRIAN}\nReply-To: Anne <{address}>\nSubject: Bins"))
        assert found.verdict is Verdict.HOLD
        assert found.about == ()
        assert [(each.where, each.text) for each in found.evidence] == [("Reply-To", address)]
        assert "Answers to this message would go to" in found.reason

    @pytest.mark.parametrize("address", [ANNE, CLERK, "brian.bell@wickhamshire.example", "x@nhs.net"])
    def test_answers_to_any_other(self, address):
        assert findings(message(f"To: {BRIAN}\nReply-To: {address}\nSubject: Bins")) == []

    def test_answers_to_anothers_message_that_is_sent_on_are_the_others(self):
        header = f"Resent-From: {ANNE}\nResent-To: {BRIAN}\nFrom: ray@gmail.com\nReply-To: ray2@gmail.com\nTo: {ANNE}"
        assert findings(message(header)) == []

    def test_consent_covers_them(self):
        raw = message(f"To: {BRIAN}\nReply-To: {HOME}\nSubject: Bins")
        [found] = findings(raw, council=with_more(consents=[consent()]))
        assert found.verdict is Verdict.NOTE


class TestNewness:
    BARE = "Thursday suits me.\n\n> Would Thursday suit you?\n"

    def reply(self, to: str, more: str = "", text: str = BARE, **given) -> list[str]:
        return holds(
            message(f"To: {to}\n{more}Subject: Re: Hedge\nIn-Reply-To: <1@x.example>", text), **given
        )

    def test_a_telephone_says_nothing_of_whom_it_answers(self):
        assert self.reply(STRANGER) == []
        assert self.reply(STRANGER, f"Cc: {CLERK}\n") == []

    def test_but_one_of_several_is_not_taken_for_the_correspondent(self):
        assert self.reply(f"{STRANGER}, other@gmail.com") == [STRANGER, "other@gmail.com"]
        assert self.reply(CLERK, f"Cc: {STRANGER}\n") == [STRANGER]
        assert self.reply(CLERK, bcc=[STRANGER], recipients=None) == [STRANGER]

    def test_nor_is_a_declared_address_or_one_with_a_members_name(self):
        assert self.reply(HOME) == [HOME]
        assert self.reply("anne.archer@btinternet.com") == ["anne.archer@btinternet.com"]
        assert self.reply("Anne Archer <sunflower@aol.com>") == ["sunflower@aol.com"]

    def test_nor_in_a_new_message(self):
        assert holds(message(f"To: {STRANGER}\nSubject: Hedge", self.BARE)) == [STRANGER]

    def test_who_follows_up_their_own_mail_writes_to_whom_it_went_to(self):
        own = f"Any news?\n\nOn Fri, 20 Nov 2026 at 14:05, Anne <{ANNE}> wrote:\n\n> Would Thursday suit?\n"
        assert self.reply(STRANGER, text=own) == []
        assert self.reply(STRANGER, text=own.replace(ANNE, CLERK)) == [STRANGER]
        by_name = own.replace(f"Anne <{ANNE}>", "Anne Archer")
        assert self.reply(STRANGER, text=by_name) == []
        assert self.reply(STRANGER, text=by_name.replace("Anne Archer", "Margaret Hale")) == [STRANGER]

    FORM = (
        "Dear Ray, yes.\n\nOn Fri, 20 Nov 2026 at 14:05, Little Wickham <{author}> wrote:\n\n> Contact form\n>\n"
        "> Name: Ray Wells\n> Email: ray.wells@gmail.com\n> Message: Is there a plot free?\n"
    )

    @pytest.mark.parametrize(
        ("author", "held"),
        [
            (f"website@{DOMAIN}", False),
            (f"enquiries@{DOMAIN}", False),
            ("no-reply@forms.example", False),
            ("wordpress@host.example", False),
            (CLERK, True),
            (BRIAN, True),
            ("officer@wickhamshire.gov.uk", True),
        ],
    )
    def test_who_wrote_by_the_form_on_the_web_site_is_answered(self, author, held):
        text = self.FORM.format(author=author)
        assert bool(self.reply("ray.wells@gmail.com", text=text)) is held
        assert self.reply("another@gmail.com", text=text) == ["another@gmail.com"]
        assert self.reply(f"{CLERK}, ray.wells@gmail.com", text=text) == ["ray.wells@gmail.com"]
        assert self.reply(HOME, text=text.replace("ray.wells@gmail.com", HOME)) == [HOME]
        forward = message("To: ray.wells@gmail.com\nSubject: Fwd: Form\nIn-Reply-To: <1@x.example>", text)
        assert holds(forward) == ["ray.wells@gmail.com"]

    NAMED = "Yes.\n\nOn Fri, 20 Nov 2026 at 14:05, Jill Fenwick wrote:\n\n> Would Thursday suit you?\n"

    def test_a_name_stands_for_whom_it_is_shown_beside(self):
        assert self.reply("Jill Fenwick <jf42@gmail.com>", text=self.NAMED) == []
        assert self.reply('"Fenwick, Jill" <jf42@gmail.com>', text=self.NAMED) == []
        assert self.reply("Ray Wells <jf42@gmail.com>", text=self.NAMED) == ["jf42@gmail.com"]

    def test_an_address_may_be_made_of_the_name(self):
        assert self.reply("jill.fenwick@gmail.com", text=self.NAMED) == []
        assert self.reply("jill_fenwick@gmail.com, ray@gmail.com", text=self.NAMED) == ["ray@gmail.com"]
        for other in (
            "jill@gmail.com",
            "jillfenwick@gmail.com",
            "ray.wells@gmail.com",
            "Ray <jill.fenwick@gmail.com>",
        ):
            assert self.reply(other, text=self.NAMED), other

    def test_a_name_stands_for_one(self):
        both = "Jill Fenwick <jf42@gmail.com>, Jill Fenwick <sunflower@aol.com>"
        assert self.reply(both, text=self.NAMED) == ["jf42@gmail.com", "sunflower@aol.com"]

    def test_a_members_name_stands_for_none(self):
        named = self.NAMED.replace("Jill Fenwick", "Anne Archer")
        assert self.reply("Anne Archer <sunflower@aol.com>", text=named) == ["sunflower@aol.com"]

    def test_who_took_part_in_the_thread_has_not_seen_what_is_attached_to_it(self):
        text = (
            "--b\nContent-Type: text/plain\n\nSee this.\n\nOn Fri, 20 Nov 2026 at 14:05, Jill <jf42@gmail.com> wrote:\n\n"
            f"> Well?\n--b\nContent-Type: message/rfc822\n\nFrom: {CLERK}\nTo: {ANNE}\nSubject: Secret\n\nNo.\n--b--\n"
        )
        header = "To: jf42@gmail.com\nSubject: Re: x\nIn-Reply-To: <1@x.example>\nContent-Type: multipart/mixed; boundary=b"
        assert holds(message(header, text)) == ["jf42@gmail.com"]
        assert holds(message(header, text.replace(f"To: {ANNE}", "To: jf42@gmail.com"))) == []


class TestNames:
    @pytest.mark.parametrize(
        ("address", "noted"),
        [
            ("anne.archer@archers.example", True),
            ("a.archer@archers.example", True),
            ("archeranne@archers.example", True),
            ("p.archer@archers.example", False),
            ("anne@archers.example", False),
            ("anne.archer@wickham.gov.uk", False),
            ("anne.archer@nhs.net", False),
        ],
    )
    def test_an_address_that_only_looks_like_a_members_is_noted(self, address, noted):
        found = findings(sent_to("owa/forward", address))
        assert [each.verdict for each in found] == ([Verdict.NOTE] if noted else [])
        assert all(each.about == (address,) for each in found)

    def test_not_where_the_council_writes_to_it_often(self):
        address = "anne.archer@archers.example"
        assert findings(sent_to("owa/forward", address), answers=Answers(known=(address,))) == []

    def test_not_where_nothing_is_carried(self):
        assert findings(message("To: anne.archer@archers.example\nSubject: Hedge")) == []


def test_one_finding_of_each_kind_with_all_whom_it_is_about():
    raw = headed(
        corpus("owa/forward"), "Reply-To: anne.archer@aol.com", To=f"{STRANGER}, {CLERK}, {HOME}, b@aol.com"
    )
    found = findings(raw)
    assert [each.about for each in found] == [(STRANGER, HOME, "b@aol.com"), ()]


@pytest.mark.parametrize("field", ["To", "Cc"])
def test_many_recipients_and_long_text_take_linear_time(field):
    from tests.quick import within

    people = ", ".join(f"Somebody {number} <p{number}@gmail.com>" for number in range(200))
    text = "The hedge.\n" * 9000
    quoted = "".join(f"> {line}\n" for line in text.splitlines())
    raw = message(
        f"{field}: {people}\nSubject: Fwd: Hedge",
        f"{text}\nOn Fri, 20 Nov 2026, <x@y.example> wrote:\n\n{quoted}",
    )
    with within(2.0):
        [found] = findings(raw)
    assert len(found.about) == 200
    assert "and 196 more" in found.reason
    assert len(found.evidence) < 30
