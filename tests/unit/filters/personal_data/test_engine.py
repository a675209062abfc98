"""The engine: what it finds and what not, what it costs, and that it asks nobody."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time

import pytest

from filters.personal_data import engine
from filters.personal_data.items import Kind
from tests.conftest import ROOT
from tests.unit.filters.official_mail import analysed, message
from tests.unit.filters.personal_data.writing import JILL, council_with, documents


def kinds(text: str) -> list[Kind]:
    return sorted({item.kind for item in engine.items_in(text)})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("QQ 12 34 56 C", Kind.NINO),
        ("NHS no: 999 000 0018", Kind.NHS),
        ("passport 925665416", Kind.PASSPORT),
        ("MORGA657054SM9IJ", Kind.LICENCE),
        ("5555 5555 5555 4444", Kind.CARD),
        ("GB82 WEST 1234 5698 7654 32", Kind.IBAN),
        ("sort code 20-00-00, account 55779911", Kind.BANK),
        ("UTR: 1234567890", Kind.UTR),
        ("born on 3rd May 1951", Kind.BIRTH),
        ("Dr J. P. Oakes-Smith", Kind.NAME),
        ("14a Mill Lane", Kind.ADDRESS),
        ("12 Ffordd Newydd", Kind.ADDRESS),
        ("The Ivy Cottage, Mill Lane", Kind.ADDRESS),
        ("GU16 7HF", Kind.POSTCODE),
        ("+44 (0)1632 960123", Kind.PHONE),
        ("07700 900123", Kind.PHONE),
        ("a.b+c@gmail.com", Kind.EMAIL),
        ("AB51 ABC", Kind.VEHICLE),
        ("203.0.113.7", Kind.IP),
        ("2001:db8::8a2e:370:7334", Kind.IP),
        ("00-1A-2B-3C-4D-5E", Kind.MAC),
        ("cookie id = 8f3a99c1d2e4b7", Kind.COOKIE),
        ("council tax ref 71234567", Kind.COUNCIL_TAX),
        ("plot no. 12A", Kind.PLOT),
    ],
)
def test_each_kind_is_found(text, kind):
    assert kind in kinds(text)
    assert kind in kinds(f"Please note ({text}), as agreed.")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GB 12 34 56 C", Kind.NINO),
        ("999 000 0018", Kind.NHS),
        ("NHS 999 000 0019", Kind.NHS),
        ("925665416", Kind.PASSPORT),
        ("4111 1111 1111 1112", Kind.CARD),
        ("1234 5678 9012 3456 7890", Kind.CARD),
        ("GB83 WEST 1234 5698 7654 32", Kind.IBAN),
        ("12-05-26 and 20260512", Kind.BANK),
        ("so12 and they", Kind.VEHICLE),
        ("SO12 and", Kind.VEHICLE),
        ("2 new close friends", Kind.ADDRESS),
        ("The Parish Office, Church Lane", Kind.ADDRESS),
        ("24/01234/FUL", Kind.ADDRESS),
        ("01/02/2026 12345", Kind.PHONE),
        ("at 10:30:15", Kind.IP),
        ("version 1.2.3", Kind.IP),
        ("we use cookies", Kind.COOKIE),
        ("the plot thickens", Kind.PLOT),
        ("Mr chairman", Kind.NAME),
        ("999.999.999.999", Kind.IP),
    ],
)
def test_what_only_looks_like_one(text, kind):
    assert kind not in kinds(text)


def test_nothing_is_cut_in_two_wherever_it_stands():
    for before in range(1900, 2101):
        text = "x " * (before // 2) + " " * (before % 2) + "QQ123456C and 14 Mill Lane" + " y" * 1500
        found = {(item.kind, item.text) for item in engine.items_in(text)}
        assert found == {(Kind.NINO, "QQ123456C"), (Kind.ADDRESS, "14 Mill Lane")}, before


def test_everything_is_where_it_is_said_to_be():
    text = "\n".join(f"Mrs Pember, {n} Mill\u00a0Lane, p{n}@gmail.com" for n in range(1, 400))
    items = list(engine.items_in(text))
    assert all(text[item.start : item.end] == item.text for item in items)
    assert sum(item.kind is Kind.ADDRESS for item in items) == 399
    assert sum(item.kind is Kind.EMAIL for item in items) == 399


def test_it_opens_no_socket_and_no_connection():
    """In a process of its own that has not looked anything up before. While it loads it may see whether this machine
    has IPv6, as urllib3 does with a socket of its own that goes nowhere; from then on there is none at all.
    """
    code = """
import socket, sys
def never(*_, **__): raise SystemExit("a socket was opened")
for name in ("connect", "connect_ex", "send", "sendall", "sendto", "sendmsg"):
    setattr(socket.socket, name, never)
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = never
from filters.personal_data import engine
engine.load()
socket.socket.__init__ = never
found = {item.kind.value for item in engine.items_in(sys.argv[1])}
print(*sorted(found))
"""
    everything = (
        "a.b@gmail.com b@dept.co.uk, QQ123456C, 4111 1111 1111 1111, GB82 WEST 1234 5698 7654 32, 07700 900123, "
        "203.0.113.7, 00:1A:2B:3C:4D:5E, WX1 2AB, AB51 ABC, www.example.org, https://example.org/x"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, everything],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "EMAIL_ADDRESS" in done.stdout
    assert "PHONE_NUMBER" in done.stdout


def test_it_opens_none_here_either(monkeypatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    list(engine.items_in("a@b.example"))
    monkeypatch.setattr(socket, "socket", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    assert kinds("x.y@gmail.com") == [Kind.EMAIL]


def test_a_model_that_is_not_there_is_an_error_and_nothing_is_fetched():
    code = "from filters.personal_data import engine; engine.load('en_core_web_none')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "en_core_web_none" in done.stderr
    assert "ownload" not in done.stdout


def test_names_that_a_model_knows_are_evidence(tmp_path):
    """With a pipeline made here: a list of names in place of a trained model."""
    code = """
import sys, spacy
nlp = spacy.blank("en")
nlp.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Susan Hargreaves"}])
nlp.to_disk(sys.argv[1])
from filters.personal_data import engine
engine.load(sys.argv[1])
assert engine.knows_names()
print([(item.kind.value, item.text) for item in engine.items_in("I met Susan Hargreaves. She has cancer.")])
from tests.unit.filters.personal_data.writing import sent
print(sent({"says": "I met Susan Hargreaves. She has cancer."}).decision.verdict.word)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "model")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["[('PERSON', 'Susan Hargreaves')]", "ask"]


HOSTILE = {
    "letters": "a",
    "capitals": "A",
    "digits": "1",
    "pairs": "12 ",
    "groups": "1234 ",
    "sort codes": "12-34-56 ",
    "sort code": "sort code 12-34-56 ",
    "accounts": "account 12345678 ",
    "words": "Abc ",
    "titles": "Mr ",
    "titles and": "Mr and Mrs ",
    "house numbers": "1 Aa ",
    "streets": "1 Mill Lane ",
    "houses": "Rose Cottage, ",
    "addresses": "a@",
    "long address": "a.",
    "domains": "a@b.c.",
    "quoted": "'a",
    "NHS": "NHS ",
    "NHS digits": "NHS 999 000 001 ",
    "IBAN": "GB82 WEST ",
    "IBAN long": "AA11",
    "IP": "1.1.1.",
    "colons": "a:",
    "more colons": "::1 ",
    "MAC": "00:1A:",
    "phones": "0123 ",
    "brackets": "(0",
    "cookie": "cookie id ",
    "cookie long": "cookie=aaaaaaaaaa",
    "births": "DOB 1 ",
    "passports": "passport A",
    "lines": "1\n",
    "blanks": " ",
    "arrears": "Mrs Aa arrears ",
    "plots": "plot 1 ",
    "greetings": "Dear ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_100_kb_of_anything_take_less_than_two_seconds(piece):
    text = piece * (100_000 // len(piece))
    council = council_with(basis=True)
    raw = message(body="See the file. Mrs Pember is in arrears, 1 Mill Lane.")
    begun = time.process_time()
    analysed(raw, to=(JILL,), council=council, documents=documents(text))
    analysed(
        raw, to=(JILL,), council=council, documents=documents("Mrs Pember, 14 Mill Lane, arrears. " + text)
    )
    assert time.process_time() - begun < 4


ROWS = "\n".join(
    f"Mrs {first}{second}son, {number} Mill Lane, WX1 2AB, 07700 900{number:03}, {first}{number}@gmail.com, NI QQ123456C"
    for number, (first, second) in enumerate(itertools.product("ABCDEFGHIJKLMNOPQRST", "abcdefghij"))
)


def test_it_grows_with_the_length_and_no_faster():
    """From 1 kB to 1 MB of nothing but people's data, in an attachment."""
    spent = {}
    for size in (1_000, 10_000, 100_000, 1_000_000):
        text = (ROWS * (size // len(ROWS) + 1))[:size]
        begun = time.process_time()
        analysed(message(body="List."), to=(JILL,), council=council_with(), documents=documents(text))
        spent[size] = time.process_time() - begun
    print({size: f"{seconds * 1000:.1f} ms" for size, seconds in spent.items()})
    assert spent[1_000_000] < 25 * spent[100_000]
    assert spent[1_000_000] < 9
