"""How often Python looks for garbage in what the service keeps in memory.

A process holds some 400,000 objects that stay: products, rows of what was learned, models. Python's cyclic collector
reads all of them each time that a quarter more has come, during which nothing is answered (0.3 to 1.5 s), and it looks
at the newest 700 some times in each request. What stays is taken out of its sight, and it looks after more has come.
Reference counting, which frees nearly everything, goes on as it is.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 10_000
"""New objects after which the youngest are looked at; 700 as Python comes."""

THAW_S: Final = 3600.0
"""So often what was set aside is looked at once more: requests that were under way then leave cycles behind, some
thousand objects an hour, which nobody would ever free. It takes some 0.2 s, in which nobody is answered."""

_before: list[tuple[int, int, int]] = []
"""The thresholds that each open service found. The collector is the process's, so the last one to end restores them."""
_looked: list[float] = [0.0]
"""When all was looked at for the last time."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """While a service is open. When the last one ends, the collector is as the first one found it."""
    if not _before:
        _looked[0] = time.monotonic()
    _before.append(gc.get_threshold())
    gc.set_threshold(YOUNG, *_before[0][1:])
    try:
        yield
    finally:
        found = _before[0]
        _before.pop()
        if not _before:
            gc.set_threshold(*found)
            gc.unfreeze()


def set_aside(*, unseen: bool = False) -> None:
    """Takes what is there now out of the collector's sight, after it has looked once more, or `unseen`, which takes no
    time. Nothing while no service is open. What is let go later is freed all the same, but for cycles, which stay until
    the first look after THAW_S: call it where much was read that will stay, not in requests."""
    if not _before:
        return
    if not unseen:
        if time.monotonic() - _looked[0] >= THAW_S:
            gc.unfreeze()
            _looked[0] = time.monotonic()
        gc.collect()
    gc.freeze()
