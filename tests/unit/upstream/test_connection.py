"""What a connection makes of an upstream that fails at every step, in every way."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from gateway.upstream.connection import open_connection, tls_context
from gateway.upstream.dialogue import UpstreamConnection
from gateway.upstream.refusal import Refused, ReplyLost, Scope, Step
from tests.peers.postfix import free_port
from tests.peers.scripted import DROP, STALL, ScriptedUpstream

MESSAGE = b"From: a@b.example\r\n\r\nHello\r\n"


@pytest.fixture
def connected(settings_for):
    """`connected(upstream, **settings)`: an open connection, closed by the test."""

    async def connect(upstream: ScriptedUpstream, **changes) -> UpstreamConnection:
        settings = settings_for(upstream.port, **changes)
        return await open_connection(settings, "vestry.example", tls_context(settings))

    return connect


async def refusal_of(work):
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.refusal


async def test_a_whole_transaction(connected):
    async with ScriptedUpstream() as upstream:
        connection = await connected(upstream, ehlo_name="relay.council.example")
        assert "8bitmime" in connection.extensions
        assert (await connection.mail("a@b.example", ["SIZE=28"])).accepted
        assert (await connection.rcpt("c@d.example", ["NOTIFY=NEVER"])).status == "2.1.5"
        assert str(await connection.data(MESSAGE)) == "250 2.0.0 taken"
        await connection.quit()
    assert upstream.messages == [MESSAGE]
    assert upstream.commands == [
        "EHLO relay.council.example",
        "MAIL FROM:<a@b.example> SIZE=28",
        "RCPT TO:<c@d.example> NOTIFY=NEVER",
        "DATA",
        "QUIT",
    ]


async def test_the_null_sender_is_said_as_such(connected):
    async with ScriptedUpstream() as upstream:
        connection = await connected(upstream)
        await connection.mail("", [])
        connection.close()
    assert upstream.said("MAIL") == ["MAIL FROM:<>"]


class TestOpening:
    """Whatever happens before MAIL is the upstream's trouble, never a message's."""

    @pytest.mark.parametrize(
        ("script", "step", "code"),
        [
            ({"greeting": "554 5.7.1 go away"}, Step.GREETING, 554),
            ({"greeting": "421 4.3.2 closing"}, Step.GREETING, 421),
            ({"greeting": DROP}, Step.CONNECT, 451),
            ({"greeting": STALL}, Step.CONNECT, 451),
            ({"greeting": "hello there"}, Step.CONNECT, 451),
            ({"EHLO": "550 5.7.1 not you"}, Step.EHLO, 550),
            ({"EHLO": DROP}, Step.EHLO, 451),
            ({"EHLO": STALL}, Step.EHLO, 451),
        ],
    )
    async def test_trouble(self, connected, script, step, code):
        async with ScriptedUpstream(script) as upstream:
            refusal = await refusal_of(connected(upstream, connect_seconds=0.3, command_seconds=0.3))
        assert (refusal.scope, refusal.step, refusal.reply.code) == (Scope.UPSTREAM, step, code)
        assert not refusal.ours

    async def test_nobody_listens(self, settings_for):
        settings = settings_for(free_port())
        refusal = await refusal_of(open_connection(settings, "us.example", tls_context(settings)))
        assert (refusal.scope, refusal.step) == (Scope.UPSTREAM, Step.CONNECT)

    async def test_a_name_that_no_command_can_hold_is_our_fault(self, settings_for):
        async with ScriptedUpstream() as upstream:
            settings = settings_for(upstream.port)
            refusal = await refusal_of(open_connection(settings, "two words", tls_context(settings)))
        assert (refusal.step, refusal.ours) == (Step.SETTINGS, True)

    async def test_starttls_that_is_required_and_not_offered(self, connected):
        async with ScriptedUpstream() as upstream:
            refusal = await refusal_of(connected(upstream, tls="starttls", username="u", password="p"))
        assert (refusal.step, refusal.ours) == (Step.TLS, True)
        assert not upstream.said("AUTH")

    async def test_starttls_that_is_refused(self, connected):
        script = {"STAR": "454 4.7.0 TLS not available"}
        async with ScriptedUpstream(script, offers=["STARTTLS"]) as upstream:
            refusal = await refusal_of(connected(upstream, tls="starttls"))
        assert (refusal.step, refusal.reply.code, refusal.ours) == (Step.TLS, 454, False)

    @pytest.mark.parametrize("answer", ["454 4.7.0 TLS not available", "220 go ahead"])
    async def test_opportunistic_goes_on_in_the_clear_where_tls_fails(self, connected, answer):
        """After 220 the scripted upstream speaks no TLS, so the handshake fails."""
        async with ScriptedUpstream({"STAR": answer}, offers=["STARTTLS"]) as upstream:
            connection = await connected(upstream)
            assert (await connection.mail("a@b.example", [])).accepted
            await connection.quit()
        assert upstream.connections == 2
        assert len([c for c in upstream.commands if c == "STARTTLS"]) == 1

    async def test_helo_where_ehlo_is_not_understood(self, connected):
        script = {"EHLO": "500 5.5.1 what?", "HELO": "250 scripted.example"}
        async with ScriptedUpstream(script) as upstream:
            connection = await connected(upstream)
            assert connection.extensions == {}
            assert (await connection.mail("a@b.example", [])).accepted
            connection.close()


@pytest.mark.parametrize("tls", ["starttls", "implicit", "opportunistic"])
def test_how_tls_is_spoken(settings_for, tls):
    context = tls_context(settings_for(1, tls=tls))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    verified = tls != "opportunistic"
    assert context.check_hostname is verified
    assert context.verify_mode is (ssl.CERT_REQUIRED if verified else ssl.CERT_NONE)


class TestLogin:
    """`login` by itself: `open_connection` never comes to it without verified TLS."""

    @pytest.mark.parametrize(
        ("answer", "ours", "code"),
        [
            ("535 5.7.8 wrong", True, 535),
            ("454 4.7.0 not now", False, 454),
            (DROP, False, 451),
            (STALL, False, 451),
        ],
    )
    async def test_refused(self, connected, answer, ours, code):
        async with ScriptedUpstream({"AUTH": answer}, offers=["AUTH PLAIN LOGIN"]) as upstream:
            connection = await connected(upstream, command_seconds=0.3)
            refusal = await refusal_of(connection.login("u", "p"))
            connection.close()
        assert (refusal.scope, refusal.step) == (Scope.UPSTREAM, Step.LOGIN)
        assert (refusal.ours, refusal.reply.code) == (ours, code)
        assert len(upstream.said("AUTH")) == 1

    async def test_login_where_plain_is_not_offered(self, connected):
        script = {"AUTH": "334 UGFzc3dvcmQ6", "CA==": "235 2.7.0 welcome"}
        async with ScriptedUpstream(script, offers=["AUTH LOGIN CRAM-MD5"]) as upstream:
            connection = await connected(upstream)
            await connection.login("u", "\x08")
            connection.close()
        assert upstream.said("AUTH") == ["AUTH LOGIN dQ=="]

    async def test_no_mechanism_that_we_speak(self, connected):
        async with ScriptedUpstream(offers=["AUTH CRAM-MD5"]) as upstream:
            connection = await connected(upstream)
            refusal = await refusal_of(connection.login("u", "p"))
            connection.close()
        assert refusal.ours
        assert not upstream.said("AUTH")


class TestTransaction:
    @pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
    @pytest.mark.parametrize(
        ("answer", "code"),
        [(DROP, 451), (STALL, 451), ("421 4.3.2 closing", 421), ("nonsense", 451), ("999 what", 451)],
    )
    async def test_breaking_off(self, connected, verb, answer, code):
        async with ScriptedUpstream({verb: answer}) as upstream:
            connection = await connected(upstream, command_seconds=0.3)

            async def all_of_it():
                await connection.mail("a@b.example", [])
                await connection.rcpt("c@d.example", [])
                await connection.data(MESSAGE)

            refusal = await refusal_of(all_of_it())
            assert not connection.alive
        assert (refusal.scope, refusal.step.name) == (Scope.MESSAGE, verb)
        assert refusal.reply.code in (code, 999)
        assert not refusal.reply.permanent

    @pytest.mark.parametrize(("answer", "permanent"), [("550 5.1.1 no", True), ("451 4.3.0 later", False)])
    async def test_what_is_said_to_a_recipient_is_returned(self, connected, answer, permanent):
        async with ScriptedUpstream({"RCPT": answer}) as upstream:
            connection = await connected(upstream)
            await connection.mail("a@b.example", [])
            reply = await connection.rcpt("c@d.example", [])
            assert connection.alive
            assert not connection.clean
            await connection.reset()
            assert connection.clean
            connection.close()
        assert (reply.accepted, reply.permanent) == (False, permanent)

    async def test_a_refusal_at_data_sends_nothing(self, connected):
        async with ScriptedUpstream({"DATA": "554 5.5.1 no valid recipients"}) as upstream:
            connection = await connected(upstream)
            await connection.mail("a@b.example", [])
            assert (await connection.data(MESSAGE)).permanent
            await connection.quit()
        assert upstream.messages == []
        assert upstream.commands[-1] == "QUIT"

    @pytest.mark.parametrize("answer", [DROP, STALL, "garbage"])
    async def test_the_reply_to_the_dot_is_lost(self, connected, answer):
        async with ScriptedUpstream({"dot": answer}) as upstream:
            connection = await connected(upstream, data_seconds=0.3)
            await connection.mail("a@b.example", [])
            with pytest.raises(ReplyLost):
                await connection.data(MESSAGE)
            assert not connection.alive
        assert upstream.messages == [MESSAGE]

    async def test_an_upload_that_breaks_off_is_not_unknown(self, connected):
        async with ScriptedUpstream({"upload": DROP}) as upstream:
            connection = await connected(upstream)
            await connection.mail("a@b.example", [])
            refusal = await refusal_of(connection.data(MESSAGE + b"x" * 70 + b"\r\n" * 5_000_000))
        assert (refusal.scope, refusal.step) == (Scope.MESSAGE, Step.DATA)

    async def test_an_upload_that_is_not_taken_ends(self, connected):
        async with ScriptedUpstream({"upload": STALL}) as upstream:
            connection = await connected(upstream, command_seconds=0.3)
            await connection.mail("a@b.example", [])
            refusal = await refusal_of(connection.data(MESSAGE + b"\r\n" * 40_000_000))
        assert "slowly" in refusal.reply.text

    async def test_a_refusal_in_the_middle_of_the_upload_is_heard(self, connected):
        async with ScriptedUpstream({"upload": "552 5.3.4 too big"}) as upstream:
            connection = await connected(upstream, command_seconds=20)
            await connection.mail("a@b.example", [])
            async with asyncio.timeout(10):
                reply = await connection.data(MESSAGE + b"\r\n" * 40_000_000)
            assert not connection.alive
        assert reply.code == 552

    @pytest.mark.parametrize("bad", ["a b", "a\rb", "a\nb", "", "a\x7fb"])
    async def test_a_parameter_that_would_be_another_command_is_never_said(self, connected, bad):
        async with ScriptedUpstream() as upstream:
            connection = await connected(upstream)
            with pytest.raises(ValueError):
                await connection.mail("a@b.example", [f"ENVID={bad}" if bad else ""])
            connection.close()
        assert not upstream.said("MAIL")

    async def test_an_address_with_a_line_end_is_never_said(self, connected):
        async with ScriptedUpstream() as upstream:
            connection = await connected(upstream)
            with pytest.raises(ValueError):
                await connection.rcpt("a@b.example>\r\nDATA", [])
            connection.close()
        assert len(upstream.commands) == 1
