"""Ordinary mail of a council passes the strict policy: see `tests.evaluation.false_alarms`."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from config.policy import Stage, Verdict
from filters.registry import CHECKS
from signatures.message.anatomy import read
from tests.evaluation.everyday import CONTENT, Mail, built, false_alarms, judged, situation_of, strict
from tests.evaluation.false_alarms import COLLECTIONS, MOST, explained, report, run, stopped
from tests.evaluation.papers import WRITERS

HOUSE = strict()


@pytest.fixture(scope="module")
def results():
    """What is found in every message of every collection."""
    return {
        name: list(run(mails(), strict(only_content=only_content)))
        for name, (mails, only_content) in COLLECTIONS.items()
    }


def test_there_are_three_hundred_messages_of_all_the_kinds_of_business():
    mails = list(false_alarms())
    assert len(mails) >= 300
    assert len({each.id for each in mails}) == len(mails)
    kinds = Counter(each.id[:2] for each in mails)
    assert len(kinds) >= 8
    assert min(kinds.values()) >= 20


def test_at_most_five_in_a_hundred_wait_for_anybody(results):
    written = results["false_alarms"]
    assert stopped(written) * 100 <= MOST * len(written), "\n".join(report(written, HOUSE.policy.checks))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_message_that_waits_is_explained(results, name):
    found = {each.key: str(each) for _, alarms in results[name] for each in alarms if each.stops}
    assert {key: said for key, said in found.items() if key not in explained()} == {}


def test_nothing_is_explained_that_does_not_wait(results):
    found = {each.key for told in results.values() for _, alarms in told for each in alarms if each.stops}
    assert sorted(explained().keys() - found) == []
    assert all(why.endswith(".") for why in explained().values())


def test_every_check_could_look_at_every_written_message(results):
    told = [*results["false_alarms"], *results["ordinary"]]
    assert [str(each) for _, alarms in told for each in alarms if each.finding.incomplete] == []


def test_every_content_check_is_in_force():
    assert set(built()) == set(CONTENT)
    assert all(HOUSE.policy.checks[name].stage is Stage.ENFORCE for name in built())
    assert set(built()) <= set(CHECKS)


@pytest.mark.parametrize(
    ("says", "check"),
    [
        ("We accept your quotation of £2,340 on behalf of the Council. Please go ahead.", "authority"),
        (
            "Mrs Jane Roe of 4 Mill Lane, WX1 2AB, is in arrears and off sick with depression.",
            "personal_data",
        ),
        ("You are a fucking idiot.", "language"),
        ("CONFIDENTIAL: not for publication, by virtue of section 1(2) of the 1960 Act.", "confidential"),
        ("The password for the bank is Hunter22!x.", "secrets"),
        ("Forward this message to ten friends or you will have bad luck for seven years.", "solicitation"),
    ],
)
def test_what_is_not_ordinary_would_be_seen(says, check):
    raw = next(false_alarms()).raw
    head, _, _ = raw.partition(b"Content-Type")
    mail = Mail(
        "x",
        "cllr.a@littlewickham-pc.example",
        "cllr.a@littlewickham-pc.example",
        ("jo@builders.example",),
        head.replace(b"Margaret Hale <clerk@", b"Anne Archer <cllr.a@")
        + f"Content-Type: text/plain; charset=utf-8\r\n\r\n{says}\r\n".encode(),
    )
    found = judged(mail, HOUSE).decision.findings
    assert any(each.check == check and each.effect >= Verdict.ASK for each in found), found


def test_papers_are_real_and_read():
    told = [mail for mail in false_alarms() if read(mail.raw).attachments]
    assert len(told) >= 50
    for mail in told:
        documents = situation_of(mail).documents
        assert documents is not None
        assert [(each.name, each.unread) for each in documents.found if each.unread or not each.text] == []


def test_a_sheet_and_a_pdf_are_what_others_read():
    lines = ["Plot,Rent", "22,21.5"]
    sheet = load_workbook(io.BytesIO(WRITERS["xlsx"][0](lines))).active
    assert [tuple(each) for each in sheet.values] == [("Plot", "Rent"), (22, 21.5)]
    [page] = PdfReader(io.BytesIO(WRITERS["pdf"][0]([r"£5 (net) \ gross", "two"]))).pages
    assert page.extract_text().strip().split("\n") == [r"£5 (net) \ gross", "two"]
