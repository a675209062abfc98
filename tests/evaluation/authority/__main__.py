"""How well the check `authority` tells what binds the Council: `python -m tests.evaluation.authority --set development`.

Each message of a set goes through the real road (`decide_step`). Printed are the precision of what is held, the recall
of what is held or asked about, by wording, and false holds and false questions per hundred ordinary messages, each with
Wilson's 95 % interval. `--file` takes any set instead, or what `vestry feedback export` wrote; `--errors` names the
messages that were judged wrongly, which is for the development set alone: whoever has read the errors of a held-out set
has no held-out set any more.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from config.policy import Verdict
from tests.evaluation.messages import Labelled, council, judged, load

FOLDER = Path(__file__).parent
_Z = 1.959964


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    width = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - width) / (1 + square / of)), min(1.0, (middle + width) / (1 + square / of))


def row(name: str, hits: int, of: int, scale: int = 1) -> str:
    """A line of the report."""
    low, high = (scale * each for each in wilson(hits, of))
    value = f"{scale * hits / of:.3g}" if of else "-"
    return f"{name:<52} {value:>7}   [{low:.3g}, {high:.3g}]   {hits} of {of}"


def report(told: Sequence[tuple[Labelled, Verdict]]) -> list[str]:
    """The figures, one on a line."""
    binding = [each for each in told if each[0].binds]
    ordinary = [each for each in told if not each[0].binds]
    held = [message for message, verdict in told if verdict is Verdict.HOLD]
    lines = [f"{len(told)} messages: {len(binding)} that bind, {len(ordinary)} ordinary", ""]
    lines.append(row("precision of what is held", sum(each.binds for each in held), len(held)))
    for wording in ("plain", "oblique"):
        of = [verdict for message, verdict in binding if message.wording == wording]
        lines.append(row(f"recall, {wording}: held", sum(v is Verdict.HOLD for v in of), len(of)))
        lines.append(row(f"recall, {wording}: held or asked", sum(v >= Verdict.ASK for v in of), len(of)))
    for name, wanted in (("held", Verdict.HOLD), ("asked", Verdict.ASK)):
        wrong = sum(verdict is wanted for _, verdict in ordinary)
        lines.append(row(f"ordinary messages {name}, of a hundred", wrong, len(ordinary), 100))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate, print, and end with 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="development", choices=("development", "held_out"))
    parser.add_argument("--file", type=Path, help="another set, TOML or JSON lines")
    parser.add_argument("--errors", action="store_true", help="name what was judged wrongly")
    asked = parser.parse_args(arguments)
    if asked.errors and asked.set == "held_out":
        parser.error("errors of the held-out set are not shown")
    of = council("authority")
    told = []
    for message in load(asked.file or FOLDER / f"{asked.set}.toml"):
        decision = judged(message, of).decision
        told.append((message, decision.verdict))
        if asked.errors and (decision.verdict >= Verdict.ASK) != message.binds:
            why = " / ".join(each.reason[:150] for each in decision.findings)
            print(
                f"{message.id} {message.wording or 'ordinary'} {decision.verdict.word}: {why or message.body[:200]!r}"
            )
    print("\n".join(report(told)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
