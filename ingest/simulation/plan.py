"""What is planted in the traffic: how much there is each day, and what holds true in it. Pure.

Everything follows from the plan and the catalogue: the same two give the same traffic, to the last id.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

SESSION_PREFIX: Final = "sim-"
CUSTOMER_PREFIX: Final = "sim-customer-"
LEAST_DAYS: Final = 21
"""Fewer days have no room for a quiet time before and after the broken week."""

MOST_SESSIONS: Final = 100_000
"""All events of a simulation are in memory at once, some 6 kB a session."""

GROWTH: Final = 0.015
"""So much of the first day's sessions is added each day."""
WEEKEND: Final = 1.6
"""Sessions of a Saturday or Sunday over those of another day."""
BROKEN_DAYS: Final = 7
BROKEN_SLOWER: Final = 6.0
BROKEN_ESCALATION: Final = 0.25
QUIET_ESCALATION: Final = 0.05
NO_RESULTS: Final = 0.06
BROKEN_NO_RESULTS: Final = 0.35
CLICKED: Final = 0.55
BROKEN_CLICKED: Final = 0.25
RISING_SHARE: Final = 0.3
"""Share of the searches of the last day that are for the rising query; it is nothing two thirds of the way before."""
REPAIRED: Final = 0.08
SEGMENT_DRAW: Final = 0.9
"""Share of a segment's visits that are to its category."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How well an algorithm does: probabilities of a click on a product shown, and of an order after a click."""

    ctr: float
    conversion: float
    placement: str


ALGORITHMS: Final[Mapping[str, Algorithm]] = MappingProxyType({
    "hybrid": Algorithm(0.12, 0.25, "home"),
    "trending": Algorithm(0.03, 0.10, "home"),
    "similar": Algorithm(0.06, 0.15, "product"),
    "bought_together": Algorithm(0.09, 0.40, "cart"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """Conversations of an intent: their share, and the share of them that are resolved."""

    share: float
    resolved: float


TOPICS: Final[Mapping[str, Topic]] = MappingProxyType({
    "search": Topic(0.40, 0.85),
    "gift": Topic(0.20, 0.80),
    "order_status": Topic(0.20, 0.95),
    "return": Topic(0.12, 0.60),
    "unclear": Topic(0.08, 0.20),
})  # fmt: skip

UNMET: Final = ("xylophone", "fax machine", "typewriter ribbon")
"""What is searched for and not sold; the first one most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A simulation. `until`: the moment that it ends, UTC; its first day is `days` - 1 days before. `sessions`: those
    of the first day, were it no weekend."""

    until: datetime
    days: int = 30
    seed: int = 7
    sessions: int = 20

    def __post_init__(self) -> None:
        if self.days < LEAST_DAYS:
            raise ValueError(
                f"A simulation has at least {LEAST_DAYS} days: its broken week needs quiet ones around it."
            )
        if self.sessions < 1:
            raise ValueError("A simulation has at least one session a day.")
        if (total := sum(self.sessions_of(number) for number in range(self.days))) > MOST_SESSIONS:
            raise ValueError(
                f"{total:,} sessions are more than fit into memory; at most {MOST_SESSIONS:,} can be simulated at once."
            )

    @property
    def first(self) -> date:
        return self.day(0)

    @property
    def broken(self) -> range:
        """Numbers of the days of the broken week, the middle one of the month."""
        begin = (self.days - BROKEN_DAYS) // 2
        return range(begin, begin + BROKEN_DAYS)

    def day(self, number: int) -> date:
        return self.until.astimezone(UTC).date() - timedelta(days=self.days - 1 - number)

    def is_weekend(self, number: int) -> bool:
        return self.day(number).weekday() >= 5

    def sessions_of(self, number: int) -> int:
        """Sessions of a day; the last one, which may not be over, has its share of them."""
        whole = self.sessions * (1 + GROWTH * number) * (WEEKEND if self.is_weekend(number) else 1)
        if number < self.days - 1:
            return round(whole)
        over = self.until.astimezone(UTC)
        # What begins in its last hour would not be over.
        return round(whole * max(0, over.hour * 60 + over.minute - 60) / 1_440)

    def rising(self, number: int) -> float:
        """Share of the day's searches that are for the rising query."""
        begin = self.days * 2 // 3
        return RISING_SHARE * max(0, number - begin) / (self.days - 1 - begin)

    def chance(self, stream: str) -> random.Random:
        """Numbers of their own for each kind of traffic, so that a change of one kind leaves the others alone."""
        return random.Random(f"{self.name}|{stream}")

    @property
    def name(self) -> str:
        """What tells this simulation from others; its last day and not its last hour."""
        return f"{self.seed}-{self.days}-{self.sessions}-{self.day(self.days - 1):%Y%m%d}"
