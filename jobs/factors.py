"""The job `factors`: matrix factorisation of what everybody did, as a vector of each product. es/mappings/factors.py
says what is stored; it needs the package `implicit`."""

from typing import Any, Final

from threadpoolctl import threadpool_limits

from es.generations import Generations
from es.lease import Lease
from es.mappings import factors as output
from es.mappings import products
from jobs.job import Workplace
from jobs.output import publish
from jobs.sequences import read_sequences
from shop.products.since import product_ids as product_ids_of
from shop.recommenders.errors import RecommenderUnavailable
from shop.recommenders.factor_index import documents
from shop.recommenders.factorization import AlsFactorization
from shop.recommenders.histories import Histories

DECAY: Final = 0.6
"""What an event counts for each that came after it, when a shopper's vector is solved for. Of 1, 0.9, 0.8 and 0.6 the
best by the events before the last of Amazon Beauty, with 64 factors and with 128 (docs/explain/recommenders.md)."""


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of factors. Figures: `persons` and `events` learned from, `products` with factors; `told`:
    why there are none, the ones of before being kept where the package is missing."""
    counted = {"persons": 0, "events": 0}
    model = AlsFactorization(factors=output.FACTORS, decay=DECAY, threads=place.settings.threads)
    try:
        model.require()
    except RecommenderUnavailable as error:
        return {"products": 0, **counted, "told": [str(error)]}
    listed = read_sequences(place, lease, counted)
    product_ids = sorted({product for sequence in listed for product in sequence})
    numbers = {product: number for number, product in enumerate(product_ids)}
    histories = Histories.of(([numbers[p] for p in sequence] for sequence in listed), len(product_ids))
    del listed
    if product_ids:
        lease.check()
        with threadpool_limits(place.settings.threads):
            model.fit(histories)
    found = documents(product_ids, model, place.now, _in_the_catalogue(place))
    return {"products": publish(place, lease, output.KIND, output.definition(), found), **counted}


def _in_the_catalogue(place: Workplace) -> set[str]:
    index = Generations(place.client, place.names, products.KIND).live()
    return set(product_ids_of(place.client.options(request_timeout=120), index)) if index is not None else set()
