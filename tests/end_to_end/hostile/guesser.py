"""A flood of guesses, in a process of its own: `python -m tests.end_to_end.hostile.guesser PORT CA NETWORKS NAMES`.

Each connection comes from another address out of so many and tries a few passwords at once, for names that
there are and names that there are not. It goes on until its standard input is closed, and then prints how
often each code was said. It is nice to the machine: an attacker's processor is not ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import ssl
import sys
from collections import Counter

from tests.dialogs.client import plain

AT_ONCE = 60
TRIES = 3


async def guess(
    port: int, context: ssl.SSLContext, number: int, networks: int, names: list[str]
) -> Counter[str]:
    """One connection from network `number`."""
    which = number % networks
    source = f"127.{64 + which // 62_500}.{which // 250 % 250}.{which % 250 + 1}"
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="127.0.0.1", local_addr=(source, 0)
    )
    try:
        known = names[number % len(names)]
        tries = [known, f"nobody.{number}@flood.example", f"{number}@{known.partition('@')[2]}"][:TRIES]
        lines = [
            "EHLO flood.example",
            *(f"AUTH PLAIN {plain(each, 'a wrong password')}" for each in tries),
            "QUIT",
        ]
        writer.write("".join(f"{line}\r\n" for line in lines).encode())
        said = await reader.read(-1)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    codes = [line[:3] for line in said.decode("ascii", "replace").splitlines() if line[3:4] == " "]
    return Counter(codes[2 : 2 + TRIES])


async def flood(port: int, ca: str, networks: int, names: list[str]) -> Counter[str]:
    """Guess until standard input is closed."""
    context = ssl.create_default_context(cafile=ca)
    numbers = itertools.count()
    said: Counter[str] = Counter()
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    async def client() -> None:
        while not over.done():
            try:
                async with asyncio.timeout(30):
                    said.update(await guess(port, context, next(numbers), networks, names))
            except (OSError, TimeoutError) as error:
                said[type(error).__name__] += 1

    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return said


if __name__ == "__main__":
    os.nice(10)
    print(
        json.dumps(
            asyncio.run(flood(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4].split(",")))
        )
    )
