"""How much an event says about a product, and how that fades."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import ibis

from es.mappings import events as fields
from jobs.tables import Table

VIEWS = ("view_product", "recommendation_click", "search_click")
VIEW, CART, ORDER = 1.0, 3.0, 5.0
WEIGHTS: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(VIEWS, VIEW) | {"add_to_cart": CART, "order_placed": ORDER}
)
# Somebody who orders a thousand pieces is no thousand people.
MOST_PIECES = 10


def weighted(events: Table, at: datetime, half_life: timedelta) -> Table:
    """Views, carts and orders of products up to the moment `at` (UTC, without zone), with `views`, `carts`, `orders`
    (counts; orders in pieces), `weight`, and `decayed` = weight * 2^(-age / half_life)."""
    seen = events.filter(
        events[fields.TYPE].isin(list(WEIGHTS)) & events[fields.PRODUCT_ID].notnull() & (events[fields.TIMESTAMP] <= at)
    )
    kind = seen[fields.TYPE]
    is_order = kind == "order_placed"
    pieces = ibis.least(seen[fields.QUANTITY].fill_null(1), MOST_PIECES)
    weight = ibis.cases(*((kind == name, value) for name, value in WEIGHTS.items()), else_=0.0).cast("float64")
    counted = seen.mutate(
        views=kind.isin(VIEWS).cast("int64"),
        carts=(kind == "add_to_cart").cast("int64"),
        orders=ibis.ifelse(is_order, seen[fields.QUANTITY].fill_null(1), 0).cast("int64"),
        weight=weight * ibis.ifelse(is_order, pieces, 1),
        age_s=(ibis.literal(at).epoch_seconds() - seen[fields.TIMESTAMP].truncate("s").epoch_seconds()).cast("float64"),
    )
    # Whole seconds, cut off: engines round parts of one in ways of their own.
    rate = math.log(2) / half_life.total_seconds()
    return counted.mutate(decayed=counted.weight * (counted.age_s * -rate).exp())
