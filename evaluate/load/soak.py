"""`python -m evaluate soak`: users for a long time, and the memory of the service beside it."""

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, Final

from evaluate.errors import MeasurementFailed
from evaluate.load.measure import users, warm
from evaluate.load.shop import own_shop
from evaluate.processes.process import Process

END_S: Final = 120.0
"""Beyond their time, for the users to start and to end."""
SETTLED: Final = 1 / 3
"""The first part of the time is left out: caches fill."""
GROWTH_AN_HOUR: Final = 0.10
GROWTH_LEAST: Final = 0.05
"""Memory may grow by a tenth an hour: what fragments and is given back later; in a short time by a twentieth."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """`samples`: (seconds since the start, resident MB of the API with all its workers); `users_code`: how the load
    test ended."""

    samples: Sequence[tuple[float, float]]
    users_code: int

    @property
    def settled(self) -> list[tuple[float, float]]:
        start = self.samples[-1][0] * SETTLED
        return [sample for sample in self.samples if sample[0] >= start]

    @property
    def growth_mb(self) -> float:
        """By the straight line through the samples (least squares), from the first to the last that counts."""
        times = [at for at, _ in self.settled]
        return linear_regression(times, [mb for _, mb in self.settled]).slope * (times[-1] - times[0])

    @property
    def allowed_mb(self) -> float:
        hours = (self.settled[-1][0] - self.settled[0][0]) / 3600
        return median(mb for _, mb in self.settled) * max(GROWTH_LEAST, GROWTH_AN_HOUR * hours)

    @property
    def flat(self) -> bool:
        return self.growth_mb <= self.allowed_mb


def measure(
    seconds: float, count: int, products: int, think: tuple[float, float] = (0.5, 1.5), warm_s: float = 30.0
) -> Soaked:
    """So many users for so long, against a shop of its own that was warmed for `warm_s`. Raises EngineError,
    EmbedError, MeasurementFailed."""
    with tempfile.TemporaryDirectory(prefix="shopscout-soak-") as name:
        folder = Path(name)
        with own_shop(products, folder) as shop:
            warm(shop.api.url, warm_s)
            asked = {
                "SHAPE": "soak", "USERS": str(count), "TIME_S": str(seconds), "WRITES": "true",
                "THINK_LEAST_S": str(think[0]), "THINK_MOST_S": str(think[1]),
            }  # fmt: skip
            settings = {f"SHOPSCOUT_LOADTEST_{key}": value for key, value in asked.items()}
            with users(shop.api.url, folder / "soak.html", settings) as running:
                samples = _watched(shop.api, running, max(0.2, seconds / 600), seconds + END_S)
            return Soaked(samples, running.returncode)


def _watched(
    api: Process, running: "subprocess.Popen[bytes]", every_s: float, at_most_s: float
) -> list[tuple[float, float]]:
    began, samples = time.monotonic(), []
    while running.poll() is None:
        if not api.alive:
            raise MeasurementFailed(f"The API ended; its last words: {api.last_words()}")
        if time.monotonic() - began > at_most_s:
            raise MeasurementFailed(f"The users did not end in {at_most_s:.0f} s.")
        samples.append((time.monotonic() - began, api.memory_mb()))
        time.sleep(every_s)
    if len(samples) < 10:
        raise MeasurementFailed("The users ended before anything could be measured; their own words are above.")
    return samples


def lines(measured: Soaked) -> Iterator[str]:
    """For people."""
    kept = measured.settled
    yield f"{measured.samples[-1][0]:.0f} s; memory of the API from {kept[0][0]:.0f} s on: {kept[0][1]:.0f} MB,"
    yield f"  at the end {kept[-1][1]:.0f} MB; growth {measured.growth_mb:.1f} MB, allowed {measured.allowed_mb:.1f} MB"
    yield "flat" if measured.flat else "NOT FLAT"


def values(measured: Soaked) -> dict[str, Any]:
    """As JSON."""
    return {
        "seconds": round(measured.samples[-1][0]),
        "first_mb": round(measured.settled[0][1], 1),
        "last_mb": round(measured.settled[-1][1], 1),
        "growth_mb": round(measured.growth_mb, 2),
        "allowed_mb": round(measured.allowed_mb, 2),
        "flat": measured.flat,
        "users_code": measured.users_code,
    }
