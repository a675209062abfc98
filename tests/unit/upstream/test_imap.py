"""Putting a message into a mailbox through servers that answer in every way; Dovecot is in tests/end_to_end."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.upstream.imap import ImapFailed, ImapServer, ImapStep
from gateway.upstream.imap_folder import Filing, LoginRefused, Opening, file_once
from gateway.upstream.imap_login import imap_login
from gateway.upstream.smtp_login import NoAnswer
from tests.peers.scripted_imap import DROP, STALL, ScriptedImap

AT = datetime(2026, 5, 11, 23, 30, tzinfo=UTC)
MESSAGE = "Received: x\r\n\tid 1M7Z;\r\n\r\nTŷ £5 \x01\r\n.\r\n{5}\r\nA1 LOGOUT\r\n".encode()
FILING = Filing(MESSAGE, AT, ("Received", "1M7Z"), "Gone")
OPENING = Opening("jo@pc.example*vestry", "the master's secret")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def put(pool, tls_files) -> Any:
    async def put(server: ScriptedImap, filing=FILING, opening=OPENING, **changes):
        where = ImapServer("127.0.0.1", server.port, tls_files.ca, connect_seconds=1, command_seconds=1)
        return await file_once(pool, replace(where, **changes), opening, filing)

    return put


async def failure(put, server, **changes) -> ImapFailed:
    with pytest.raises(ImapFailed) as caught:
        await put(server, **changes)
    assert "secret" not in str(caught.value)
    return caught.value


async def test_it_is_looked_for_and_then_put_there_as_it_is(put, tls_files):
    async with ScriptedImap(tls_files) as server:
        assert await put(server)
    assert server.literals == [MESSAGE]
    assert server.said("UID SEARCH") == ["UID SEARCH SINCE 09-May-2026 HEADER Received 1M7Z"]
    assert server.said("APPEND") == [
        f'APPEND "Sent" (\\Seen) "11-May-2026 23:30:00 +0000" {{{len(MESSAGE)}}}'
    ]
    assert server.said("EXAMINE")
    assert not server.said("SELECT")
    assert server.said("LOGOUT")
    [said] = [command for command in server.commands if command.startswith("(")]
    assert base64.b64decode(said) == b"\0jo@pc.example*vestry\0the master's secret"


async def test_what_is_there_is_not_put_there_again(put, tls_files):
    async with ScriptedImap(tls_files, {"SEARCH": "* SEARCH 7\nOK done"}) as server:
        assert not await put(server)
    assert not server.said("APPEND")


@pytest.mark.parametrize(
    ("listed", "folder"),
    [
        ('* LIST (\\sent) "." "Sent Items"', "Sent Items"),
        ('* LIST () "/" INBOX\n* LIST (\\Marked \\Sent) "/" "a \\"b\\" \\\\ c"', '"a \\"b\\" \\\\ c"'),
        ('* LIST (\\Sent) "/" "Anfonwyd t&AXc-"', "Anfonwyd t&AXc-"),
        ("* LIST (\\Sent) NIL 2026", "2026"),
    ],
)
async def test_the_folder_that_the_server_marks_has_any_name(put, tls_files, listed, folder):
    async with ScriptedImap(tls_files, {"LIST": listed + "\nOK done"}) as server:
        assert await put(server)
    [command] = server.said("APPEND")
    assert folder.strip('"') in command
    assert server.said("CREATE") == []


async def test_an_unmarked_folder_is_made_within_the_mailboxs_own_names(put, tls_files):
    script = {
        "AUTHENTICATE": "OK [CAPABILITY IMAP4rev1 NAMESPACE] in",
        "NAMESPACE": '* NAMESPACE (("INBOX." ".")) NIL NIL\nOK done',
        "LIST": ['* LIST () "." INBOX\nOK done', "OK done"],
    }
    async with ScriptedImap(tls_files, script) as server:
        assert await put(server)
    assert server.said("CREATE") == ['CREATE "INBOX.Gone"']
    assert server.said("SUBSCRIBE") == ['SUBSCRIBE "INBOX.Gone"']
    script["LIST"] = '* LIST () "." INBOX.Gone\nOK done'
    async with ScriptedImap(tls_files, script) as server:
        assert await put(server)
    assert server.said("CREATE") == []


@pytest.mark.parametrize(
    ("script", "step", "reason"),
    [
        ({"greeting": DROP}, ImapStep.CONNECT, ""),
        ({"greeting": STALL}, ImapStep.CONNECT, ""),
        ({"greeting": "* BYE too busy"}, ImapStep.CONNECT, ""),
        ({"greeting": "220 an SMTP server"}, ImapStep.CONNECT, ""),
        ({"AUTHENTICATE": DROP}, ImapStep.CONNECT, "the connection was lost"),
        ({"AUTHENTICATE": STALL}, ImapStep.CONNECT, ""),
        ({"AUTHENTICATE": "NO [UNAVAILABLE] later"}, ImapStep.LOGIN, "the mailbox server could not check"),
        ({"AUTHENTICATE": "BAD what"}, ImapStep.LOGIN, "the mailbox server could not check"),
        ({"LIST": DROP}, ImapStep.COMMAND, "the connection was lost"),
        ({"LIST": STALL}, ImapStep.COMMAND, "it did not answer in time"),
        ({"LIST": "* LIST (((\nOK done"}, ImapStep.COMMAND, "its answer made no sense"),
        ({"EXAMINE": "NO [NOPERM] Jo's things"}, ImapStep.COMMAND, "it said no, NOPERM"),
        ({"SEARCH": "NO no"}, ImapStep.COMMAND, "it said no"),
        ({"SEARCH": "* SEARCH x y\nOK done"}, ImapStep.COMMAND, "its answer made no sense"),
        ({"literal": "NO [TRYCREATE] gone"}, ImapStep.COMMAND, "it said no, TRYCREATE"),
        ({"literal": DROP}, ImapStep.COMMAND, "the connection was lost"),
        ({"APPEND": "NO [OVERQUOTA] full"}, ImapStep.COMMAND, "it said no, OVERQUOTA"),
        ({"APPEND": "BAD why"}, ImapStep.COMMAND, "it said no"),
        ({"APPEND": DROP}, ImapStep.COMMAND, "the connection was lost"),
        ({"APPEND": STALL}, ImapStep.COMMAND, "it did not answer in time"),
        (
            {"LIST": ['* LIST () "/" INBOX\nOK done', "OK done"], "CREATE": "NO [CANNOT] no"},
            ImapStep.COMMAND,
            "it said no, CANNOT",
        ),
    ],
    ids=repr,
)
async def test_what_goes_wrong_is_told_without_a_word_of_the_servers(put, tls_files, script, step, reason):
    async with ScriptedImap(tls_files, script) as server:
        failed = await failure(put, server)
    assert failed.step is step
    if reason:
        assert failed.reason == reason
    assert "Jo" not in failed.reason


async def test_a_refused_login_is_an_answer(put, tls_files):
    async with ScriptedImap(tls_files, {"AUTHENTICATE": "NO [AUTHENTICATIONFAILED] no"}) as server:
        with pytest.raises(LoginRefused):
            await put(server)
    assert not server.said("LIST")


async def test_a_server_that_knows_login_alone(put, tls_files):
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1\nOK done"}
    async with ScriptedImap(tls_files, script) as server:
        assert await put(server)
        assert server.said("LOGIN")
        # The mailbox beside the login is for PLAIN, and in no other login is it left out.
        failed = await failure(put, server, opening=replace(OPENING, on_behalf_of="jo@pc.example"))
        assert failed.step is ImapStep.LOGIN
        assert len(server.said("LOGIN")) == 1


async def test_the_mailbox_beside_the_login(put, tls_files):
    async with ScriptedImap(tls_files) as server:
        assert await put(server, opening=Opening("postroom", "secret", "jo@pc.example"))
    [said] = [command for command in server.commands if command.startswith("(")]
    assert base64.b64decode(said) == b"jo@pc.example\0postroom\0secret"


async def test_a_certificate_that_is_not_trusted_is_told_nothing(put, tls_files):
    async with ScriptedImap(tls_files) as server:
        failed = await failure(put, server, ca=None)
        assert failed.step is ImapStep.TLS
        assert "certificate" in failed.reason
        failed = await failure(put, server, ca=Path("/nowhere/ca.pem"))
        assert failed.step is ImapStep.TLS
    assert server.commands == []


@pytest.mark.parametrize(
    "script",
    [
        {},
        {"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\nOK done", "STARTTLS": "NO no"},
        # Logged in before TLS, where STARTTLS can no longer be said (RFC 9051 §6.2.1).
        {"greeting": "* PREAUTH in", "CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\nOK done"},
    ],
    ids=["not offered", "refused", "preauth"],
)
async def test_without_tls_nothing_is_told(put, tls_files, script):
    async with ScriptedImap(tls_files, script, tls=False) as server:
        failed = await failure(put, server, tls="starttls")
    assert failed.step is ImapStep.TLS
    assert not server.said("AUTHENTICATE")
    assert not server.said("LOGIN ")
    assert not server.literals


async def test_nobody_listens(put, tls_files, free_port):
    server = ScriptedImap(tls_files)
    server.port = free_port()
    assert (await failure(put, server)).step is ImapStep.CONNECT


async def test_who_is_cancelled_in_the_middle_of_an_upload_sends_no_more(put, pool, tls_files):
    large = replace(FILING, message=MESSAGE + b"x" * 50_000_000 + b"\r\n")
    async with ScriptedImap(tls_files) as server:
        task = asyncio.create_task(put(server, filing=large, command_seconds=60))
        await server.uploading.wait()
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.ended.wait(), 10)
        # The thread is free again.
        await asyncio.gather(*(asyncio.wrap_future(pool.submit(threading.get_ident)) for _ in range(2)))
        assert time.monotonic() - begun < 10
        assert server.octets < len(large.message)
        assert server.literals == []


async def test_who_is_cancelled_before_it_began_says_nothing(put, pool, tls_files):
    gate = threading.Event()
    blocking = [pool.submit(gate.wait, 20) for _ in range(2)]
    async with ScriptedImap(tls_files) as server:
        task = asyncio.create_task(put(server))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.set()
        await asyncio.gather(*map(asyncio.wrap_future, blocking))
        await asyncio.wrap_future(pool.submit(int))
        assert server.commands == []


async def test_a_goodbye_that_never_comes_is_not_waited_for_long(put, tls_files, monkeypatch):
    monkeypatch.setattr("gateway.upstream.imap._LEAVE_SECONDS", 0.2)
    async with ScriptedImap(tls_files, {"LOGOUT": STALL}) as server:
        begun = time.monotonic()
        assert await put(server, command_seconds=30)
        assert time.monotonic() - begun < 10


async def test_nothing_of_it_is_logged(put, tls_files, caplog):
    caplog.set_level(logging.DEBUG)
    async with ScriptedImap(tls_files) as server:
        await put(server)
        await asyncio.to_thread(lambda: None)
    assert "vestry" not in caplog.text
    assert "secret" not in caplog.text


async def test_asking_for_a_password_knows_a_no_from_no_answer(tls_files):
    for answer, expected in {"OK in": True, "NO wrong": False, "NO [INUSE] later": None, DROP: None}.items():
        async with ScriptedImap(tls_files, {"AUTHENTICATE": answer}) as server:
            asking = imap_login("127.0.0.1", server.port, tls_files.ca, "jo", "secret")
            if expected is None:
                with pytest.raises(NoAnswer):
                    await asking
            else:
                assert await asking is expected
