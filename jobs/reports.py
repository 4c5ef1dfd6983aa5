"""The job `reports`: what came of recommendations, by day, algorithm and placement, for dashboards.

es/mappings/reports.py defines the figures; they are those of the API's metrics (shop/feedback/figures.py), over all
events instead of the latest.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import ibis
import pyarrow.parquet as pq

from es.lease import Lease
from es.mappings import events as fields
from es.mappings import reports as output
from jobs.export import export_events, export_products
from jobs.job import Workplace
from jobs.output import Document, publish
from jobs.tables import Table, database, events_table, rows

WINDOW = timedelta(days=60)
ATTRIBUTED = timedelta(days=7)
_PAIR = (fields.RECOMMENDATION_ID, fields.PRODUCT_ID)


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of reports. Figures: `days`, `documents`."""
    files = export_events(place, lease, WINDOW.days)
    catalogue = export_products(place)
    products = pq.read_metadata(catalogue).num_rows
    with database(place.settings, place.folder) as connection:
        events = events_table(connection, files)
        found = list(rows(connection, reports(events, place.now)))
        documents = publish(
            place, lease, output.KIND, output.definition(), _documents(found, products, place.now.isoformat())
        )
    return {"days": len({row[output.DAY] for row in found}), "documents": documents}


def reports(events: Table, now: datetime) -> Table:
    """One row a day, algorithm and placement of the WINDOW before `now`."""
    first = (now.replace(tzinfo=None) - WINDOW).replace(hour=0, minute=0, second=0, microsecond=0)
    shown = _shown(events).filter(lambda t: t.at >= first)
    clicks = _clicks(events, shown)
    clicked = clicks.select(*_PAIR).distinct().mutate(clicked=1)
    taken = _taken(events, shown, clicks)
    each = shown.left_join(clicked, list(_PAIR)).drop("recommendation_id_right", "product_id_right")
    each = each.left_join(taken, list(_PAIR)).drop("recommendation_id_right", "product_id_right")
    return (
        each.mutate(day=each.at.date())
        .group_by(output.DAY, output.ALGORITHM, output.PLACEMENT)
        .aggregate(
            lists=lambda t: t[fields.RECOMMENDATION_ID].nunique(),
            impressions=lambda t: t.count(),
            clicks=lambda t: t.clicked.sum().fill_null(0).cast("int64"),
            carts=lambda t: t.carted.sum().fill_null(0).cast("int64"),
            purchases=lambda t: t.bought.sum().fill_null(0).cast("int64"),
            revenue_milli=lambda t: t.revenue.sum().fill_null(0).cast("int64"),
            products=lambda t: t[fields.PRODUCT_ID].collect(distinct=True),
        )
        .order_by(output.DAY, output.ALGORITHM, output.PLACEMENT)
    )


def _shown(events: Table) -> Table:
    """Each pair of list and product, with the `algorithm`, the `placement` and the time (`at`) of its first showing."""
    seen = events.filter(
        (events[fields.TYPE] == "impression")
        & events[fields.RECOMMENDATION_ID].notnull()
        & events[fields.PRODUCT_ID].notnull()
    )
    return seen.group_by(*_PAIR).aggregate(
        at=seen[fields.TIMESTAMP].min(),
        algorithm=seen[fields.ALGORITHM].fill_null("unknown").argmin(seen[fields.TIMESTAMP]),
        placement=seen[fields.PLACEMENT].fill_null("unknown").argmin(seen[fields.TIMESTAMP]),
    )


def _clicks(events: Table, shown: Table) -> Table:
    """Clicks on what was shown."""
    columns = (*_PAIR, fields.CUSTOMER_ID, fields.SESSION_ID)
    clicks = events.filter(events[fields.TYPE] == "recommendation_click").select(*columns, clicked_at=fields.TIMESTAMP)
    return clicks.semi_join(shown, list(_PAIR))


def _taken(events: Table, shown: Table, clicks: Table) -> Table:
    """What was put into carts and ordered, by the list that it counts for: `carted`, `bought` (1 or 0), `revenue`."""
    kind = events[fields.TYPE]
    lines = events.filter(kind.isin(["add_to_cart", "order_placed"]) & events[fields.PRODUCT_ID].notnull())
    value = lines[fields.ITEM_PRICE].fill_null(0) * lines[fields.QUANTITY].fill_null(1)
    bought = lines[fields.TYPE] == "order_placed"
    same_of_all = (fields.RECOMMENDATION_ID, fields.CUSTOMER_ID, fields.SESSION_ID, fields.TIMESTAMP)
    taken = lines.group_by("event_id", fields.PRODUCT_ID).aggregate(
        **{name: lines[name].min() for name in same_of_all},
        carted=(~bought).cast("int64").max(),
        bought=bought.cast("int64").max(),
        revenue=ibis.ifelse(bought, value, 0).sum().cast("int64"),
    )
    figures = ("carted", "bought", "revenue")
    named = taken.semi_join(shown, list(_PAIR)).select(*_PAIR, *figures)
    nameless = taken.anti_join(shown, list(_PAIR)).drop(fields.RECOMMENDATION_ID)
    by = [_followed(nameless, clicks, who, place) for place, who in enumerate((fields.CUSTOMER_ID, fields.SESSION_ID))]
    # The customer's click comes before the visit's, and the later one before the earlier.
    order = ibis.window(group_by=["event_id", fields.PRODUCT_ID], order_by=[ibis.asc("nth"), ibis.desc("clicked_at")])
    best = ibis.union(*by).mutate(rank=ibis.row_number().over(order)).filter(lambda t: t["rank"] == 0)
    credited = ibis.union(named, best.select(*_PAIR, *figures))
    return credited.group_by(*_PAIR).aggregate(
        carted=credited.carted.max(), bought=credited.bought.max(), revenue=credited.revenue.sum().cast("int64")
    )


def _followed(taken: Table, clicks: Table, who: str, place: int) -> Table:
    """What somebody took after a click of theirs on it, by the field that says `who`."""
    made = clicks.filter(clicks[who].notnull()).select(
        fields.RECOMMENDATION_ID, "clicked_at", whose=who, clicked_product=fields.PRODUCT_ID
    )
    joined = taken.inner_join(made, (taken[who] == made.whose) & (taken[fields.PRODUCT_ID] == made.clicked_product))
    after = (joined.clicked_at <= joined[fields.TIMESTAMP]) & (
        joined.clicked_at >= joined[fields.TIMESTAMP] - ibis.interval(days=ATTRIBUTED.days)
    )
    return joined.filter(after).select(
        "event_id", *_PAIR, "clicked_at", "carted", "bought", "revenue", nth=ibis.literal(place)
    )


def _documents(found: list[dict[str, Any]], catalogue: int, computed_at: str) -> Iterator[Document]:
    for row in found:
        day, algorithm, placement = (str(row[name]) for name in (output.DAY, output.ALGORITHM, output.PLACEMENT))
        told = {**row, output.DAY: day, output.PRODUCTS: sorted(row[output.PRODUCTS])}
        yield f"{day}|{algorithm}|{placement}", {**told, output.CATALOGUE: catalogue, output.COMPUTED_AT: computed_at}
