"""Messages that are reported: taken before any check, kept as cases, told to who looks at them and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.council import Council
from filters.context import Profile
from gateway.archive.verify import verify
from gateway.holds.decisions import Act
from gateway.reports import cases
from gateway.store import archive, councils, reports
from gateway.store.errors import Conflict, NotFound
from gateway.store.kinds import MessageKind
from tests.unit.holds.answers.conftest import CLERK, ID, JO, NOW, SAM, check, person, text_of

ADDRESS = "report@nether.example"
DEPUTY = "deputy@nether.example"
WRITTEN = "Dear Sir, Mrs Newton of 12 Mill Lane owes me money."
INLINE = (
    f"From: {JO}\r\nTo: {ADDRESS}\r\nSubject: Fwd: You have won\r\nMessage-ID: <r1@x.example>\r\n\r\n"
    "Is this genuine? It names Mrs Newton.\r\n\r\n"
    "---------- Forwarded message ---------\r\nFrom: Prize Office <prize@win.example>\r\n"
    "Date: Mon, 11 May 2026 at 09:00\r\nSubject: You have won\r\nTo: <jo@nether.example>\r\n\r\n"
    f"{WRITTEN}\r\n"
)
ORIGINAL = f"From: {{author}}\r\nTo: {JO}\r\nSubject: About Mrs Newton\r\nMessage-ID: <o1@win.example>\r\n\r\n{WRITTEN}\r\n"


def attached(
    author: str = "prize@win.example", words: str = "Please look at this.", original: str = ORIGINAL
) -> str:
    return (
        f"From: {JO}\r\nTo: {ADDRESS}\r\nSubject: Fwd: something\r\nMessage-ID: <r2@x.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n{words}\r\n"
        "--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
        f"{original.format(author=author)}--b--\r\n"
    )


@pytest.fixture
def people() -> list[dict]:
    return [person(DEPUTY, "Dee Deputy", "deputy")]


@pytest.fixture
def council(council, people) -> Council:
    data = council.model_dump(mode="json", by_alias=True)
    data["people"] += people
    data["policy"]["checks"] = {"report": check("note")}
    data["content"]["report_address"] = ADDRESS
    return Council.model_validate(data)


async def report(post, raw: str = INLINE, to=(ADDRESS,), **options):
    return await post.submit(raw.encode(), to, **options)


def listed(post, **options) -> list[dict]:
    return post.database.read_blocking(lambda c: cases.listing(c, ID, **options))


def act(post, by: str, why: str = "") -> Act:
    return Act(by=by, why=why, now=post.now[0], today=NOW.date(), hostname="x.example")


def shown(post, message: str, by: str) -> dict:
    return post.database.read_blocking(lambda c: cases.shown(c, ID, message, act(post, by)))


def said(letter) -> str:
    return " ".join(text_of(letter).split())


async def test_one_is_taken_kept_and_told_of(post):
    reply = await report(post)
    assert (reply.code, reply.enhanced) == (250, "2.0.0")
    [row] = post.kept(MessageKind.REPORT)
    assert row.id in reply.text
    assert (row.state, row.person, row.capacity) == ("taken", JO, "casework")
    assert post.left(row.id) == []
    body = post.database.read_blocking(lambda c: archive.body(c, ID, row.id))
    assert body == INLINE.encode()
    [case] = listed(post)
    assert (case["id"], case["by"], case["original"], case["lookers"]) == (row.id, JO, "inline", [CLERK])
    assert case["closed_at"] is None
    [notice] = post.letters(CLERK)
    assert notice["Subject"] == "A MESSAGE WAS REPORTED"
    text = said(notice)
    assert "Jo Bloggs has reported a message" in text
    assert "Subject: Y\u2026 h\u2026 w\u2026" in text
    assert "From: p\u2026@win.example" in text
    assert row.id in text
    assert not any(each in text for each in ("Newton", "12 Mill", "prize@"))
    [receipt] = post.letters(JO)
    assert "Ann Clerk (the Clerk) will look at it." in said(receipt)
    assert post.letters(DEPUTY) == []
    assert post.rung == [1]
    found = shown(post, row.id, CLERK)
    assert (found["author"], found["subject"]) == ("prize@win.example", "You have won")
    assert WRITTEN in found["text"]
    assert "Is this genuine?" in found["note"]
    assert post.database.read_blocking(lambda c: list(verify(c, ID))) == []


async def test_an_attached_one_is_kept_byte_for_byte(post):
    await report(post, attached())
    [case] = listed(post)
    assert case["original"] == "attached"
    whole = ORIGINAL.format(author="prize@win.example").encode()
    found = post.database.read_blocking(lambda c: cases.original_of(c, ID, case["id"], act(post, CLERK)))
    assert found.rstrip(b"\r\n") == whole.rstrip(b"\r\n")
    told = shown(post, case["id"], CLERK)
    assert (told["author"], told["subject"]) == ("prize@win.example", "About Mrs Newton")
    text = said(post.letters(CLERK)[0])
    assert "Subject: A\u2026 M\u2026 N\u2026" in text
    assert "Newton" not in text


async def test_it_goes_to_the_post_room_alone(post):
    reply = await report(post, to=(ADDRESS, "ann@a.example"))
    assert reply.code == 550
    assert "take the other recipients out" in reply.text
    assert listed(post) == []
    assert post.kept(MessageKind.SUBMITTED) == []


async def test_it_is_taken_from_the_councils_own_people_and_not_from_outside(post):
    reply = await report(post, profile=Profile.REPLIES)
    assert reply.code == 550
    stranger = INLINE.replace(f"From: {JO}", "From: jane@elsewhere.example")
    reply = await report(post, stranger, profile=Profile.TRUSTED)
    assert (reply.code, "own people" in reply.text) == (550, True)
    assert (await report(post, profile=Profile.TRUSTED)).code == 250
    assert [each["by"] for each in listed(post)] == [JO]


async def test_the_same_again_is_one_report(post):
    first, again = await report(post), await report(post)
    assert first == again
    assert len(listed(post)) == 1
    assert len(post.letters(CLERK)) == 1


@pytest.mark.parametrize("wish", ["Not the Clerk", "NOT THE CLERK.", "Nid y Clerc"])
async def test_the_reporter_may_ask_that_it_is_not_the_clerk(post, wish):
    await report(post, attached(words=f"{wish}\r\nShe knows him."))
    [case] = listed(post)
    assert (case["alternate"], case["lookers"]) == ("asked", [DEPUTY])
    assert post.letters(CLERK) == []
    assert "as the reporter asked" in said(post.letters(DEPUTY)[0])
    assert "Dee Deputy" in said(post.letters(JO)[0])
    with pytest.raises(Conflict, match="for others to look at"):
        shown(post, case["id"], CLERK)
    assert shown(post, case["id"], DEPUTY)["alternate"] == "asked"


async def test_the_clerks_own_mail_is_looked_at_by_another(post):
    await report(post, attached(author=CLERK))
    [case] = listed(post)
    assert (case["alternate"], case["lookers"]) == ("own", [DEPUTY])
    assert post.letters(CLERK) == []
    with pytest.raises(Conflict):
        post.database.write_blocking(lambda c: cases.close(c, ID, case["id"], act(post, CLERK, "Fine")))


async def test_the_deputys_own_mail_is_the_clerks_to_look_at(post):
    await report(post, attached(author=DEPUTY))
    [case] = listed(post)
    assert (case["alternate"], case["lookers"]) == ("", [CLERK])
    with pytest.raises(Conflict):
        shown(post, case["id"], DEPUTY)


@pytest.mark.parametrize("people", [[]])
async def test_where_there_is_no_alternate_nobody_is_told_what_is_not_for_them(post):
    await report(post, attached(author=CLERK))
    [case] = listed(post)
    assert case["lookers"] == []
    assert post.letters(CLERK) == []
    assert "Nobody can look at it at present" in said(post.letters(JO)[0])


async def test_mail_of_ours_that_is_reported_is_known_by_its_id(post):
    sent = await post.ask(("ann@a.example",), words="Hello.", by=CLERK)
    id = post.database.read_blocking(lambda c: archive.message(c, ID, sent)).message_id
    # Whatever it says of itself, it is the Clerk's.
    original = ORIGINAL.replace("<o1@win.example>", id)
    await report(post, attached(original=original))
    [case] = listed(post)
    assert (case["alternate"], shown(post, case["id"], DEPUTY)["known_as"]) == ("own", sent)


async def test_many_are_kept_and_told_of_a_few_times_an_hour(post, settings):
    most = settings.answers.asked_again_per_hour
    for number in range(most + 2):
        await report(post, INLINE.replace("r1@", f"r{number}@"))
    assert len(listed(post)) == most + 2
    assert len(post.letters(CLERK)) == len(post.letters(JO)) == most
    post.now[0] += timedelta(hours=2)
    await report(post, INLINE.replace("r1@", "later@"))
    assert len(post.letters(CLERK)) == most + 1


async def test_a_machine_gets_no_receipt(post):
    await report(post, INLINE.replace("Subject:", "Auto-Submitted: auto-generated\r\nSubject:", 1))
    assert len(post.letters(CLERK)) == 1
    assert post.letters(JO) == []


async def test_what_cannot_be_read_is_reported_all_the_same(post):
    post.analyst.fails = True
    await report(post)
    [case] = listed(post)
    assert case["original"] == "alone"
    assert len(post.letters(CLERK)) == 1


async def test_one_is_closed_once_by_who_looks_at_it(post):
    await report(post)
    [case] = listed(post)
    id = case["id"]

    def close(by: str, outcome: str) -> None:
        post.database.write_blocking(lambda c: cases.close(c, ID, id, act(post, by, outcome)))

    for by in (JO, SAM):
        with pytest.raises(Conflict, match="for others to look at"):
            close(by, "Nothing")
    with pytest.raises(Conflict, match="what was done"):
        close(CLERK, " ")
    close(CLERK, "Told everybody.")
    with pytest.raises(Conflict, match="closed already"):
        close(CLERK, "Again")
    assert listed(post) == []
    [closed] = listed(post, closed=True)
    assert (closed["closed_by"], closed["outcome"]) == (CLERK, "Told everybody.")
    last = post.database.read_blocking(lambda c: archive.decisions(c, ID, id))[-1]
    assert (last.by, last.act, last.why) == (CLERK, cases.CLOSED, "Told everybody.")
    assert post.database.read_blocking(lambda c: list(verify(c, ID))) == []
    with pytest.raises(NotFound):
        post.database.read_blocking(lambda c: reports.find(c, ID, "NOSUCH"))


@pytest.mark.parametrize("stage", ["off", "trial", "warn"])
async def test_the_address_works_where_the_check_is_in_force(post, council, stage):
    data = council.model_dump(mode="json", by_alias=True)
    data["policy"]["checks"]["report"]["stage"] = stage
    changed = Council.model_validate(data)
    post.database.write_blocking(lambda c: councils.save(c, changed, NOW, "test"))
    await report(post)
    assert len(listed(post)) == (0 if stage == "off" else 1)
    assert len(post.kept(MessageKind.SUBMITTED)) == (1 if stage == "off" else 0)
