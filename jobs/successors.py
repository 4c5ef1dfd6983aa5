"""The job `successors`: the sequential model, fitted to what everybody did, as a list of successors of each product."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from es.lease import Lease
from es.mappings import events as fields
from es.mappings import successors as output
from jobs.event_weights import WEIGHTS
from jobs.export import export_events
from jobs.job import Workplace
from jobs.output import Document, publish
from jobs.tables import Table, database, events_table, rows, with_person
from shop.recommenders.sequential import CounterSettings
from shop.recommenders.successor_index import documents
from shop.recommenders.successors import learned

# What somebody did a thousand products ago says little, and one person must not outweigh a thousand.
MOST_EVENTS = 1_000
SETTINGS = CounterSettings()


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of successors. Figures: `persons` and `events` learned from, `products` that have any."""
    files = export_events(place, lease, place.settings.events_days)
    counted = {"persons": 0, "events": 0}
    oldest = (place.now - timedelta(days=place.settings.events_days)).replace(tzinfo=None)
    with database(place.settings, place.folder) as connection:
        found = rows(
            connection, in_order(events_table(connection, files).filter(lambda t: t[fields.TIMESTAMP] >= oldest))
        )
        listed = list(sequences(found, counted))
    lease.check()
    told: Iterator[Document] = documents(learned(listed, SETTINGS), place.now)
    products = publish(place, lease, output.KIND, output.definition(SETTINGS.decay), told)
    return {"products": products, **counted}


def in_order(events: Table) -> Table:
    """(person, product_id): views, carts and orders of products, person by person in the order of time."""
    seen = events.filter(events[fields.TYPE].isin(list(WEIGHTS)) & events[fields.PRODUCT_ID].notnull())
    owned = with_person(seen).filter(lambda t: t.person.notnull())
    ordered = owned.order_by("person", fields.TIMESTAMP, "event_id", fields.PRODUCT_ID)
    return ordered.select("person", product_id=fields.PRODUCT_ID)


def sequences(found: Iterator[dict[str, Any]], counted: dict[str, int]) -> Iterator[list[str]]:
    """The products of each person, the last MOST_EVENTS; looking at, taking and buying one in a row counts once."""
    for _, events in groupby(found, key=itemgetter("person")):
        steps = groupby(event["product_id"] for event in events)
        # Each id is held once, however often it comes: of ten million events that is a tenth of the memory.
        products = [sys.intern(product) for product, _ in steps][-MOST_EVENTS:]
        counted["persons"] += 1
        counted["events"] += len(products)
        yield products
