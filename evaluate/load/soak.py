"""`python -m evaluate soak`: users for a long time, and the memory of the service beside it."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any, Final

from evaluate.errors import MeasurementFailed
from evaluate.load.measure import users, warm
from evaluate.load.processor import parts
from evaluate.load.shop import own_shop
from evaluate.processes.watch import Taken, Watch, slope_mb_an_hour

END_S: Final = 120.0
"""Beyond their time, for the users to start and to end."""
SETTLED: Final = 1 / 3
"""The first part of the time is left out: caches fill."""
GROWTH_AN_HOUR: Final = 0.10
GROWTH_LEAST: Final = 0.05
"""Memory may grow by a tenth an hour: what fragments and is given back later; in a short time by a twentieth."""


JUDGED: Final = ("api", "consumer")
"""The parts that must stay flat. Elasticsearch has all its heap from the start, and Redis keeps what waits."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """`samples`: of the parts of the shop, each with all its processes; `users_code`: how the load test ended."""

    samples: Sequence[Taken]
    users_code: int

    @property
    def settled(self) -> list[Taken]:
        start = self.samples[-1].at * SETTLED
        return [sample for sample in self.samples if sample.at >= start]

    @property
    def hours(self) -> float:
        """How long what counts was."""
        return (self.settled[-1].at - self.settled[0].at) / 3600

    def growth_mb(self, part: str) -> float:
        """By the straight line through the samples, from the first to the last that counts."""
        return slope_mb_an_hour(self.settled, part) * self.hours

    def allowed_mb(self, part: str) -> float:
        """What it may have grown by."""
        usual = median(sample.memory_mb[part] for sample in self.settled)
        return usual * max(GROWTH_LEAST, GROWTH_AN_HOUR * self.hours)

    @property
    def flat(self) -> bool:
        return all(
            self.growth_mb(part) <= self.allowed_mb(part) for part in JUDGED if part in self.samples[0].memory_mb
        )


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
            with (
                users(shop.api.url, folder / "soak.html", settings) as running,
                Watch(parts(shop), max(0.2, seconds / 600)) as watch,
            ):
                end = time.monotonic() + seconds + END_S
                while running.poll() is None:
                    if not shop.api.alive:
                        raise MeasurementFailed(f"The API ended; its last words: {shop.api.last_words()}")
                    if time.monotonic() > end:
                        raise MeasurementFailed(f"The users did not end in {seconds + END_S:.0f} s.")
                    time.sleep(0.2)
            if len(watch.samples) < 10:
                raise MeasurementFailed("The users ended before anything could be measured; their own words are above.")
            return Soaked(watch.samples, running.returncode)


def lines(measured: Soaked) -> Iterator[str]:
    """For people: each minute, and what became of each part."""
    names = list(measured.samples[0].memory_mb)
    yield f"{'memory, MB':<10}" + "".join(f"{name:>15}" for name in names)
    for minute, found in groupby(measured.samples, lambda sample: int(sample.at // 60)):
        kept = list(found)
        middle = {name: median(sample.memory_mb[name] for sample in kept) for name in names}
        yield f"minute {minute:<3}" + "".join(f"{middle[name]:>15.1f}" for name in names)
    for name in names:
        slope = slope_mb_an_hour(measured.settled, name)
        judged = f"; grew by {measured.growth_mb(name):.1f} MB, allowed {measured.allowed_mb(name):.1f}"
        since = f"{slope:+.1f} MB an hour from {measured.settled[0].at:.0f} s on"
        yield f"{name}: {since}{judged if name in JUDGED else ''}"
    yield "flat" if measured.flat else "NOT FLAT"


def values(measured: Soaked) -> dict[str, Any]:
    """As JSON."""
    first, last = measured.settled[0].memory_mb, measured.settled[-1].memory_mb
    return {
        "seconds": round(measured.samples[-1].at),
        "first_mb": round(first["api"], 1),
        "last_mb": round(last["api"], 1),
        "growth_mb": {name: round(measured.growth_mb(name), 2) for name in first},
        "allowed_mb": {name: round(measured.allowed_mb(name), 2) for name in JUDGED},
        "flat": measured.flat,
        "users_code": measured.users_code,
    }
