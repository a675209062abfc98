"""Whether the addresses are the right ones. What must pass without a word is as long a list as what must be asked."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from config.consumer_domains import CONSUMER_DOMAINS
from config.council import Council
from config.destination import Protected
from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.answers import Alike, Answers, KnownMail, Undeliverable
from filters.context import Envelope, Recipient
from filters.recipients import check
from filters.recipients.domains import meant
from signatures.message.anatomy import read
from tests.unit.filters.people import COUNCIL, context

POLICY = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.ASK, clause=Clause(document="Test policy", item="7")
)
CLIENTS = Path(__file__).parents[2] / "corpus" / "clients"


def found(
    *to: str,
    login: str = "anne",
    header: str = "",
    body: str = "Hello.\n",
    answers: Answers | None = None,
    council=COUNCIL,
    **more,
):
    """What the check finds in a message of Anne's to these."""
    shown = header or f"To: {', '.join(to)}"
    raw = f"From: Anne Archer <anne@little.example>\n{shown}\nSubject: Hello\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    envelope = Envelope(
        mail_from="anne@little.example", recipients=tuple(Recipient(address=a, canonical=a) for a in to)
    )
    known = context(login, envelope=envelope, answers=answers or Answers(), council=council, **more)
    return list(check(read(raw.replace("\n", "\r\n").encode()), known, POLICY))


def reason(*to: str, **options) -> str:
    """The one reason there is."""
    [finding] = found(*to, **options)
    assert finding.verdict is Verdict.ASK
    return finding.reason


OTHERS = """
mail.com email.com ymail.com gmx.com gmx.co.uk gmx.net gmx.de me.com mac.com msn.com hey.com pm.me proton.me live.com
live.co.uk live.ie live.nl live.ca plus.net plus.com plusnet.com sky.com sky.uk bt.com btconnect.com btopenworld.com
talktalk.net talktalk.co.uk talktalkbusiness.net virgin.net virginmedia.com virginmedia.co.uk hotmail.fr hotmail.de
hotmail.ca outlook.fr outlook.de outlook.ie yahoo.fr yahoo.de yahoo.ca yahoo.com.au yahoo.co.nz yahoo.co.in aol.co.uk
aim.com o2.co.uk orange.net onetel.net onetel.com tesco.net zen.co.uk waitrose.com waitrose.co.uk cloud.com
postoffice.co.uk openworld.com internet.com nhs.net nhs.uk cornwall.gov.uk norfolk.gov.uk surrey.gov.uk
northnorfolk.gov.uk southnorfolk.gov.uk smith.uk smith.wales smith.cymru bbc.co.uk rspb.org.uk nfu.org.uk
kemail.co.uk hotel.com hotmaps.co.uk skye.com bell.com cooper.co.uk barnet.gov.uk corn.com modern.co.uk
parish.org.uk school.sch.uk college.ac.uk surrey.police.uk xn--bcher-kva.example post.cymru gov.wales town.com.au
example.co council.example smith.me.uk mail.smith.co.uk box.smith.org.uk
"""
"""Real domains, and such as there may be, that are like those of great providers or have unusual endings."""


class TestDomains:
    @pytest.mark.parametrize(
        ("written", "right"),
        [
            ("gmial.com", "gmail.com"),
            ("gamil.com", "gmail.com"),
            ("gmal.com", "gmail.com"),
            ("gail.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmail.cm", "gmail.com"),
            ("gmail.co.uk", "gmail.com"),
            ("grnail.com", "gmail.com"),
            ("gmai1.com", "gmail.com"),
            ("googlmail.com", "googlemail.com"),
            ("goolemail.com", "googlemail.com"),
            ("hotmial.com", "hotmail.com"),
            ("hotmai.com", "hotmail.com"),
            ("hotmal.co.uk", "hotmail.co.uk"),
            ("hotmail.co.k", "hotmail.co.uk"),
            ("hotmail.co.ul", "hotmail.co.uk"),
            ("hotmail.c.uk", "hotmail.co.uk"),
            ("hotmail.couk", "hotmail.co.uk"),
            ("homtail.co.uk", "hotmail.co.uk"),
            ("outlok.com", "outlook.com"),
            ("outllook.com", "outlook.com"),
            ("outl00k.com", "outlook.com"),
            ("outlook.con", "outlook.com"),
            ("yaho.com", "yahoo.com"),
            ("yahooo.co.uk", "yahoo.co.uk"),
            ("yahoo.cmo", "yahoo.com"),
            ("yhaoo.co.uk", "yahoo.co.uk"),
            ("iclould.com", "icloud.com"),
            ("icoud.com", "icloud.com"),
            ("btinernet.com", "btinternet.com"),
            ("btintenet.com", "btinternet.com"),
            ("btintrenet.com", "btinternet.com"),
            ("btinterent.com", "btinternet.com"),
            ("btinternet.co.uk", "btinternet.com"),
            ("btinternet.con", "btinternet.com"),
            ("virginmeda.com", "virginmedia.com"),
            ("virgimedia.com", "virginmedia.com"),
            ("talktlak.net", "talktalk.net"),
            ("taktalk.net", "talktalk.net"),
            ("talktalk.com", "talktalk.net"),
            ("blueyonde.co.uk", "blueyonder.co.uk"),
            ("ntlwrold.com", "ntlworld.com"),
            ("protonmial.com", "protonmail.com"),
            ("aol.con", "aol.com"),
            ("sky.co", "sky.com"),
            ("nhs.nte", "nhs.net"),
            ("cornwall.gov.ul", "cornwall.gov.uk"),
            ("devon.gob.uk", "devon.gov.uk"),
            ("nalc.gvo.uk", "nalc.gov.uk"),
            ("scouts.ork.uk", "scouts.org.uk"),
            ("scouts.ogr.uk", "scouts.org.uk"),
            ("plumber.oc.uk", "plumber.co.uk"),
            ("plumber.co.ukk", "plumber.co.uk"),
            ("plumber.vom", "plumber.com"),
            ("church.orgg", "church.org"),
        ],
    )
    def test_slips(self, written, right):
        assert meant(written, ()) == right
        if right:
            assert f"Did you mean jane.smith@{right}?" in reason(f"jane.smith@{written}")

    @pytest.mark.parametrize("domain", OTHERS.split())
    def test_real_ones(self, domain):
        assert meant(domain, ()) == ""
        assert found(f"jane.smith@{domain}") == []

    def test_the_providers_are_no_slips_of_each_other(self):
        known = sorted(CONSUMER_DOMAINS)
        assert [each for each in known if meant(each, known)] == []
        # Nor where the council has written to but one of them.
        assert [(one, other) for one, other in itertools.permutations(known, 2) if meant(one, (other,))] == []

    @pytest.mark.parametrize(
        ("written", "known"),
        [
            ("litle.example", "little.example"),  # the council's own
            ("smithandson.co.uk", "smithandsons.co.uk"),
            ("smithansdons.co.uk", "smithandsons.co.uk"),
            ("smithandsons.co", ""),
            ("wiltshire.gov.u", "wiltshire.gov.uk"),
            ("witshire.gov.uk", "wiltshire.gov.uk"),
            ("thorrington-pc.gov.ku", "thorrington-pc.gov.uk"),
            ("thorington-pc.gov.uk", "thorrington-pc.gov.uk"),
            ("barton-parishcouncil.gov.uk", ""),
            ("westsussex.gov.uk", ""),
            ("southnorfolk.gov.uk", ""),
            ("stage2.co.uk", ""),
            ("ards.co.uk", ""),
            ("smithandsons.com", ""),
        ],
    )
    def test_what_the_council_knows(self, written, known):
        familiar = (
            "smithandsons.co.uk",
            "wiltshire.gov.uk",
            "thorrington-pc.gov.uk",
            "bourton-parishcouncil.gov.uk",
            "eastsussex.gov.uk",
            "northnorfolk.gov.uk",
            "stage1.co.uk",
            "cards.co.uk",
        )
        findings = found(f"joe@{written}", answers=Answers(near_domains=familiar))
        assert [f"Did you mean joe@{known}?" in each.reason for each in findings] == ([True] if known else [])

    def test_what_was_written_to_before_is_right(self):
        known = Answers(known_domains=("gmial.com",))
        assert found("jane.smith@gmial.com", answers=known) == []
        assert found("jane.smith@gmial.com", answers=Answers(known=("jane.smith@gmial.com",))) == []

    @pytest.mark.parametrize(
        ("domain", "right"),
        [
            ("xn--gmal-nza.com", "gmail.com"),  # gmaíl.com
            ("xn--gmil-63d.com", "gmail.com"),  # gmаil.com, with a Cyrillic а
            ("xn--80ak6aa92e.com", ""),  # аррӏе.com, Cyrillic from end to end, and nobody's whom we know
        ],
    )
    def test_names_in_other_letters(self, domain, right):
        assert meant(domain, ()) == right

    def test_letters_of_two_alphabets_in_a_name(self):
        assert "several alphabets" in reason("jane@xn--gmil-63d.com")
        assert "several alphabets" in reason("jаne@gmail.com", header="To: Jane <jane@gmail.com>")
        assert found("siân@post.cymru", header="To: Siân <siân@post.cymru>") == []
        assert found("иван@xn--e1afmkfd.xn--p1ai", header="To: friend <a@b.example>") == []

    def test_our_own_and_our_peoples_addresses_are_never_doubted(self):
        council = Council.model_validate(
            COUNCIL.model_dump(by_alias=True)
            | {
                "protected": ["officer@gmial.com"],
                "lists": [{"address": "news@gmail.con", "members": ["reader@hotmial.com"]}],
                "elsewhere": [{"address": "brian.bell@yaho.com"}],
            }
        )
        document = council.model_dump(by_alias=True)
        anne = next(each for each in document["people"] if each["login"] == "anne@little.example")
        anne["personal_addresses"] = [{"address": "anne@gmal.com"}]
        council = Council.model_validate(document)
        for address in (
            "officer@gmial.com",
            "news@gmail.con",
            "reader@hotmial.com",
            "brian.bell@yaho.com",
            "anne@gmal.com",
        ):
            assert found(address, council=council) == []

    def test_many_make_one_finding(self):
        [finding] = found(*(f"p{number}@gmial.com" for number in range(40)))
        assert "p0@gmial.com, p1@gmial.com, p2@gmial.com and 37 others" in finding.reason
        assert len(finding.about) == 40


class TestAlike:
    @pytest.mark.parametrize(
        ("written", "known"),
        [
            ("jane.smth@gmail.com", "jane.smith@gmail.com"),
            ("jane.smiht@gmail.com", "jane.smith@gmail.com"),
            ("jane.smithh@gmail.com", "jane.smith@gmail.com"),
            ("jane.smith1@gmail.com", "jane.smith@gmail.com"),
            ("jane.smith61@gmail.com", "jane.smith16@gmail.com"),
            ("margaret.hael@county.gov.uk", "margaret.hale@county.gov.uk"),
            ("margret.hle@county.gov.uk", "margaret.hale@county.gov.uk"),
            ("jo.bloggs@live.ca", ""),
            ("plannign@county.gov.uk", "planning@county.gov.uk"),
            ("jane-smith@county.gov.uk", "jane.smith@county.gov.uk"),
        ],
    )
    def test_slips(self, written, known):
        answers = Answers(
            known_domains=("gmail.com", "county.gov.uk", "live.ca"),
            alike=(Alike(recipient=written, known=known or "jo.bloggs@live.nl"),),
        )
        findings = found(written, answers=answers)
        assert [f"Did you mean {known}?" in each.reason for each in findings] == ([True] if known else [])

    @pytest.mark.parametrize(
        ("written", "known"),
        [
            ("j.smith@county.gov.uk", "k.smith@county.gov.uk"),
            ("jsmith@county.gov.uk", "ksmith@county.gov.uk"),
            ("john.a.smith@county.gov.uk", "john.b.smith@county.gov.uk"),
            ("team1@county.gov.uk", "team2@county.gov.uk"),
            ("planning2@county.gov.uk", "planning@county.gov.uk"),
            ("ann@gmail.com", "anne@gmail.com"),
            ("dave@gmail.com", "dale@gmail.com"),
            ("janesmith@gmail.com", "jane.smith@gmail.com"),  # one mailbox
            ("jane.smith+news@gmail.com", "jane.smith@gmail.com"),
            ("chair@hall.org.uk", "chairman@hall.org.uk"),
            ("enquiry@hall.org.uk", "enquiries@hall.org.uk"),
            ("clerk@aston-pc.gov.uk", "clerk@ashton-pc.gov.uk"),
        ],
    )
    def test_neighbours(self, written, known):
        answers = Answers(
            known_domains=("gmail.com", "county.gov.uk", "hall.org.uk", "aston-pc.gov.uk"),
            alike=(Alike(recipient=written, known=known),),
        )
        assert found(written, answers=answers) == []

    def test_one_finding_speaks_of_an_address(self):
        answers = Answers(
            near_domains=("gmail.com",),
            alike=(Alike(recipient="jane.smith@gmial.com", known="jane.smith@gmail.com"),),
        )
        assert "looks mistyped" in reason("jane.smith@gmial.com", answers=answers)


class TestForm:
    @pytest.mark.parametrize("address", ["jane@gmail", "jane@box.invalid", "jane@host.localhost"])
    def test_no_address_that_mail_could_go_to(self, address):
        assert reason(address).startswith(f"{address} is no complete address")

    @pytest.mark.parametrize(
        "address",
        [
            "a@b.example",
            "a@b.test",
            '"a b"@c.example',
            "a@[192.0.2.1]",
            "ü@x.example",
            "o'neill@x.example",
            "a+b@x.example",
        ],
    )
    def test_unusual_ones(self, address):
        assert found(address, header="To: somebody@little.example") == []

    @pytest.mark.parametrize(
        ("header", "shown"),
        [
            ("To: jane@b.example, jane smith at gmail.com", "jane smith at gmail.com"),
            ("To: jane@b.example\nCc: joe@@gmail.com", "joe@@gmail.com"),
            ("To: jane@b.example, Bob <bob@>", "bob@"),
        ],
    )
    def test_what_stands_in_the_header_and_is_none(self, header, shown):
        [finding] = found("jane@b.example", header=header)
        assert any(shown in each.text for each in finding.evidence)

    @pytest.mark.parametrize(
        "header",
        [
            "To: undisclosed-recipients:;",
            "To: Councillors: jane@b.example;",
            "To: Jane <jane@b.example>,",
            "Subject: x",
        ],
    )
    def test_header_forms_without_fault(self, header):
        assert found("jane@b.example", header=header) == []


QUOTED = """Thank you.

-----Original Message-----
From: {author}
Sent: 09 November 2026 09:12
To: {to}
Subject: Hello

> The earlier message.
"""
REPLY = "In-Reply-To: <1@x.example>\nReferences: <1@x.example>\n"
ANNE = "Anne Archer <anne@little.example>"


class TestCompany:
    def reply(
        self, *to, author="Jill Carter <jill@farm.example>", told=ANNE, answers=None, header=REPLY, **more
    ):
        return found(
            *to,
            header=f"{header}To: {', '.join(to)}",
            body=QUOTED.format(author=author, to=told),
            answers=answers,
            **more,
        )

    def test_who_was_in_it_may_be_answered(self):
        assert self.reply("jill@farm.example") == []
        assert self.reply("jill@farm.example", "joe@b.example", told=f"{ANNE}; Joe <joe@b.example>") == []

    def test_an_outsider_is_asked_about(self):
        [finding] = self.reply("jill@farm.example", "carol@elsewhere.example")
        assert finding.about == ("carol@elsewhere.example",)
        assert "was not in the conversation" in finding.reason

    def test_colleagues_and_correspondents_are_none(self):
        assert self.reply("jill@farm.example", "june@farm.example") == []
        known = Answers(known=("carol@gmail.com",), known_domains=("gmail.com",))
        assert self.reply("jill@farm.example", "carol@gmail.com", answers=known) == []
        assert self.reply("jill@farm.example", "carl@gmail.com", answers=known) != []
        organisation = Answers(known_domains=("county.example",))
        assert self.reply("jill@farm.example", "new@county.example", answers=organisation) == []

    def test_nobody_is_an_outsider_where_it_is_not_told_who_was_in_it(self):
        quoted = "Thanks.\n\nOn Mon, 9 Nov 2026 at 09:12, Jill Carter <jill@farm.example> wrote:\n> Hello.\n"
        to = ("jill@farm.example", "carol@elsewhere.example")
        assert found(*to, header=f"{REPLY}To: {', '.join(to)}", body=quoted) == []

    def test_the_archive_tells_who_was_in_what_is_answered(self):
        parent = KnownMail(
            message="M",
            message_id="<1@x.example>",
            author="anne@little.example",
            people=("anne@little.example", "jill@farm.example", "bcc@b.example"),
            hidden=("bcc@b.example",),
        )
        quoted = (
            "And this.\n\nOn Mon, 9 Nov 2026 at 09:12, Anne Archer <anne@little.example> wrote:\n> Hello.\n"
        )
        answers = Answers(parents=(parent,))

        def about(*to):
            header = f"{REPLY}To: {', '.join(to)}"
            return [each.about for each in found(*to, header=header, body=quoted, answers=answers)]

        assert about("jill@farm.example", "bcc@b.example") == []
        assert about("jill@farm.example", "carol@elsewhere.example") == [("carol@elsewhere.example",)]

    def test_a_new_message_and_one_sent_on_have_no_outsiders(self):
        assert self.reply("carol@elsewhere.example", header="") == []
        assert self.reply("carol@elsewhere.example", header=f"{REPLY}Subject: Fwd: Hello\n") == []

    @pytest.mark.parametrize("header", [REPLY, REPLY.replace("In", "Subject: Fwd: Hello\nIn")])
    def test_what_only_the_council_talked_of_going_out(self, header):
        ours = {"author": "Brian Bell <brian@little.example>", "told": ANNE, "header": header}
        [finding] = self.reply("carol@elsewhere.example", **ours)
        assert "only people of the council" in finding.reason
        assert finding.about == ("carol@elsewhere.example",)
        assert self.reply("brian@little.example", "brian.bell@county.example", **ours) == []
        assert (
            len(
                self.reply(
                    "carol@elsewhere.example", answers=Answers(known=("carol@elsewhere.example",)), **ours
                )
            )
            == 1
        )

    @pytest.mark.parametrize(
        ("login", "asked"), [("clerk", 0), ("deputy", 0), ("assistant", 0), ("helper", 1)]
    )
    def test_the_office_passes_the_councils_conversations_on_every_day(self, login, asked):
        ours = {"author": "Brian Bell <brian@little.example>", "told": ANNE}
        known = Answers(known=("carol@elsewhere.example",))
        assert len(self.reply("carol@elsewhere.example", answers=known, login=login, **ours)) == asked

    def test_a_protected_recipient_may_be_told(self):
        council = COUNCIL.model_copy(update={"protected": (Protected(address="mo@district.example"),)})
        ours = {"author": "Brian Bell <brian@little.example>", "told": ANNE}
        assert self.reply("mo@district.example", council=council, **ours) == []

    def test_whoever_wrote_by_the_form_on_the_web_site_may_be_answered(self):
        form = QUOTED.replace(
            "The earlier message.", "Name: Maggie. E-mail: maggie@farm.example. The gate is shut."
        )
        header = f"{REPLY}To: maggie@farm.example"

        def asked(author):
            body = form.format(author=f"Someone <{author}>", to=ANNE)
            return found("maggie@farm.example", header=header, body=body)

        assert asked("website@little.example") == []
        assert asked("noreply@host.example") == []
        # What Brian writes of Maggie is not for Maggie.
        assert len(asked("brian@little.example")) == 1

    def test_with_one_from_outside_in_it_the_conversation_is_not_the_councils_own(self):
        told = f"{ANNE}; Joe <joe@b.example>"
        known = Answers(known=("carol@elsewhere.example",))
        author = "Brian Bell <brian@little.example>"
        assert self.reply("carol@elsewhere.example", author=author, told=told, answers=known) == []

    def test_one_of_whom_only_the_name_is_told_may_be_anybody(self):
        known = Answers(known=("carol@elsewhere.example",))
        assert (
            self.reply(
                "carol@elsewhere.example",
                author="Brian Bell <brian@little.example>",
                told="Some Body",
                answers=known,
            )
            == []
        )
        # Brian is of the council, and known by his name.
        assert self.reply("carol@elsewhere.example", author="Brian Bell", told=ANNE, answers=known) != []


def test_what_a_program_answers_was_typed_by_nobody():
    header = "To: jane@gmial.com\nAuto-Submitted: auto-replied\nIn-Reply-To: <1@x.example>"
    assert found("jane@gmial.com", header=header) == []


def test_a_domain_that_takes_no_mail_is_noted_and_no_more():
    answers = Answers(undeliverable=(Undeliverable(domain="gone.example", why="there is no such domain"),))
    [finding] = found("joe@gone.example", answers=answers)
    assert finding.verdict is Verdict.NOTE
    assert "gone.example (there is no such domain)" in finding.reason
    assert found("joe@there.example", answers=answers) == []


def test_messages_as_clients_write_them_have_no_doubtful_addresses():
    """Answered or sent on to those whom they were written to, nobody is mistyped or no address."""
    silent = 0
    for path in sorted(CLIENTS.rglob("*.eml")):
        anatomy = read(path.read_bytes())
        to = tuple(dict.fromkeys(each.address for each in anatomy.recipients if each.address))
        envelope = Envelope(mail_from="", recipients=tuple(Recipient(address=a, canonical=a) for a in to))
        findings = list(check(anatomy, context("anne", envelope=envelope), POLICY))
        mistaken = [each.reason for each in findings if "conversation" not in each.reason]
        assert mistaken == [], path.name
        silent += 1
    assert silent > 100
