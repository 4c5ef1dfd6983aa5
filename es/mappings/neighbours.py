"""The index of neighbours: the learned hybrid, as tables of the neighbours of each product by every model. One document
a product, its id the product's, so that one read by ids has what a whole history needs.

    product_ids   everything that is a neighbour in any table
    events        events of each of them, and
    latest        the share of its events that were the last of somebody's, both features of the ranker
    weights       by table (shop/recommenders/neighbour_tables.py): as many numbers, 0 where it is no neighbour there
    own_events    events of the product itself
    computed_at

The ranker that weighs the tables lies in the mapping's `_meta` as `ranker`: `readings` ([name, table,
decay] of each model, in the order of the features), and what ListwiseLinear.parameters gives; null where there was too
little to learn from. The lists are stored and not searched. A product without neighbours has no document.
"""

from typing import Any, Final

KIND: Final = "neighbours"
SCHEMA_VERSION: Final = 1

PRODUCT_IDS: Final = "product_ids"
EVENTS: Final = "events"
LATEST: Final = "latest"
WEIGHTS: Final = "weights"
OWN_EVENTS: Final = "own_events"
COMPUTED_AT: Final = "computed_at"
RANKER: Final = "ranker"


def definition(ranker: dict[str, Any] | None) -> dict[str, Any]:
    """Settings and mapping of one generation."""
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION, RANKER: ranker},
            "properties": {COMPUTED_AT: {"type": "date"}},
        },
    }
