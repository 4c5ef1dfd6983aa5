"""What is counted from the start, at zero.

A counter with labels is told only once it has counted something. Prometheus takes the difference of what it reads, so
the first event of a kind, which is the one that an alert is for, would be no difference: what may happen is told before
it happens.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute

from app.access.scopes import row_of
from app.meter import Meter
from es.observing import OUTCOMES
from shop.events.store import Status
from shop.products.changes.change import Result

ANSWERED: Final = ("200", "401", "500", "503")
"""Statuses that an alert speaks of, and the usual one."""
REFUSED: Final = ("401", "503")
"""Of requests that never came to their route, which are counted by the part of the API that they were for."""
TIMED: Final = ("/api/search", "/api/suggest", "/api/products/{product_id}", "/api/recommendations", "/api/events")
"""Routes that are asked most, by which the service is judged."""

Labels = Iterable[tuple[str, ...]]

KNOWN: Final[Mapping[str, Labels]] = {
    "request_seconds": tuple((path,) for path in TIMED),
    "elasticsearch_requests": tuple((outcome,) for outcome in OUTCOMES),
    "model_calls": tuple(product(("text", "language"), ("ok", "failed"))),
    "model_seconds": (("text",), ("language",)),
    "cache": tuple(product(("query_vectors", "query_look_vectors"), ("hit", "miss"))),
    "events": tuple((status.value,) for status in (Status.ACCEPTED, Status.DUPLICATE, Status.REFUSED)),
    "changes": tuple((result,) for result in (*(result.value for result in Result), "queued", "unavailable")),
    "waiting": (("query_log",),),
}
"""Values of labels by the name of what is counted."""

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "search": ("semantic", "pictures", "understanding", "other"),
    "suggestions": ("completions", "capacity"),
    "recommendations": (
        "capacity", "elasticsearch", "catalogue", "stock", "category", "bought", "history", "profile", "product",
        "other",
    ),
}  # fmt: skip
"""What answers may have to go without, by kind; lists may go without a recommender besides, which has its name."""


def from_zero(meter: Meter, routers: Iterable[APIRouter], recommenders: Iterable[str]) -> None:
    """Has the meter tell what it has not counted yet."""
    parts = {**PARTS, "recommendations": (*PARTS["recommendations"], *recommenders)}
    meter.known("degraded", ((kind, part) for kind, named in parts.items() for part in named))
    for name, labels in KNOWN.items():
        meter.known(name, labels)
    for method, path in _asked(routers):
        meter.known("requests", ((method, path, status) for status in ANSWERED))
        if (row := row_of(path)) is not None:
            meter.known("requests", ((method, row.path, status) for status in REFUSED))


def _asked(routers: Iterable[APIRouter]) -> Iterable[tuple[str, str]]:
    """Methods and templates of the API's routes."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from ((method, route.path_format) for method in sorted(route.methods or ()))
