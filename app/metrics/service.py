"""Metrics of recommendations and of the shop, from stored events."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, Final

import numpy as np

from app.analytics.service import period_of
from app.catalogue import Catalogue
from app.metrics.machine import machine
from app.metrics.shop import SHOP_FORMULAS, shop_body, shop_figures
from app.recommend.service import RecommendService
from es.errors import EngineError, IndexMissing
from shop.events.scan import EventScan
from shop.feedback.figures import FORMULAS, Groups, merged
from shop.feedback.following import TYPES, Followed
from shop.feedback.store import Covered, FeedbackReader, midnight
from shop.products.reader import ProductReader
from shop.queries.analytics import Period

DIMENSIONS: Final = ("algorithm", "placement", "placement_algorithm", "segment", "day")
MOST_EVENTS: Final = 300_000
SAMPLED_LISTS: Final = 100
_DEADLINE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class MetricsService:
    """Metrics of one shop. `recommend` knows how long its answers took in this process."""

    scan: EventScan
    feedback: FeedbackReader
    reader: ProductReader
    catalogue: Catalogue
    recommend: RecommendService

    async def recommendations(self, start: str, end: str) -> dict[str, Any]:
        """Every metric with its formula, over all and by algorithm, placement, both, segment and day. Days that the
        job `feedback` counted are read from there; the rest is followed event by event. Without `start`, whole days.
        Raises BadRequest, EngineError."""
        period = period_of(start, end, datetime.now(UTC))
        if not start:
            period = Period(midnight(period.start), period.end)
        counted = await self.feedback.covered(period.start, period.end, deadline_s=_DEADLINE_S)
        rest = Period(counted.end if counted else period.start, period.end)
        groups, events, complete = await self._followed(rest)
        if counted is not None:
            groups = merged(await self.feedback.groups(counted, deadline_s=_DEADLINE_S), groups)
        catalogue = await self._products()
        diversity = await self._diversity(period)
        told = {
            dimension: {
                value: sums.told(catalogue) | ({"diversity": diversity.get((dimension, value))})
                for value, sums in sorted(values.items())
            }
            for dimension, values in groups.items()
        }
        return {
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
            "counted": _told(counted),
            "events": events,
            "complete": complete,
            "formulas": {**FORMULAS, **SHOP_FORMULAS},
            "all": told.get("all", {}).get("all", {}),
            **{f"by_{name}": told.get(name, {}) for name in DIMENSIONS},
            "shop": await self._shop(period),
            "weights": await self.recommend.weights.everything(),
            "service": {**self.recommend.timings.told(), **machine()},
        }

    async def statistics(self) -> dict[str, Any]:
        """The shop at a glance: products, categories, what was recommended and sold in the last seven days."""
        period = period_of("", "", datetime.now(UTC))
        facts: dict[str, Any] = {"products": 0, "categories": {}}
        try:
            found = await self.catalogue.facts()
            facts = {"products": found.products, "categories": await self.scan.categories(deadline_s=_DEADLINE_S)}
        except IndexMissing:
            pass
        return {
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
            **facts,
            "recommendations": await self.scan.count(["impression"], period.start, period.end, deadline_s=_DEADLINE_S),
            "shop": await self._shop(period),
            "service": {**self.recommend.timings.told(), **machine()},
        }

    async def _shop(self, period: Period) -> dict[str, Any]:
        within = await self.scan.counted(shop_body(period.start, period.end), deadline_s=_DEADLINE_S)
        return shop_figures(within)

    async def _products(self) -> int:
        try:
            return (await self.catalogue.facts()).products
        except EngineError:
            return 0

    async def _followed(self, period: Period) -> tuple[Groups, int, bool]:
        """The groups of what is not counted yet, how many events were read, and whether these are all."""
        if period.start >= period.end:
            return {}, 0, True
        events, complete = await self.scan.every(
            TYPES, period.start, period.end, most=MOST_EVENTS, deadline_s=_DEADLINE_S
        )
        segments = await self.scan.segments(
            {event["customer_id"] for event in events if event.get("customer_id")}, deadline_s=_DEADLINE_S
        )
        followed = Followed(lambda customer: segments.get(customer, ("unknown",)))
        # In a thread: a large period takes seconds, in which others are served.
        await asyncio.to_thread(followed.add_all, events)
        return await asyncio.to_thread(followed.groups), len(events), complete

    async def _diversity(self, period: Period) -> dict[tuple[str, str], float]:
        """Mean unlikeness within lists, of the latest SAMPLED_LISTS, by dimension and value."""
        lists = await self.scan.latest("impression", period.start, period.end, k=SAMPLED_LISTS, deadline_s=_DEADLINE_S)
        listed = [(event, [item["product_id"] for item in event.get("items", ())]) for event in lists]
        products = list(dict.fromkeys(p for _, ids in listed for p in ids))[:5_000]
        if not products:
            return {}
        try:
            places = await self.reader.places(products, deadline_s=_DEADLINE_S)
        except IndexMissing:
            return {}
        vectors = {p: place.text for p, place in places.items() if place.text is not None}
        sums: dict[tuple[str, str], list[float]] = {}
        for event, ids in listed:
            value = unlikeness([vectors[p] for p in ids if p in vectors])
            if value is not None:
                where = ("placement", event.get("placement", "unknown"))
                for key in (("all", "all"), where, ("day", str(event["timestamp"])[:10])):
                    sums.setdefault(key, []).append(value)
        return {key: round(float(np.mean(values)), 6) for key, values in sums.items()}


def _told(counted: Covered | None) -> dict[str, str] | None:
    if counted is None:
        return None
    return {"from": counted.start.isoformat(), "to": counted.end.isoformat(), "at": counted.at.isoformat()}


def unlikeness(vectors: Sequence[Any]) -> float | None:
    """1 - mean cosine of any two unit vectors; None of fewer than two."""
    cosines = [float(a @ b) for a, b in combinations(vectors, 2)]
    return 1 - float(np.mean(cosines)) if cosines else None
