"""What invented shoppers did in the demo shop in the last four weeks: enough to learn recommendations from. Pure.

The same visits for the same day. A shopper has two kinds of products in mind, looks around them, and often buys one
with something that goes with it: for each kind of product two others of its category do.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

CUSTOMERS: Final = 120
VISITS: Final = 900
DAYS: Final = 28
CUSTOMER_PREFIX: Final = "demo-customer-"
_SEED: Final = "shopscout demo"

Event = dict[str, Any]
Row = Mapping[str, Any]


def history(rows: Sequence[Row], now: datetime) -> Iterator[Event]:
    """Events as a shop would send them, up to an hour before `now`. `rows`: the demo catalogue."""
    shop = _Shop(rows)
    chance = random.Random(_SEED)
    interests = [shop.interests(chance) for _ in range(CUSTOMERS)]
    number = 0
    for visit in range(VISITS):
        who = chance.randrange(CUSTOMERS)
        at = now - timedelta(hours=1) - timedelta(days=DAYS * chance.random() ** 1.3)
        known: Event = {"session_id": f"demo-{now:%Y%m%d}-{visit}"}
        if chance.random() < 0.6:
            known["customer_id"] = f"{CUSTOMER_PREFIX}{who}"
        for event in shop.visit(interests[who], at, f"demo-order-{now:%Y%m%d}-{visit}", chance):
            yield {**event, **known, "event_id": f"demo-{now:%Y%m%d}-{number}"}
            number += 1


class _Shop:
    """The catalogue by kind of product."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._kinds: dict[str, list[Row]] = defaultdict(list)
        categories: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            kind = str(row["specifications"]["product_type"])
            self._kinds[kind].append(row)
            categories[str(row["category"])].add(kind)
        chance = random.Random(_SEED)
        self._companions: dict[str, list[str]] = {}
        for kinds in categories.values():
            for kind in sorted(kinds):
                others = sorted(kinds - {kind}) or [kind]
                self._companions.setdefault(kind, chance.sample(others, min(2, len(others))))

    def interests(self, chance: random.Random) -> list[str]:
        return chance.sample(sorted(self._kinds), 2)

    def visit(self, kinds: Sequence[str], at: datetime, order_id: str, chance: random.Random) -> Iterator[Event]:
        kind = chance.choice([*kinds, *kinds, chance.choice(sorted(self._kinds))])
        seen = [self._one_of(kind, chance) for _ in range(chance.randint(2, 5))]
        for row in seen:
            at += timedelta(seconds=chance.randint(10, 90))
            yield _told("view_product", row, at)
        if chance.random() > 0.4:
            return
        basket = [seen[-1]]
        for companion in self._companions.get(kind, []):
            if chance.random() < 0.5:
                row = self._one_of(companion, chance)
                at += timedelta(seconds=chance.randint(10, 90))
                yield _told("view_product", row, at)
                basket.append(row)
        for row in basket:
            at += timedelta(seconds=chance.randint(5, 30))
            yield _told("add_to_cart", row, at) | {"price": str(row["price"]), "currency": "USD"}
        if chance.random() < 0.7:
            lines = {
                str(row["product_id"]): {"product_id": row["product_id"], "price": str(row["price"])} for row in basket
            }
            at += timedelta(minutes=2)
            placed = {"type": "order_placed", "order_id": order_id, "currency": "USD", "timestamp": at.isoformat()}
            yield {**placed, "items": list(lines.values())}

    def _one_of(self, kind: str, chance: random.Random) -> Row:
        """The first of a kind are liked best."""
        rows = self._kinds[kind]
        return rows[min(len(rows) - 1, int(chance.expovariate(0.4)))]


def _told(kind: str, row: Row, at: datetime) -> Event:
    return {"type": kind, "product_id": row["product_id"], "category": row["category"], "timestamp": at.isoformat()}
