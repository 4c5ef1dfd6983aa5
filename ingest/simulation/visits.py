"""What shoppers do: they look around, are shown recommendations, click some, and order. Pure.

A shopper has two kinds of products in mind, looks around them, and often buys one with something that goes with it:
for each kind of product two others of its category do. Some shoppers belong to a segment: night owls come at night and
look at the first category, weekenders come on weekends and look at the second.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from ingest.simulation.plan import ALGORITHMS, CUSTOMER_PREFIX, SEGMENT_DRAW, SESSION_PREFIX, Plan
from ingest.simulation.stock import Stock, Ware

CUSTOMERS: Final = 120
SIGNED_IN: Final = 0.6
CARTED: Final = 0.4
ORDERED: Final = 0.7
SHOWN: Final = 6
NIGHT: Final = (0, 1, 2, 3, 4)
NIGHT_OWLS, WEEKENDERS = "night_owls", "weekenders"
# Visits of an hour of the day, in parts: a morning, a lunch, a long evening.
_BY_HOUR: Final = (1, 0, 0, 0, 1, 2, 4, 6, 7, 7, 7, 8, 10, 9, 7, 7, 8, 10, 13, 16, 17, 14, 8, 3)

Event = dict[str, Any]


@dataclass(slots=True)
class Session:
    """One visit: who, when (UTC), on which day of the plan; its kinds of products, and what was done (`events`)."""

    session_id: str
    customer: str
    day: int
    at: datetime
    kinds: tuple[str, ...]
    signed_in: bool
    events: list[Event] = field(default_factory=list)

    @property
    def known(self) -> dict[str, str]:
        told = {"session_id": self.session_id}
        return {**told, "customer_id": self.customer} if self.signed_in else told


@dataclass(slots=True)
class Shoppers:
    """The people of one simulation."""

    plan: Plan
    stock: Stock
    _interests: list[tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        chance = self.plan.chance("interests")
        kinds = list(self.stock.kinds)
        self._interests = [tuple(chance.sample(kinds, min(2, len(kinds)))) for _ in range(CUSTOMERS)]

    def sessions(self) -> Iterator[Session]:
        """Every session with its events, day by day."""
        number = 0
        for day in range(self.plan.days):
            chance = self.plan.chance(f"day {day}")
            for _ in range(self.plan.sessions_of(day)):
                session = self._session(day, number, chance)
                session.events = list(_Visit(self.stock, session, chance).events())
                yield session
                number += 1

    def _session(self, day: int, number: int, chance: random.Random) -> Session:
        who = self._who(day, chance)
        segment = segment_of(who)
        hour = chance.choices(range(24), weights=_BY_HOUR)[0]
        if segment == NIGHT_OWLS:
            hour = chance.choice(NIGHT)
        midnight = datetime.combine(self.plan.day(day), time.min, UTC)
        at = midnight + timedelta(hours=hour, seconds=chance.randrange(3_600))
        if day == self.plan.days - 1:
            # The last day may not be over; a visit takes some minutes, and there is none in the day's first hour.
            room = max(1.0, (self.plan.until - timedelta(hours=1) - midnight).total_seconds())
            at = midnight + timedelta(seconds=(at - midnight).total_seconds() % room)
        session_id = f"{SESSION_PREFIX}{self.plan.name}-{number}"
        customer = f"{CUSTOMER_PREFIX}{who}"
        return Session(session_id, customer, day, at, self._kinds(who, segment, chance), chance.random() < SIGNED_IN)

    def _who(self, day: int, chance: random.Random) -> int:
        while True:
            who = chance.randrange(CUSTOMERS)
            if segment_of(who) != WEEKENDERS or self.plan.is_weekend(day):
                return who

    def _kinds(self, who: int, segment: str, chance: random.Random) -> tuple[str, ...]:
        categories = list(self.stock.categories.values())
        if segment and chance.random() < SEGMENT_DRAW:
            kinds = categories[0 if segment == NIGHT_OWLS else min(1, len(categories) - 1)]
            return (chance.choice(kinds),)
        return (chance.choice([*self._interests[who] * 2, chance.choice(list(self.stock.kinds))]),)


def segment_of(who: int) -> str:
    """Empty for people of no segment."""
    return {0: NIGHT_OWLS, 1: WEEKENDERS}.get(who % 6, "")


@dataclass(slots=True)
class _Visit:
    """The way of one session through the shop."""

    stock: Stock
    session: Session
    chance: random.Random
    at: datetime = field(init=False)
    lists: int = 0
    events_told: int = 0
    basket: dict[str, Ware] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = self.session.at

    def events(self) -> Iterator[Event]:
        for raw in self._steps():
            event_id = f"{self.session.session_id}-{self.events_told}"
            self.events_told += 1
            yield {**raw, **self.session.known, "event_id": event_id}

    def _steps(self) -> Iterator[Event]:
        kind = self.session.kinds[0]
        if self.chance.random() < 0.5:
            yield from self._recommended("hybrid" if self.chance.random() < 0.5 else "trending", kind)
        seen = [self.stock.one_of(kind, self.chance) for _ in range(self.chance.randint(2, 4))]
        for ware in seen:
            self._later(10, 90)
            yield self._of("view_product", ware)
        yield from self._recommended("similar", kind)
        if self.chance.random() < CARTED:
            self.basket[seen[-1].product_id] = seen[-1]
            yield from self._companions(kind)
            yield from self._recommended("bought_together", kind)
        yield from self._till()

    def _companions(self, kind: str) -> Iterator[Event]:
        for companion in self.stock.companions.get(kind, ()):
            if self.chance.random() < 0.5:
                ware = self.stock.one_of(companion, self.chance)
                self._later(10, 90)
                yield self._of("view_product", ware)
                self.basket[ware.product_id] = ware

    def _recommended(self, algorithm: str, kind: str) -> Iterator[Event]:
        """A list that is shown, and what is clicked in it; what was clicked may go into the basket."""
        planted = ALGORITHMS[algorithm]
        among = [kind, *self.stock.companions.get(kind, ()), *self.chance.sample(list(self.stock.kinds), 1)]
        shown: dict[str, Ware] = {}
        for _ in range(4 * SHOWN):
            ware = self.chance.choice(self.stock.kinds[self.chance.choice(among)])
            if ware.product_id not in self.basket and len(shown) < SHOWN:
                shown[ware.product_id] = ware
        if not shown:
            return
        list_id = f"{self.session.session_id}-list{self.lists}"
        self.lists += 1
        self._later(1, 5)
        items = [
            {"product_id": product, "position": place, "algorithm": algorithm, "propensity": 1.0, "score": 1 / place}
            for place, product in enumerate(shown, start=1)
        ]
        told = {"recommendation_id": list_id, "placement": planted.placement}
        yield {"type": "impression", "items": items, "timestamp": self.at.isoformat(), **told}
        for position, ware in enumerate(shown.values(), start=1):
            if self.chance.random() >= planted.ctr:
                continue
            self._later(2, 30)
            yield self._of("recommendation_click", ware) | {**told, "position": position, "algorithm": algorithm}
            yield self._of("view_product", ware)
            if self.chance.random() < planted.conversion / ORDERED:
                self.basket[ware.product_id] = ware

    def _till(self) -> Iterator[Event]:
        for ware in self.basket.values():
            self._later(5, 30)
            yield self._of("add_to_cart", ware) | {"price": ware.price, "currency": ware.currency}
        if self.basket and self.chance.random() < ORDERED:
            self._later(60, 180)
            lines = [{"product_id": ware.product_id, "price": ware.price} for ware in self.basket.values()]
            placed = {"type": "order_placed", "order_id": f"{self.session.session_id}-order", "items": lines}
            currency = next(iter(self.basket.values())).currency
            yield {**placed, "currency": currency, "timestamp": self.at.isoformat()}

    def _later(self, least: int, most: int) -> None:
        self.at += timedelta(seconds=self.chance.randint(least, most))

    def _of(self, kind: str, ware: Ware) -> Event:
        where = {"product_id": ware.product_id, "category": ware.category}
        return {"type": kind, **where, "timestamp": self.at.isoformat()}


def in_order(sessions: Sequence[Session]) -> Iterator[Mapping[str, Any]]:
    """The events of all sessions."""
    for session in sessions:
        yield from session.events
