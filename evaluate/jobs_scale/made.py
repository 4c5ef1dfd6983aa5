"""Events of a made-up shop as rows of the export, many at once: the same size and end give the same events.

Visits of `days` in order of time. Each looks at products of one corner of the catalogue (few corners are popular),
takes some, orders half of the time what was taken, sees a list of recommendations at times and clicks on it. Half of
the visits are signed in; some customers come often.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from es.mappings import events as fields
from evaluate.shoppers.visits import CORNER, FIRST_CORNER, product_id
from jobs.export import EVENT_SCHEMA

BLOCK: Final = 20_000
"""Visits that are made at once."""
_LONGEST: Final = 13
_SHOWN: Final = 8
_STEP_MS: Final = 40_000
_ALGORITHMS: Final = ("learned", "hybrid", "trending", "bought_together", "similar")
_PLACEMENTS: Final = ("home", "product", "category", "cart", "search")
_SENT: Final = (
    "event_id", fields.TYPE, fields.CUSTOMER_ID, fields.SESSION_ID, fields.ORDER_ID, fields.RECOMMENDATION_ID,
    fields.PLACEMENT,
)  # fmt: skip
_OF_ONE: Final = (fields.PRODUCT_ID, fields.QUANTITY, fields.POSITION, fields.ALGORITHM)
_OF_ITEMS: Final = {
    "order_placed": (fields.PRODUCT_ID, fields.QUANTITY),
    "impression": (fields.PRODUCT_ID, fields.POSITION, fields.ALGORITHM, fields.ITEM_PROPENSITY),
}
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shop:
    """How large, and the moment at which its last event lies."""

    events: int
    products: int
    customers: int
    until: datetime
    days: int = 90


@dataclass(frozen=True, slots=True)
class _Visits:
    """Of one block: shape (visits,). `customer`: -1 where nobody is signed in. `began`: milliseconds since 1970."""

    corner: Integers
    customer: Integers
    began: Integers
    session: pa.Array


def blocks(shop: Shop) -> Iterator[pa.Table]:
    """Rows of EVENT_SCHEMA, in order of time but for what happens within half an hour; some 20,000 visits at a time.
    Whole blocks, so that there are some events more or fewer than `shop.events`."""
    # How many events a visit has at the mean decides how far apart visits lie.
    a_visit = _events_of(_block(shop, 0, 1)) / BLOCK
    count = max(1, math.ceil(shop.events / a_visit / BLOCK))
    for number in range(count):
        yield _block(shop, number, count)


def _events_of(table: pa.Table) -> int:
    return len(table["event_id"].unique())


def _block(shop: Shop, number: int, count: int) -> pa.Table:
    draw = np.random.default_rng([11, number])
    visits = _visits(shop, draw, number, count)
    seen = _looks(shop, visits, draw)
    wanted = draw.random(len(seen["visit"])) < 0.15
    taken = {name: column[wanted] for name, column in seen.items()}
    parts = [
        _rows(visits, "view_product", seen["visit"], seen["product"], seen["at"], draw),
        _rows(visits, "add_to_cart", taken["visit"], taken["product"], taken["at"] + 15_000, draw, quantity=1),
        _orders(visits, taken, draw),
        *_lists(shop, visits, draw),
    ]
    return pa.concat_tables(parts).sort_by([(fields.TIMESTAMP, "ascending"), ("event_id", "ascending")])


def _visits(shop: Shop, draw: np.random.Generator, number: int, count: int) -> _Visits:
    corners = max(1, shop.products // CORNER)
    span = timedelta(days=shop.days) - timedelta(hours=1)
    first = int((shop.until - timedelta(days=shop.days)).timestamp() * 1000)
    place = (number + np.arange(BLOCK) / BLOCK) / count
    customer = (shop.customers * draw.random(BLOCK) ** 1.5).astype(np.int64)
    return _Visits(
        corner=((draw.pareto(1.1, BLOCK) + 1) * FIRST_CORNER).astype(np.int64) % corners,
        customer=np.where(draw.random(BLOCK) < 0.5, customer, -1),
        began=first + (place * span.total_seconds() * 1000).astype(np.int64),
        session=_ids(BLOCK, draw),
    )


def _looks(shop: Shop, visits: _Visits, draw: np.random.Generator) -> dict[str, Integers]:
    """(visit, product, at) of everything that was looked at."""
    length = 1 + np.minimum(_LONGEST - 1, draw.exponential(4, BLOCK).astype(np.int64))
    visit = np.repeat(np.arange(BLOCK), length)
    step = np.arange(len(visit)) - np.repeat(np.cumsum(length) - length, length)
    within = draw.exponential(6, len(visit)).astype(np.int64) % CORNER
    product = (visits.corner[visit] * CORNER + within) % shop.products
    return {"visit": visit, "product": product, "at": visits.began[visit] + _STEP_MS * step}


def _orders(visits: _Visits, taken: dict[str, Integers], draw: np.random.Generator) -> pa.Table:
    """A row a product: half of those who took something order all of it, each product once."""
    orders = draw.random(BLOCK) < 0.5
    lines = np.unique(np.stack([taken["visit"], taken["product"]], axis=1)[orders[taken["visit"]]], axis=0)
    visit, product = lines[:, 0], lines[:, 1]
    of_visit, order = np.unique(visit, return_inverse=True)
    ids, names = _ids(len(of_visit), draw), _ids(len(of_visit), draw)
    at = visits.began[visit] + 12 * 60_000
    given = {fields.ORDER_ID: names.take(order), "event_id": ids.take(order)}
    price = 1000 * (5 + product % 200)
    return _rows(visits, "order_placed", visit, product, at, draw, quantity=1, price=price, given=given)


def _lists(shop: Shop, visits: _Visits, draw: np.random.Generator) -> Iterator[pa.Table]:
    """Lists of recommendations, a row a product shown, and the clicks on some."""
    chosen = np.flatnonzero(draw.random(BLOCK) < 0.6)
    lists = _ids(len(chosen), draw)
    place = pa.array([_PLACEMENTS[n] for n in draw.integers(0, len(_PLACEMENTS), len(chosen)).tolist()])
    row = np.repeat(np.arange(len(chosen)), _SHOWN)
    position = np.tile(np.arange(1, _SHOWN + 1), len(chosen))
    start = draw.integers(0, CORNER, len(chosen))
    visit = chosen[row]
    product = (visits.corner[visit] * CORNER + (start[row] + position - 1) % CORNER) % shop.products
    algorithm = pa.array(_ALGORITHMS).take(pa.array(draw.integers(0, len(_ALGORITHMS), len(row))))
    at = visits.began[visit] + 5_000
    told = {fields.RECOMMENDATION_ID: lists.take(row), fields.PLACEMENT: place.take(row), fields.ALGORITHM: algorithm}
    shown = {
        **told, "event_id": _ids(len(chosen), draw).take(row), fields.POSITION: pa.array(position, pa.int32()),
        fields.ITEM_PROPENSITY: pa.array(np.ones(len(row))),
    }  # fmt: skip
    yield _rows(visits, "impression", visit, product, at, draw, quantity=1, given=shown)
    clicked = np.flatnonzero(draw.random(len(row)) < 0.02)
    named = {name: column.take(clicked) for name, column in told.items()}
    named[fields.POSITION] = pa.array(position[clicked], pa.int32())
    yield _rows(
        visits, "recommendation_click", visit[clicked], product[clicked], at[clicked] + 9_000, draw, given=named
    )


def _rows(
    visits: _Visits,
    kind: str,
    visit: Integers,
    product: Integers,
    at: Integers,
    draw: np.random.Generator,
    *,
    quantity: int | None = None,
    price: Integers | None = None,
    given: dict[str, Any] | None = None,
) -> pa.Table:
    count = len(visit)
    customer = visits.customer[visit]
    columns: dict[str, Any] = {
        fields.TYPE: pa.array([kind]).take(pa.array(np.zeros(count, dtype=np.int64))),
        fields.TIMESTAMP: pa.array(at, pa.timestamp("ms")),
        fields.CUSTOMER_ID: pa.array([f"c{n}" if n >= 0 else None for n in customer.tolist()], pa.string()),
        fields.SESSION_ID: visits.session.take(pa.array(visit)),
        fields.PRODUCT_ID: pa.array([product_id(n) for n in product.tolist()], pa.string()),
        **(given or {}),
    }
    if "event_id" not in columns:
        columns["event_id"] = _ids(count, draw)
    if quantity is not None:
        columns[fields.QUANTITY] = pa.array(np.full(count, quantity), pa.int32())
    if price is not None:
        columns[fields.ITEM_PRICE] = pa.array(price, pa.int64())
    return pa.table([columns.get(one.name, pa.nulls(count, one.type)) for one in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def _ids(count: int, draw: np.random.Generator) -> pa.Array:
    """Ids of 32 characters, all different."""
    text = draw.bytes(16 * count).hex()
    return pa.array([text[n : n + 32] for n in range(0, len(text), 32)], pa.string())


def pages(table: pa.Table, size: int) -> Sequence[pa.Table]:
    """The table in parts of `size` events or a few more: no event is cut."""
    ids = table["event_id"].to_numpy(zero_copy_only=False)
    changes = np.flatnonzero(ids[1:] != ids[:-1]) + 1
    starts = [0, *changes[size - 1 :: size].tolist()]
    return [table.slice(a, b - a) for a, b in zip(starts, [*starts[1:], len(table)], strict=True)]


def raw_events(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The same events as a shop sends them."""
    for _, listed in groupby(table.to_pylist(), key=itemgetter("event_id")):
        rows = list(listed)
        event = {name: rows[0][name] for name in _SENT if rows[0][name] is not None}
        event[fields.TIMESTAMP] = rows[0][fields.TIMESTAMP].replace(tzinfo=UTC).isoformat()
        if event[fields.TYPE] in _OF_ITEMS:
            event["items"] = [_item(row) for row in rows]
        else:
            event |= {name: rows[0][name] for name in _OF_ONE if rows[0][name] is not None}
        yield event


def _item(row: dict[str, Any]) -> dict[str, Any]:
    item = {name: row[name] for name in _OF_ITEMS[row[fields.TYPE]]}
    if row[fields.ITEM_PRICE] is not None:
        item["price"] = row[fields.ITEM_PRICE] / 1000
    return item
