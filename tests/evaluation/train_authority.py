"""Train the model of `authority` anew: `python -m tests.evaluation.train_authority`.

Learns from `authority/development.toml` and `authority/sentences.toml`, and from files named with `--also` (what
`vestry feedback export` wrote), and writes `filters/authority/model.json`. The same sets give the same file.
In a message that binds, the sentences that hold its `phrase` bind, and nothing is learnt from the others; where it has
no phrase, nothing is learnt from it. Every sentence of an ordinary message is one that does not bind. With `--folds` it
says how well models would do on messages that they did not learn from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from config.address import domain_of
from config.consumer_domains import is_consumer
from filters.authority.model import Model, Signs, features, signs
from filters.authority.possible import POSSIBLE
from filters.authority.sentences import Sentence, plain_of, sentences
from tests.evaluation.messages import Labelled, load

FOLDER = Path(__file__).parent / "authority"
MODEL = Path(__file__).parents[2] / "filters/authority/model.json"
REGULARISED = 30.0
"""The inverse of how strongly weights of words are held down."""

LIGHTEST = 0.05
"""Weights of words below this are left out."""

FOLDS = 10
OWN_NAME = frozenset({"little", "wickham"})
DEMO = ("littlewickham-pc.example",)

Row = tuple[str, list[str], bool]
"""The message that a sentence is of, its features, and whether it binds."""


def told_by(message: Labelled) -> list[Sentence]:
    """The sentences of a message."""
    return [each for paragraph in re.split(r"\n\s*\n", message.body) for each in sentences(paragraph)]


def rows(messages: Iterable[Labelled]) -> list[Row]:
    """What is learnt from messages."""
    found = []
    for message in messages:
        phrase = plain_of(message.phrase).strip()
        for sentence in told_by(message):
            if not message.binds:
                found.append((message.id, features(sentence), False))
            elif phrase and phrase in sentence.plain:
                found.append((message.id, features(sentence), True))
    return found


def single_sentences() -> list[Row]:
    """What is learnt from single sentences."""
    told = tomllib.loads((FOLDER / "sentences.toml").read_text(encoding="utf-8"))["sentence"]
    return [
        (f"sentence {number}", features(sentence), each["binds"])
        for number, each in enumerate(told)
        for sentence in sentences(each["text"])
    ]


def on_words(learnt: Sequence[Row]) -> Model:
    """The model of sentences that follows from sentences."""
    names = sorted({name for _, found, _ in learnt for name in found})
    column = {name: number for number, name in enumerate(names)}
    counts = [len(found) for _, found, _ in learnt]
    matrix = csr_matrix(
        (
            numpy.repeat([1 / math.sqrt(count) for count in counts], counts),
            [column[name] for _, found, _ in learnt for name in found],
            numpy.cumsum([0, *counts]),
        ),
        shape=(len(learnt), len(names)),
    )
    machine = LogisticRegression(C=REGULARISED, solver="liblinear", random_state=0, max_iter=1000)
    machine.fit(matrix, [binds for _, _, binds in learnt])
    weights = {
        name: round(float(weight), 2)
        for name, weight in zip(names, machine.coef_[0], strict=True)
        if abs(weight) >= LIGHTEST
    }
    return Model(weights, round(float(machine.intercept_[0]), 3))


def on_signs(messages: Sequence[Labelled], learnt: Sequence[Row], words: Model) -> Model:
    """The same with a model of messages, from those that an organisation gets. The signs of each are those that a model
    gives that has not learnt from it.
    """
    of = {
        name: number % FOLDS
        for number, name in enumerate(sorted({name for name, _, _ in learnt}, key=shuffled))
    }
    models = [on_words([row for row in learnt if of[row[0]] != fold]) for fold in range(FOLDS)]
    kept = [each for each in messages if outside(each) and each.id in of]
    table = numpy.array([astuple(signs_of(each, models[of[each.id]])) for each in kept])
    machine = LogisticRegression(C=1.0, solver="liblinear", class_weight="balanced", random_state=0)
    machine.fit(table, [each.binds for each in kept])
    weights = tuple(round(float(each), 3) for each in machine.coef_[0])
    return Model(words.words, words.words_bias, weights, round(float(machine.intercept_[0]), 3))


def signs_of(message: Labelled, model: Model) -> Signs:
    """The signs of a message by a model of words."""
    told = told_by(message)
    best = max((model.odds(features(each)) for each in told), default=-30.0)
    private = any(POSSIBLE.speaks_of("private", each) for each in told)
    rule = any(True for each in told for _ in POSSIBLE.hits(each, OWN_NAME))
    return signs(told, best, private=private, rule=rule)


def outside(message: Labelled) -> bool:
    """Whether an organisation gets a message."""
    return any(domain_of(each) not in DEMO and not is_consumer(each) for each in message.to if "@" in each)


def shuffled(name: str) -> str:
    """An order of messages that has nothing to do with what they are, and is always the same."""
    return hashlib.sha256(name.encode()).hexdigest()


def folds(messages: Sequence[Labelled], learnt: Sequence[Row]) -> list[str]:
    """What models find of messages to organisations that they did not learn from, by threshold, phrases left aside."""
    of = {
        each.id: number % FOLDS
        for number, each in enumerate(sorted(messages, key=lambda each: shuffled(each.id)))
    }
    told = []
    for fold in range(FOLDS):
        rest = [each for each in messages if of[each.id] != fold]
        part = [row for row in learnt if of.get(row[0]) != fold]
        model = on_signs(rest, part, on_words(part))
        told += [
            (model.chance(signs_of(each, model)), each.wording)
            for each in messages
            if of[each.id] == fold and outside(each)
        ]
    lines = []
    for least in (0.5, 0.6, 0.7, 0.8, 0.9):
        shares = []
        for wording in ("plain", "oblique", ""):
            of_it = [chance >= least for chance, each in told if each == wording]
            shares.append(f"{wording or 'ordinary'} {sum(of_it)} of {len(of_it)}")
        lines.append(f"{least}: {', '.join(shares)}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write, and end with 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="further sets")
    parser.add_argument("--folds", action="store_true")
    asked = parser.parse_args(arguments)
    messages = [each for path in (FOLDER / "development.toml", *asked.also) for each in load(path)]
    learnt = [*rows(messages), *single_sentences()]
    if asked.folds:
        print("\n".join(folds(messages, learnt)))
    model = on_signs(messages, learnt, on_words(learnt))
    told = {
        "signs": model.signs,
        "signs_bias": model.signs_bias,
        "words_bias": model.words_bias,
        "words": dict(sorted(model.words.items())),
    }
    MODEL.write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(
        f"{len(learnt)} sentences, {sum(row[2] for row in learnt)} of them bind; {len(model.words)} weights"
    )
    print(dict(zip(Signs.__slots__, model.signs, strict=True)), model.signs_bias)
    return 0


if __name__ == "__main__":
    sys.exit(main())
