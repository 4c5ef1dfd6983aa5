"""How well intents are learned from a file of examples, and told from what belongs to none."""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from embed.base import Embedder
from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.errors import DataWrong
from shop.intents.errors import IntentError
from shop.intents.examples import NONE, Example, background, read_all, read_examples
from shop.intents.model import TrainedIntents
from shop.intents.scoring import THRESHOLDS, Answers, Score, held_out_answers, score, table
from shop.intents.training import Learned, learn


@dataclass(frozen=True, slots=True)
class Measured:
    """`crossed`: by cross-validation on the training examples. `tested`: on the test file's, None without one; there
    `best` is the most accurate of all thresholds, chosen with the test's answers known, as papers report it."""

    examples: int
    intents: int
    test_examples: int
    own_threshold: float
    crossed: tuple[Score, ...]
    tested: tuple[Score, ...] | None
    best: Score | None
    confused: tuple[tuple[str, str, int], ...]


def measure(train: Sequence[Example], test: Sequence[Example] | None, embedder: Embedder, share: float) -> Measured:
    """Trains on `train` alone; `test` is only asked."""
    learned = learn(train, background(), embedder, share=share)
    held_out = held_out_answers(learned)
    answers = None if test is None else _answers(learned, test, embedder)
    at = (*THRESHOLDS, learned.refusal.threshold)
    best = None
    if answers is not None:
        every = [score(answers, float(threshold)) for threshold in np.linspace(0, 0.99, 100)]
        best = max(every, key=lambda one: one.accuracy)
    return Measured(
        len(train),
        len({example.label for example in train} - {NONE}),
        0 if test is None else len(test),
        learned.refusal.threshold,
        tuple(score(held_out, threshold) for threshold in at),
        None if answers is None else tuple(score(answers, threshold) for threshold in at),
        best,
        _confused(answers or held_out, learned.refusal.threshold),
    )


def _answers(learned: Learned, test: Sequence[Example], embedder: Embedder) -> Answers:
    model = TrainedIntents(learned.fitted, learned.refusal, {"embedder": embedder.spec.id}, embedder)
    found = model.answer([example.text for example in test])
    known = set(model.labels)
    # An intent that training never saw can be answered by nothing but a refusal.
    truth = [example.label if example.label in known else NONE for example in test]
    return Answers(
        np.array(truth), np.array([one.likeliest for one in found]), np.array([one.confidence for one in found]),
        np.ones(len(test)),
    )  # fmt: skip


def _confused(answers: Answers, threshold: float) -> tuple[tuple[str, str, int], ...]:
    said = np.where(answers.confidence >= threshold, answers.likeliest, NONE)
    pairs = Counter((str(t), str(s)) for t, s in zip(answers.truth, said, strict=True) if t != s)
    return tuple((truth, other, count) for (truth, other), count in pairs.most_common(8))


def lines(measured: Measured) -> Iterator[str]:
    """The table for people."""
    yield f"{measured.examples} examples of {measured.intents} intents; its own threshold is {measured.own_threshold}."
    yield "Cross-validation (half of what is asked belongs to no intent: intents left out of training, small talk):"
    yield from table(measured.crossed)
    if measured.tested is not None and measured.best is not None:
        yield f"Test ({measured.test_examples} examples):"
        yield from table(measured.tested)
        best = measured.best
        yield f"Best threshold in hindsight {best.threshold:.2f}: accuracy {best.accuracy:.3f}, mcc {best.mcc:.3f}"
    yield "Most often taken for another, at its own threshold:"
    for truth, said, count in measured.confused:
        yield f"  {count:4}  {truth} -> {said}"


def values(measured: Measured) -> dict[str, Any]:
    """The figures as JSON; `own` is at the model's own threshold, which training chose."""

    def told(scores: Sequence[Score]) -> dict[str, Any]:
        own = asdict(replace(scores[-1], threshold=measured.own_threshold))
        return {"own": own, "by_threshold": [asdict(one) for one in scores[:-1]]}

    return {
        "examples": measured.examples,
        "intents": measured.intents,
        "cross_validation": told(measured.crossed),
        "test": None
        if measured.tested is None or measured.best is None
        else {"examples": measured.test_examples, "best": asdict(measured.best), **told(measured.tested)},
    }


def measured_of(given: argparse.Namespace) -> Measured:
    """From the command's options. Raises DataWrong, and what the sentence model raises."""
    try:
        train = read_all(given.train)
        # The same question asked twice counts twice in a test.
        test = [example for path in given.test for example in read_examples(path)] if given.test else None
        return measure(train, test, text_embedder(EmbedSettings()), given.share)
    except IntentError as error:
        raise DataWrong(str(error)) from error


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `python -m evaluate intents`."""
    files = "sentence,label (CSV), or what `python -m jobs train-intents` reads; NO_NODES_DETECTED: no intent"
    command.add_argument("--train", type=Path, nargs="+", required=True, metavar="FILE", help=files)
    command.add_argument("--test", type=Path, nargs="+", default=[], metavar="FILE", help="asked, never learned from")
    command.add_argument(
        "--share", type=_share, default=0.5, metavar="0..1", help="expected share of messages of no intent"
    )


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError("must lie between 0 and 1")
    return share
