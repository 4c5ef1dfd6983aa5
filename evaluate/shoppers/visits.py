"""Visits to the synthetic catalogue, made up: the same number is the same visit, but for when it was."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

DAYS: Final = 60
CORNER: Final = 40
"""Products that shoppers of one kind look at; popular ones lie at the beginning of each corner."""
FIRST_CORNER: Final = 7
"""The corner that most shoppers come to."""
_LONGEST: Final = 12
_CUSTOMERS: Final = 20_000


def product_id(number: int) -> str:
    """As evaluate/synthetic.py names products."""
    return f"p{number:07}"


def corner_of(draw: random.Random, products: int) -> int:
    """The corner that a shopper comes to; few are popular."""
    return int(draw.paretovariate(1.1) * FIRST_CORNER) % max(1, products // CORNER)


def visit(number: int, products: int, now: datetime, *, days: float = DAYS) -> list[dict[str, Any]]:
    """The events of one visit of the last `days`, in order of time: views, some carts, at times an order."""
    draw = random.Random(f"visit-{number}")
    at = now - timedelta(days=draw.uniform(0.1, days))
    corner = corner_of(draw, products)
    who: dict[str, Any] = {"session_id": f"v{number}"}
    if draw.random() < 0.5:
        who["customer_id"] = f"c{draw.randrange(_CUSTOMERS)}"
    events: list[dict[str, Any]] = []
    carts: list[str] = []
    for step in range(1 + min(_LONGEST, int(draw.expovariate(1 / 4)))):
        product = product_id((corner * CORNER + int(draw.expovariate(1 / 6)) % CORNER) % products)
        moment = {"timestamp": (at + timedelta(seconds=40 * step)).isoformat(), "product_id": product}
        events.append({"type": "view_product", "event_id": f"v{number}-{step}", **moment, **who})
        if draw.random() < 0.15:
            carts.append(product)
            events.append({"type": "add_to_cart", "event_id": f"v{number}-{step}c", **moment, **who})
    if carts and draw.random() < 0.5:
        items = [{"product_id": product, "quantity": 1, "price": 20} for product in dict.fromkeys(carts)]
        moment = {"timestamp": (at + timedelta(minutes=12)).isoformat(), "order_id": f"o{number}"}
        events.append({"type": "order_placed", "event_id": f"v{number}-o", "items": items, **moment, **who})
    return events


def events(products: int, now: datetime, *, days: float = DAYS) -> Iterator[dict[str, Any]]:
    """Events of visit after visit, without end, of the last `days`."""
    number = 0
    while True:
        yield from visit(number, products, now, days=days)
        number += 1
