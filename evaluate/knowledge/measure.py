"""`python -m evaluate knowledge`: how many questions do documents answer rightly, and how many that they do not hold?

`libraries/` are small shops' documents of several kinds with questions that were written before the model of answers
was trained, by the same hand; nothing is learned from them. Requests that others wrote for shops are asked of the demo
shop's documents where they are on this machine: which of them the documents answer is known by their intents.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from embed.base import Embedder
from evaluate.errors import DataMissing, DataWrong
from evaluate.grounding.measure import Share
from ingest.errors import FeedError
from ingest.knowledge.reading import READERS, read
from shop.knowledge.answering.errors import LibraryWrong
from shop.knowledge.answering.libraries import Asked, Library, questions
from shop.knowledge.answering.model import AnswerModel
from shop.knowledge.answering.training import Question, asked, surest

HERE: Final = Path(__file__).parent / "libraries"
DEMO: Final = Path(__file__).parents[2] / "shop" / "demo" / "documents"
QUESTIONS: Final = "questions.yaml"
REQUESTS: Final = Path("chat") / "bitext-support" / "train.csv"
ANSWERED: Final = (
    "check_payment_methods", "delivery_options", "delivery_period", "check_refund_policy", "recover_password",
    "delete_account",
)  # fmt: skip
"""Intents of the requests that the demo shop's documents answer."""
OUTSIDE: Final = (
    "newsletter_subscription", "create_account", "switch_account", "registration_problems", "review", "check_invoice",
    "get_invoice", "edit_account",
)  # fmt: skip
"""Those of which they say nothing."""
LEVELS: Final = (0.02, 0.03, 0.05, 0.075, 0.1, 0.15)


@dataclass(frozen=True, slots=True)
class Row:
    """One question: the confidence of its surest passage, whether that is the right one, whether the documents have an
    answer, and whether that was taken away for the question."""

    library: str
    confidence: float
    right: bool
    answerable: bool
    taken_away: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """`rows`: questions to the libraries; `others`: of others' requests the confidence of the surest passage, by
    whether the documents answer them."""

    threshold: float
    rows: tuple[Row, ...]
    others: Mapping[bool, Sequence[float]]


def library(folder: Path, name: str, documents: Path) -> Library:
    """A folder of documents, with the questions of `folder`. Raises DataMissing, DataWrong."""
    try:
        files = [path for path in sorted(documents.iterdir()) if path.suffix.lower() in READERS]
        passages = [(one.title, part) for one in (read(path, path.name) for path in files) for part in one.passages]
        stored = yaml.safe_load((folder / QUESTIONS).read_text(encoding="utf-8"))
        return Library(name, tuple(passages), tuple(questions(stored, passages)))
    except OSError as error:
        raise DataMissing(f"There are no documents with {QUESTIONS} in {folder}: {error}") from error
    except (FeedError, LibraryWrong, yaml.YAMLError, KeyError, TypeError) as error:
        raise DataWrong(f"{folder}: {error}") from error


def libraries(folder: Path = HERE) -> list[Library]:
    """Every library below a folder; `demo` has questions alone, to the documents of the demo shop."""
    found = [path for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    if not found:
        raise DataMissing(f"There are no libraries in {folder}.")
    return [library(path, path.name, DEMO if path.name == "demo" else path) for path in found]


def requests(data: Path, step: int = 1) -> list[tuple[str, bool]]:
    """Every `step`th of others' requests that the demo's documents answer, or say nothing of; none where the file is
    not on this machine."""
    path = data / REQUESTS
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["intent"] in (*ANSWERED, *OUTSIDE)]
    return [(row["utterance"], row["intent"] in ANSWERED) for row in rows[::step]]


def measure(
    model: AnswerModel, embedder: Embedder, held: Sequence[Library], others: Sequence[tuple[str, bool]]
) -> Measured:
    """Every question asked of its library; questions with an answer a second time without it."""
    rows = []
    for one in held:
        for question in asked([one], embedder, model.topics):
            sure, right = surest(model.weighing, question)
            rows.append(Row(one.name, sure, right, question.answerable, question.taken_away))
    told: dict[bool, list[float]] = {True: [], False: []}
    for question, theirs in zip(_of_others(others, embedder, model), others, strict=True):
        told[theirs[1]].append(surest(model.weighing, question)[0])
    return Measured(model.weighing.threshold, tuple(rows), told)


def _of_others(others: Sequence[tuple[str, bool]], embedder: Embedder, model: AnswerModel) -> list[Question]:
    if not others:
        return []
    demo = library(HERE / "demo", "demo", DEMO)
    texts = tuple(Asked(text, None) for text, _ in others)
    return asked([Library("others", demo.passages, texts)], embedder, model.topics)


def shares(rows: Sequence[Row], threshold: float) -> dict[str, Share]:
    """At a threshold: answered rightly, wrongly, though outside the documents, and though the answer was taken away."""
    inside = [one for one in rows if one.answerable]
    outside = [one for one in rows if not one.answerable and not one.taken_away]
    away = [one for one in rows if one.taken_away]

    def told(among: Sequence[Row], right: bool | None = None) -> Share:
        return Share(
            sum(one.confidence >= threshold and right in (None, one.right) for one in among), len(among)
        )  # fmt: skip

    return {
        "right": told(inside, True), "wrong": told(inside, False), "outside": told(outside), "taken_away": told(away)
    }  # fmt: skip


def trade(rows: Sequence[Row]) -> list[tuple[float, dict[str, Share]]]:
    """What could be had: the threshold at which each of LEVELS of the questions outside is answered, chosen in
    hindsight, and the shares there."""
    outside = np.sort([one.confidence for one in rows if not one.answerable and not one.taken_away])[::-1]
    at = [float(np.nextafter(outside[int(level * len(outside))], 1.0)) for level in LEVELS]
    return [(threshold, shares(rows, threshold)) for threshold in at]


def of_others(measured: Measured) -> dict[str, Share]:
    """Of others' requests those that are answered, with an answer in the documents and without."""
    return {
        name: Share(sum(sure >= measured.threshold for sure in measured.others[has]), len(measured.others[has]))
        for name, has in (("answered", True), ("outside", False))
    }


def values(measured: Measured) -> dict[str, Any]:
    """The figures, for programs."""
    names = sorted({one.library for one in measured.rows})
    tables = {name: [one for one in measured.rows if one.library == name] for name in names} | {"all": measured.rows}
    return {
        "threshold": measured.threshold,
        "libraries": {name: _told(shares(rows, measured.threshold)) for name, rows in tables.items()},
        "others": _told(of_others(measured)),
        "trade": [{"threshold": at, **_told(found)} for at, found in trade(measured.rows)],
    }


def _told(found: Mapping[str, Share]) -> dict[str, Any]:
    return {
        name: {"hits": one.hits, "of": one.of, "interval": [round(end, 4) for end in one.interval]}
        for name, one in found.items()
    }


def lines(measured: Measured) -> Iterator[str]:
    """The figures, for people."""
    yield f"{'library':12} questions  right  wrong   outside: asked  answered   answer taken away: answered"
    names = sorted({one.library for one in measured.rows})
    for name in (*names, "all"):
        found = shares([one for one in measured.rows if name in ("all", one.library)], measured.threshold)
        yield (
            f"{name:12} {found['right'].of:9}  {found['right'].rate:5.0%}  {found['wrong'].rate:5.0%}   "
            f"{found['outside'].of:14}  {found['outside'].rate:8.1%}   {found['taken_away'].rate:27.1%}"
        )
    for at, found in trade(measured.rows):
        yield (
            f"  in hindsight, from {at:.2f} on: right {found['right'].rate:.0%}, outside {found['outside'].rate:.1%}, "
            f"taken away {found['taken_away'].rate:.1%}"
        )
    for name, one in of_others(measured).items():
        if one.of:
            low, high = one.interval
            yield f"requests by others, {name}: {one.rate:.1%} of {one.of} ({low:.1%} to {high:.1%})"
