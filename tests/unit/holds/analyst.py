"""Analysis in the test's own process, by the very functions that workers run."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from config.limits import LimitSettings
from filters.again import Same
from filters.analysis import Analysis, Changes, Reading
from filters.archived import Archived
from filters.extract.document import Documents
from filters.said import Said
from gateway.workers import tasks
from gateway.workers.analysis import _as, caps_of
from signatures.message.scanner import Caps


class InProcess:
    """See `gateway.workers.analysis.Analyst`."""

    def __init__(self) -> None:
        self._caps = TypeAdapter(Caps).dump_json(caps_of(LimitSettings()))

    async def read(self, raw, deadline):
        return _as(Reading, tasks.read(raw, self._caps))

    async def decide(self, raw, reading, council, situation, deadline):
        parts = (reading.model_dump_json().encode(), council, situation.model_dump_json().encode())
        return _as(Analysis, tasks.decide(raw, self._caps, *parts))

    async def strip(self, raw, deadline):
        return _as(Changes, tasks.strip(raw, self._caps)).rewrite

    async def readdress(self, raw, gone, deadline):
        told = json.dumps(sorted(gone)).encode()
        return _as(Changes, tasks.readdress(raw, self._caps, told)).rewrite

    async def reissue(self, raw, author, deadline):
        return _as(Changes, tasks.reissue(raw, self._caps, author.encode())).rewrite

    async def extract(self, raw, deadline):
        return _as(Documents, tasks.extract(raw, self._caps))

    async def archive(self, raw, deadline):
        return _as(Archived, tasks.archive(raw, self._caps))

    async def said(self, raw, deadline):
        return _as(Said, tasks.say(raw, self._caps)).texts

    async def same(self, first, again, deadline):
        return _as(Same, tasks.same(first, self._caps, again)).same
