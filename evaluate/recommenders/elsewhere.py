"""Recommenders that are not ours, in the same table: an engine that lists ten products and ranks no others, and figures
that others published."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import numpy as np

from evaluate.recommenders.gorse import Gorse
from evaluate.recommenders.measure import Row, Run
from evaluate.recommenders.metrics import K, Values
from evaluate.recommenders.scoring import Outcome, figures
from evaluate.recommenders.task import Task
from shop.recommenders.contract import Recommended
from shop.recommenders.histories import Histories


@dataclass(frozen=True, slots=True)
class Published:
    """Figures of a paper: never measured here, and not with our code for what is left out and what is equal."""

    name: str
    hit_rate: float
    ndcg: float
    source: str


BEAUTY: Final = (22_363, 12_101)
"""Shoppers and products of Amazon Beauty (2014) with five events each or more."""
PUBLISHED: Final[Mapping[tuple[int, int], Sequence[Published]]] = MappingProxyType({
    BEAUTY: (
        Published("SASRec", 0.0605, 0.0318, "Zhou et al., S3-Rec, CIKM 2020, table 2"),
        Published("TIGER", 0.0648, 0.0384, "Rajput et al., NeurIPS 2023, table 1"),
    )
})  # fmt: skip
"""HR@10 and nDCG@10 of the last event of each shopper in the whole data, by the number of shoppers and products."""


def published(task: Task) -> Sequence[Published]:
    """What others published on these data, told by their size; mostly nothing."""
    return PUBLISHED.get((len(task.train), task.train.catalogue), ())


def gorse_rows(run: Run, binary: Path) -> Iterator[Row]:
    """gorse, fitted to what the others were fitted to: by history, and, where everybody asked about is somebody it has
    learned from, the lists that it made beforehand. Raises MeasurementFailed."""
    task = run.task
    with TemporaryDirectory(prefix="gorse-") as folder, Gorse(binary, Path(folder), run.threads) as gorse:
        gorse.learn(task.train)

        def by_history(row: int) -> list[int]:
            return gorse.by_history(task.asked.of_shopper(row).tolist(), K)

        yield _told(run, gorse, "gorse, by history", by_history)
        if same(task.asked, task.train):
            yield _told(run, gorse, "gorse, lists", lambda row: gorse.list_for(row, K))


def _told(run: Run, gorse: Gorse, name: str, listed: Callable[[int], list[int]]) -> Row:
    task, took, lists = run.task, [], []
    for row in range(len(task.asked)):
        began = time.perf_counter()
        found = listed(row)
        took.append(time.perf_counter() - began)
        lists.append(np.asarray(found, dtype=np.int32))
    p50, p95 = (1_000 * float(np.percentile(took, share)) for share in (50, 95))
    recommended = [Recommended(found, np.arange(len(found), 0, -1, dtype=np.float32)) for found in lists]
    told = figures(Outcome([places(lists, task.targets)], recommended), task, run.popular, run.unlike)
    settings = {"ms over HTTP, by the clock, p50": round(p50, 2), "p95": round(p95, 2)}
    return Row(name, told, settings, gorse.learned, gorse.stored_mb(), p50)


def places(lists: Sequence[np.ndarray], targets: Histories) -> Values:
    """The rank of each target in its shopper's list, 1 the best; the size of the catalogue where it is not in it, for
    nothing is known of the ranks behind."""
    found = np.full(len(targets.items), float(targets.catalogue))
    for place, (row, item) in enumerate(zip(targets.shoppers, targets.items, strict=True)):
        at = np.flatnonzero(lists[row] == item)
        if len(at):
            found[place] = 1 + at[0]
    return found


def same(one: Histories, other: Histories) -> bool:
    """The same histories in the same order."""
    return np.array_equal(one.starts, other.starts) and np.array_equal(one.items, other.items)
