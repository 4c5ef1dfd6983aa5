"""The index of successors: what goes on from each product, by a sequential model. One document a product, its id the
product's, so that one `_mget` reads those of a whole history.

    product_ids   what goes on from it, best first
    weights       how strongly, as many numbers
    computed_at   when the model was fitted

The lists are stored and not searched. A product that nothing follows has no document.
"""

from typing import Any, Final

KIND: Final = "successors"
SCHEMA_VERSION: Final = 1

PRODUCT_IDS: Final = "product_ids"
WEIGHTS: Final = "weights"
COMPUTED_AT: Final = "computed_at"
DECAY: Final = "decay"


def definition(decay: float) -> dict[str, Any]:
    """Settings and mapping of one generation. `decay`: what an event counts for each that came after it; how the
    model was fitted, and so how it has to be read."""
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION, DECAY: decay},
            "properties": {COMPUTED_AT: {"type": "date"}},
        },
    }
