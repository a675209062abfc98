"""What a policy may say of a check: faults name file, key, what was found and what is allowed."""

from __future__ import annotations

import pytest

from config.checks import KINDS, switch, threshold
from config.council_file import dump, load_council, loads
from config.errors import ConfigError
from config.policy import CheckPolicy, Clause, Policy, Verdict

HEAD = 'id = "stoke"\nname = "Stoke"\ndomains = ["stoke.example"]\n[policy]\ntitle = "P"\nversion = "1"\n'
CLAUSE = 'clause = { document = "P", item = "3" }\n'
ENTRY = '[[policy.clauses]]\ndocument = "P"\nitem = "3"\nwording = "W"\n'


def check(name: str, verdict: str, rest: str = "") -> str:
    return f'{HEAD}[policy.checks.{name}]\nverdict = "{verdict}"\n{CLAUSE}{rest}'


@pytest.fixture
def complaints(tmp_path):
    """What is wrong with a file, each without the name of the file, which must stand in it."""

    def read(text: str) -> list[str]:
        path = tmp_path / "stoke.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load_council(path)
        lines = str(caught.value).splitlines()
        assert all(line.startswith(f"{path}: ") for line in lines)
        return [line.removeprefix(f"{path}: ") for line in lines]

    return read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            check("replyall", "ask"),
            "policy.checks.replyall: found a check that there is not; allowed: one of " + ", ".join(KINDS),
        ),
        (
            check("signature", "pass"),
            "policy.checks.signature.verdict: found 'pass'; allowed: one of hold, refuse, ask, note",
        ),
        (
            check("reply_all", "refuse"),
            "policy.checks.reply_all.verdict: found 'refuse'; allowed: one of ask, hold, note",
        ),
        (
            check("moderation", "note"),
            "policy.checks.moderation.verdict: found 'note'; allowed: one of hold",
        ),
        (
            check("reply_all", "ask", "thresholds = { recipients = 1 }\n"),
            "policy.checks.reply_all.thresholds.recipients: found 1; "
            "allowed: a whole number from 2 to 1000 (from how many recipients on)",
        ),
        (
            check("large_list", "ask", "thresholds = { recipients = 10001 }\n"),
            "policy.checks.large_list.thresholds.recipients: found 10001; "
            "allowed: a whole number from 2 to 10000 (from how many recipients on)",
        ),
        (
            check("reply_all", "ask", "thresholds = { people = 6 }\n"),
            "policy.checks.reply_all.thresholds.people: found an unknown key; allowed: recipients",
        ),
        (
            check("trail", "ask", "thresholds = { recipients = 6 }\n"),
            "policy.checks.trail.thresholds.recipients: found an unknown key; "
            "allowed: nothing: this check has none",
        ),
        (
            check("reply_all", "ask", 'thresholds = { recipients = "6" }\n'),
            "policy.checks.reply_all.thresholds.recipients: found '6'; allowed: a whole number",
        ),
        (
            check("reply_all", "ask", "thresholds = { recipients = true }\n"),
            "policy.checks.reply_all.thresholds.recipients: found true; allowed: a whole number",
        ),
        (
            check("forwarding", "hold", "switches = { second = true }\n"),
            "policy.checks.forwarding.switches.second: found an unknown key; allowed: second_person",
        ),
        (
            check("forwarding", "hold", "switches = { second_person = 1 }\n"),
            "policy.checks.forwarding.switches.second_person: found 1; allowed: true or false",
        ),
        (
            f'{HEAD}[policy.checks.trail]\nverdict = "ask"\n',
            "policy.checks.trail.clause: found nothing; allowed: a value, which must be given",
        ),
        (
            f"{HEAD}checks = {{}}\n{ENTRY}" + 'handling = "enforced"\n',
            "policy.clauses[0].checks: found none; allowed: at least one check, for a clause that is enforced",
        ),
        (
            f"{HEAD}checks = {{}}\n{ENTRY}" + 'handling = "enforced"\nchecks = ["trail", "trial"]\n',
            "policy.clauses[0].checks[1]: found 'trial'; allowed: one of " + ", ".join(KINDS),
        ),
        (
            f"{HEAD}checks = {{}}\n{ENTRY}" + 'handling = "not_enforceable"\n',
            "policy.clauses[0].why: found nothing; "
            "allowed: a sentence that says why it cannot be enforced here",
        ),
        (
            f"{HEAD}checks = {{}}\n{ENTRY}"
            + 'handling = "not_enforceable"\nwhy = "It is about cars."\nchecks = ["trail"]\n',
            "policy.clauses[0].checks: found trail; allowed: none, for a clause that is not enforceable",
        ),
        (
            f"{HEAD}checks = {{}}\n{ENTRY}",
            "policy.clauses[0].handling: found nothing; allowed: a value, which must be given",
        ),
        (
            f"{HEAD}checks = {{}}\n{ENTRY}" + 'handling = "done"\n',
            "policy.clauses[0].handling: found 'done'; allowed: 'enforced', 'recorded' or 'not_enforceable'",
        ),
    ],
)
def test_a_fault_names_file_key_found_and_allowed(complaints, text, said):
    assert complaints(text) == [said]


def test_all_faults_are_named_at_once(complaints):
    text = check("trail", "refuse") + '[policy.checks.trial]\nverdict = "ask"\n' + CLAUSE
    assert [each.partition(":")[0] for each in complaints(text)] == [
        "policy.checks.trail.verdict",
        "policy.checks.trial",
    ]


@pytest.mark.parametrize("name", KINDS)
def test_every_check_may_have_each_of_its_verdicts_and_no_other(name):
    for verdict in Verdict:
        given = CheckPolicy(verdict=verdict, clause=Clause(document="P"))
        if verdict.word in KINDS[name].verdicts:
            policy = Policy(title="P", version="1", checks={name: given})
            assert policy.checks[name].verdict is verdict
            continue
        with pytest.raises(ValueError, match=f"{name}.verdict"):
            Policy(title="P", version="1", checks={name: given})


@pytest.mark.parametrize("name", KINDS)
def test_what_a_policy_leaves_open_stands_at_its_default(name):
    kind = KINDS[name]
    text = check(name, kind.verdicts[0]) + '[content]\nreport_address = "report@stoke.example"\n'
    policy = loads(text, "stoke.toml").policy.checks[name]
    assert policy.thresholds == {key: it.default for key, it in kind.thresholds.items()}
    assert policy.switches == {key: it.default for key, it in kind.switches.items()}


@pytest.mark.parametrize("number", [2, 7, 1000])
def test_what_a_policy_chooses_stands(number):
    text = check("reply_all", "hold", f"thresholds = {{ recipients = {number} }}\n")
    council = loads(text, "stoke.toml")
    assert council.policy.checks["reply_all"].thresholds == {"recipients": number}
    assert loads(dump(council), "stoke.toml") == council


def test_a_policy_of_a_check_made_by_hand_has_the_defaults_too():
    assert threshold("reply_all", {}, "recipients") == 6
    assert threshold("reply_all", {"recipients": 4}, "recipients") == 4
    assert switch("forwarding", {}, "second_person") is False
    assert switch("forwarding", {"second_person": True}, "second_person") is True
    with pytest.raises(KeyError):
        threshold("reply_all", {}, "people")


def test_every_default_may_be_chosen():
    for kind in KINDS.values():
        for it in kind.thresholds.values():
            assert it.least <= it.default <= it.most
        assert all(Verdict.from_word(word) for word in kind.verdicts)
