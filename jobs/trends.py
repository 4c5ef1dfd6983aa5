"""The job `trends`: what is looked at and bought now, and what suddenly is.

es/mappings/trends.py defines the figures.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import ibis

from es.lease import Lease
from es.mappings import events as fields
from es.mappings import products as product_fields
from es.mappings import trends as output
from jobs.event_weights import weighted
from jobs.export import export_events, export_products
from jobs.job import Workplace
from jobs.output import Document, publish
from jobs.tables import Table, database, events_table, products_table, rows

WINDOW = timedelta(days=30)
HALF_LIFE = timedelta(days=7)
RECENT = timedelta(days=1)
BEFORE = timedelta(days=14)


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of trends. Figures: `products` that have one."""
    files = export_events(place, lease, WINDOW.days)
    catalogue = export_products(place)
    with database(place.settings, place.folder) as connection:
        found = trends(events_table(connection, files), products_table(connection, catalogue), place.now)
        documents = _documents(rows(connection, found), place.now.isoformat())
        products = publish(place, lease, output.KIND, output.definition(), documents)
    return {"products": products}


def trends(events: Table, products: Table, now: datetime) -> Table:
    """One row a product that had events in the WINDOW before `now`; its category is the catalogue's, or else the
    last that events name."""
    at = now.replace(tzinfo=None)
    seen = weighted(events, at, HALF_LIFE).filter(lambda t: t[fields.TIMESTAMP] > at - WINDOW)
    recent = seen[fields.TIMESTAMP] > at - RECENT
    before = ~recent & (seen[fields.TIMESTAMP] > at - RECENT - BEFORE)
    sums = seen.group_by(fields.PRODUCT_ID).aggregate(
        score=seen.decayed.sum(),
        views=seen.views.sum().cast("int64"),
        carts=seen.carts.sum().cast("int64"),
        orders=seen.orders.sum().cast("int64"),
        recent=seen.weight.sum(where=recent).fill_null(0.0),
        mean=seen.weight.sum(where=before).fill_null(0.0) / BEFORE.days,
        named=seen[fields.CATEGORY].max(where=seen[fields.CATEGORY].notnull()),
    )
    known = products.select(known_id=product_fields.PRODUCT_ID, known_category=product_fields.CATEGORY)
    joined = sums.left_join(known, sums[fields.PRODUCT_ID] == known.known_id)
    return joined.select(
        fields.PRODUCT_ID,
        *(output.SCORE, output.VIEWS, output.CARTS, output.ORDERS, output.RECENT),
        spike=(joined.recent - joined["mean"]) / (joined["mean"] + 1).sqrt(),
        category=ibis.coalesce(joined.known_category, joined.named),
    ).order_by(fields.PRODUCT_ID)


def _documents(found: Iterator[dict[str, Any]], computed_at: str) -> Iterator[Document]:
    for row in found:
        yield row[fields.PRODUCT_ID], {**row, output.COMPUTED_AT: computed_at}
