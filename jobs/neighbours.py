"""The job `neighbours`: the learned hybrid, fitted to what everybody did and to the texts of the catalogue, as rows of
neighbours of each product. es/mappings/neighbours.py says what is stored."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

from embed.base import Vectors
from es.lease import Lease
from es.mappings import neighbours as output
from jobs.job import Workplace
from jobs.output import publish
from jobs.sequences import read_sequences
from jobs.text_vectors import text_vectors
from shop.recommenders.errors import NothingToLearn
from shop.recommenders.histories import Histories
from shop.recommenders.neighbour_tables import NeighbourTables, tabled_hybrid
from shop.recommenders.served_hybrid import documents, stored_ranker

LEARNED_FROM: Final = 6_000
"""Lists that teach the ranker; each batch of them holds the scores of every model for all products."""


def run(place: Workplace, lease: Lease) -> dict[str, Any]:
    """Makes a new generation of neighbours and their ranker. Figures: `persons`, `events` learned from, `products` with
    neighbours, `texts`: products with a text vector; `told`: why it was gone without something."""
    counted = {"persons": 0, "events": 0}
    listed = read_sequences(place, lease, counted)
    lease.check()
    ids, vectors = text_vectors(place, lease)
    told = []
    if len(ids) > place.settings.neighbours_products:
        told.append(f"texts: {len(ids):,} products are more than SHOPSCOUT_JOBS_NEIGHBOURS_PRODUCTS")
        ids = []
    # In the order of ids, by which equal scores are told apart.
    product_ids = sorted({*ids, *(product for sequence in listed for product in sequence)})
    numbers = {product: number for number, product in enumerate(product_ids)}
    histories = Histories.of(([numbers[p] for p in sequence] for sequence in listed), len(product_ids))
    del listed  # of ten million events a tenth of all that the fitting needs
    tables = NeighbourTables(_placed(ids, vectors, numbers) if ids else None)
    hybrid = tabled_hybrid(tables, learned_from=LEARNED_FROM)
    figures = {**counted, "texts": len(ids)}
    with threadpool_limits(place.settings.threads):
        try:
            hybrid.fit(histories)
        except NothingToLearn as error:
            publish(place, lease, output.KIND, output.definition(None), ())
            return {"products": 0, **figures, "told": [*told, str(error)]}
    lease.check()
    definition = output.definition(stored_ranker(hybrid, tables))
    products = publish(place, lease, output.KIND, definition, documents(product_ids, tables, hybrid, place.now))
    return {"products": products, **figures, "told": told}


def _placed(ids: Sequence[str], vectors: Vectors, numbers: Mapping[str, int]) -> Vectors:
    """Vectors by the products' numbers; zeros for those that have none."""
    placed = np.zeros((len(numbers), vectors.shape[1]), dtype=np.float32)
    placed[[numbers[product] for product in ids]] = vectors
    return placed
