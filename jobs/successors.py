"""The job `successors`: the sequential model, fitted to what everybody did, as a list of successors of each product."""

from collections.abc import Iterator
from typing import Any

from es.lease import Lease
from es.mappings import successors as output
from jobs.job import Workplace
from jobs.output import Document, publish
from jobs.sequences import read_sequences
from shop.recommenders.sequential import CounterSettings
from shop.recommenders.successor_index import documents
from shop.recommenders.successors import learned

SETTINGS = CounterSettings()


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of successors. Figures: `persons` and `events` learned from, `products` that have any."""
    counted = {"persons": 0, "events": 0}
    listed = read_sequences(place, lease, counted)
    lease.check()
    told: Iterator[Document] = documents(learned(listed, SETTINGS), place.now)
    products = publish(place, lease, output.KIND, output.definition(SETTINGS.decay), told)
    return {"products": products, **counted}
