"""What a sender is asked, answered by link."""

from __future__ import annotations

import asyncio

import pytest

from config.council import MonitoringNotice
from gateway.archive.verify import verify
from gateway.console.acts import BY_LINK
from gateway.holds.answers import tokens
from gateway.holds.answers.options import Purpose
from gateway.store import acknowledgements, councils, people
from gateway.store.kinds import MessageKind
from tests.unit.console.conftest import BASE, JO
from tests.unit.holds.answers.conftest import ID, MANY

SEND = ("option", "send")


async def test_the_letter_has_the_link_and_the_page_says_what_the_letter_says(site):
    message = await site.post.ask()
    page = await site.get(site.path())
    assert page.status == 200
    for said in (
        "Not sent yet",
        "Grass",
        "ann@a.example",
        'value="send"',
        'value="leave_out"',
        'value="cancel"',
        message,
    ):
        assert said in page.text
    assert site.path().rpartition("/")[2] not in page.text


async def test_every_answer_has_the_headers_and_no_page_fetches_or_runs_anything(site):
    await site.post.ask()
    for page in (
        await site.get(site.path()),
        await site.get("/answer/aaaa"),
        await site.get("/"),
        await site.choose(site.path(), SEND),
    ):
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in page.headers["x-robots-tag"]
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert not any(each in page.text for each in ("<script", "src=", "href=", "url(", "style="))


async def test_a_scanner_that_looks_many_times_does_nothing(site):
    message = await site.post.ask()
    letters, answers = len(site.post.letters()), len(site.post.kept(MessageKind.ANSWER))
    pages = [await site.get(site.path()) for _ in range(20)]
    assert {page.status for page in pages} == {200}
    assert (site.post.state(message), len(site.post.letters())) == ("held", letters)
    assert len(site.post.kept(MessageKind.ANSWER)) == answers == 0
    assert (await site.choose(site.path(), SEND)).status == 303


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
async def test_other_methods_do_nothing(site, method):
    message = await site.post.ask()
    page = await site.ask(
        method, site.path(), b"option=send", content_type="application/x-www-form-urlencoded"
    )
    assert (page.status, page.headers["allow"]) == (405, "GET, POST")
    assert site.post.state(message) == "held"


async def test_what_is_chosen_is_done_once_and_told_after(site):
    message = await site.post.ask()
    path = site.path()
    done = await site.choose(path, SEND)
    assert (done.status, done.headers["location"]) == (303, path.rpartition("/")[2])
    assert site.post.state(message) == "released"
    assert site.post.left(message) == [list(MANY)]
    assert site.post.rung
    assert "It has been sent." in (await site.get(path)).text
    again = await site.choose(path, ("option", "cancel"))
    assert (again.status, "It has been sent." in again.text) == (200, True)
    assert site.post.state(message) == "released"


async def test_the_archive_has_the_answer_and_says_that_it_came_by_link(site):
    await site.post.ask()
    await site.choose(site.path(), SEND)
    [row] = site.post.kept(MessageKind.ANSWER)
    assert (row.person, row.subject, row.protocol, row.peer) == (JO, "Answered by link", BY_LINK, "192.0.2.7")
    assert not site.post.database.read_blocking(lambda c: list(verify(c, ID)))


@pytest.mark.parametrize(
    ("fields", "gone", "state"),
    [
        ([("option", "leave_out"), ("number", "2")], [["ann@a.example", "cat@c.example"]], "released"),
        ([("option", "cancel")], [], "rejected"),
    ],
)
async def test_each_option_does_what_its_word_does(site, fields, gone, state):
    message = await site.post.ask()
    assert (await site.choose(site.path(), *fields)).status == 303
    assert (site.post.left(message), site.post.state(message)) == (gone, state)


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("option", "release")],
        [("option", "ask_consent")],
        [("option", "send"), ("option", "cancel")],
        [("option", "leave_out")],
        [("option", "leave_out"), ("number", "4")],
        [("option", "leave_out"), ("number", "1"), ("number", "2"), ("number", "3")],
    ],
)
async def test_what_is_no_choice_does_nothing_and_says_why(site, fields):
    message = await site.post.ask()
    page = await site.choose(site.path(), *fields)
    assert (page.status, site.post.state(message)) == (422, "held")
    assert 'role="alert"' in page.text
    assert "<title>Error: " in page.text


async def test_two_at_once_have_one_outcome(site):
    message = await site.post.ask()
    path = site.path()
    await asyncio.gather(*(site.choose(path, each) for each in (SEND, ("option", "cancel"), SEND, SEND)))
    assert len(site.post.acts(message)) == 1
    assert len(site.post.left(message)) == (site.post.state(message) == "released")


async def test_mail_and_link_are_one_question(site):
    message = await site.post.ask()
    path = site.path()
    await site.post.answer(site.post.address(), "CANCEL")
    page = await site.choose(path, SEND)
    assert "No longer waiting" in page.text
    assert site.post.state(message) == "rejected"


async def test_a_forged_link_leads_nowhere(site, council):
    message = await site.post.ask()
    path = site.path()
    forged = path[:-1] + ("a" if path[-1] != "a" else "b")
    other = tokens.make(b"x" * 32, council, message, JO, Purpose.QUESTION, site.post.now[0])
    for each in (
        forged,
        f"/answer/{other.token}",
        "/answer/",
        "/answer/é",
        "/answer/" + "a" * 5000,
        path.upper(),
        path + "/",
    ):
        assert (await site.get(each)).status == 404
        assert (await site.choose(each, SEND)).status == 404
    assert site.post.state(message) == "held"


async def test_an_expired_link_does_nothing(site):
    message = await site.post.ask()
    path = site.path()
    site.post.later(days=15)
    assert "This link has expired" in (await site.get(path)).text
    assert "This link has expired" in (await site.choose(path, SEND)).text
    assert site.post.state(message) == "held"


async def test_who_may_not_act_any_more_cannot_by_link(site):
    message = await site.post.ask()
    path = site.path()
    await site.post.database.write(lambda c: people.set_disabled(c, JO, site.post.now[0]))
    assert "You cannot decide this" in (await site.choose(path, SEND)).text
    assert "Grass" not in (await site.get(path)).text
    assert site.post.state(message) == "held"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"sec_fetch_site": "same-origin", "origin": "null"}, 303),
        ({"origin": BASE}, 303),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "multipart/form-data"}, 415),
    ],
)
async def test_forms_of_other_sites_are_refused(site, headers, status):
    message = await site.post.ask()
    assert (await site.choose(site.path(), SEND, **headers)).status == status
    assert site.post.state(message) == ("released" if status == 303 else "held")


async def test_a_form_that_is_too_large_is_refused(site):
    message = await site.post.ask()
    assert (await site.choose(site.path(), SEND, ("why", "x" * 20_000))).status == 413
    assert site.post.state(message) == "held"


async def test_what_could_not_be_done_is_told_and_can_be_chosen_again(site):
    message = await site.post.ask()
    path = site.path()
    site.post.analyst.fails = True
    page = await site.choose(path, ("option", "leave_out"), ("number", "1"))
    assert (page.status, "It could not be done" in page.text) == (409, True)
    assert site.post.state(message) == "held"
    site.post.analyst.fails = False
    assert (await site.choose(path, SEND)).status == 303
    assert site.post.state(message) == "released"


async def test_the_monitoring_notice_is_read_on_its_page_and_acknowledged_by_a_button(site, council):
    notice = MonitoringNotice(version="1", text="The post room looks at what is sent.\n\nAsk the Clerk.")
    informed = council.model_copy(update={"monitoring_notice": notice})
    await site.post.database.write(lambda c: councils.save(c, informed, site.post.now[0], "test"))
    await site.post.ask(("ann@a.example",))
    path = site.path()
    page = await site.get(path)
    assert "The post room looks at what is sent." in page.text
    assert not site.post.database.read_blocking(lambda c: acknowledgements.acknowledged(c, informed, JO))
    assert (await site.choose(path, ("option", "read"))).status == 303
    assert site.post.database.read_blocking(lambda c: acknowledgements.acknowledged(c, informed, JO))
    assert "You have read this notice" in (await site.get(path)).text
