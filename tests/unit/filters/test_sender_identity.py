from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.policy import CheckPolicy, Stage, Verdict
from filters.context import Envelope, Profile
from signatures.message.scanner import CAPS
from tests.quick import within
from tests.unit.filters.people import COUNCIL, DOMAIN, POLICY, TODAY, findings, verdicts

ANNE = f"anne@{DOMAIN}"
CLERK = f"clerk@{DOMAIN}"
FROM_ANNE = f"From: {ANNE}"


class TestAlignment:
    @pytest.mark.parametrize(
        "header",
        [
            FROM_ANNE,
            f"From: Anne Archer <{ANNE}>",
            f"From: Anne <ANNE@{DOMAIN.upper()}>",
            f'From: "anne"@{DOMAIN}',
            f"From: anne (x) @ {DOMAIN} (Anne)",
            f"From: {ANNE}\nSender: {ANNE}",
            f"From: {ANNE}\nReply-To: {CLERK}",
        ],
    )
    def test_own_address(self, header):
        assert findings(header) == []

    @pytest.mark.parametrize(
        ("header", "where", "text"),
        [
            (f"From: {CLERK}", "From", CLERK),
            (f"From: Anne <{CLERK}>", "From", CLERK),
            ("From: anne@elsewhere.example", "From", "anne@elsewhere.example"),
            (f"From: anne+tag@{DOMAIN}", "From", f"anne+tag@{DOMAIN}"),
            (f"From: anne@sub.{DOMAIN}", "From", f"anne@sub.{DOMAIN}"),
            ("From: nonsense", "From", "nonsense"),
            (f"From: <{ANNE}> <{CLERK}>", "From", f"{ANNE}<{CLERK}"),
            (f"From: \u0430nne@{DOMAIN}", "From", f"\u0430nne@{DOMAIN}"),
            (f"From: {ANNE}\nSender: {CLERK}", "Sender", CLERK),
            (f"From: {ANNE}\nSender: {ANNE}\nSender: x@y.example", "Sender", "x@y.example"),
            (f"From: {ANNE}\nSender: nonsense", "Sender", "nonsense"),
        ],
    )
    def test_anothers_address_is_refused_with_what_was_seen(self, header, where, text):
        [finding, *_] = findings(header)
        assert finding.verdict is Verdict.REFUSE
        assert [(e.where, e.text) for e in finding.evidence] == [(where, text)]
        assert f"You are logged in as {ANNE}" in finding.reason
        assert f"it may send from {ANNE}" in finding.reason

    @pytest.mark.parametrize(
        ("header", "said"),
        [
            ("To: x@y.example", "no From line"),
            (f"From: {ANNE}\nFrom: {ANNE}", "2 From lines"),
            (f"From: {ANNE}\nfrom : {CLERK}", "2 From lines"),
            (f"From: {ANNE}, {CLERK}", "names 2 senders in its From"),
            (f"From: {ANNE}, {ANNE}", "names 2 senders"),
            ("From:", "names 0 senders"),
            ("From: Anne Archer:;", "names 0 senders"),
            (f"From: Councillors: {ANNE};", "names a group"),
            (f"From: Parish Clerk: {ANNE};", "names a group"),
            ("From: Hale, Margaret <clerk@little.example>", "names 2 senders"),
        ],
    )
    def test_exactly_one_from_with_exactly_one_address(self, header, said):
        [finding] = findings(header)
        assert finding.verdict is Verdict.REFUSE
        assert said in finding.reason

    @pytest.mark.parametrize(
        ("mail_from", "refused"),
        [
            (ANNE, False),
            (ANNE.upper(), False),
            (f'"anne"@{DOMAIN}', False),
            (CLERK, True),
            ("x@y.example", True),
            ("", True),
        ],
    )
    def test_envelope_sender(self, mail_from, refused):
        found = findings(FROM_ANNE, mail_from=mail_from)
        assert bool(found) is refused
        if refused:
            assert found[0].evidence[0].where == "envelope sender"
            assert found[0].evidence[0].text == f"<{mail_from}>"

    @pytest.mark.parametrize(
        ("login", "address", "refused"),
        [
            ("brian", "planning", False),
            ("clerk", "planning", False),
            ("anne", "planning", True),
            ("brian", "allotments", True),
            ("brian", "events", True),
            ("brian", "today", False),
            ("clerk", "office", False),
            ("assistant", "office", False),
            ("deputy", "clerk", True),
            ("clerk", "anne", True),
        ],
    )
    def test_aliases_shared_and_delegated_addresses_and_their_terms(self, login, address, refused):
        assert bool(findings(f"From: {address}@{DOMAIN}", login=login)) is refused

    def test_a_term_begins_and_ends_with_its_days(self):
        header = f"From: allotments@{DOMAIN}"
        assert findings(header, login="brian", today=TODAY - timedelta(days=1)) == []
        assert verdicts(header, login="brian", today=TODAY) == ["refuse"]

    @pytest.mark.parametrize(("login", "day"), [("gone", -1), ("coming", 1)])
    def test_whose_roles_have_ended_or_not_begun_may_not_send(self, login, day):
        header = f"From: {login}@{DOMAIN}"
        [finding] = findings(header, login=login, authenticated=False, profile=Profile.TRUSTED)
        assert finding.verdict is Verdict.REFUSE
        assert "holds no office or post" in finding.reason
        assert findings(header, login=login, today=TODAY + timedelta(days=day)) == []

    def test_who_may_send_from_nowhere_is_told_so(self):
        nobody = COUNCIL.people[2].model_copy(update={"identities": ()})
        council = COUNCIL.model_copy(update={"people": (nobody,), "elsewhere": ()})
        [finding, *_] = findings(FROM_ANNE, council=council)
        assert "it may send from no address at present" in finding.reason

    def test_the_verdict_and_stage_are_the_policys(self):
        mild = CheckPolicy(stage=Stage.WARN, verdict=Verdict.ASK, clause=POLICY.clause)
        [finding] = findings("From: x@y.example", policy=mild)
        assert (finding.verdict, finding.stage, finding.clause) == (Verdict.ASK, Stage.WARN, POLICY.clause)


class TestResent:
    @pytest.mark.parametrize(
        "header",
        [
            f"Resent-From: {ANNE}\nFrom: resident@y.example",
            f"Resent-From: {ANNE}\nResent-Sender: {ANNE}\nFrom: a@y.example\nSender: b@y.example",
            f"Resent-From: {ANNE}\nResent-To: x@y.example\nResent-From: other@y.example\nResent-Sender: z@y.example\nFrom: a@y.example",
            f"Resent-From: {ANNE}\nFrom: {ANNE}",
        ],
    )
    def test_the_newest_resent_from_is_aligned_instead_of_from(self, header):
        assert findings(header) == []

    @pytest.mark.parametrize(
        ("header", "where"),
        [
            (f"Resent-From: {CLERK}\nFrom: {ANNE}", "Resent-From"),
            (f"Resent-From: x@y.example\nResent-From: {ANNE}\nFrom: {ANNE}", "Resent-From"),
            (f"Resent-From: {ANNE}\nResent-Sender: {CLERK}\nFrom: a@y.example", "Resent-Sender"),
            (f"Resent-From: {ANNE}, {CLERK}\nFrom: a@y.example", "Resent-From"),
        ],
    )
    def test_anothers_is_refused(self, header, where):
        [finding, *_] = findings(header)
        assert finding.verdict is Verdict.REFUSE
        assert finding.evidence[0].where == where

    @pytest.mark.parametrize(
        "header",
        [
            f"Resent-From: {ANNE}",
            f"Resent-From: {ANNE}\nFrom: a@y.example\nFrom: b@y.example",
            f"Resent-To: x@y.example\nReceived: x\nResent-From: {ANNE}\nFrom: a@y.example",
        ],
    )
    def test_a_broken_resending_is_refused(self, header):
        assert verdicts(header) == ["refuse"]

    def test_a_letter_in_a_colleagues_name_is_held_however_it_is_sent_on(self):
        [finding] = findings(f"Resent-From: {ANNE}\nFrom: Margaret Hale <{CLERK}>")
        assert finding.verdict is Verdict.HOLD
        assert [(e.where, e.text) for e in finding.evidence] == [("From", CLERK)]


class TestNullSender:
    RECEIPT = f"{FROM_ANNE}\nAuto-Submitted: auto-replied"

    def test_receipts_and_auto_replies_of_who_logged_in(self):
        assert findings(self.RECEIPT, mail_from="") == []

    def test_nothing_else(self):
        assert verdicts(FROM_ANNE, mail_from="") == ["refuse"]
        assert verdicts(f"{FROM_ANNE}\nAuto-Submitted: no", mail_from="") == ["refuse"]

    def test_nobody_who_did_not_log_in(self):
        [finding] = findings(self.RECEIPT, mail_from="", authenticated=False, profile=Profile.TRUSTED)
        assert finding.verdict is Verdict.REFUSE
        assert "no sender at all" in finding.reason

    def test_an_auto_reply_in_anothers_name_is_refused(self):
        assert verdicts(f"From: {CLERK}\nAuto-Submitted: auto-replied", mail_from="") == ["refuse"]


class TestStrangers:
    def found(self, address: str, **changes):
        envelope = Envelope(mail_from=address, recipients=())
        return findings(f"From: {address}", login=None, envelope=envelope, **changes)

    def test_an_address_of_nobody(self):
        [finding] = self.found("x@y.example")
        assert finding.verdict is Verdict.REFUSE
        assert "not an address that anyone at Little Wickham Parish Council may send from" in finding.reason

    def test_a_shared_address_on_a_trusted_listener_asks_for_a_login(self):
        [finding] = self.found(f"planning@{DOMAIN}", authenticated=False, profile=Profile.TRUSTED)
        assert "must log in" in finding.reason

    def test_on_a_trusted_listener_nobody_is_logged_in(self):
        [finding] = findings(f"{FROM_ANNE}\nSender: {CLERK}", authenticated=False, profile=Profile.TRUSTED)
        assert "logged in" not in finding.reason
        assert findings(FROM_ANNE, authenticated=False, profile=Profile.TRUSTED) == []

    def test_a_login_that_is_no_person_here(self):
        [finding] = findings(FROM_ANNE, person="someone@y.example")
        assert finding.verdict is Verdict.REFUSE


NAMES = [
    "Clerk",
    "The Clerk",
    "Parish Clerk",
    "PARISH CLERK",
    "parish  clerk",
    "Parish\u200b Cl\u200derk",
    "Ｐａｒｉｓｈ Ｃｌｅｒｋ",
    "Parish Сlеrk",
    "𝐏𝐚𝐫𝐢𝐬𝐡 𝐂𝐥𝐞𝐫𝐤",
    "P a r i s h C l e r k",
    "Parish CIerk",
    "Párish Clérk",
    "Little Wickham Parish Clerk",
    "Anne Archer (Clerk)",
    "Anne Archer, Parish Clerk",
    "Anne Archer Parish Clerk",
    "Clerk - Little Wickham PC",
    "Clerk to the Council",
    "Clerk & RFO",
    "Proper Officer",
    "Acting Clerk",
    "Deputy Clerk",
    "Clerc y Cyngor",
    "Margaret Hale",
    "margaret hale",
    "Hale Margaret",
    "Hale, Margaret",
    "Margaret Hale (Little Wickham PC)",
    "Mrs Margaret Hale",
    "M a r g a r e t H a l e",
    "Marg\u00adaret Hale",
    "Mаrgаret Hаle",
    "Anne Archer for Margaret Hale",
    "Thomas Reed",
    "Brian Bell",
    "clerk@little.example",
    "Clerk <clerk@little.example>",
    "CLERK@LITTLE.EXAMPLE",
    "clerk\u200b@little.example",
    "office@little.example via Anne",
    "nobody@little.example",
    "brian.bell@county.example",
    "Anne Archer clerk@little.example",
]

INNOCENT = [
    "",
    "Anne Archer",
    "Cllr Anne Archer",
    "Archer, Anne",
    "anne@little.example",
    "Anne Archer <anne@little.example>",
    "Anne Archer (anne.archer@gmail.example)",
    "Councillor Archer",
    "Margaret",
    "Anne Hale",
    "Clerkenwell Residents",
    "Former Clerk",
    "Anne Archer (former Parish Clerk)",
    "Assistant to the Clerk",
    "PA to the Parish Clerk",
    "Clerk of Works",
    "Clerks and Councils Direct",
    "Little Wickham Parish Council",
    "\u200b",
    "=?utf-8?q?unfinished",
]


class TestDisplayName:
    def named(self, name: str, encoding: str) -> str:
        if encoding == "quoted":
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if encoding == "encoded":
            name = "=?utf-8?q?" + "".join(f"={octet:02X}" for octet in name.encode()) + "?="
        return f"From: {ANNE} ({name})" if encoding == "comment" else f"From: {name} <{ANNE}>"

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("encoding", ["quoted", "encoded"])
    def test_the_clerk_or_another_in_the_display_name_is_held(self, name, encoding):
        [finding] = findings(self.named(name, encoding))
        assert finding.verdict is Verdict.HOLD
        assert finding.evidence[0].where == "name in From"
        assert finding.evidence[0].text == " ".join(name.split())
        assert ANNE in finding.reason

    @pytest.mark.parametrize("name", ["Clerk", "Margaret Hale", "Parish Clerk, Little Wickham"])
    def test_a_name_in_a_comment_is_a_name_too(self, name):
        assert verdicts(self.named(name, "comment")) == ["hold"]

    def test_an_address_without_quotes_is_a_name_too(self):
        assert verdicts(f"From: {CLERK} <{ANNE}>") == ["hold"]

    def test_the_name_in_sender_counts_too(self):
        assert verdicts(f"From: {ANNE}\nSender: Parish Clerk <{ANNE}>") == ["hold"]

    @pytest.mark.parametrize("name", INNOCENT)
    @pytest.mark.parametrize("encoding", ["quoted", "encoded"])
    def test_other_names_are_nobodys_business(self, name, encoding):
        assert findings(self.named(name, encoding)) == []

    @pytest.mark.parametrize("login", ["clerk", "deputy"])
    @pytest.mark.parametrize("name", ["Parish Clerk", "Margaret Hale", "Deputy Clerk"])
    def test_officers_may_call_themselves_so(self, login, name):
        assert findings(f'From: "{name}" <{login}@{DOMAIN}>', login=login) == []

    def test_who_was_clerk_until_yesterday_may_not(self):
        assert verdicts(f"From: Parish Clerk <was.clerk@{DOMAIN}>", login="was.clerk") == ["hold"]
        before = TODAY - timedelta(days=1)
        assert findings(f"From: Parish Clerk <was.clerk@{DOMAIN}>", login="was.clerk", today=before) == []

    def test_a_person_named_clerk_has_that_name(self):
        assert findings(f"From: Susan Clerk <assistant@{DOMAIN}>", login="assistant") == []
        assert (
            findings(
                f"From: Clerk, Susan <assistant@{DOMAIN}>".replace("Clerk, Susan", '"Clerk, Susan"'),
                login="assistant",
            )
            == []
        )
        assert verdicts(f'From: "Susan Clerk, Parish Clerk" <assistant@{DOMAIN}>', login="assistant") == [
            "hold"
        ]

    def test_an_assistant_clerk_is_staff(self):
        assert findings(f"From: Assistant Clerk <assistant@{DOMAIN}>", login="assistant") == []
        assert verdicts(f"From: Assistant Clerk <helper@{DOMAIN}>", login="helper") == ["hold"]

    def test_who_was_lent_the_clerks_address_acts_for_the_clerk(self):
        assert (
            findings(f"From: Parish Clerk <office@{DOMAIN}>", login="assistant", mail_from=f"office@{DOMAIN}")
            == []
        )
        assert verdicts(f'From: "Brian Bell" <office@{DOMAIN}>', login="assistant") == ["hold"]
        assert verdicts(f"From: Parish Clerk <planning@{DOMAIN}>", login="brian") == ["hold"]

    def test_one_finding_for_the_clerk_and_one_for_another(self):
        both = findings(f"From: Brian Bell <{ANNE}>\nSender: Clerk <{ANNE}>")
        assert [finding.evidence[0].text for finding in both] == ["Clerk", "Brian Bell"]

    def test_a_claim_holds_at_the_most(self):
        note = CheckPolicy(stage=Stage.ENFORCE, verdict=Verdict.NOTE, clause=POLICY.clause)
        assert verdicts(f"From: Clerk <{ANNE}>", policy=note) == ["note"]


SIGNED_AS_CLERK = [
    "Hello.\n\nRegards\nC. Smith\nClerk to the Council",
    "Hello.\n\n-- \nAnne Archer\nParish Clerk",
    "Hello.\n\n--\nParish Clerk",
    "Hello.\n\nKind regards,\n\nMargaret Hale\nParish Clerk\nLittle Wickham Parish Council\n01234 567890",
    "Hello.\n\nAnne Archer\nParish Clerk & RFO",
    "Hello.\n\nAnne Archer, Clerk to Little Wickham Parish Council",
    "Hello.\n\nAnne Archer | Parish Clerk | 01234 567890",
    "Hello.\n\nAnne Archer (Clerk)",
    "Hello.\n\nYours sincerely\nA Archer CiLCA\nClerk and Responsible Financial Officer to the Council",
    "Hello.\n\nThanks,\nThe Clerk",
    "Hello.\n\nMany thanks\n*Parish Clerk*",
    "Hello.\n\nBest wishes\n_Clerk_",
    "Hello.\n\nAnne Archer\nProper Officer",
    "Hello.\n\nAnne Archer\nActing Clerk",
    "Hello.\n\nAnne Archer\nRole: Parish Clerk",
    "Hello.\n\nRegards\nClerk: Anne Archer",
    "Hello.\n\nSigned: Parish Clerk",
    "Hello.\n\nRegards, Parish Clerk",
    "Hello.\n\nCofion\nClerc y Cyngor",
    "Hello.\n\nRegards\nPａｒish Ｃlerk",
    "Hello.\n\nRegards\nPar\u200bish Cl\u200berk",
    "Hello.\nParish Clerk",
    "Hello.\n\nClerk/RFO",
    "Hello.\n\nAnne Archer - Clerk - Little Wickham Parish Council",
    "Hello.\n\nAnne\nParish Clerk\n\nLittle Wickham Parish Council\nThe Old School\nHigh Street\nLittle Wickham\nLW1 1AA",
]

SIGNED_AS_CLERK += [
    SIGNED_AS_CLERK[0] + "\n" * 200 + ".",
    SIGNED_AS_CLERK[0] + "\n \n" * 200 + ".",
    SIGNED_AS_CLERK[0] + "\n\n" + "This message is confidential.\n" * 30,
    "Dear all,\n\n" + "x" * 30_000 + "\n\n" + SIGNED_AS_CLERK[0],
]

NOT_SIGNED_AS_CLERK = [
    "Dear Clerk,\n\nPlease see below.\n\nAnne Archer",
    "Clerk\n\nPlease see below.\n\nAnne Archer",
    "Hello.\n\nAnne Archer\ncc: Parish Clerk",
    "Hello.\n\nAnne Archer\ncc Parish Clerk",
    "Hello.\n\nAnne Archer\n\nCopies:\nParish Clerk\nCllr Bell",
    "Hello.\n\nAnne Archer\n\nDistribution list:\n- Clerk\n- Chair",
    "Hello, please contact the Clerk.\n\nAnne Archer",
    "Hello.\n\nplease contact the Clerk\n\nAnne Archer",
    "Hello.\n\nFor council business please write to the Parish Clerk, clerk@little.example\n\nAnne Archer",
    "Hello.\n\nAnne Archer\nCouncillor\n\nParish Clerk: Margaret Hale",
    "Hello.\n\nAnne Archer\nCouncillor\n\nClerk: Margaret Hale, 01234 567890",
    "Hello.\n\nAnne Archer\nCouncillor\n\nParish Clerk: 01234 567890",
    "Hello.\n\nAnne Archer\nCouncillor\n\nContacts\nMargaret Hale, Parish Clerk\nThomas Reed, Deputy Clerk",
    "Hello.\n\nAnne Archer\nCouncillor\n\nMargaret Hale\nParish Clerk\nclerk@little.example",
    "Hello.\n\nAnne Archer\nCouncillor\n\nParish Clerk\nMargaret Hale\n01234 567890",
    "Those present were\nClerk\nChair\nCllr Bell\n\nRegards\nAnne",
    "Hello.\n\nRegards\nAnne Archer\nClerk to Upper Dean Parish Council",
    "Hello.\n\nRegards\nAnne Archer\nFormer Parish Clerk",
    "Hello.\n\nRegards\nAnne Archer\nAssistant to the Clerk",
    "Hello.\n\nRegards\nAnne Archer\nPlanning Clerk",
    "Hello.\n\nRegards\nAnne Archer\nclerk@little.example\nwww.little.example/clerk",
    "Hello.\n\nThanks, Clerk.\n\nAnne",
    "Hello.\n\nThank you, Clerk",
    "The Clerk is away.\n\nAnne",
    "Is he the Clerk?\n\nAnne",
    "Hello.\n\nAnne\n\n> Margaret Hale\n> Parish Clerk",
    "Hello.\n\nAnne\n\nOn 8 Nov 2026, Margaret Hale wrote:\n> Regards\n> Margaret Hale\n> Parish Clerk",
    "Hello.\n\nAnne\n\nFrom: Margaret Hale\nSent: 8 November 2026\nTo: Anne\nSubject: x\n\nMargaret Hale\nParish Clerk",
    "Parish Clerk",
    "",
]


class TestSignature:
    @pytest.mark.parametrize("body", SIGNED_AS_CLERK)
    def test_a_title_in_the_signature_is_held(self, body):
        [finding] = findings(FROM_ANNE, body)
        assert finding.verdict is Verdict.HOLD
        assert finding.evidence[0].where == "signature"
        assert finding.evidence[0].text in body

    @pytest.mark.parametrize("body", NOT_SIGNED_AS_CLERK)
    def test_the_clerk_may_be_spoken_of(self, body):
        assert findings(FROM_ANNE, body) == []

    @pytest.mark.parametrize("body", SIGNED_AS_CLERK)
    @pytest.mark.parametrize("login", ["clerk", "deputy"])
    def test_officers_sign_so(self, login, body):
        assert findings(f"From: {login}@{DOMAIN}", body, login=login) == []

    def test_the_deputy_signs_as_deputy_clerk_and_nobody_else_does(self):
        body = "Hello.\n\nRegards\nDeputy Clerk"
        assert findings(f"From: deputy@{DOMAIN}", body, login="deputy") == []
        assert verdicts(FROM_ANNE, body) == ["hold"]

    def test_staff_sign_as_assistant_clerk(self):
        body = "Hello.\n\nRegards\nSusan Clerk\nAssistant Clerk"
        assert findings(f"From: assistant@{DOMAIN}", body, login="assistant") == []
        assert verdicts(f"From: helper@{DOMAIN}", body, login="helper") == ["hold"]

    def test_a_lent_address_is_signed_for(self):
        body = "Hello.\n\nRegards\nMargaret Hale\nParish Clerk"
        assert findings(f"From: office@{DOMAIN}", body, login="assistant", mail_from=f"office@{DOMAIN}") == []

    def test_each_version_of_the_text_is_looked_at_and_each_line_told_once(self):
        body = (
            "--b\nContent-Type: text/plain\n\nHello.\n\nAnne Archer\n"
            "--b\nContent-Type: text/html\n\n<p>Hello.</p><p>Anne Archer<br><b>Parish</b> Clerk</p>\n--b--\n"
        )
        raw = f"From: {ANNE}\nContent-Type: multipart/alternative; boundary=b\n\n{body}".replace("\n", "\r\n")
        from filters.sender_identity import check
        from signatures.message.anatomy import read
        from tests.unit.filters.people import context

        [finding] = check(read(raw.encode()), context(), POLICY)
        assert [evidence.text for evidence in finding.evidence] == ["Parish Clerk"]

    def test_name_and_signature_make_one_finding(self):
        [finding] = findings(f"From: Clerk <{ANNE}>", "Hello.\n\nRegards\nParish Clerk")
        assert [evidence.where for evidence in finding.evidence] == ["name in From", "signature"]


@pytest.mark.parametrize(
    "text",
    [
        "clerk " * 20_000,
        "proper officer " * 8000,
        "a" * 100_000,
        "a@" * 50_000,
        "@" * 100_000,
        "anne archer " * 8000,
        "a b c d " * 12_000,
        ". " * 50_000,
        "clerk, " * 1800,
        "clerk: " * 15_000,
        "clerk (" * 15_000,
        "e\u0301\u0316" * 20_000,
        "\u200b" * 30_000,
        "ﷺ" * 30_000,
        "clerk'" * 16_000,
        "www." * 25_000,
    ],
    ids=lambda text: repr(text[:10]),
)
def test_hostile_words_take_no_time(text):
    with within(5):
        encoded = "=?utf-8?q?" + text.replace(" ", "_").replace("?", "") + "?=" if text.isascii() else text
        findings(
            f"From: {encoded[:90_000]} <{ANNE}>",
            caps=replace(CAPS, address_bytes=200_000, address_marks=200_000),
        )
        findings(FROM_ANNE, "Hello.\n\n" + text)
        lines = "\n".join(text[at : at + 150] for at in range(0, len(text), 150))
        findings(FROM_ANNE, "Hello.\n\nRegards\n" + lines)
        findings(FROM_ANNE, "Hello.\n\nRegards\n" + "\n".join(lines.split("\n")[:15]))
