"""What counts as a choice, and what does not."""

from __future__ import annotations

import time

import pytest

from config.council import Council
from config.policy import Clause, Stage, Verdict
from filters.finding import Decision, Evidence, Finding, Wants
from gateway.holds.answers.options import (
    BY_PURPOSE,
    ENGLISH,
    NUMBERED,
    WELSH,
    Choice,
    Option,
    Purpose,
    answered,
    change_of,
    offered,
)
from gateway.holds.answers.parsing import Misread, misread, parse
from gateway.holds.change import Change
from gateway.holds.statement import MOST_WORDS, Statement

Q, H, N = Purpose.QUESTION, Purpose.HOLD, Purpose.NOTICE
ALL = {
    Q: (
        Option.SEND,
        Option.ONLY_SENDER,
        Option.LEAVE_OUT,
        Option.BCC,
        Option.WITHOUT_TRAIL,
        Option.CANCEL,
    ),
    H: (Option.ASK_CONSENT, Option.SECOND_REVIEW, Option.CANCEL),
    N: (Option.READ,),
}
SEND, CANCEL, ONLY = Choice(Option.SEND), Choice(Option.CANCEL), Choice(Option.ONLY_SENDER)


def out(*numbers: int) -> Choice:
    return Choice(Option.LEAVE_OUT, tuple(number - 1 for number in numbers))


def bcc(*numbers: int) -> Choice:
    return Choice(Option.BCC, tuple(number - 1 for number in numbers))


CASES = [
    ("SEND", Q, SEND),
    ("Send", Q, SEND),
    ("send.", Q, SEND),
    ("Send it", Q, SEND),
    ("SEND IT.", Q, SEND),
    ("  send  ", Q, SEND),
    ("\u00a0Send\u00a0", Q, SEND),
    ("\ufeffSEND", Q, SEND),
    ("\r\n\r\n  \r\nSend\r\n", Q, SEND),
    ("Send\r\n\r\nSent from my iPhone", Q, SEND),
    ("Send\r\n\r\n-- \r\nJo Bloggs\r\nCouncillor, Nether Poppleton", Q, SEND),
    ("*SEND*", Q, SEND),
    ("SEND\nSEND", Q, SEND),
    ("anfon", Q, SEND),
    ("Anfonwch.", Q, SEND),
    ("ONLY SENDER", Q, ONLY),
    ("Sender only", Q, ONLY),
    ("only the sender.", Q, ONLY),
    ("Anfonwr yn unig", Q, ONLY),
    ("dim ond yr anfonwr", Q, ONLY),
    ("LEAVE OUT 2", Q, out(2)),
    ("LEAVE OUT 2, 3", Q, out(2, 3)),
    ("leave out 2 and 3", Q, out(2, 3)),
    ("leave out 2,3 and 4.", Q, out(2, 3, 4)),
    ("Leave out: 4 2", Q, out(2, 4)),
    ("leave out 3 3", Q, out(3)),
    ("leave out 2-4", Q, out(2, 3, 4)),
    ("leave out 2 to 4", Q, out(2, 3, 4)),
    ("leave out numbers 2, 3", Q, out(2, 3)),
    ("hepgor 2 a 3", Q, out(2, 3)),
    ("gadewch allan 5", Q, out(5)),
    ("BCC 2 3", Q, bcc(2, 3)),
    ("bcc 1-5", Q, bcc(1, 2, 3, 4, 5)),
    ("Bcc all", Q, bcc(1, 2, 3, 4, 5)),
    ("bcc pawb", Q, bcc(1, 2, 3, 4, 5)),
    ("copi dall 2", Q, bcc(2)),
    ("WITHOUT TRAIL", Q, Choice(Option.WITHOUT_TRAIL)),
    ("without the earlier messages", Q, Choice(Option.WITHOUT_TRAIL)),
    ("Heb y gadwyn", Q, Choice(Option.WITHOUT_TRAIL)),
    ("CANCEL", Q, CANCEL),
    ("Don\u2019t send.", Q, CANCEL),
    ("do not send", Q, CANCEL),
    ("Diddymu", Q, CANCEL),
    ("Canslo", Q, CANCEL),
    ("cancel", H, CANCEL),
    ("CONSENT", H, Choice(Option.ASK_CONSENT)),
    ("ask for consent.", H, Choice(Option.ASK_CONSENT)),
    ("CANIATÂD", H, Choice(Option.ASK_CONSENT)),
    ("caniatad", H, Choice(Option.ASK_CONSENT)),
    ("Review", H, Choice(Option.SECOND_REVIEW)),
    ("second reviewer", H, Choice(Option.SECOND_REVIEW)),
    ("ail adolygiad", H, Choice(Option.SECOND_REVIEW)),
    ("READ", N, Choice(Option.READ)),
    ("I have read it.", N, Choice(Option.READ)),
    ("Darllenwyd", N, Choice(Option.READ)),
    ("SEND\n\nOn Monday, P <p@x.example> wrote:\n\nSEND\nCANCEL", Q, SEND),
    # None of these chooses anything.
    ("On Monday, P <p@x.example> wrote:\n\nSEND", Q, None),
    ("SEND\nOn second thoughts:\nCANCEL", Q, None),
    ("", Q, None),
    ("\n \n", Q, None),
    ("yes", Q, None),
    ("OK", Q, None),
    ("Please send", Q, None),
    ("Send it to everybody please", Q, None),
    ("SEND!", Q, None),
    ("SEND, thanks", Q, None),
    ("SEND CANCEL", Q, None),
    ("SEND / CANCEL", Q, None),
    ("send or cancel", Q, None),
    ("SEND\nCANCEL", Q, None),
    ("SEND\nLEAVE OUT 2", Q, None),
    ("leave out 2\nleave out 3", Q, None),
    ("Hello,\nSEND", Q, None),
    ("> SEND", Q, None),
    ('"SEND"', Q, None),
    ("SEND - it goes to everyone, as it is", Q, None),
    ("SEND It goes to everyone, as it is.", Q, None),
    ("1. SEND", Q, None),
    ("do not SEND", Q, CANCEL),
    ("not send", Q, None),
    ("LEAVE OUT", Q, None),
    ("leave out 0", Q, None),
    ("leave out 6", Q, None),
    ("leave out 2-6", Q, None),
    ("leave out 4-2", Q, None),
    ("leave out 1-5", Q, None),
    ("leave out all", Q, None),
    ("leave out 1 2 3 4 5", Q, None),
    ("leave out 2,, 3", Q, None),
    ("leave out 2 and", Q, None),
    ("leave out two", Q, None),
    ("leave out 2 send", Q, None),
    ("leave out 123456789", Q, None),
    ("leave out Jill Carter", Q, None),
    ("leave out jill@example.org", Q, None),
    ("bcc", Q, None),
    ("bcc me", Q, None),
    ("Sent from my iPhone", Q, None),
    ("Sent from Outlook for Android\n\nSEND", Q, None),
    ("I am out of the office until Monday. For anything urgent telephone 01632 960100.", Q, None),
    ("Automatic reply: send", Q, None),
    ("consent", Q, None),
    ("send", H, None),
    ("read", Q, None),
    ("send", N, None),
    ("S E N D", Q, None),
    ("sendsend", Q, None),
    ("ＳＥＮＤ", Q, SEND),
    ("SEND\u200b", Q, SEND),
    ("ѕend", Q, None),  # A Cyrillic letter.
]


@pytest.mark.parametrize(("text", "purpose", "wanted"), CASES)
def test_what_is_chosen(text, purpose, wanted):
    assert parse(text, purpose, ALL[purpose], 5) == wanted


@pytest.mark.parametrize("option", list(Option))
@pytest.mark.parametrize("words", [ENGLISH, WELSH])
def test_every_word_that_a_notice_offers_is_understood(option, words):
    purpose = next(each for each, options in BY_PURPOSE.items() if option in options)
    said = f"{words[option]} 2" if option in NUMBERED else words[option]
    numbers = (1,) if option in NUMBERED else ()
    stated = Statement(not_binding=option is Option.NOT_BINDING)
    if option is Option.BASIS:
        said, stated = f"{said} she asked me", Statement(basis="she asked me")
    assert parse(said, purpose, (option,), 5) == Choice(option, numbers, stated)


def test_what_is_not_offered_is_not_chosen():
    assert parse("BCC 2", Q, (Option.SEND, Option.CANCEL), 5) is None
    assert parse("SEND", Q, (), 5) is None


def test_a_word_that_is_not_offered_further_down_does_not_make_two():
    assert parse("SEND\nbcc 2", Q, (Option.SEND, Option.CANCEL), 5) == SEND


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("hello", Misread.NO_WORD),
        ("", Misread.NO_WORD),
        ("SEND\nCANCEL", Misread.SEVERAL),
        ("leave out 9", Misread.NUMBERS),
        ("leave out Jill", Misread.NUMBERS),
        ("bcc 77", Misread.NUMBERS),
        ("review", Misread.NOT_OFFERED),
    ],
)
def test_it_is_told_what_was_wrong(text, wanted):
    assert misread(text, Q, ALL[Q], 5) is wanted


def test_a_long_answer_costs_no_time():
    texts = [
        "leave out " + "1, " * 300_000,
        "a" * 5_000_000,
        "send\n" * 500_000,
        "leave out 1" + " " * 999_999,
    ]
    begun = time.process_time()
    for text in texts:
        parse(text, Q, ALL[Q], 5)
        misread(text, Q, ALL[Q], 5)
    assert time.process_time() - begun < 10


COUNCIL = Council.model_validate(
    {
        "id": "nether",
        "name": "Nether Parish Council",
        "domains": ["nether.example"],
        "people": [
            {
                "login": "jo@nether.example",
                "name": "Jo Bloggs",
                "roles": [{"role": "councillor"}],
                "identities": [{"address": "jo@nether.example"}],
            }
        ],
    }
)
CLAUSE = Clause(document="P", heading="H", item="1", wording="W")


def finding(check: str, verdict=Verdict.ASK, stage=Stage.ENFORCE, **more) -> Finding:
    return Finding(check=check, verdict=verdict, stage=stage, reason="R.", clause=CLAUSE, **more)


def with_switch(check: str, value: bool) -> Council:
    data = COUNCIL.model_dump(mode="json", by_alias=True)
    data["policy"]["checks"][check] = {
        "stage": "enforce",
        "verdict": "ask",
        "clause": CLAUSE.model_dump(mode="json"),
        "switches": {"bcc": value},
    }
    return Council.model_validate(data)


JILL, TOM, OWN = "jill@example.org", "tom@example.org", "jo@nether.example"
REPLY = finding("reply_all", about=(TOM, "ann@example.org"))


@pytest.mark.parametrize(
    ("findings", "recipients", "wanted"),
    [
        ([REPLY], [JILL, TOM, "ann@example.org"], {Option.ONLY_SENDER, Option.LEAVE_OUT}),
        ([REPLY], [JILL, TOM, "ann@example.org", OWN], {Option.ONLY_SENDER, Option.LEAVE_OUT}),
        ([REPLY], [TOM, "ann@example.org"], {Option.LEAVE_OUT}),
        ([finding("large_list", about=(TOM,))], [JILL, TOM], {Option.LEAVE_OUT}),
        ([finding("recipients")], [JILL], set()),
        (
            [finding("trail", evidence=(Evidence(where="earlier message", text="On 1 May"),))],
            [JILL],
            {Option.WITHOUT_TRAIL},
        ),
        (
            [
                finding(
                    "trail",
                    evidence=(
                        Evidence(where="earlier message", text="On 1 May"),
                        Evidence(where="attachment", text="mail.eml"),
                    ),
                )
            ],
            [JILL],
            set(),
        ),
        ([finding("trail")], [JILL], set()),
        ([finding("recipients"), finding("trail", Verdict.NOTE)], [JILL], set()),
    ],
)
def test_what_is_offered_for_a_question(findings, recipients, wanted):
    found = offered(COUNCIL, Decision(findings=tuple(findings)), recipients, sender=OWN)
    assert set(found) - {Option.SEND, Option.CANCEL} == wanted
    assert found[0] is Option.SEND
    assert found[-1] is Option.CANCEL


@pytest.mark.parametrize("value", [True, False])
def test_bcc_is_offered_where_the_policy_permits_it(value):
    council = with_switch("large_list", value)
    decision = Decision(findings=(finding("large_list", about=(JILL, TOM)),))
    assert (Option.BCC in offered(council, decision, [JILL, TOM], sender=OWN)) is value


@pytest.mark.parametrize(
    ("check", "wanted"),
    [
        ("forwarding", (Option.ASK_CONSENT, Option.SECOND_REVIEW, Option.CANCEL)),
        ("recipients", (Option.SECOND_REVIEW, Option.CANCEL)),
    ],
)
def test_what_is_offered_for_a_hold(check, wanted):
    decision = Decision(findings=(finding(check, Verdict.HOLD),))
    assert offered(COUNCIL, decision, [JILL], sender=OWN) == wanted


def test_what_needs_the_senders_word_too_asks_for_that_first():
    decision = Decision(findings=(finding("forwarding", Verdict.HOLD), finding("recipients")))
    assert offered(COUNCIL, decision, [JILL], sender=OWN) == (Option.SEND, Option.CANCEL)


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        (SEND, Change()),
        (ONLY, Change(left_out=(0, 2))),
        (out(2, 3), Change(left_out=(1, 2))),
        (bcc(1), Change(blind=(0,))),
        (Choice(Option.WITHOUT_TRAIL), Change(without_trail=True)),
    ],
)
def test_what_a_choice_changes(choice, wanted):
    assert change_of(choice, 3, 1) == wanted


def test_nothing_is_sent_by_a_choice_not_to_send():
    with pytest.raises(ValueError, match="nothing is sent"):
        change_of(CANCEL, 3, 1)
    with pytest.raises(ValueError, match="nothing is sent"):
        change_of(ONLY, 3, None)


def test_the_author_of_what_is_answered_is_told_by_number():
    decision = Decision(findings=(REPLY,))
    assert answered(COUNCIL, decision, [TOM, JILL, "ann@example.org"], OWN) == 1
    assert answered(COUNCIL, decision, [JILL], OWN) is None
    assert answered(COUNCIL, decision, [JILL, "new@example.org", TOM], OWN) is None


NOT_BINDING = Choice(Option.NOT_BINDING, said=Statement(not_binding=True))
BINDS = (Option.NOT_BINDING, Option.CLERK, Option.LEAVE_OUT, Option.CANCEL)
DATA = (Option.BASIS, Option.LEAVE_OUT, Option.CANCEL)
TWICE = (Option.NOT_BINDING, Option.BASIS, Option.CLERK, Option.LEAVE_OUT, Option.CANCEL)
SAID = "she asked me on 3 May to pass it to the county"


def basis(words: str = SAID, **more) -> Choice:
    return Choice(Option.BASIS, said=Statement(basis=words, **more))


@pytest.mark.parametrize(
    ("text", "options", "wanted"),
    [
        ("NOT BINDING", BINDS, NOT_BINDING),
        ("Not binding.", BINDS, NOT_BINDING),
        ("It is not binding", BINDS, NOT_BINDING),
        ("Nid yw\u2019n rhwymo", BINDS, NOT_BINDING),
        ("SEND\nNOT BINDING", BINDS, NOT_BINDING),
        ("not binding\n\nCLERK", BINDS, None),
        ("NOT BINDING\nCANCEL", BINDS, None),
        ("CANCEL\nNOT BINDING", BINDS, None),
        ("CLERK", BINDS, Choice(Option.CLERK)),
        ("Clerc", BINDS, Choice(Option.CLERK)),
        ("SEND", BINDS, None),
        ("It is binding", BINDS, None),
        ("NOT BINDING, but ask her", BINDS, None),
        ("LEAVE OUT 2\nNOT BINDING", BINDS, Choice(Option.LEAVE_OUT, (1,), Statement(not_binding=True))),
        ("LEAVE OUT 2", BINDS, Choice(Option.LEAVE_OUT, (1,))),
        ("NOT BINDING", (Option.SEND, Option.CANCEL), None),
        ("CLERK", (Option.SEND, Option.CANCEL), None),
        (f"BASIS {SAID}", DATA, basis()),
        (f"Basis: {SAID}", DATA, basis()),
        (f"*BASIS* {SAID}", DATA, basis()),
        (f"Sail - {SAID}", DATA, basis()),
        ("BASIS she asked me on 3 May\nto pass it to the county", DATA, basis()),
        ("BASIS\nshe asked me on 3 May\n to pass it to the county\n\nSent from my iPhone", DATA, basis()),
        (f"BASIS {SAID}\nOn 3 May, the post room <a@b.example> wrote:\nSEND", DATA, basis()),
        (f"SEND\nBASIS {SAID}", DATA, basis()),
        (f"BASIS {SAID}\nSEND", DATA, basis()),
        (f"BASIS {SAID}\nCANCEL", DATA, None),
        (f"BASIS {SAID}\n\nBASIS he did not ask", DATA, None),
        ("BASIS", DATA, None),
        ("BASIS and why", DATA, None),
        ("SEND", DATA, None),
        ("basiswords are none", DATA, None),
        ("The basis is that she asked", DATA, None),
        (f"BASIS {SAID}", (Option.SEND, Option.CANCEL), None),
        (f"SEND\nBASIS {SAID}", (Option.SEND, Option.CANCEL), SEND),
        (f"LEAVE OUT 1\nBASIS {SAID}", DATA, Choice(Option.LEAVE_OUT, (0,), Statement(basis=SAID))),
        (f"BASIS {'x' * 5000}", DATA, basis("x" * MOST_WORDS)),
        (
            f"NOT BINDING\nBASIS {SAID}",
            TWICE,
            Choice(Option.NOT_BINDING, said=Statement(not_binding=True, basis=SAID)),
        ),
        ("NOT BINDING", TWICE, None),
        (f"BASIS {SAID}", TWICE, None),
        (f"BASIS {SAID}\nCLERK", TWICE, None),
    ],
)
def test_what_is_stated(text, options, wanted):
    assert parse(text, Q, options, 5) == wanted


@pytest.mark.parametrize(
    ("text", "options", "wanted"),
    [
        ("SEND", BINDS, Misread.NOT_BINDING),
        ("SEND", DATA, Misread.BASIS),
        ("BASIS", DATA, Misread.BASIS),
        ("NOT BINDING", TWICE, Misread.BASIS),
        (f"BASIS {SAID}", TWICE, Misread.NOT_BINDING),
        ("SEND", TWICE, Misread.NOT_BINDING),
        ("NOT BINDING\nCANCEL", BINDS, Misread.SEVERAL),
        ("NOT BINDING", (Option.SEND, Option.CANCEL), Misread.NOT_OFFERED),
        ("hello", DATA, Misread.NO_WORD),
    ],
)
def test_it_is_told_what_is_to_be_stated(text, options, wanted):
    assert parse(text, Q, options, 5) is None
    assert misread(text, Q, options, 5) is wanted


def test_what_is_to_be_stated_stands_in_the_place_of_send():
    binds = finding("authority", wants=Wants.NOT_BINDING)
    data = finding("personal_data", wants=Wants.BASIS)
    both = offered(COUNCIL, Decision(findings=(binds, data)), [JILL], sender=OWN)
    assert both == (Option.NOT_BINDING, Option.BASIS, Option.CLERK, Option.CANCEL)
    assert offered(COUNCIL, Decision(findings=(data,)), [JILL]) == (Option.BASIS, Option.CANCEL)
    held = finding("personal_data", Verdict.HOLD, wants=Wants.BASIS)
    assert Option.BASIS not in offered(COUNCIL, Decision(findings=(held,)), [JILL])
    tried = finding("authority", stage=Stage.TRIAL, wants=Wants.NOT_BINDING)
    assert Option.SEND in offered(COUNCIL, Decision(findings=(tried, finding("trail"))), [JILL])


@pytest.mark.parametrize(
    ("places", "there"),
    [
        (("earlier message",), True),
        (("earlier message", "text"), False),
        (("attachment a.pdf",), False),
        ((), False),
    ],
)
def test_what_stands_in_the_earlier_messages_alone_can_be_taken_out(places, there):
    evidence = tuple(Evidence(where=place, text="x") for place in places)
    decision = Decision(findings=(finding("personal_data", evidence=evidence, wants=Wants.BASIS),))
    assert (Option.WITHOUT_TRAIL in offered(COUNCIL, decision, [JILL])) is there


def test_a_long_basis_costs_no_time():
    begun = time.process_time()
    for text in (
        "BASIS " + "x" * 5_000_000,
        "BASIS " + " " * 5_000_000,
        "BASIS x\n" + "y\n" * 500_000,
        "basis\n" * 300_000,
    ):
        parse(text, Q, DATA, 5)
        misread(text, Q, DATA, 5)
    assert time.process_time() - begun < 10
