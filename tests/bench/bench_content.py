"""What the checks on what is written cost: on ordinary mail, by size, at their worst, and before the first message.

Run with `python -m tests.bench.bench_content`. The demo council enforces every content check. First ordinary mail: the
messages of `tests/corpus/ordinary` as mail programs wrote them, those of 3 to 5 kB of all that mail programs wrote, and,
which nobody writes, a dozen letters of `tests/corpus/false_alarms` in one, so that all of 4 kB are own words with a
name or a number in each paragraph; what each check costs a message, all content checks, all checks, and
the whole of a worker's part. "Library" is Python's own `email`, which parses the message and gets addresses and texts.
Then a tenfold size for each check, on ordinary words and on the words of `tests.hostile_words` that cost it most. The
peer of `personal_data` is the library's own stock set of patterns (presidio, without a model) on the same words. Times
are processor milliseconds. Ends with 1 where the middle one of the messages of 4 kB costs more than 2 ms in all content checks, a
tenfold size more than twentyfold, or starting more than 2 s.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from statistics import median, quantiles

import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from config.council import Council
from filters.analysis import Situation, decide_step, read_step
from filters.context import Context
from filters.decide import decide
from filters.extract.document import Document, Documents
from filters.finding import Decision
from filters.personal_data import engine
from signatures.message.anatomy import Anatomy
from tests.bench.bench_checks import library
from tests.bench.stopwatch import milliseconds
from tests.evaluation.everyday import (
    Mail,
    as_mail_programs_wrote_it,
    built,
    clients,
    false_alarms,
    situation_of,
    strict,
)
from tests.hostile_words import HOSTILE
from tests.policies import only

SIZE = 4_000
SIZES = (1_000, 10_000, 100_000, 250_000)
"""Characters of an author's own words; more than 262,144 are not read."""

ATTACHED = (1_000, 10_000, 100_000, 1_000_000)
"""Characters of what is attached."""

MOST_EACH = 2.0
"""Milliseconds that the middle message of 4 kB may cost in all content checks."""

STEEPEST = 20.0
"""How much more a tenfold size may cost, where it costs anything worth counting."""

COUNTS = 5.0
"""Milliseconds from which on growth is looked at."""

START = 2.0
"""Seconds that a nursery may take to start."""

HOUSE = strict()
CONTENT = only(HOUSE, *built())
ALONE: Mapping[str, Council] = {name: only(HOUSE, name) for name in built()}
"""The demo council with one check alone."""


def of_4_kb() -> Iterator[Mail]:
    """The messages of between 3 and 5 kB, as mail programs wrote them: own words, a trail, markup."""
    return (each for each in (*as_mail_programs_wrote_it(), *clients()) if 3000 <= len(each.raw) <= 5000)


def long_letters(size: int = SIZE) -> Iterator[Mail]:
    """The written messages, so many of one sender's put together that nothing but own words fills this size."""
    letters = sorted(false_alarms(), key=lambda each: each.login)
    for login, mails in groupby(letters, lambda each: each.login):
        texts: list[str] = []
        for mail in mails:
            texts += [text.strip() for text in read_step(mail.raw).anatomy.own_texts[:1]]
            if sum(map(len, texts)) >= size:
                yield letter("\n\n".join(texts)[:size], login)
                texts = []


def letter(words: str, login: str = "cllr.a@littlewickham-pc.example") -> Mail:
    """These words from a member to a resident."""
    header = (
        f"From: {login}\r\nTo: Jill Fenwick <jill.fenwick@resident.example>\r\nSubject: Hedge by the school\r\n"
        "Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@littlewickham-pc.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    raw = header.encode() + "\r\n".join(words.splitlines()).encode("utf-8", "replace") + b"\r\n"
    return Mail("1", login, login, ("jill.fenwick@resident.example",), raw)


def ordinary_words(size: int) -> str:
    """So many characters of ordinary mail; after all of it, again with numbers in it, so that nothing is the same."""
    texts: list[str] = []
    length = turn = 0
    while length < size:
        for each in _TEXTS:
            texts.append(f"{turn} {each}" if turn else each)
            length += len(texts[-1]) + 2
        turn += 1
    return "\n\n".join(texts)[:size]


_TEXTS = tuple(text.strip() for mail in false_alarms() for text in read_step(mail.raw).anatomy.own_texts[:1])


def decided(anatomy: Anatomy, about: Context) -> Decision:
    """The decision, which every check must have been able to come to."""
    decision = decide(anatomy, about)
    assert not any(finding.incomplete for finding in decision.findings), decision.findings
    return decision


def ordinary(title: str, mails: Sequence[Mail], faults: list[str]) -> None:
    """What each check costs a message, in the middle and for the nine in ten that cost least."""
    times: dict[str, list[float]] = {}
    for mail in mails:
        for name, spent in _costs(mail):
            times.setdefault(name, []).append(spent)
    size = median(len(mail.raw) for mail in mails)
    whole = median(times["read and decide, all of it"])
    print(f"{title}: {len(mails)} messages, the middle one {size / 1000:.1f} kB")
    print(f"{'':34}{'p50 ms':>9}{'p90 ms':>9}{'share':>8}")
    for name, spent in times.items():
        middle = median(spent)
        print(f"{name:34}{middle:9.3f}{quantiles(spent, n=10)[-1]:9.3f}{middle / whole:8.0%}", flush=True)
    middle = median(times["all content checks"])
    if middle > MOST_EACH:
        faults.append(f"{title}: {middle:.2f} ms in all content checks, aim {MOST_EACH} ms")
    print()


def _costs(mail: Mail) -> Iterator[tuple[str, float]]:
    """What a message costs: each content check alone, then more and more of what is done with it.

    What a decision costs without any check is taken off.
    """
    reading, situation = read_step(mail.raw), situation_of(mail)
    nothing = milliseconds(lambda: decide(reading.anatomy, situation.within(only(HOUSE))), 10)

    def of(council: Council) -> float:
        about = situation.within(council)
        return max(0.0, milliseconds(lambda: decide(reading.anatomy, about), 5) - nothing)

    for name, council in ALONE.items():
        yield f"  {name}", of(council)
    yield "all content checks", of(CONTENT)
    yield "all checks", of(HOUSE)
    yield "library", milliseconds(lambda: library(mail.raw), 3)
    yield "read", milliseconds(lambda: read_step(mail.raw), 3)
    yield "read and decide, all of it", milliseconds(lambda: _worker(mail.raw, situation), 3)


def _worker(raw: bytes, situation: Situation) -> None:
    decide_step(raw, read_step(raw), situation, HOUSE)


def growth(faults: list[str]) -> None:
    """What a tenfold size costs each check: ordinary words, and those that cost it most."""
    blank = letter("Hello.")
    anatomy, situation = read_step(blank.raw).anatomy, situation_of(blank)

    def own(council: Council, words: str) -> Callable[[], Decision]:
        about, said = situation.within(council), anatomy.model_copy(update={"own_texts": (words,)})
        return lambda: decided(said, about)

    def attached(council: Council, words: str) -> Callable[[], Decision]:
        document = Document(number=1, path=("a.txt",), kind="text/plain", size=len(words), text=words)
        documents = Documents(found=(document,))
        about = situation.within(council).model_copy(update={"documents": documents})
        return lambda: decided(anatomy, about)

    for where, sizes, work in (("own words", SIZES, own), ("attached", ATTACHED, attached)):
        print(
            f"{where:20}{'made of':24}"
            + "".join(f"{size // 1000:>8} kB" for size in sizes)
            + "   a tenfold size"
        )
        for name, council in ALONE.items():
            worst = max(HOSTILE, key=lambda text: _once(work(council, HOSTILE[text](SIZES[1]))))
            for made_of, make in (("ordinary mail", ordinary_words), (worst, HOSTILE[worst])):
                spent = [milliseconds(work(council, make(size)), 1) for size in sizes]
                ratios = list(_tenfold(sizes, spent))
                print(
                    f"{name:20}{made_of[:23]:24}" + "".join(f"{each:11.2f}" for each in spent)
                    + "   " + ", ".join(f"{each:.1f}" for each in ratios), flush=True,
                )  # fmt: skip
                if spent[-1] > COUNTS and ratios[-1] > STEEPEST:
                    faults.append(
                        f"{name}, {where}, {made_of}: {ratios[-1]:.0f} times the cost for a tenfold size"
                    )
        print()


def _once(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _tenfold(sizes: Sequence[int], spent: Sequence[float]) -> Iterator[float]:
    """How much more each size costs than the one before, as if it were ten times as large."""
    for (small, before), (large, after) in zip(
        zip(sizes, spent, strict=True), islice(zip(sizes, spent, strict=True), 1, None), strict=False
    ):
        yield after / max(before, 1e-6) * 10 * small / large


def peer() -> None:
    """The check `personal_data` beside the library's own set of patterns, on the same words."""
    # The stock recogniser of e-mail addresses fetches a list from the network; here it makes do with its own.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # type: ignore[assignment]  # A function is put for a function.
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    nothing = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
    stock = AnalyzerEngine(registry=registry, nlp_engine=nothing, supported_languages=["en"])
    blank = letter("Hello.")
    anatomy, about = read_step(blank.raw).anatomy, situation_of(blank).within(ALONE["personal_data"])
    print(f"personal_data beside{'ours':>12}{'stock set':>12}{'ratio':>8}")
    for size in SIZES[:3]:
        words = ordinary_words(size)
        said = anatomy.model_copy(update={"own_texts": (words,)})
        ours = milliseconds(partial(decide, said, about), 3)
        theirs = milliseconds(partial(stock.analyze, words, language="en"), 1)
        print(f"{size // 1000:>17} kB{ours:12.2f}{theirs:12.2f}{theirs / ours:8.1f}", flush=True)
    print()


def start(faults: list[str]) -> None:
    """Processor seconds and memory of a fresh interpreter that makes ready what workers are forked from."""
    print(f"{'a nursery':30}{'CPU s':>8}{'MB':>8}")
    for title, code in (
        ("  an interpreter", "pass"),
        ("  started", "tasks.warm_up()"),
        ("  with the engine loaded", "tasks.warm_up(); tasks.load()"),
    ):
        source = f"from gateway.workers import tasks; {code}" if code != "pass" else code
        source += "; print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{title:30}{spent:8.2f}{int(done.stdout) / 1024:8.0f}", flush=True)
        if code == "tasks.warm_up()" and spent > START:
            faults.append(f"a nursery takes {spent:.2f} s of processor time to start, aim {START} s")
    print()


def main() -> int:
    """Print the tables, and what is not as it should be."""
    faults: list[str] = []
    start(faults)
    engine.load()
    ordinary("Ordinary mail", list(as_mail_programs_wrote_it()), faults)
    ordinary("Mail of 3 to 5 kB", list(of_4_kb()), faults)
    ordinary("A dozen letters in one", list(long_letters()), [])
    peer()
    growth(faults)
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
