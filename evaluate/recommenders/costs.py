"""What training and serving cost: time, processor time and memory."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import psutil
import scipy.sparse as sparse

from shop.recommenders.contract import Recommender, recommend
from shop.recommenders.histories import Histories

MB = 1_000_000
ASKED = 200


@dataclass(slots=True)
class Cost:
    """Seconds on the clock, seconds of processors, and the most memory beyond that at the start, in megabytes."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def measured(every_s: float = 0.02) -> Iterator[Cost]:
    """The cost of a block of code; memory is looked at every `every_s` seconds."""
    process, cost, done = psutil.Process(), Cost(), threading.Event()
    before = process.memory_info().rss
    highest = before

    def watch() -> None:
        nonlocal highest
        while not done.wait(every_s):
            highest = max(highest, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield cost
    finally:
        cost.wall_s, cost.cpu_s = time.perf_counter() - wall, time.process_time() - cpu
        done.set()
        watcher.join()
        cost.peak_mb = (max(highest, process.memory_info().rss) - before) / MB


def request_ms(model: Recommender, asked: Histories, *, exclude_seen: bool) -> float:
    """Median milliseconds of the processor for one shopper's list of ten, the first ones left out."""
    took = []
    for shopper in range(min(ASKED, len(asked))):
        history = asked.part(shopper, shopper + 1)
        start = time.process_time()
        recommend(model, history, 10, exclude_seen=exclude_seen)
        took.append(time.process_time() - start)
    return 1_000 * float(np.median(took[len(took) // 10 :]))


def size_mb(thing: object, seen: set[int] | None = None) -> float:
    """Megabytes of the arrays that a model holds, each counted once."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0.0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes / MB
    if isinstance(thing, sparse.csr_matrix):
        return sum((size_mb(part, seen) for part in (thing.data, thing.indices, thing.indptr)), 0.0)
    if isinstance(thing, dict):
        return sum(size_mb(part, seen) for part in thing.values())
    names = [*getattr(thing, "__dict__", ()), *getattr(type(thing), "__slots__", ())]
    return sum(size_mb(getattr(thing, name, None), seen) for name in names)
