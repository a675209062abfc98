from __future__ import annotations

import pytest

from signatures.message.anatomy import read
from signatures.message.carried.earlier import MOST_MESSAGES, MOST_PEOPLE
from signatures.message.carried.kinds import How
from tests.quick import within
from tests.unit.signatures.carried.letters import WRITTEN, client, made, page, plain
from tests.unit.signatures.division.clients import ANNOUNCEMENTS, BLOCKS, LANGUAGES, OLD, PLAIN

JILL, ANNE = "jill.fenwick@resident.example", "cllr.a@littlewickham-pc.example"
_NAMES_ALONE = {"apple-mail/reply-flowed-delsp", "sogo/reply-plain", "sogo/reply"}
_BY_TITLE = {"gmx/forward", "k9/forward", "k9/forward-no-text"}
"""These write a forward as they write an answer, but for the subject."""


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_clients_write(file):
    anatomy = read(file.read_bytes())
    kind = file.stem.split("-")[0]
    if kind in {"new", "picture", "text"}:
        assert anatomy.earlier == ()
        assert anatomy.trail_addresses == ()
        return
    first = anatomy.earlier[0]
    assert first.author == JILL or first.names[0].startswith("Jill Fenwick")
    assert set(first.people) <= {JILL, ANNE}
    assert set(anatomy.trail_addresses) <= {JILL, ANNE}
    assert first.attested or file.parent.name == "yahoo"
    if "attached" in file.stem:
        assert first.how is How.ATTACHED
    elif kind != "forward":
        assert first.how is How.QUOTED


@pytest.mark.parametrize(
    "client_name", ["apple-mail", "gmail-web", "gmail-mobile", "thunderbird", "yahoo", "proton", "ios-mail"]
)
def test_a_message_announced_as_forwarded_is_sent_on(client_name):
    assert [each.how for each in client(f"{client_name}/forward").earlier] == [How.FORWARDED]


def test_outlook_writes_the_same_block_above_an_answer_and_what_it_sends_on():
    answer, forward = client("outlook-desktop/reply").earlier, client("outlook-desktop/forward").earlier
    assert answer == forward
    assert answer[0].how is How.QUOTED


@pytest.mark.parametrize("name", ["outlook-desktop/reply-long-thread", "gmail-web/reply-nested"])
def test_each_message_of_a_thread_is_one_and_the_outermost_comes_first(name):
    assert [each.author for each in client(name).earlier] == [JILL, ANNE]


def test_a_message_of_one_line_ends_above_the_next_copied_header():
    assert [each.author for each in client("owa/reply-nested").earlier] == [JILL, JILL, JILL]


@pytest.mark.parametrize("sample", PLAIN, ids=str)
def test_plain_text_of_clients(sample):
    first = plain(sample.text.replace("¦", "")).earlier[0]
    told = {first.author, *first.names}
    assert told & {"clerk@x.example", "clerk@littlewickham-pc.example", "Margaret Hale"}
    if "a@x.example" in sample.text:
        assert "a@x.example" in first.people
    assert (first.how is How.FORWARDED) == ("forward" in sample.client)


@pytest.mark.parametrize("language", LANGUAGES)
def test_attributions_in_languages(language):
    said = LANGUAGES[language]
    with_address = plain(f"Thank you.\n\n{said}\n\n{OLD}").earlier
    assert [each.author for each in with_address] == ["clerk@littlewickham-pc.example"]
    bare = said.replace("(<clerk@littlewickham-pc.example>)", "").replace(
        "<clerk@littlewickham-pc.example>", ""
    )
    without = plain(f"Thank you.\n\n{bare}\n\n{OLD}").earlier
    assert [(each.author, each.names) for each in without] == [("", ("Margaret Hale",))]


@pytest.mark.parametrize("language", BLOCKS)
def test_copied_headers_in_languages(language):
    sender, date, to, subject = BLOCKS[language]
    block = (
        f"{sender}: Margaret Hale <clerk@x.example>\n{date}: 8.11.2026 18:02\n"
        f"{to}: Anne <a@x.example>; Bell, Brian\nCc: <c@x.example>\n{subject}: Bench\n"
    )
    (told,) = plain(f"Thank you.\n\n{ANNOUNCEMENTS[language][0]}\n{block}\nDear Anne,\n").earlier
    assert told.author == "clerk@x.example"
    assert told.people == ("clerk@x.example", "a@x.example", "c@x.example")
    assert told.names == ("Bell, Brian",)
    (sent_on,) = plain(f"Thank you.\n\n{ANNOUNCEMENTS[language][1]}\n{block}\nDear Anne,\n").earlier
    assert sent_on.how is How.FORWARDED


HEAD = "Thank you.\n\nFrom: Margaret Hale <clerk@x.example>\nSent: 8 November 2026 18:02\n"


@pytest.mark.parametrize(
    ("lines", "people", "names"),
    [
        ("To: a@x.example\nSubject: x\n", ["a@x.example"], []),
        ("To: 'a@x.example' <a@x.example>\nSubject: x\n", ["a@x.example"], []),
        ("To: Anne [mailto:a@x.example]\nSubject: x\n", ["a@x.example"], []),
        ("To: Anne <a@x.example<mailto:a@x.example>>\nSubject: x\n", ["a@x.example"], []),
        ("*To:* Anne <A@X.example>\n*Subject:* x\n", ["a@x.example"], []),
        ("To: Anne Archer; Bell, Brian; Chair\nSubject: x\n", [], ["Anne Archer", "Bell, Brian", "Chair"]),
        ("To: Bell, Brian\nSubject: x\n", [], ["Bell, Brian"]),
        ('To: "Bell, Brian" <b@x.example>, Anne Archer\nSubject: x\n', ["b@x.example"], ["Anne Archer"]),
        ("To: Bell, Brian <b@x.example>, c@x.example\nSubject: x\n", ["b@x.example", "c@x.example"], []),
        (
            "To: Anne <a@x.example>,\n Brian <b@x.example>,\n c@x.example\nCc: d@x.example;\n Chair\nSubject: x\n",
            ["a@x.example", "b@x.example", "c@x.example", "d@x.example"],
            ["Chair"],
        ),
        (
            "To: Anne <a@x.example>, Brian\n Bell <b@x.example>\nSubject: x\n",
            ["a@x.example", "b@x.example"],
            [],
        ),
        ("To: undisclosed-recipients:;\nSubject: x\n", [], []),
        ("Subject: to b@x.example\nTo: Anne <a@x.example>\nPlease ask c@x.example\n", ["a@x.example"], []),
        ("Subject: x\nTo: Anne <a@x.example>\n\nTo: d@x.example\n", ["a@x.example"], []),
        (
            "To: Anne <a@x.example>\nSubject: x\nThe hedge: see e@x.example\nor f@x.example\n",
            ["a@x.example"],
            [],
        ),
    ],
)
def test_lists_of_recipients(lines, people, names):
    (told,) = plain(HEAD + lines).earlier
    assert list(told.people) == ["clerk@x.example", *people]
    assert list(told.names) == names


def test_addresses_of_the_words_are_of_the_trail_and_nobody_is_asked_of_the_pictures():
    anatomy = plain(
        f"Ask me@own.example.\n\n{HEAD}To: Anne\nSubject: x\n\nWrite to Jill (JILL@resident.example), "
        "[cid:image001.png@01DC5A13.4F2B1C70] or o'brien@x.example. Not @home or a@b.\n"
    )
    assert anatomy.trail_addresses == ("clerk@x.example", "jill@resident.example", "o'brien@x.example")
    assert anatomy.earlier[0].people == ("clerk@x.example",)


OUTLOOK = (
    "<p>Thank you.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p>"
    "<b>From:</b> <a href='mailto:clerk@x.example'>Margaret Hale</a><br><b>Sent:</b> 8 November 2026 18:02<br>"
    '<b>To:</b> <a href="mailto:a@x.example">Anne Archer</a>; Bell, Brian; <a href=mailto:c%40x.example>'
    "Clive</a><br><b>Subject:</b> Bench</p></div><p>Dear Anne, ask <a href='mailto:jill@resident.example'>Jill</a></p>"
)


def test_outlook_shows_names_and_links_to_the_addresses():
    anatomy = page(OUTLOOK)
    (told,) = anatomy.earlier
    assert told.author == "clerk@x.example"
    assert set(told.people) == {"clerk@x.example", "a@x.example", "c@x.example"}
    assert told.names == ("Bell, Brian",)
    assert set(anatomy.trail_addresses) == {*told.people, "jill@resident.example"}


def test_what_one_version_of_the_text_leaves_out_the_other_tells():
    block = "From: Margaret Hale\nSent: 8 November 2026 18:02\nTo: Anne Archer; Bell, Brian; Clive\nSubject: Bench\n"
    (told,) = made(
        'From: a@b.example\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n\nThank you.\n\n'
        f"{block}\nDear Anne,\n--b\nContent-Type: text/html\n\n{OUTLOOK}\n--b--\n"
    ).earlier
    assert told.author == "clerk@x.example"
    assert set(told.people) == {"clerk@x.example", "a@x.example", "c@x.example"}
    assert told.names == ("Bell, Brian",)


def test_what_only_one_version_of_the_text_tells_of_is_told():
    (jane, bob) = made(
        'From: a@b.example\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n\nHi\n\n'
        "On 8 Nov 2026 at 18:02, Jane <jane@x.example> wrote:\n> Hello\n--b\nContent-Type: text/html\n\n"
        "<p>Hi</p><div class=gmail_quote><div class=gmail_attr>On 8 Nov 2026 at 18:02, Bob &lt;bob@x.example&gt; wrote:"
        "</div><blockquote class=gmail_quote>Hello</blockquote></div>\n--b--\n"
    ).earlier
    assert (jane.author, bob.author) == ("jane@x.example", "bob@x.example")


@pytest.mark.parametrize(
    "text",
    [
        "See below.\n\n> The bench is ordered.\n> It comes on Monday.\n",
        ">The bench is ordered.\n",
        "Hi\n\n-----Original Message-----\nThe bench is ordered.\n",
    ],
)
def test_quoted_text_without_a_header_is_carried_though_nothing_is_known_of_it(text):
    (told,) = plain(text).earlier
    assert (told.author, told.people, told.names, told.attested) == ("", (), (), False)


@pytest.mark.parametrize(
    "text", ["We need\n>50% of votes.\n", "From: Monday\nTo: Friday\n", "Dear Jill,\n\nThank you.\n"]
)
def test_nothing_is_carried(text):
    assert plain(text).earlier == ()


def test_what_stands_above_the_first_known_header_is_a_message_too():
    anatomy = plain(
        "Hi\n\n2026. 11. 8. 18:02, Nagy Éva <eva@x.example> írta:\n> Hello\n> On 7 Nov 2026 at 9:00, "
        "Bob <bob@x.example> wrote:\n>> Hi\n"
    )
    assert [each.author for each in anatomy.earlier] == ["eva@x.example", "bob@x.example"]


ATTACHED = "From: Jill <jill@resident.example>\nTo: Clerk <clerk@x.example>, undisclosed\nCc: c@x.example\nMessage-ID: <1@resident.example>\n\nAsk d@x.example.\n"


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: message/rfc822",
        "Content-Type: message/global",
        'Content-Type: message/rfc822; name="x.eml"\nContent-Disposition: attachment; filename="x.eml"',
        'Content-Type: application/octet-stream; name="x.eml"',
        "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=X.EML",
        "Content-Type: text/plain; name=x.eml\nContent-Disposition: attachment",
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
    ],
)
def test_attached_messages(header):
    content = ATTACHED
    if "base64" in header:
        import base64

        content = base64.encodebytes(ATTACHED.encode()).decode()
    anatomy = made(
        f'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\n--b\n{header}\n\n{content}--b--\n'
    )
    (told,) = anatomy.earlier
    assert (told.how, told.author, told.message_id) == (
        How.ATTACHED,
        "jill@resident.example",
        "<1@resident.example>",
    )
    assert told.people == ("jill@resident.example", "clerk@x.example", "c@x.example")
    assert told.attested
    assert set(anatomy.trail_addresses) == {*told.people, "d@x.example"}
    assert [each.mail for each in anatomy.attachments] == [True]


def test_an_outlook_message_that_is_attached_is_carried_though_it_cannot_be_read():
    anatomy = made(
        'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nSee\n--b\n'
        "Content-Type: application/vnd.ms-outlook; name=x.msg\nContent-Transfer-Encoding: base64\n\n0M8R4KGxGuE=\n--b--\n"
    )
    (told,) = anatomy.earlier
    assert (told.how, told.people, told.message_id) == (How.ATTACHED, (), "")


def test_a_message_that_is_nothing_but_another_message():
    anatomy = made(f"From: a@b.example\nContent-Type: message/rfc822\n\n{ATTACHED}")
    assert [each.message_id for each in anatomy.earlier] == ["<1@resident.example>"]


def test_messages_attached_to_an_attached_one():
    inner = "From: deep@x.example\nMessage-ID: <2@x.example>\n\nHello\n"
    outer = f'From: jill@resident.example\nContent-Type: multipart/mixed; boundary="c"\n\n--c\nContent-Type: message/rfc822\n\n{inner}--c--\n'
    anatomy = made(
        f'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n{outer}--b--\n'
    )
    assert [each.author for each in anatomy.earlier] == ["jill@resident.example", "deep@x.example"]


BLOCK = (
    "From: Jane <j%d@x.example>\nSent: 8 Nov 2026 18:02\nTo: Bob <b%d@y.example>\nSubject: z\n\nHello.\n\n"
)


def test_there_is_a_limit_and_going_beyond_it_is_told():
    blocks = "".join(BLOCK % (number, number) for number in range(MOST_MESSAGES + 600))
    anatomy = plain(f"Hi\n\n{blocks}")
    assert len(anatomy.earlier) == MOST_MESSAGES
    assert len(anatomy.trail_addresses) == 1000
    assert anatomy.defects == (
        "it carries more earlier messages than are told",
        "its trail has more addresses than are told",
    )
    long_list = "; ".join(f"n{number}@x.example" for number in range(MOST_PEOPLE + 10))
    assert len(plain(f"{HEAD}To: {long_list}\nSubject: x\n").earlier[0].people) == MOST_PEOPLE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BLOCK.replace("%d", "1") * 8000, id="blocks"),
        pytest.param(HEAD + "To: x,\n" + "aaa bbb,\n" * 80_000, id="a-long-list"),
        pytest.param(HEAD + "To: " + '"(<' * 250_000 + "\nSubject: x\n", id="quotes"),
        pytest.param(HEAD + "To: a\nSubject: x\n\n" + "a@" * 400_000, id="ats"),
        pytest.param(HEAD + "To: a\nSubject: x\n\n" + "a" * 800_000 + "@x.example", id="no-ats"),
        pytest.param("On 8 Nov 2026 at 18:02, J <j@x.example> wrote:\n" + ">" * 800_000, id="marks"),
        pytest.param(HEAD + "To: a\nSubject: x\n\n" + "From: x:\n" * 80_000, id="fields"),
    ],
)
def test_what_is_written_to_take_long_does_not(text):
    with within(6):
        plain(text)


@pytest.mark.parametrize(
    ("date", "name"),
    [
        ("On 10 Oct,", "Jane Patel"),
        ("On 10 October 2026 at 09:12", "May Jones"),
        ("On 10/10/2026 09:12,", "May Jones"),
        ("On 10/10/2026 09:12,", "PC 2214 May Jones"),
        ("On 10.10.2026 09.12,", "May Jones 3rd"),
        ("On 10.10.2026,", "May Jones"),
        ("On 10 May,", "June Carter"),
    ],
)
def test_a_month_without_its_year_is_no_part_of_a_name(date, name):
    [earlier] = plain(f"Yes.\n\n{date} {name} wrote:\n> Well?\n").earlier
    assert earlier.names == (name,)
