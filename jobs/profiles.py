"""The job `profiles`: what each customer likes, by what they did. es/mappings/profiles.py defines the figures."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import ibis
import numpy as np

from embed.base import Vector, Vectors
from es.lease import Lease
from es.mappings import events as fields
from es.mappings import products as product_fields
from es.mappings import profiles as output
from jobs.behaviour import BEFORE, CHANGED, RECENT, change
from jobs.clusters import SEED, Clusters, clustered
from jobs.event_weights import weighted
from jobs.export import export_events, export_products
from jobs.job import Workplace
from jobs.output import Document, publish
from jobs.tables import Table, Value, database, events_table, products_table, rows, with_person
from jobs.text_vectors import text_vectors

HALF_LIFE = timedelta(days=30)
KEPT_VALUES = 10
KEPT_CATEGORIES = 100
SAMPLED = 20_000
KEPT_PRODUCTS = 50
NEW, ACTIVE, LAPSED = timedelta(days=14), timedelta(days=14), timedelta(days=90)
BROWSER_EVENTS = 5
BIG_SPENDERS = 0.9
_RECENTLY, _BEFORE = "recently", "before"
_PREFERENCES = {
    output.CATEGORIES: product_fields.CATEGORY,
    output.BRANDS: product_fields.BRAND,
    output.COLORS: "color",
}


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of profiles. Figures: `customers` that have one."""
    files = export_events(place, lease, place.settings.events_days)
    catalogue = export_products(place)
    with database(place.settings, place.folder) as connection:
        oldest = (place.now - timedelta(days=place.settings.events_days)).replace(tzinfo=None)
        events = events_table(connection, files).filter(lambda t: t[fields.TIMESTAMP] >= oldest)
        acts = connection.kept("acts", acts_of(events, products_table(connection, catalogue), place.now))
        found = connection.kept("found", profiles(acts, place.now.replace(tzinfo=None)))
        found = found.order_by("customer", "part", "rank")
        lease.check()
        taste = Taste(*text_vectors(place, lease))
        clusters = taste.clusters(_customers(rows(connection, found)))
        documents = _documents(rows(connection, found), place.now, taste, clusters)
        customers = publish(place, lease, output.KIND, output.definition(), documents)
    return {"customers": customers, "clusters": list(clusters.names)}


def acts_of(events: Table, products: Table, now: datetime) -> Table:
    """What customers did, with its decayed weight and what the catalogue knows of the product."""
    at = now.replace(tzinfo=None)
    known = products.rename(
        known_id=product_fields.PRODUCT_ID, known_category=product_fields.CATEGORY, known_price=product_fields.PRICE
    )
    acts = weighted(with_person(events).filter(lambda t: t.customer.notnull()), at, HALF_LIFE)
    acts = acts.left_join(known, acts[fields.PRODUCT_ID] == known.known_id)
    # The shop's own name of a category stands in where the product has left the catalogue.
    acts = acts.mutate(category=ibis.coalesce(acts.known_category, acts[fields.CATEGORY]))
    return acts.select(
        "customer", "event_id", fields.PRODUCT_ID, fields.TIMESTAMP, fields.ORDER_ID, fields.QUANTITY, "decayed",
        fields.TYPE, fields.ITEM_PRICE, product_fields.CATEGORY, product_fields.BRAND, "color", "known_price",
    )  # fmt: skip


def profiles(acts: Table, at: datetime) -> Table:
    """Rows of (customer, part, rank, value, number, at) with the totals of the customer on each: a value of a
    preference with its share, one of the latest products with its weight, or a category with its events in one of the
    windows that are compared. `acts` is read several times, so it had better be a table than an expression."""
    totals = _with_big_spenders(_totals(acts)).rename(owner="customer")
    parts = [_preferences(acts, column, name) for name, column in _PREFERENCES.items()]
    windows = {_RECENTLY: (at - RECENT, at), _BEFORE: (at - RECENT - BEFORE, at - RECENT)}
    counted = [_counted(acts, name, *window) for name, window in windows.items()]
    listed = ibis.union(*parts, _latest(acts), *counted)
    return listed.join(totals, listed.customer == totals.owner).drop("owner")


def _totals(acts: Table) -> Table:
    is_order = acts[fields.TYPE] == "order_placed"
    spent = ibis.ifelse(is_order, acts[fields.ITEM_PRICE].fill_null(0) * acts[fields.QUANTITY].fill_null(1), 0)
    return acts.group_by("customer").aggregate(
        events=acts.event_id.nunique(),
        orders=acts[fields.ORDER_ID].nunique(where=is_order),
        value_milli=spent.sum().cast("int64"),
        first_at=acts[fields.TIMESTAMP].min(),
        last_at=acts[fields.TIMESTAMP].max(),
        price_low=acts.known_price.quantile(0.1),
        price_median=acts.known_price.quantile(0.5),
        price_high=acts.known_price.quantile(0.9),
    )


def _with_big_spenders(table: Table) -> Table:
    """Marks the tenth of the buyers that spent most."""
    bound = table.filter(table.orders > 0).aggregate(bound=lambda t: t.value_milli.quantile(BIG_SPENDERS))
    joined = table.cross_join(bound)
    return joined.mutate(big_spender=(joined.orders > 0) & (joined.value_milli >= joined.bound)).drop("bound")


def _preferences(acts: Table, column: str, part: str) -> Table:
    """The values of a column with their shares of the customer's decayed weights, best first."""
    known = acts.filter(acts[column].notnull() & (acts[column] != ""))
    sums = known.group_by("customer", value=column).aggregate(weight=lambda t: t.decayed.sum())
    shares = sums.mutate(
        number=sums.weight / sums.weight.sum().over(ibis.window(group_by=sums.customer)),
        at=ibis.null("timestamp(3)"),
    )
    return _ranked(shares, part, [shares.number.desc(), shares["value"].asc()], KEPT_VALUES)


def _latest(acts: Table) -> Table:
    """The products that a customer had to do with and their decayed weights, newest first."""
    sums = acts.group_by("customer", value=fields.PRODUCT_ID).aggregate(
        number=acts.decayed.sum(), at=acts[fields.TIMESTAMP].max().cast("timestamp(3)")
    )
    return _ranked(sums, output.PRODUCTS, [sums["at"].desc(), sums["value"].asc()], KEPT_PRODUCTS)


def _counted(acts: Table, part: str, after: datetime, until: datetime) -> Table:
    """Events of a window by category."""
    within = acts.filter((acts[fields.TIMESTAMP] > after) & (acts[fields.TIMESTAMP] <= until))
    known = within.filter(within[product_fields.CATEGORY].notnull())
    sums = known.group_by("customer", value=product_fields.CATEGORY).aggregate(
        number=known.event_id.nunique().cast("float64"), at=ibis.null("timestamp(3)")
    )
    return _ranked(sums, part, [sums.number.desc(), sums["value"].asc()], KEPT_CATEGORIES)


def _ranked(table: Table, part: str, order: list[Value], kept: int) -> Table:
    window = ibis.window(group_by=table.customer, order_by=order)
    ranked = table.mutate(part=ibis.literal(part), rank=ibis.row_number().over(window))
    return ranked.filter(ranked["rank"] < kept).select("customer", "part", "rank", "value", "number", "at")


@dataclass(slots=True)
class Customer:
    """The rows of one customer: lists by part, and any of the rows for the totals."""

    customer_id: str
    lists: dict[str, list[Mapping[str, Any]]]
    row: Mapping[str, Any]

    def numbers(self, part: str) -> dict[str, float]:
        """Values of a part with their numbers."""
        return {row["value"]: row["number"] for row in self.lists.get(part, ())}


class Taste:
    """Text vectors of products, and what they say of customers."""

    def __init__(self, product_ids: Sequence[str], vectors: Vectors) -> None:
        self._numbers = {product: number for number, product in enumerate(product_ids)}
        self._vectors = vectors

    def vector(self, customer: Customer) -> Vector | None:
        """The weighted mean of the customer's latest products, of length 1; None where none of them has a vector."""
        known = {p: weight for p, weight in customer.numbers(output.PRODUCTS).items() if p in self._numbers}
        if not known:
            return None
        weights = np.asarray(list(known.values()), dtype=np.float32)
        mean: Vector = weights @ self._vectors[[self._numbers[product] for product in known]]
        length = float(np.linalg.norm(mean))
        return mean / np.float32(length) if length > 0 else None

    def clusters(self, customers: Iterator[Customer]) -> Clusters:
        """Of at most SAMPLED customers, drawn by chance as they come."""
        draw = random.Random(SEED)
        drawn: list[tuple[Vector, dict[str, float]]] = []
        seen = 0
        for customer in customers:
            vector = self.vector(customer)
            if vector is None:
                continue
            seen += 1
            place = len(drawn) if len(drawn) < SAMPLED else draw.randrange(seen)
            if place < SAMPLED:
                drawn[place : place + 1] = [(vector, customer.numbers(output.CATEGORIES))]
        vectors = np.asarray([vector for vector, _ in drawn], dtype=np.float32)
        return clustered(vectors, [likes for _, likes in drawn])


def _customers(found: Iterator[dict[str, Any]]) -> Iterator[Customer]:
    for customer, of_customer in groupby(found, key=itemgetter("customer")):
        lists: dict[str, list[Mapping[str, Any]]] = {}
        row: dict[str, Any] = {}
        for row in of_customer:
            lists.setdefault(row["part"], []).append(row)
        yield Customer(customer, lists, row)


def _documents(found: Iterator[dict[str, Any]], now: datetime, taste: Taste, clusters: Clusters) -> Iterator[Document]:
    for customer in _customers(found):
        row = customer.row
        changed = change(customer.numbers(_RECENTLY), customer.numbers(_BEFORE))
        also = ["changed"] if changed is not None and changed["divergence"] >= CHANGED else []
        document = {
            output.CUSTOMER_ID: customer.customer_id,
            output.COMPUTED_AT: now.isoformat(),
            output.SEGMENTS: segments(row, now.replace(tzinfo=None)) + also,
            **{name: row[name] for name in (output.EVENTS, output.ORDERS, output.VALUE)},
            **{name: _written(row[name]) for name in (output.FIRST_AT, output.LAST_AT)},
            **{name: [_item(one) for one in customer.lists.get(name, ())] for name in (*_PREFERENCES, output.PRODUCTS)},
        }
        if row["price_median"] is not None:
            document[output.PRICE] = {name: round(row[f"price_{name}"]) for name in ("low", "median", "high")}
        if changed is not None:
            document[output.CHANGE] = changed
        vector = taste.vector(customer)
        if vector is not None:
            document[output.VECTOR] = np.round(vector.astype(np.float64), 5).tolist()
            document[output.CLUSTERS] = [{"value": n, "confidence": share} for n, share in clusters.of(vector)]
        yield customer.customer_id, document


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["part"] == output.PRODUCTS:
        return {"product_id": row["value"], "weight": row["number"], "last_at": _written(row["at"])}
    return {"value": row["value"], "share": row["number"]}


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"


def segments(row: Mapping[str, Any], now: datetime) -> list[str]:
    """The rules that hold for the totals of a customer."""
    idle, known_for = now - row[output.LAST_AT], now - row[output.FIRST_AT]
    rules = {
        "new": known_for <= NEW,
        "active": idle <= ACTIVE,
        "lapsing": ACTIVE < idle <= LAPSED,
        "lapsed": idle > LAPSED,
        "browser": not row[output.ORDERS] and row[output.EVENTS] >= BROWSER_EVENTS,
        "buyer": row[output.ORDERS] >= 1,
        "repeat_buyer": row[output.ORDERS] >= 2,
        "big_spender": bool(row["big_spender"]),
    }
    return [name for name, holds in rules.items() if holds]
