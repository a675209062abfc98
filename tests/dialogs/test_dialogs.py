"""Dialogs with the real listeners, written down as data: each `*.txt` in this folder is a test.

    # comment                          anywhere
    with listener trusted              starttls (unless said otherwise), tls, trusted or replies
    with limit errors 3                a key of `limits`
    with attempts 1                    failed logins a minute
    with network 192.0.2.0/24          of the trusted listener
    with no tls                        no certificate at all

    c -> EHLO client.example           say a line; {b64:user\\0name} and {x*500} are filled in
    c ~> 'a\\r\\n' * 3                 send these very octets
    c <- 250 2.0.0 Ok                  the next line is this; `*` stands for anything
    c <... 250 CHUNKING                the next line like this, whatever comes before it
    c tls                              go over to TLS
    c shut                             send nothing any more, and go on reading
    c closed                           the server has closed the connection
    c leaves                           close the connection
    c enters                           greeting, EHLO, STARTTLS, EHLO, AUTH: all that comes before MAIL
    c begins                           MAIL from the Clerk, RCPT to resident@example.org

    intake says 550 5.7.1 No           from now on, to each message
    intake breaks                      from now on, with each message
    intake has 2                       messages so far
    intake got 'a\\r\\n' * 2           the last message's very octets
    intake envelope mail_from a@b.c    of the last message; `-` is None
    intake recipient orcpt rfc822;a    of the last message's last recipient
    intake origin protocol ESMTPSA     of the last message; `*` stands for anything
    accounts disable clerk@…           from now on
    accounts away, accounts back       the database of accounts
    house drains                       the service is told to stop

A client is any single letter; it connects when it is first named. An account `clerk@littlewickham-pc.example`
exists, with the password `correct horse battery`.
"""

from __future__ import annotations

import ast
import base64
import re
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from config.limits import LimitSettings
from gateway.reply import Reply
from gateway.submission import replies
from tests.conftest import TlsFiles
from tests.dialogs.client import Client
from tests.dialogs.house import House, OpenHouse, listener

DIALOGS = sorted(Path(__file__).parent.glob("*.txt"))
STEP = re.compile(r"([a-z]) (->|~>|<-|<\.\.\.) ?(.*)\Z|([a-z]) (\w+)\Z")


def octets(text: str) -> bytes:
    """`'a' * 3 + 'b'` as bytes; octets beyond ASCII are written \\xNN."""
    data = b""
    for piece in re.split(r"(?<=['0-9]) \+ (?=')", text):
        found = re.fullmatch(r"('(?:[^'\\]|\\.)*')(?: \* (\d+))?", piece)
        assert found, f"not octets: {piece}"
        data += ast.literal_eval(f"b{found[1]}") * int(found[2] or 1)
    return data


def filled_in(text: str) -> str:
    """A line to say, with {b64:…} and {x*N} filled in."""
    text = re.sub(r"\{(.)\*(\d+)\}", lambda found: found[1] * int(found[2]), text)
    return re.sub(
        r"\{b64:(.*?)\}",
        lambda found: base64.b64encode(found[1].encode().decode("unicode_escape").encode()).decode(),
        text,
    )


def like(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) is not None


class Dialog:
    """A dialog being held."""

    def __init__(self, house: House, kind: str, ca: Path, stack: ExitStack) -> None:
        self.house = house
        self.kind = kind
        self.ca = str(ca)
        self.stack = stack
        self.clients: dict[str, Client] = {}

    def step(self, line: str) -> None:
        who, _, rest = line.partition(" ")
        if who in {"intake", "accounts", "house"}:
            actor = {"intake": self.intake, "accounts": self.accounts, "house": self.of_house}[who]
            actor(*rest.split(" ", 1))
            return
        found = STEP.match(line)
        assert found, "no such step"
        client = self.client(found[1] or found[4])
        if found[5]:
            self.act(client, found[5])
        else:
            self.exchange(client, found[2], found[3])

    def client(self, name: str) -> Client:
        if name not in self.clients:
            client = Client(self.house.port(), self.ca, tls=self.kind == "tls")
            self.clients[name] = self.stack.enter_context(client)
        return self.clients[name]

    def exchange(self, client: Client, way: str, text: str) -> None:
        match way:
            case "->":
                client.send(filled_in(text).encode() + b"\r\n")
            case "~>":
                client.send(octets(text))
            case "<-":
                line = client.line()
                assert like(text, line), f"got {line!r}"
            case "<...":
                seen = [client.line()]
                while not like(text, seen[-1]):
                    assert seen[-1][3:4] == "-", f"got {seen!r}"
                    seen.append(client.line())

    def act(self, client: Client, what: str) -> None:
        match what:
            case "tls":
                client.start_tls()
            case "shut":
                client.socket.shutdown(socket.SHUT_WR)
            case "closed":
                assert client.closed(), "still open"
            case "leaves":
                client.close()
            case "enters":
                client.enter()
            case "begins":
                client.begin()
            case _:
                raise AssertionError("no such step")

    def intake(self, what: str, rest: str = "") -> None:
        intake = self.house.intake
        match what:
            case "says":
                code, enhanced, text = rest.split(" ", 2)
                intake.reply = Reply(int(code), enhanced, text)
            case "breaks":
                intake.reply = RuntimeError("secret: the database password")
            case "has":
                assert len(intake.submissions) == int(rest), f"it has {len(intake.submissions)}"
            case "got":
                assert intake.submissions[-1].raw == octets(rest)
            case "envelope":
                self.compare(intake.submissions[-1].envelope, rest)
            case "recipient":
                self.compare(intake.submissions[-1].envelope.recipients[-1], rest)
            case "origin":
                self.compare(intake.submissions[-1].origin, rest)
            case _:
                raise AssertionError("no such step")

    def compare(self, thing: object, rest: str) -> None:
        name, _, wanted = rest.partition(" ")
        found: Any = getattr(thing, name)
        if isinstance(found, tuple):
            found = ",".join(found)
        assert like(wanted, "-" if found is None else str(found)), f"got {found!r}"

    def accounts(self, what: str, rest: str = "") -> None:
        accounts = self.house.accounts
        match what:
            case "disable":
                accounts.add(rest, None, disabled=True)
            case "away":
                accounts.away = True
            case "back":
                accounts.away = False
            case _:
                raise AssertionError("no such step")

    def of_house(self, what: str) -> None:
        assert what == "drains", "no such step"
        self.house.drain()


def options(lines: list[str]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Kind and further settings of the listener, and options of the house."""
    kind, of_listener, of_house, limits = "starttls", {}, {}, {}
    for line in lines:
        match line.split():
            case ["with", "listener", kind]:
                pass
            case ["with", "limit", key, value]:
                limits[key] = float(value) if "seconds" in key else int(value)
            case ["with", "attempts", value]:
                of_house["attempts_per_minute"] = int(value)
            case ["with", "network", network]:
                of_listener["network"] = network
            case ["with", "no", "tls"]:
                of_house["tls"] = False
            case _:
                raise AssertionError(f"no such option: {line}")
    return kind, of_listener, {**of_house, "limits": LimitSettings(**limits)}


def lines_of(path: Path) -> list[tuple[int, str]]:
    numbered = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [(number, line) for number, line in numbered if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
def test_dialog(path: Path, loop: str, open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    lines = lines_of(path)
    kind, of_listener, of_house = options([line for _, line in lines if line.startswith("with ")])
    with open_doors(listener(kind, **of_listener), loop=loop, **of_house) as house, ExitStack() as stack:
        dialog = Dialog(house, kind, tls_files.ca, stack)
        for number, line in lines:
            if line.startswith("with "):
                continue
            try:
                dialog.step(line)
            except (AssertionError, OSError) as error:
                pytest.fail(f"{path.name}:{number}: {line}\n{error!r}", pytrace=False)


def test_every_reply_is_in_a_dialog() -> None:
    expected = {
        found[1]
        for path in DIALOGS
        for _, line in lines_of(path)
        if (found := re.match(r"[a-z] <(?:-|\.\.\.) (.*)\Z", line))
    }
    missing = []
    for name, said in replies.catalogue().items():
        text = f"{said.enhanced} {said.text}" if said.enhanced else said.text.split("\n")[0]
        wanted = f"{said.code}[ -]" + re.sub(r"\\\{\w+\\\}", ".*", re.escape(text))
        if not any(re.fullmatch(wanted, line) for line in expected):
            missing.append(name)
    assert not missing
