"""The check `language` beyond its table: what councils choose, how findings are worded, disguises, hostile input."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import Verdict
from filters.extract.document import Document, Documents
from filters.finding import Decision
from filters.language.lists import DISCRIMINATORY, OBSCENE, SWEARING
from filters.language.seen import Kind, Ours, unpleasant
from filters.language.shouting import shouted
from tests.unit.filters.official_mail import RESIDENT, person
from tests.unit.filters.table import council_with, looked_at

USUAL = council_with("language", {}, verdict="ask")
NAMES = frozenset(("little", "wickham", "parish", "council"))


def decided(says: str, council=USUAL, **more) -> Decision:
    situation = {key: more.pop(key) for key in ("documents", "answers") if key in more}
    return looked_at({"says": says} | more, council, **situation).decision


def seen(says: str, **ours) -> list[str]:
    return [each.text for each in unpleasant(says, tuple(Kind), Ours(**ours))]


def test_threats_are_asked_about_where_the_policy_does_not_hold_them():
    mild = council_with("language", {}, verdict="ask", switches={"hold_threats": False})
    assert decided("I know where you live.", mild).verdict is Verdict.ASK
    assert decided("The pikeys are back.", mild).verdict is Verdict.ASK


def test_threats_are_held_where_the_rest_is_noted():
    noted = council_with("language", {}, verdict="note")
    assert decided("What a load of bollocks.", noted).verdict is Verdict.NOTE
    assert decided("I know where you live.", noted).verdict is Verdict.HOLD
    assert decided('He said "I know where you live" to her.', noted).verdict is Verdict.NOTE


def test_swearing_is_never_held_however_much_there_is():
    decision = decided("fuck shit cunt bollocks wanker " * 50)
    assert decision.verdict is Verdict.ASK
    assert all(len(finding.evidence) <= 5 for finding in decision.findings)


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("That is bollocks.", "“bollocks” may read harsher than you mean. Read it once more before it goes."),
        (
            "That is bollocks, and crap.",
            "“bollocks” (and 1 more) may read harsher than you mean. Read it once more before it goes.",
        ),
        (
            "I know where you live.",
            "“I know where you live” reads as a threat. The Clerk looks at it before it goes.",
        ),
        (
            "STOP THIS NOW!",
            "“STOP THIS NOW” in capitals reads as shouting. Small letters say the same. Read it once more before it goes.",
        ),
    ],
)
def test_the_reason_is_kind_and_quotes_what_was_written(says, reason):
    [finding] = decided(says).findings
    assert finding.reason == reason


def test_one_finding_for_each_way_and_none_twice():
    decision = decided("This is crap. You are a liar. CAN YOU NOT READ THIS? More crap, and a blow job.")
    assert len(decision.findings) == 4
    assert [finding.evidence[0].text for finding in decision.findings] == [
        "crap",
        "You are a liar",
        "blow job",
        "CAN YOU NOT READ THIS",
    ]


@pytest.mark.parametrize(("fewest", "asked"), [(2, True), (3, False)])
def test_a_council_says_from_how_many_words_capitals_shout(fewest, asked):
    council = council_with("language", {}, verdict="ask", thresholds={"capitals": fewest})
    assert bool(decided("Please STOP IT at once, thank you.", council).findings) is asked


@pytest.mark.parametrize(
    ("switch", "case"),
    [
        ("shouting", {"says": "I WILL NOT SAY IT again."}),
        ("red", {"html": "<p style='color:red'>Reply at once.</p>"}),
    ],
)
def test_shouting_and_red_can_be_switched_off(switch, case):
    off = council_with("language", {}, verdict="ask", switches={switch: False})
    assert looked_at(case, USUAL).decision.findings
    assert not looked_at(case, off).decision.findings


def test_a_councils_lists_are_its_own():
    said = "The gronk on Bell End and the old git."
    assert seen(said) == []
    assert seen(said, rude=("gronk", "old git", "$$$")) == ["gronk", "old git"]
    assert seen("The bloody gate.", polite=("bloody", "£££")) == []
    assert seen("The bloody gate, bloody well.", polite=("bloody gate",)) == ["bloody"]
    assert seen("The bloody gate.", polite=("bloody well",)) == ["bloody"]


def test_the_names_of_people_are_no_swearing():
    with_name = council_with("language", {}, verdict="ask").model_dump(by_alias=True)
    with_name["people"] = (*with_name["people"], person("w", "Wendy Arse", "volunteer"))
    council = type(USUAL).model_validate(with_name)
    assert decided("Mrs Arse has the key.", council).findings == ()
    assert decided("What an arse of a day.", council).findings
    assert decided("Mrs Arse has the key.").findings


def document(text: str) -> Documents:
    return Documents(
        found=(Document(number=1, path=("notes.txt",), kind="text/plain", size=len(text), text=text),)
    )


@pytest.mark.parametrize(("to", "asked"), [(RESIDENT, True), ("brian@little.example", False)])
def test_obscene_matter_is_looked_for_in_attachments_for_people_outside(to, asked):
    decision = decided(
        "See attached.", to=[to], documents=document("Send me nudes, or a blowjob.\n\nWhat crap.")
    )
    assert bool(decision.findings) is asked
    if asked:
        [finding] = decision.findings
        assert finding.evidence[0].where == "attachment notes.txt"
        assert [each.text for each in finding.evidence] == ["Send me nudes", "blowjob"]


WORDS = sorted(
    each
    for each in SWEARING.words | DISCRIMINATORY.words | OBSCENE.words
    if len(each) > 3 and each.isalpha() and not re.search(r"(.)\1\1", each)
)
LETTERS = {"a": "@4а", "i": "1!і", "o": "0о", "e": "3е", "s": "$5ѕ", "t": "7+", "c": "с", "p": "р", "u": "*ս"}


def disguised(draw, word: str) -> str:
    """A word as somebody writes it who does not want it to be found."""
    way = draw(
        st.sampled_from(["plain", "swapped", "spaced", "starred", "drawn", "unseen", "dotted", "capital"])
    )
    at = draw(st.integers(1, len(word) - 2))
    if way == "swapped":
        places = [
            number for number, letter in enumerate(word) if letter in LETTERS and 0 < number < len(word) - 1
        ]
        if not places:
            return word
        number = draw(st.sampled_from(places))
        return word[:number] + draw(st.sampled_from(LETTERS[word[number]])) + word[number + 1 :]
    return {
        "plain": word,
        "spaced": " ".join(word) if len(word) <= 20 else word,
        "dotted": ".".join(word) if len(word) <= 11 else word,
        "starred": word[:at] + "*" + word[at + 1 :],
        "drawn": word if word[at] in "wx" else word[:at] + word[at] * 4 + word[at + 1 :],
        "unseen": word[:at] + "\u200b" + word[at:],
        "capital": word.upper(),
    }[way]


@settings(max_examples=300)
@given(st.data(), st.sampled_from(WORDS))
def test_no_disguise_hides_a_word(data, word):
    written = disguised(data.draw, word)
    mark = data.draw(st.sampled_from(["", ".", ",", "?", "”", "\n"]))
    text = f"It was agreed on 12 May, see A55 {written}{mark} and the rest of it."
    assert any(each in written or written in each for each in seen(text)), written


@given(st.text(alphabet="abcdefghijklmnoprstuwy ", max_size=300))
def test_words_within_words_are_nothing(text):
    """Whatever is found stands between what are no letters."""
    words = set(text.split())
    for each in seen(text):
        assert " " in each or each in words


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("I AM VERY ANGRY ABOUT THIS", ["I AM VERY ANGRY ABOUT THIS"]),
        ("This is NOT GOOD ENOUGH, sorry", ["NOT GOOD ENOUGH"]),
        ("LITTLE WICKHAM PARISH COUNCIL WILL MEET", []),
        ("DEAR ALL", []),
        ("FOR SALE BY AUCTION", []),
        ("4. TO CONSIDER ALL OF THE CORRESPONDENCE THAT WAS RECEIVED SINCE THE LAST MEETING", []),
        ("the TERMS AND CONDITIONS OF HIRE apply", []),
        ("PLEASE NOTE CHANGE OF VENUE", []),
        ("WHERE IS MY ANSWER?", ["WHERE IS MY ANSWER"]),
        ("A B C D E F G", []),
        ("2026 12345 £££ !!!", []),
    ],
)
def test_what_shouts(line, found):
    assert list(shouted(line, 3, NAMES)) == found


PIECES = [
    "fuck ", "f*ck ", "f* ", "f-", "f u c k ", "fuuu", "a1", "*", "é", "bоllocks ", "@", "you are so ", "i will just ",
    "i'll ", "or else. ", "“fuck ", '"i will kill you', "'x ", "WE WILL NOT ", "A ", "STOP\n", "I ", "it ... kill you ",
    "they are all ", "he said she wrote i know where you live ", "shame if anything was to happen to you ", "bloody mary ",
    "you, you, you, ", "\n \n", "\n\n", "\t", "go back ", "x" * 30 + " ", "sh1t!", "$" * 50 + "a ", "-" * 50 + "a",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_length_of_the_text_only(piece):
    def seconds(size: int) -> float:
        case = {"says": (piece * (size // len(piece) + 1))[:size]}
        best = 9.0
        for _ in range(2):
            started = time.process_time()
            looked_at(case, USUAL)
            best = min(best, time.process_time() - started)
        return best

    long = seconds(100_000)
    assert long < 2
    assert long < 8 * seconds(25_000) + 0.1
