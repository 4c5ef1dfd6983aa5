"""A model asked about every shopper, block by block, and what came out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from evaluate.recommenders import metrics
from evaluate.recommenders.metrics import K, Unlikeness, Values
from evaluate.recommenders.task import Task
from shop.recommenders.contract import Recommended, top
from shop.recommenders.evidence import BLOCK_CELLS
from shop.recommenders.histories import Histories, Items, Scores

Asked = Callable[[Histories], Scores]


@dataclass(slots=True)
class Outcome:
    """Ranks of the targets and the lists of every shopper, block after block."""

    ranks: list[Values] = field(default_factory=list)
    lists: list[Recommended] = field(default_factory=list)

    def add(self, scores: Scores, asked: Histories, targets: Histories, *, exclude_seen: bool) -> None:
        """The next block of shoppers."""
        self.ranks.append(metrics.ranks(scores, asked, targets, exclude_seen=exclude_seen))
        self.lists.extend(top(scores, asked, K, exclude_seen=exclude_seen))


def blocks(asked: Histories, targets: Histories) -> Iterator[tuple[Histories, Histories]]:
    """Shoppers and their targets, as many at a time as keep scores of all products in bounds."""
    step = max(1, BLOCK_CELLS // asked.catalogue)
    for first in range(0, len(asked), step):
        end = min(first + step, len(asked))
        yield asked.part(first, end), targets.part(first, end)


def outcome(scored: Asked, asked: Histories, targets: Histories, *, exclude_seen: bool) -> Outcome:
    """Everybody asked about."""
    found = Outcome()
    for part, wanted in blocks(asked, targets):
        found.add(scored(part), part, wanted, exclude_seen=exclude_seen)
    return found


def mean_ndcg(scored: Asked, asked: Histories, targets: Histories, *, exclude_seen: bool) -> float:
    """The figure by which settings are chosen."""
    ranked = [
        metrics.ranks(scored(part), part, wanted, exclude_seen=exclude_seen) for part, wanted in blocks(asked, targets)
    ]
    return float(metrics.ndcg(np.concatenate(ranked), targets).mean())


@dataclass(frozen=True, slots=True)
class Figures:
    """Values of every shopper by figure, and the coverage, which is one number."""

    values: dict[str, Values]
    coverage: float


def figures(found: Outcome, task: Task, popular: Items, unlike: Unlikeness) -> Figures:
    """All figures of an outcome."""
    ranks = np.concatenate(found.ranks)
    values = {
        f"hr@{K}": metrics.hit_rate(ranks, task.targets),
        f"ndcg@{K}": metrics.ndcg(ranks, task.targets),
        "mrr": metrics.reciprocal_rank(ranks, task.targets),
        "diversity": metrics.diversity(found.lists, unlike),
        "serendipity": metrics.serendipity(found.lists, task.asked, task.targets, popular, unlike),
        "novelty": metrics.novelty(found.lists, task.train),
    }
    return Figures(values, metrics.coverage(found.lists, task.train.catalogue))
