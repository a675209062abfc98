"""notmuch on the same mail, asked through its own library (libnotmuch, by ctypes), so that no process is started.

It is asked what it can be: its own count, and for the newest twenty what its list shows, from whom, about what, when. It
has no snippets, and its releases before 0.38 index nothing that is attached.
"""

from __future__ import annotations

import ctypes
import json
import resource
import subprocess
import time
from collections.abc import Iterable
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.archive.council import Letter

_NEWEST_FIRST = 1
_PER_FOLDER = 5000


@dataclass
class Notmuch:
    """A mail folder under `home`, and notmuch's database of it. `seconds` are those of the clock that indexing took,
    `processor` those of the processor.
    """

    home: Path
    seconds: float = 0.0
    processor: float = 0.0
    _library: ctypes.CDLL | None = None
    _database: ctypes.c_void_p = field(default_factory=ctypes.c_void_p)

    @property
    def mail(self) -> Path:
        """Where the mail is."""
        return self.home / "mail"

    def put(self, letters: Iterable[Letter]) -> None:
        """Write the messages as files, as a Maildir has them."""
        for letter in letters:
            folder = self.mail / f"{letter.number // _PER_FOLDER:04}"
            if letter.number % _PER_FOLDER == 0 or not folder.exists():
                for name in ("cur", "new", "tmp"):
                    (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / "cur" / f"{letter.number:08}.bench:2,S").write_bytes(letter.raw)

    def index(self) -> None:
        """Let notmuch index them all, and note how long that took."""
        self._config.write_text(
            f"[database]\npath={self.mail}\n[user]\nname=Bench\nprimary_email=bench@bench.example\n"
        )
        began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        self._run("new", "--quiet", "--no-hooks")
        self.seconds = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
        self._noted.write_text(json.dumps([self.seconds, self.processor]))

    @property
    def is_there(self) -> bool:
        """Whether the folder has been indexed before; then it is known how long that took."""
        if not self._noted.exists():
            return False
        self.seconds, self.processor = json.loads(self._noted.read_text())
        return True

    @property
    def size(self) -> int:
        """Octets of its database."""
        return sum(each.stat().st_size for each in (self.mail / ".notmuch").rglob("*") if each.is_file())

    @property
    def version(self) -> str:
        """As it tells itself."""
        return self._run("--version").split()[-1]

    def count(self, query: str, limit: int = 20) -> int:
        """How many messages match, having looked at what a list shows of the newest."""
        library = self._open()
        asked = library.notmuch_query_create(self._database, query.encode())
        library.notmuch_query_set_sort(asked, _NEWEST_FIRST)
        library.notmuch_query_set_omit_excluded(asked, 0)
        found, messages = ctypes.c_uint(), ctypes.c_void_p()
        if library.notmuch_query_count_messages(asked, ctypes.byref(found)):
            raise RuntimeError(f"notmuch does not understand {query}")
        if library.notmuch_query_search_messages(asked, ctypes.byref(messages)):
            raise RuntimeError(f"notmuch does not find {query}")
        for _ in range(limit):
            if not library.notmuch_messages_valid(messages):
                break
            self._look_at(library.notmuch_messages_get(messages))
            library.notmuch_messages_move_to_next(messages)
        library.notmuch_query_destroy(asked)
        return found.value

    def close(self) -> None:
        """Close the database."""
        if self._library is not None:
            self._library.notmuch_database_destroy(self._database)
            self._library = None

    def _look_at(self, message: int) -> None:
        library = self._open()
        library.notmuch_message_get_date(message)
        for name in (b"from", b"subject"):
            library.notmuch_message_get_header(message, name)

    def _open(self) -> ctypes.CDLL:
        if self._library is not None:
            return self._library
        library = ctypes.CDLL(find_library("notmuch") or "libnotmuch.so.5")
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        for name, result, arguments in (
            (
                "notmuch_database_open_with_config",
                ctypes.c_int,
                [text, ctypes.c_int, text, text, pointer, pointer],
            ),
            ("notmuch_database_destroy", ctypes.c_int, [pointer]),
            ("notmuch_query_create", pointer, [pointer, text]),
            ("notmuch_query_set_sort", None, [pointer, ctypes.c_int]),
            ("notmuch_query_set_omit_excluded", None, [pointer, ctypes.c_int]),
            ("notmuch_query_count_messages", ctypes.c_int, [pointer, pointer]),
            ("notmuch_query_search_messages", ctypes.c_int, [pointer, pointer]),
            ("notmuch_query_destroy", None, [pointer]),
            ("notmuch_messages_valid", ctypes.c_int, [pointer]),
            ("notmuch_messages_get", pointer, [pointer]),
            ("notmuch_messages_move_to_next", None, [pointer]),
            ("notmuch_message_get_date", ctypes.c_long, [pointer]),
            ("notmuch_message_get_header", text, [pointer, text]),
        ):
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        opened = library.notmuch_database_open_with_config(
            str(self.mail).encode(), 0, str(self._config).encode(), None, ctypes.byref(self._database), None
        )
        if opened:
            raise RuntimeError(f"notmuch's database does not open: {opened}")
        self._library = library
        return library

    @property
    def _noted(self) -> Path:
        return self.home / "indexed.json"

    @property
    def _config(self) -> Path:
        return self.home / "notmuch-config"

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            ["notmuch", f"--config={self._config}", *words], capture_output=True, text=True, check=True
        )
        return done.stdout
