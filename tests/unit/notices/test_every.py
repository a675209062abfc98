"""Every notice, in every language: valid mail that no machine answers, short lines, the same words in text and HTML."""

from __future__ import annotations

import re
from email import message_from_bytes
from itertools import pairwise

import pytest
from flufl.bounce import scan_message

from config.council import Council
from config.office import Leave
from config.telling import Language
from gateway.notices import held
from gateway.notices.kinds import NOTICE_KINDS, Audience, NoticeKind
from gateway.notices.page import Said
from gateway.notices.wording import Words, languages, words
from gateway.store.kinds import MessageKind
from tests.unit.notices.every import ANSWERS, CLERK, EVERY, HEADING, HOLD, NOW, speaking
from tests.unit.notices.reading import Letter, page, read, words_of_html, words_of_text

EACH = pytest.mark.parametrize("name", EVERY)
SPOKEN = pytest.mark.parametrize("language", list(Language))
NOT_SENT = {
    "held": "NOT SENT YET",
    "held-no-answer": "NOT SENT YET",
    "still-checked": "NOT SENT YET",
    "held-personal-data": "NOT SENT YET",
    "question": "NOT SENT YET",
    "question-link": "NOT SENT YET",
    "held-and-asked": "NOT SENT YET",
    "asked-again": "NOT SENT YET",
    "expired": "NOT SENT YET",
    "could-not": "NOT SENT YET",
    "sender-reminder": "NOT SENT YET",
    "monitoring-waits": "NOT SENT YET",
    "refused": "NOT SENT",
    "rejected": "NOT SENT",
    "cancelled": "NOT SENT",
    "cancelled-by-clerk": "NOT SENT",
    "returned": "RETURNED",
}
SENT = {
    "released": "SENT",
    "released-by-you": "SENT",
    "released-to-some": "SENT TO SOME",
    "sent-as-clerk": "SENT",
    "already-decided": "ALREADY DECIDED",
}
OPEN = {name for name, subject in NOT_SENT.items() if subject == "NOT SENT YET"}


def letter(council: Council, name: str, language: Language = Language.ENGLISH) -> Letter:
    return read(EVERY[name][1](speaking(council, language)))


def test_every_kind_is_shown():
    assert {kind for kind, _ in EVERY.values()} == set(NoticeKind) == set(NOTICE_KINDS)


@EACH
@SPOKEN
def test_it_is_valid_mail_that_no_machine_answers(little_wickham, name, language):
    notice = EVERY[name][1](speaking(little_wickham, language))
    found = read(notice)
    assert (notice.kind, notice.mail_from) == (MessageKind.NOTICE, "")
    assert notice.raw.isascii()
    assert notice.raw.replace(b"\r\n", b"").count(b"\r") == notice.raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(len(line) for line in notice.raw.split(b"\r\n")) <= 998
    assert found.message["Auto-Submitted"] in ("auto-replied", "auto-generated")
    assert found.message["X-Auto-Response-Suppress"] == "All"
    assert (found.message["Auto-Submitted"] == "auto-replied") == (found.message["In-Reply-To"] is not None)
    names = [field.lower() for field in found.message]
    assert len(names) == len(set(names))
    for part in found.message.walk():
        assert not part.defects
        assert not [defect for field in part.values() for defect in field.defects]
    assert not scan_message(message_from_bytes(notice.raw)), "a mailing list would take it for a bounce"
    assert notice.heading.subject == found.subject


@EACH
@SPOKEN
def test_text_and_html_say_the_same(little_wickham, name, language):
    found = letter(little_wickham, name, language)
    labels = "|".join(
        re.escape("".join(str(each) for each in words(code)("common.link"))) for code in ("en", "cy")
    )
    text = re.sub(rf"(?m)^({labels}):$", r"\1", found.text)
    assert words_of_text(text) == words_of_html(found.html)
    assert all(len(line) <= 76 for line in found.text.splitlines() if not line.startswith("http"))


@EACH
@SPOKEN
def test_the_html_is_for_everyone(little_wickham, name, language):
    parsed = page(letter(little_wickham, name, language).html)
    tags = [tag for tag, _ in parsed.tags]
    spoken = [each.lang for each in languages(language)]
    assert parsed.tags[0] == ("html", {"lang": spoken[0]})
    assert tags.count("h1") == 1
    assert [
        attributes["lang"] for tag, attributes in parsed.tags if tag == "div" and "lang" in attributes
    ] == spoken
    assert not {"img", "script", "link", "style", "form", "iframe", "table"} & set(tags)
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    hrefs = [attributes["href"] for tag, attributes in parsed.tags if tag == "a"]
    assert all(re.match(r"tel:\+?[0-9]+$|https://post\.littlewickham", href) for href in hrefs)


@pytest.mark.parametrize(("name", "subject"), [*NOT_SENT.items(), *SENT.items()])
def test_the_subject_says_it_and_it_stands_under_the_senders_message(little_wickham, name, subject):
    found = letter(little_wickham, name)
    assert found.subject == f"{subject}: {HEADING.subject}"
    assert found.message["In-Reply-To"] == found.message["References"] == HEADING.message_id


@pytest.mark.parametrize("name", NOT_SENT)
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.WELSH])
def test_what_was_not_sent_says_so_first_and_whom_to_telephone(little_wickham, name, language):
    found = letter(little_wickham, name, language)
    opening = found.text.split("\n\n")[2]
    assert opening.startswith("Not sent. " if language is Language.ENGLISH else "Heb ei hanfon. ")
    assert HEADING.subject in " ".join(opening.split())
    if name != "cancelled":
        before = found.text.partition("\nWhy\n" if language is Language.ENGLISH else "\nPam\n")[0]
        assert "The Clerk's office: 01632 960100" in before


@pytest.mark.parametrize("name", sorted((OPEN - {"monitoring-waits"}) | {"refused", "rejected"}))
def test_it_names_the_human_who_can_look_again(little_wickham, name):
    said = letter(little_wickham, name).words.partition("Who can look again")[2]
    # Who rejected it is not who looks again, as there is another officer.
    whom = ("Thomas Reed", "01632 960102") if name == "rejected" else ("Margaret Hale", "01632 960101")
    assert all(each in said for each in whom)


@EACH
def test_it_says_what_to_do(little_wickham, name):
    said = letter(little_wickham, name).words
    if name != "acknowledged":
        assert "What to do" in said
    assert "breach" not in said.lower()


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("held", ["CONSENT", "REVIEW", "CANCEL"]),
        ("held-personal-data", ["REVIEW", "CANCEL"]),
        (
            "question",
            [
                "SEND",
                "ONLY SENDER",
                "LEAVE OUT and the numbers",
                "BCC and the numbers",
                "WITHOUT TRAIL",
                "CANCEL",
            ],
        ),
        ("monitoring", ["READ"]),
        ("held-no-answer", []),
    ],
)
def test_it_can_be_answered_with_words_that_stand_alone(little_wickham, name, offered):
    found = letter(little_wickham, name)
    lines = found.text.splitlines()
    assert [line for line in lines if re.match(r"[A-Z]{3,}", line)] == offered
    assert found.message["Reply-To"] == (ANSWERS if offered else None)
    assert ("Webmail" in found.text) == bool(offered)


def test_the_recipients_are_numbered_from_one(little_wickham):
    text = letter(little_wickham, "question").text
    assert "\n1. chair@littlewickham-pc.example\n2. cllr.b@littlewickham-pc.example\n" in text


@pytest.mark.parametrize(
    "name", [name for name, (kind, _) in EVERY.items() if NOTICE_KINDS[kind] is not Audience.SENDER]
)
def test_what_others_than_the_sender_get_shows_no_address_outside_the_council(little_wickham, name):
    if name == "forwarding-refused":
        return  # It goes to whoever made the rule, and names where it sends to.
    found = letter(little_wickham, name)
    for address in ("jill.fordham42", "rector@", "cllr.a.home", "mary.newton", "Newton", "960777"):
        assert address not in found.text
        assert address not in found.html


def test_of_casework_not_even_the_subject_is_told_to_the_office(little_wickham):
    found = letter(little_wickham, "new-hold-casework")
    assert found.subject == "TO DECIDE"
    for part in (found.text, found.html):
        assert "allotments" not in part
        assert "number is" not in part
        assert "Percy" not in part
    assert "Percy Press is new" in letter(little_wickham, "unanswered").words
    assert "casework" in found.words


def test_the_chair_learns_only_that_mail_waits(little_wickham):
    found = letter(little_wickham, "mail-waits")
    assert "Messages: 3." in found.words
    for hidden in ("Anne", "Archer", "allotments", "01KABCDEF", "cllr.a"):
        assert hidden not in found.text + found.html + found.subject


def test_released_to_some_says_who_got_it_and_who_did_not(little_wickham):
    text = letter(little_wickham, "released-to-some").text
    went, _, rest = text.partition("It went to\n")[2].partition("Nobody else sees that it went to\n")
    hidden, _, left = rest.partition("It did not go to\n")
    assert "press@" in left
    assert "press@" not in went + hidden
    assert "jill.fordham42@gmail.com" in hidden
    assert "jill" not in went


def test_a_council_without_numbers_or_officers(little_wickham):
    bare = little_wickham.model_copy(
        update={
            "telephones": (),
            "people": tuple(
                p for p in little_wickham.people if "clerk" not in p.login and "deputy" not in p.login
            ),
        }
    )
    said = letter(bare, "held").words
    assert "Nobody can look at it at present. Eleanor Whitfield (the Chair) can tell you who will" in said
    nobody = bare.model_copy(
        update={
            "people": tuple(p for p in bare.people if "chair" not in p.login),
            "signatures": bare.signatures.model_copy(update={"phone": ""}),
        }
    )
    said = letter(nobody, "held").words
    assert "Telephone, or go and see people" in said
    assert "Nobody can look at it at present" in said


def test_who_is_on_leave_is_not_the_one_to_talk_to(little_wickham):
    away = Leave.model_validate({"login": CLERK, "from": NOW.date(), "until": NOW.date()})
    said = letter(little_wickham.model_copy(update={"leave": (away,)}), "held").words
    assert "Thomas Reed (the Deputy Clerk) is the person to talk to" in said


def test_every_sentence_is_said_somewhere(little_wickham, monkeypatch):
    said: set[str] = set()
    say = Words.__call__

    def heard(self: Words, key: str, **fields: object) -> Said:
        said.add(key)
        return say(self, key, **fields)

    monkeypatch.setattr(Words, "__call__", heard)
    for _, make in EVERY.values():
        make(little_wickham)
    # Those of which one is chosen by a name, each name being there (see test_words), and what is for rare councils.
    some_of = ("month.", "role.", "option.", "again.", "already.", "held.waits.", "office.")
    rare = {
        "people.nobody",
        "common.no_subject",
        "common.cannot_wait_no_number",
        "common.knows_who_looks",
        "common.nobody_looks",
        "common.and_more",
        "held.no_way_to_answer",
        "digest.not_shown",
        "reminder.opening_held",
    }
    assert {key for key in words("en").fields if key not in said and not key.startswith(some_of)} == rare


def test_nobody_is_sent_to_themselves(little_wickham):
    said = read(held.when_held(little_wickham, CLERK, HEADING, "X", HOLD, NOW, person=CLERK)).words
    assert "Thomas Reed (the Deputy Clerk) is the person to talk to" in said
