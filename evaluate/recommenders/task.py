"""What is predicted from what. Pure: files are read in data.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from evaluate.errors import DataWrong
from shop.recommenders.histories import Histories

SEED = 20260101

Sequences = Mapping[str, Sequence[str]]
"""Product ids in order of time, by shopper."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known of products beside who took them, in the order of product numbers; empty where nothing is."""

    titles: Sequence[str] = ()
    attributes: Sequence[frozenset[str]] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """`train`: all that a model may learn from. `asked`: what is known of each shopper at the time of asking.
    `targets`: what they took next, one or more products each. `protocol`: how the two were parted, in a sentence."""

    protocol: str
    train: Histories
    asked: Histories
    targets: Histories
    contents: Contents = field(default_factory=Contents)


def given(train: Sequences, test: Sequences, known: Iterable[str] = ()) -> tuple[Task, list[str]]:
    """The shoppers of `test`, asked about after what `train` has of them; and the product ids by number. `known` are
    products beside those that somebody took."""
    numbers = _numbered([*train.values(), *test.values(), list(known)])
    asked = [train.get(shopper, ()) for shopper in test]
    task = Task(
        "the products of the test file, after what the training file has of each shopper",
        _histories(train.values(), numbers),
        _histories(asked, numbers),
        _histories((dict.fromkeys(items) for items in test.values()), numbers),
    )
    return _checked(task), list(numbers)


def leave_one_out(sequences: Sequences, known: Iterable[str] = ()) -> tuple[Task, list[str]]:
    """The last event of each shopper who has two or more, after all earlier ones of everybody."""
    numbers = _numbered([*sequences.values(), list(known)])
    every = _histories(sequences.values(), numbers)
    train = every.without_last()
    some = every.lengths > 1
    last = every.last()[some]
    targets = Histories(last, np.arange(len(last) + 1), every.catalogue)
    return _checked(Task("the last event of each shopper", train, train.chosen(some), targets)), list(numbers)


def by_session(
    sessions: Sequences, *, ordered: bool, share: float = 0.2, known: Iterable[str] = ()
) -> tuple[Task, list[str]]:
    """One event of each of a fifth of the sessions, of which nothing is learned: the models are fitted to the other
    sessions, and see of these what came before. Where the file has no order of time, each session is put into one by
    chance (seeded), so that the event held out is any of it."""
    numbers = _numbered([*sessions.values(), list(known)])
    generator = np.random.default_rng(SEED)
    listed = [list(items) if ordered else list(generator.permutation(np.asarray(items))) for items in sessions.values()]
    every = _histories(listed, numbers)
    out = (generator.random(len(every)) < share) & (every.lengths > 1)
    held = every.chosen(out)
    last = held.last()
    how = "last event" if ordered else "one event, drawn by chance for the file has no order of time,"
    task = Task(
        f"the {how} of each of {share:.0%} of the sessions, which the models were not fitted to",
        every.chosen(~out),
        held.without_last(),
        Histories(last, np.arange(len(last) + 1), every.catalogue),
    )
    return _checked(task), list(numbers)


def _numbered(sequences: Iterable[Iterable[str]]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for sequence in sequences:
        for item in sequence:
            numbers.setdefault(item, len(numbers))
    return numbers


def _histories(sequences: Iterable[Iterable[str]], numbers: Mapping[str, int]) -> Histories:
    return Histories.of(([numbers[item] for item in sequence] for sequence in sequences), len(numbers))


def _checked(task: Task) -> Task:
    if not len(task.targets.items):
        raise DataWrong("Nothing is left to predict: no shopper has an event to hold out.")
    if not len(task.train.items):
        raise DataWrong("Nothing is left to learn from: there are no events before those to predict.")
    return task
