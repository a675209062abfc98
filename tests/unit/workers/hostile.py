"""Tasks that do what no task may do, for workers to survive or to die of."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time

from gateway.workers import tasks
from gateway.workers.worker import Unprepared
from signatures.message import charsets


def echo(*parts: bytes) -> bytes:
    return b"|".join(parts)


def sleep(seconds: bytes) -> bytes:
    time.sleep(float(seconds))
    return b"awake"


def spin() -> bytes:
    while True:
        pass


def die(number: bytes) -> bytes:
    os.kill(os.getpid(), int(number))
    return b"still here"


def leave() -> bytes:
    os._exit(0)


def eat() -> bytes:
    return b"x" * (1 << 33)


def fail() -> bytes:
    raise ValueError("words that only the sender may see")


def pid() -> bytes:
    return str(os.getpid()).encode()


def environment() -> bytes:
    return "\n".join(f"{name}={value}" for name, value in os.environ.items()).encode()


def modules() -> bytes:
    return "\n".join(sys.modules).encode()


def open_file() -> bytes:
    with open("/dev/null", "rb"):
        return b"opened"


def open_socket() -> bytes:
    with socket.socket():
        return b"opened"


def decode(charset: bytes) -> bytes:
    return charsets.decode(b"caf\xc3\xa9", charset.decode())[0].encode()


def threads() -> bytes:
    return str(threading.active_count()).encode()


def want() -> bytes:
    """What was loaded, if anything was."""
    if not LOADED:
        raise Unprepared
    return b" ".join(LOADED)


def insist() -> bytes:
    raise Unprepared


LOADED: list[bytes] = []


def ignore_signals() -> bytes:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
        os.kill(os.getppid(), number)
    return b"alive"


TASKS = {
    name: act
    for name, act in list(globals().items())
    if callable(act) and getattr(act, "__module__", "") == __name__
}


def warm_up() -> None:
    """As the real tasks do."""
    tasks.warm_up()


def load(names_model: str = "") -> None:
    """Once, and not with a model of this name."""
    if names_model == "no_such_model":
        raise OSError(names_model)
    LOADED.append(names_model.encode() or b"loaded")
