"""What is known of files as people attach them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from filters.extract import kinds
from filters.extract.document import Fact
from filters.extract.room import MOST_CHARACTERS, MOST_FILES
from tests.files import FILES, SAID, made, message, nest, pdf, with_files, word, workbook, zipped
from tests.unit.filters.extract.reading import HEADER, document, documents, documents_in

SAYS_IT = [
    "Word document", "Word document with a text box", "Word document with struck-out words",
    "Word document with a comment", "presentation", "PDF", "PDF that may not be changed", "OpenDocument text",
    "OpenDocument text with an empty library", "text", "text in UTF-16", "text of Windows", "web page", "RTF", "drawing", "drawing of a drawing program",
    "message", "Outlook message",
]  # fmt: skip
LISTS = {
    "workbook": "Name\tStreet\nJane Roe\t4 Mill Lane",
    "OpenDocument sheet": "Jane Roe \t4 Mill Lane",
    "CSV": "Jane Roe,4 Mill Lane",
    "Word document": "Jane Roe \t01632 960123",
}
KINDS = {
    "Word document": kinds.WORD,
    "workbook": kinds.SHEET,
    "macro workbook": kinds.SHEET,
    "binary workbook": kinds.BINARY_SHEET,
    "presentation": kinds.SLIDES,
    "PDF": kinds.PDF,
    "OpenDocument text": kinds.OPEN_DOCUMENT + "text",
    "OpenDocument sheet": kinds.OPEN_DOCUMENT + "spreadsheet",
    "RTF": kinds.RTF,
    "web page": kinds.HTML,
    "drawing": kinds.SVG,
    "message": kinds.MAIL,
    "Outlook message": kinds.OUTLOOK,
    "old Word document": kinds.OLD_WORD,
    "old workbook": kinds.OLD_SHEET,
    "zip of a list": kinds.ZIP,
    "photograph": "image/jpeg",
    "logo": "image/png",
    "film": "video/quicktime",
    "Windows program": kinds.WINDOWS_PROGRAM,
    "Linux program": kinds.LINUX_PROGRAM,
    "Mac program": kinds.MAC_PROGRAM,
    "installer": kinds.INSTALLER,
    "Java archive": kinds.JAVA_ARCHIVE,
    "Android app": kinds.ANDROID,
    "shortcut": kinds.SHORTCUT,
    "text": kinds.TEXT,
    "noise": kinds.UNKNOWN,
}
FACTS = {
    Fact.PROGRAM: {
        "Windows program", "Linux program", "Mac program", "shell script", "shortcut", "Java archive", "Android app",
        "installer", "zip of a program", "PDF with a program in it", "message with a program",
        "Word document with a program in it", "locked zip of a program",
    },
    Fact.MACROS: {
        "macro document", "macro workbook", "workbook with a macro sheet", "old Word document with macros",
        "old workbook with a macro sheet", "OpenDocument text with macros", "zip of a macro workbook",
    },
    Fact.LOCKED: {"locked PDF", "locked zip of a program", "locked workbook", "locked zip", "zip of a locked zip", "locked OpenDocument text"},
    Fact.BOMB: {"zip bomb", "zip of many bombs", "deep zip"},
    Fact.PHOTOGRAPH: {"photograph", "photograph with a place", "film"},
    Fact.PLACE: {"photograph with a place"},
    Fact.SCAN: {"empty PDF"},
    Fact.MISNAMED: set(),
}  # fmt: skip
UNREAD = {
    "old Word document": "old format of Word",
    "old workbook": "old format of Excel",
    "empty PDF": "pictures",
    "locked PDF": "encrypted",
    "broken PDF": "damaged",
    "broken Word document": "damaged",
    "broken workbook": "damaged",
    "noise": "cannot be read",
    "7z archive": "cannot be read",
    "binary workbook": "cannot be read",
}


@pytest.mark.parametrize("words", SAYS_IT)
def test_what_a_document_says_is_read(words):
    assert SAID in document("x", made(words)).text


@pytest.mark.parametrize(("words", "rows"), LISTS.items())
def test_each_row_of_a_list_is_a_line(words, rows):
    assert rows in document("x.csv" if words == "CSV" else "x", made(words)).text


@pytest.mark.parametrize(("words", "kind"), KINDS.items())
@pytest.mark.parametrize("name", ["x", "agenda.pdf"])
def test_its_kind_is_told_by_its_content(words, kind, name):
    assert document(name, made(words)).kind == kind


@pytest.mark.parametrize("fact", Fact)
def test_its_facts_are_found_in_all_that_have_them_and_in_no_other(fact):
    found = {words for words in FILES for each in documents(("x", made(words))).found if fact in each.facts}
    assert found == FACTS[fact]


@pytest.mark.parametrize(("words", "why"), UNREAD.items())
def test_what_cannot_be_read_says_why(words, why):
    found = document("x", made(words))
    assert why in found.unread
    assert not found.text


@pytest.mark.parametrize("words", sorted(FILES.keys() - UNREAD.keys()))
def test_the_rest_is_read(words):
    expected = {
        "installer", "locked workbook", "locked OpenDocument text", "old Word document with macros",
        "old workbook with a macro sheet",
    }  # fmt: skip
    assert bool(document("x", made(words)).unread) is (words in expected)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("zip of a list", ("x", "lists/list.csv")),
        ("zip of zips", ("x", "1.zip", "0.zip", "list.txt")),
        ("message with a workbook", ("x", "list.xlsx")),
        ("Outlook message", ("x", "list.csv")),
        ("PDF with a list in it", ("x", "list.csv")),
        ("Word document with a workbook in it", ("x", "sheet1.xlsx")),
        ("gzip of a list", ("x", "the content of x")),
    ],
)
def test_files_within_are_read_too_and_say_where_they_are(words, path):
    found = {each.path: each for each in documents(("x", made(words))).found}
    assert "Jane Roe" in found[path].text
    assert found[path].name.startswith(f"{path[-1]} in ")
    assert found[path].name.endswith(" in x")


def test_everything_attached_is_told_in_its_order():
    found = documents(("a.txt", b"one"), ("b.zip", zipped(("c.txt", b"two"))), ("d.txt", b"three")).found
    assert [(each.number, each.path) for each in found] == [
        (2, ("a.txt",)), (3, ("b.zip",)), (3, ("b.zip", "c.txt")), (4, ("d.txt",))
    ]  # fmt: skip
    assert [each.size for each in found if not each.text] == [len(zipped(("c.txt", b"two")))]


def test_an_attached_message_is_read_as_one_wherever_it_is():
    for name in ("sent on.eml", "sent on.bin"):
        found = documents((name, message("Hall", ("list.xlsx", workbook())))).found
        assert [each.path for each in found] == [(name,), (name, "list.xlsx")]
        assert "From: jo@resident.example" in found[0].text
        assert SAID in found[0].text


def test_a_message_encoded_as_a_whole_is_no_other():
    assert SAID in document("a.eml", message()).text
    assert SAID in document("a.msg", made("Outlook message")).text


def test_what_has_no_name_is_named_by_what_it_is():
    raw = with_files(HEADER, ("x", pdf())).replace(b"; filename*=utf-8''x", b"")
    assert documents_in(raw).found[0].name == "a file without a name"


def test_a_file_of_no_name_in_an_archive_has_one_all_the_same():
    assert documents(("x.zip", zipped(("\x07", b"x")))).found[1].name == "a file without a name in x.zip"


def test_a_name_is_one_line_and_no_longer_than_anybody_reads():
    [found] = documents(("a\nb\x07c" + "x" * 400, b"x")).found
    assert found.name.startswith("a b c")
    assert len(found.name) <= 200


def test_dates_of_a_workbook_are_days():
    seen = datetime(2026, 11, 9, 10, 30)  # noqa: DTZ001  # As workbooks have it.
    text = document("x", workbook([["Born", date(1951, 3, 14)], ["Seen", seen], ["No", 26372]]))
    assert "Born\t14/03/1951" in text.text
    assert "Seen\t09/11/2026 10:30" in text.text
    assert "No\t26372" in text.text


def test_hidden_sheets_and_what_a_summary_keeps_are_read():
    hidden = zipped(
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b'<workbook><sheets><sheet name="Pay" state="hidden"/></sheets></workbook>'),
        ("xl/worksheets/sheet7.xml", b"<w><row><c t='inlineStr'><is><t>Jane Roe</t></is></c></row></w>"),
        (
            "xl/pivotCache/pivotCacheDefinition1.xml",
            b'<p><sharedItems><s v="Arthur Dent"/></sharedItems></p>',
        ),
        ("xl/comments1.xml", b"<comments><text><t>owes rent</t></text></comments>"),
    )
    text = document("x", hidden).text
    assert all(each in text for each in ("Pay", "Jane Roe", "Arthur Dent", "owes rent"))


def test_lines_of_an_address_stay_together_and_paragraphs_apart():
    text = document("x", word("Mrs J Abbott", "4 Mill Lane", SAID + " " + SAID, "Yours")).text
    assert "Mrs J Abbott\n4 Mill Lane\n\nThe lease" in text
    assert "Abbott of 4 Mill Lane.\n\nYours" in text


def test_fields_of_a_form_and_notes_on_a_page_are_read():
    text = document("x", made("PDF form")).text
    assert "name: Jane Roe" in text
    assert "owes rent" in text


NAMED = [
    ("agenda.pdf", "PDF", False), ("agenda.docx", "Word document", False), ("agenda.doc", "Word document", False),
    ("agenda.doc", "RTF", False), ("list.xls", "web page", False), ("list.xls", "CSV", False),
    ("list.xlsx", "locked workbook", False), ("photo.jpg", "logo", False), ("photo.png", "photograph", False),
    ("photo.heic", "noise", False), ("sums.zip", "workbook", False), ("a.eml", "message", False),
    ("agenda", "PDF", False), ("agenda.pdf.v2", "Word document", False), ("agenda.docx", "broken Word document", False),
    ("notes.txt", "nothing", False), ("a.msg", "Outlook message", False), ("letter.odt", "OpenDocument text", False),
    ("meeting.ics", "calendar", False), ("old.xls", "old workbook", False),
    ("agenda.pdf", "Word document", True), ("agenda.docx", "PDF", True), ("photo.jpg", "PDF", True),
    ("agenda.pdf", "zip of a list", True), ("notes.txt", "PDF", True), ("list.csv", "workbook", True),
    ("agenda.pdf", "Windows program", True), ("photo.jpg", "zip of a list", True), ("agenda.pdf", "web page", True),
    ("list.xlsx", "old Word document", True), ("agenda\u202efdp.exe", "PDF", True), ("agenda.pdf", "noise", True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "misnamed"), NAMED)
def test_a_name_that_promises_another_kind_is_found(name, words, misnamed):
    assert (Fact.MISNAMED in document(name, made(words)).facts) is misnamed


@pytest.mark.parametrize(
    ("name", "words", "runs"),
    [
        ("sums.js", "script", True), ("SUMS.VBS", "script", True), ("x.bat", "text", True), ("x.ps1", "text", True),
        ("x.hta", "web page", True), ("x.scr", "noise", True), ("x.exe. ", "noise", True), ("x.pdf.exe", "noise", True),
        ("x.jar", "zip of a list", True), ("x.msi", "installer", True), ("x.lnk", "noise", True), ("x.url", "text", True),
        ("agenda.pdf", "Windows program", True), ("x", "shell script", True), ("x.js", "PDF", False),
        ("from bookings.com", "message", False), ("from bookings.com", "PDF", False), ("x.txt", "script", False),
        ("report.bat survey.pdf", "PDF", False), ("css", "text", False), ("x.dll", "photograph", False),
    ],
)  # fmt: skip
def test_what_can_be_run_is_found_by_content_or_name(name, words, runs):
    assert (Fact.PROGRAM in document(name, made(words)).facts) is runs


@pytest.mark.parametrize(
    ("name", "taken"),
    [("IMG_2041.jpg", True), ("IMG-20260511-WA0003.jpg", True), ("20260511_101500.jpg", True), ("DSC01234.JPG", True),
     ("WhatsApp Image 2026-05-11 at 10.15.jpeg", True), ("poster.jpg", False), ("crest.jpeg", False), ("scan0001.jpg", False)],
)  # fmt: skip
def test_a_photograph_whose_maker_was_taken_out_is_told_by_the_name_a_telephone_gave_it(name, taken):
    assert (Fact.PHOTOGRAPH in document(name, made("picture")).facts) is taken


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<html><body><svg></svg></body></html>", kinds.HTML),
        (b"<p>Jane</p><svg></svg>", kinds.TEXT),
        (b"write <svg> to draw", kinds.TEXT),
        (b"<!-- drawn -->\n<svg/>", kinds.SVG),
        (b'<?xml version="1.0"?><a/>', kinds.XML),
        (b"Dear all,\nFrom: here\nTo: there\n", kinds.TEXT),
        (b"From: a@b.example\nTo: c@d.example\nDate: Mon, 9 Nov 2026\nMessage-ID: <1@b>\n\nHi", kinds.MAIL),
        (b"MZ stands for Mark Zbikowski", kinds.TEXT),
        (b"\xef\xbb\xbfname,street", kinds.TEXT),
        (b"\xef\xbb\xbf<html>", kinds.HTML),
        ("Café".encode("utf-16-be") * 9, kinds.TEXT),
        (b"\0\0\0\x01Bud1" + bytes(99), "multipart/appledouble"),
    ],
)
def test_kinds_of_text_are_told_apart(content, kind):
    found = document("x", content)
    assert (found.kind, found.unread) == (kind, "")


def test_more_files_than_are_looked_at_are_trouble():
    found = documents(("x.zip", made("zip of many files")))
    assert len(found.found) == MOST_FILES
    assert "more files" in found.trouble


def test_files_packed_too_deep_are_trouble():
    assert "deep" in documents(("x.zip", made("deep zip"))).trouble
    assert not documents(("x.zip", nest(b"x", "x.txt", 5))).trouble


def test_text_ends_where_there_is_no_room_for_more():
    found = documents(("a.txt", b"word " * 300_000), ("b.txt", b"word " * 300_000), ("c.txt", b"word")).found
    assert sum(len(each.text) for each in found) == MOST_CHARACTERS
    assert [bool(each.unread) for each in found] == [False, True, True]


def test_a_message_without_attachments_has_no_documents():
    assert documents().found == ()
