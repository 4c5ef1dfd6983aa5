"""What everybody did, as sequences of products: what the models of shopping learn from."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from es.lease import Lease
from es.mappings import events as fields
from jobs.event_weights import WEIGHTS
from jobs.export import export_events
from jobs.job import Workplace
from jobs.tables import Table, database, events_table, rows, with_person

# What somebody did a thousand products ago says little, and one person must not outweigh a thousand.
MOST_EVENTS = 1_000


def read_sequences(place: Workplace, lease: Lease, counted: dict[str, int]) -> list[list[str]]:
    """The products of each person over `events_days`, in order of time. Adds to `persons` and `events` of `counted`."""
    files = export_events(place, lease, place.settings.events_days)
    oldest = (place.now - timedelta(days=place.settings.events_days)).replace(tzinfo=None)
    with database(place.settings, place.folder) as connection:
        events = events_table(connection, files).filter(lambda t: t[fields.TIMESTAMP] >= oldest)
        return list(sequences(rows(connection, in_order(events)), counted))


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
