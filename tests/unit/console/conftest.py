from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from config.settings import Settings
from gateway.console.acts import Acts
from gateway.console.app import app
from gateway.holds import reminding
from gateway.jobs.task import Task
from gateway.store import jobs
from tests.unit.holds.answers.conftest import (  # noqa: F401  # fixtures
    CLERK,
    JO,
    Post,
    council,
    database,
    post,
    text_of,
    url,
)

BASE = "https://post.example"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings.model_validate(
        {
            "hostname": "post.test.example",
            "data_dir": tmp_path,
            "upstreams": {"default": {"host": "mail.example"}},
            "console": {"base_url": BASE},
        }
    )


@dataclass
class Page:
    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Site:
    """What a browser does with the pages, without a network."""

    post: Post
    app: object

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Page:
        sent, given = [], iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive():
            return next(given, {"type": "http.disconnect"})

        async def send(event):
            sent.append(event)

        lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": lines,
            "client": ("192.0.2.7", 5),
            "server": ("127.0.0.1", 8580),
        }
        await self.app(scope, receive, send)
        head = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Page(sent[0]["status"], head, b"".join(each.get("body", b"") for each in sent[1:]).decode())

    async def get(self, path: str) -> Page:
        return await self.ask("GET", path)

    async def choose(self, path: str, *fields: tuple[str, str], **headers: str) -> Page:
        headers = {"content_type": "application/x-www-form-urlencoded", **headers}
        return await self.ask("POST", path, urlencode(fields).encode(), **headers)

    def path(self, to: str = JO, which: int = -1) -> str:
        """The path of the link in the newest letter that has one."""
        found = [re.search(rf"{BASE}(/answer/[a-z2-7]+)", text_of(each)) for each in self.post.letters(to)]
        return [each[1] for each in found if each][which]

    async def remind(self) -> None:
        """Tell the office what waits."""
        store = self.post.database
        now = self.post.now[0]

        def claim(connection):
            jobs.add_for_everyone(connection, reminding.KIND, now)
            return jobs.claim(connection, "node", now, 1, 60, (reminding.KIND,))

        handler = reminding.reminding(lambda upstream: upstream, lambda: 14.0, lambda: BASE)
        for job in await store.write(claim):
            await handler(Task(job, store, lambda: now))


@pytest.fixture
def site(post, settings) -> Site:
    acts = Acts(settings, post.database, post.analyst, lambda: post.rung.append(1), lambda: post.now[0])
    return Site(post, app(acts, BASE))
