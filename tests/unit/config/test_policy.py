from __future__ import annotations

import pytest

from config.checks import KINDS
from config.council_file import loads
from config.errors import ConfigError
from config.message_class import CHOICES, Fallback, MessageClass
from config.policy import BUILT_IN, CheckPolicy, Clause, Policy, Stage, Verdict, WaiverPosition

COUNCIL = 'id = "stoke"\nname = "Stoke"\ndomains = ["stoke.example"]\n'
POLICY = COUNCIL + '[policy]\ntitle = "E-mail policy"\nversion = "2026-1"\n'
CHECK = POLICY + "[policy.checks.reply_all]\n"
BUILT = "one of " + ", ".join(KINDS)
CLAUSE = 'clause = { document = "E-mail policy", item = "3" }\n'


def complaints(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loads(text, "stoke.toml")
    return [str(complaint) for complaint in caught.value.complaints]


def test_verdicts_are_ordered_from_lightest_to_gravest():
    assert sorted(Verdict) == [Verdict.PASS, Verdict.NOTE, Verdict.ASK, Verdict.HOLD, Verdict.REFUSE]
    assert [Verdict.from_word(verdict.word) for verdict in Verdict] == list(Verdict)


def test_the_built_in_policy_refuses_who_sends_as_another():
    check = BUILT_IN.checks["sender_identity"]
    assert (check.stage, check.verdict) == (Stage.ENFORCE, Verdict.REFUSE)
    assert check.clause.wording


def test_a_new_check_is_on_trial_until_the_policy_says_otherwise():
    policy = loads(CHECK + 'verdict = "ask"\n' + CLAUSE, "stoke.toml").policy
    assert policy.checks["reply_all"] == CheckPolicy(
        stage=Stage.TRIAL,
        verdict=Verdict.ASK,
        clause=Clause(document="E-mail policy", item="3"),
        thresholds={"recipients": 6},
        switches={"bcc": True},
    )


def test_an_adopted_policy_that_is_silent_on_identity_leaves_it_enforced():
    policy = loads(POLICY + "checks = {}\n", "stoke.toml").policy
    assert policy.checks == BUILT_IN.checks
    assert policy.version == "2026-1"


def test_an_adopted_policy_that_speaks_of_identity_has_the_say():
    text = POLICY + '[policy.checks.sender_identity]\nstage = "off"\nverdict = "hold"\n' + CLAUSE
    assert loads(text, "stoke.toml").policy.checks["sender_identity"].stage is Stage.OFF


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        (CHECK + CLAUSE, "policy.checks.reply_all.verdict", "a value, which must be given"),
        (CHECK + 'verdict = "ask"\n', "policy.checks.reply_all.clause", "a value, which must be given"),
        (
            CHECK + 'verdict = "bounce"\n' + CLAUSE,
            "policy.checks.reply_all.verdict",
            "one of pass, note, ask, hold, refuse",
        ),
        (
            CHECK + "verdict = 3\n" + CLAUSE,
            "policy.checks.reply_all.verdict",
            "one of pass, note, ask, hold, refuse",
        ),
        (
            CHECK + 'stage = "on"\nverdict = "ask"\n' + CLAUSE,
            "policy.checks.reply_all.stage",
            "'off', 'trial', 'warn' or 'enforce'",
        ),
        (
            CHECK + 'verdict = "ask"\nclause = { document = "" }\n',
            "policy.checks.reply_all.clause.document",
            "text that is not empty",
        ),
        (
            CHECK + 'verdict = "ask"\nclause = { document = "P", page = 3 }\n',
            "policy.checks.reply_all.clause.page",
            "document, heading, item, wording",
        ),
        (
            CHECK + 'verdict = "ask"\nclause = { document = "P", wording = "a\\nb" }\n',
            "policy.checks.reply_all.clause.wording",
            "text on one line, without control characters",
        ),
        (POLICY, "policy.checks", "a value, which must be given"),
        (
            POLICY + '[policy.checks.Reply-All]\nverdict = "ask"\n' + CLAUSE,
            "policy.checks.Reply-All",
            BUILT,
        ),
        (
            POLICY + "adopted = 2026-05-01\nreview = 2025-05-01\nchecks = {}\n",
            "policy.review",
            "a day after adoption (2026-05-01)",
        ),
        (
            COUNCIL + '[policy]\ntitle = "P"\nversion = "2026 1"\nchecks = {}\n',
            "policy.version",
            "1 to 40 letters, digits, dots, hyphens and underscores",
        ),
    ],
)
def test_a_faulty_policy_names_key_and_what_is_allowed(text, key, allowed):
    found = complaints(text)
    assert len(found) == 1
    assert found[0].startswith(f"{key}: found ")
    assert found[0].endswith(f"; allowed: {allowed}")


def test_a_clause_is_cited_by_document_heading_and_item():
    assert str(Clause(document="P", heading="E-mail", item="2", wording="Be kind.")) == "P, E-mail, 2"
    assert str(Clause(document="P", item="2")) == "P, 2"


def test_a_policy_in_code_is_held_to_the_same():
    with pytest.raises(ValueError, match="a check that there is not"):
        Policy(title="P", version="1", checks={"Sender Identity": BUILT_IN.checks["sender_identity"]})


def test_a_council_chooses_what_is_done_with_messages_that_cannot_be_written_into():
    text = POLICY + 'checks = {}\nmessage_classes = { smime_signed = "hold", list_post = "record" }\n'
    policy = loads(text, "stoke.toml").policy
    assert policy.fallback(MessageClass.SMIME_SIGNED) is Fallback.HOLD
    assert policy.fallback(MessageClass.LIST_POST) is Fallback.RECORD
    assert policy.fallback(MessageClass.SMIME_ENCRYPTED) is Fallback.HOLD
    assert policy.fallback(MessageClass.PGP_SIGNED) is Fallback.WRAP


@pytest.mark.parametrize("message_class", MessageClass)
def test_every_class_has_a_default_among_what_is_allowed_and_may_be_held_or_refused(message_class):
    choice = CHOICES[message_class]
    assert choice.default in choice.allowed
    assert {Fallback.RECORD, Fallback.HOLD, Fallback.REFUSE} <= choice.allowed
    assert BUILT_IN.fallback(message_class) is choice.default


@pytest.mark.parametrize("message_class", MessageClass)
@pytest.mark.parametrize("fallback", Fallback)
def test_only_what_can_be_done_with_a_class_may_be_chosen(message_class, fallback):
    text = POLICY + f'checks = {{}}\nmessage_classes = {{ {message_class} = "{fallback}" }}\n'
    if fallback in CHOICES[message_class].allowed:
        assert loads(text, "stoke.toml").policy.fallback(message_class) is fallback
        return
    [complaint] = complaints(text)
    assert complaint.startswith(
        f"policy.message_classes.{message_class}: found '{fallback}'; allowed: one of "
    )
    assert fallback not in complaint.partition("allowed: ")[2].split(", ")


def test_nothing_sealed_is_ever_signed_within():
    sealed = ("smime_signed", "smime_encrypted", "pgp_signed", "pgp_encrypted")
    assert all(Fallback.SIGN not in CHOICES[MessageClass(name)].allowed for name in sealed)


def test_a_class_and_a_position_that_there_are_not_are_named():
    [said] = complaints(POLICY + 'checks = {}\nmessage_classes = { fax = "hold" }\n')
    assert said.startswith("policy.message_classes.fax: found 'fax'; allowed: 'smime_signed', ")
    [said] = complaints(POLICY + 'checks = {}\nwaiver_position = "top"\n')
    assert said == ("policy.waiver_position: found 'top'; allowed: 'after_own_text' or 'end_of_message'")
    assert BUILT_IN.waiver_position is WaiverPosition.AFTER_OWN_TEXT
