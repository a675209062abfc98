"""The signing process and whoever asks it: real sockets, real processes, real kills."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import dkim
import pytest
import structlog

from config.errors import ConfigError
from config.settings import DkimKeySettings, Settings
from gateway import frames
from gateway.signing import role
from gateway.signing.canonical import body_hash, split
from gateway.signing.client import LocalSigner, SigningClient, SigningFailed, socket_path
from gateway.signing.keys import Key, KeyRing
from tests.unit.signing.material import DOMAIN, MESSAGE, dns, ed25519_key, pem, rsa_key, written

DEADLINE = 20.0


class Life:
    """See `gateway.life.Life`."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.started = asyncio.Event()
        self.hooks: list[Callable[[Settings], Awaitable[None]]] = []

    def ready(self) -> None:
        self.started.set()

    def on_reload(self, hook: Callable[[Settings], Awaitable[None]]) -> None:
        self.hooks.append(hook)


def settings_for(folder: Path, *keys: Key) -> Settings:
    return Settings(
        data_dir=folder,
        dkim=tuple(
            DkimKeySettings(domain=key.domain, selector=key.selector, key=written(folder, key))
            for key in keys
        ),
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Life]:
    life = Life()
    task = asyncio.create_task(role.run(settings, life))
    starting = asyncio.create_task(life.started.wait())
    try:
        await asyncio.wait({task, starting}, return_when=asyncio.FIRST_COMPLETED, timeout=DEADLINE)
        if task.done():
            await task
        yield life
    finally:
        starting.cancel()
        life.stopping.set()
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def asking(settings: Settings, timeout: float = DEADLINE) -> AsyncIterator[SigningClient]:
    client = SigningClient(socket_path(settings), timeout=timeout)
    try:
        yield client
    finally:
        await client.close()


def valid(signatures: bytes, *keys: Key, message: bytes = MESSAGE) -> bool:
    return all(
        dkim.DKIM(signatures + message).verify(number, dnsfunc=dns(keys)) for number in range(len(keys))
    )


async def test_every_key_of_the_domain_signs(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, rsa_key(), ed25519_key())
    async with running(settings), asking(settings) as client:
        signatures = await client.sign(MESSAGE, DOMAIN)
        assert signatures.count(b"DKIM-Signature:") == 2
        assert valid(signatures, rsa_key(), ed25519_key())


async def test_signing_here_and_now_gives_the_same_kind_of_answer() -> None:
    signer = LocalSigner(KeyRing([ed25519_key()]))
    assert valid(await signer.sign(MESSAGE, DOMAIN), ed25519_key())
    assert await signer.sign(MESSAGE, "elsewhere.example") == b""
    with pytest.raises(SigningFailed):
        await signer.sign(b"bare\n", DOMAIN)


async def test_a_domain_without_a_key_is_not_signed_for(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    async with running(settings), asking(settings) as client:
        assert await client.sign(MESSAGE, "elsewhere.example") == b""


async def test_what_cannot_be_signed_says_so_and_the_next_is_signed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    async with running(settings), asking(settings) as client:
        for message, domain in [(MESSAGE + b"bare\n", DOMAIN), (MESSAGE, ""), (b"", DOMAIN)]:
            with pytest.raises(SigningFailed) as failure:
                await client.sign(message, domain)
            assert failure.value.lasting
        assert valid(await client.sign(MESSAGE, DOMAIN), ed25519_key())


async def test_an_unforeseen_error_is_temporary_and_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(role, "sign_for", broken)
    settings = settings_for(tmp_path, ed25519_key())
    with structlog.testing.capture_logs() as lines:
        async with running(settings), asking(settings) as client:
            with pytest.raises(SigningFailed) as failure:
                await client.sign(MESSAGE, DOMAIN)
    assert not failure.value.lasting
    assert "hunter2" not in failure.value.reason
    (line,) = [line for line in lines if line["event"] == "signing failed"]
    assert line["ref"] in failure.value.reason
    assert line["error"] == "RuntimeError"
    assert "hunter2" not in str(line)


async def test_only_the_same_user_can_connect(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    async with running(settings):
        assert stat.S_IMODE(socket_path(settings).stat().st_mode) == 0o600
        assert stat.S_IMODE(settings.run_dir.stat().st_mode) == 0o700


async def test_a_large_message_does_not_hold_up_small_ones(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, rsa_key())
    large = MESSAGE + b"All work  and no play makes the parish council a dull one.\r\n" * 420_000
    assert len(large) > 25_000_000
    async with running(settings), asking(settings) as client:
        await client.sign(MESSAGE, DOMAIN)
        burden = [asyncio.create_task(client.sign(large, DOMAIN)) for _ in range(6)]
        waits = []
        while not all(task.done() for task in burden):
            begun = time.perf_counter()
            await client.sign(MESSAGE, DOMAIN)
            waits.append(time.perf_counter() - begun)
        answers = await asyncio.gather(*burden)
    digest = base64.b64encode(body_hash(large, split(large)[1]))
    assert all(b"bh=" + digest in answer for answer in answers)
    waits.sort()
    assert len(waits) >= 10, "small ones were signed while the large ones were"
    assert waits[len(waits) // 2] < 0.5


async def test_many_at_once(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    messages = [MESSAGE + b"%d\r\n" % number for number in range(60)]
    async with running(settings), asking(settings) as client:
        answers = await asyncio.gather(*(client.sign(message, DOMAIN) for message in messages))
    assert all(
        valid(answer, ed25519_key(), message=message)
        for answer, message in zip(answers, messages, strict=True)
    )


async def test_nobody_there(tmp_path: Path) -> None:
    async with asking(settings_for(tmp_path)) as client:
        with pytest.raises(SigningFailed, match="cannot be reached") as failure:
            await client.sign(MESSAGE, DOMAIN)
    assert not failure.value.lasting


async def test_kept_connections_outlive_a_new_process(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    async with asking(settings) as client:
        async with running(settings):
            await asyncio.gather(*(client.sign(MESSAGE, DOMAIN) for _ in range(4)))
        async with running(settings):
            assert valid(await client.sign(MESSAGE, DOMAIN), ed25519_key())


async def test_a_process_that_does_not_answer(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    settings.run_dir.mkdir()
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await frames.receive(reader)
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_unix_server(silent, str(socket_path(settings))):
        async with asking(settings, timeout=0.3) as client:
            with pytest.raises(SigningFailed, match="too long"):
                await client.sign(MESSAGE, DOMAIN)
        async with asyncio.timeout(DEADLINE):
            await gone.wait()


async def test_a_cancelled_request_never_answers_the_next(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    async with running(settings), asking(settings) as client:
        for pause in (0.0, 0.0005, 0.001, 0.002, 0.005):
            task = asyncio.create_task(client.sign(MESSAGE + b"another\r\n", DOMAIN))
            await asyncio.sleep(pause)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert valid(await client.sign(MESSAGE, DOMAIN), ed25519_key())


async def test_a_caller_that_goes_half_way_does_no_harm(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    async with running(settings), asking(settings) as client:
        for sent in (b"", b"\0", b"\0\0\0\7abc", b"\0\0\0\1a\0\0\0\7abc"):
            _, writer = await asyncio.open_unix_connection(str(socket_path(settings)))
            writer.write(sent)
            writer.close()
            await writer.wait_closed()
        assert valid(await client.sign(MESSAGE, DOMAIN), ed25519_key())


async def test_what_has_begun_is_finished_at_the_end(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    large = MESSAGE + b"All work  and no play.\r\n" * 400_000
    async with asking(settings) as client, running(settings) as life:
        reader, writer = await asyncio.open_unix_connection(str(socket_path(settings)))
        await client.sign(MESSAGE, DOMAIN)
        await frames.send(writer, DOMAIN.encode(), large)
        life.stopping.set()
        assert await frames.receive(reader) == b"signed"
        assert valid(await frames.receive(reader), ed25519_key(), message=large)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        with pytest.raises(SigningFailed):
            await client.sign(MESSAGE, DOMAIN)


async def test_a_reload_takes_new_keys_and_bad_ones_change_nothing(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ed25519_key())
    async with running(settings) as life, asking(settings) as client:
        (reload,) = life.hooks
        await reload(settings_for(tmp_path, rsa_key()))
        assert valid(await client.sign(MESSAGE, DOMAIN), rsa_key())
        bad = settings.model_copy(
            update={"dkim": (DkimKeySettings(domain=DOMAIN, selector="s", key=tmp_path / "absent.pem"),)}
        )
        with structlog.testing.capture_logs() as lines:
            await reload(bad)
        assert valid(await client.sign(MESSAGE, DOMAIN), rsa_key())
        assert [(line["event"], line["log_level"]) for line in lines] == [("dkim keys not reloaded", "error")]
        assert "absent.pem" in lines[0]["error"]


async def test_a_bad_key_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_bytes(b"no key")
    settings = Settings(
        data_dir=tmp_path, dkim=(DkimKeySettings(domain=DOMAIN, selector="s", key=tmp_path / "bad.pem"),)
    )
    with pytest.raises(ConfigError, match=r"bad\.pem: dkim\[0\]\.key: found"):
        await role.run(settings, Life())
    assert not socket_path(settings).exists()


async def test_a_folder_too_deep_for_sockets_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="data_dir"):
        await role.run(settings_for(tmp_path / ("d" * 100)), Life())


# The process itself, as the supervisor starts it.


def configuration(folder: Path, key: Path, selector: str = "s") -> Path:
    path = folder / "vestry.toml"
    path.write_text(
        f'hostname = "mx.example"\ndata_dir = "."\n[[dkim]]\ndomain = "{DOMAIN}"\nselector = "{selector}"\nkey = "{key}"\n'
    )
    return path


@asynccontextmanager
async def process(config: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    ready, theirs = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-m", "gateway.process", "signing", "-c", str(config), "--ready-fd", str(theirs)],
        pass_fds=(theirs,),
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    try:
        assert await asyncio.wait_for(asyncio.to_thread(os.read, ready, 6), DEADLINE) == b"ready\n"
        yield child
    finally:
        os.close(ready)
        child.kill()
        child.communicate()


async def test_the_process_signs_survives_being_killed_and_stops_when_told(tmp_path: Path) -> None:
    config = configuration(tmp_path, written(tmp_path, ed25519_key()), ed25519_key().selector)
    settings = Settings(data_dir=tmp_path)
    async with asking(settings) as client:
        async with process(config) as child:
            assert valid(await client.sign(MESSAGE, DOMAIN), ed25519_key())
            child.send_signal(signal.SIGKILL)
            child.wait(DEADLINE)
            with pytest.raises(SigningFailed):
                await client.sign(MESSAGE, DOMAIN)
        async with process(config) as child:
            assert valid(await client.sign(MESSAGE, DOMAIN), ed25519_key())
            child.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(child.wait, DEADLINE) == 0


async def test_the_process_takes_new_keys_on_sighup(tmp_path: Path) -> None:
    config = configuration(tmp_path, written(tmp_path, ed25519_key()), ed25519_key().selector)
    settings = Settings(data_dir=tmp_path)
    async with process(config) as child, asking(settings) as client:
        assert valid(await client.sign(MESSAGE, DOMAIN), ed25519_key())
        configuration(tmp_path, written(tmp_path, rsa_key()), rsa_key().selector)
        child.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + DEADLINE
        while b"rsa-sha256" not in await client.sign(MESSAGE, DOMAIN):
            assert time.monotonic() < deadline
        assert valid(await client.sign(MESSAGE, DOMAIN), rsa_key())


def test_the_process_with_a_bad_key_exits_with_2_and_says_why(tmp_path: Path) -> None:
    key = tmp_path / "bad.pem"
    key.write_bytes(pem(ed25519_key().private)[:60])
    done = subprocess.run(
        [sys.executable, "-m", "gateway.process", "signing", "-c", str(configuration(tmp_path, key))],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert done.returncode == 2
    assert f"{key}: dkim[0].key: found something that is not a private key in PEM; allowed: " in done.stderr
    assert "PRIVATE KEY" not in done.stderr
