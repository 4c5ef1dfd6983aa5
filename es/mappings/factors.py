"""The index of factors: products as the vectors of a matrix factorisation, near to the shoppers who take them. One
document a product, its id the product's.

    vector        y, shape (FACTORS,): its inner product with a shopper's vector says how much they want it
    solved        (Y'Y + l2 I)^-1 y of all products' Y: what a shopper's vector is solved with when it is asked for
    listed        whether the product was in the catalogue; what is gone still says something of who took it
    alpha, decay  how the model was fitted: what an event counts in confidence, and for each event after it
    computed_at   when

Products that nobody touched have no document.
"""

from typing import Any, Final

KIND: Final = "factors"
SCHEMA_VERSION: Final = 1

FACTORS: Final = 128
VECTOR: Final = "vector"
SOLVED: Final = "solved"
LISTED: Final = "listed"
ALPHA: Final = "alpha"
DECAY: Final = "decay"
COMPUTED_AT: Final = "computed_at"


def definition() -> dict[str, Any]:
    """Settings and mapping of one generation. The vectors keep their lengths: the products that many take have longer
    ones, and without that the order is another."""
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION},
            "properties": {
                VECTOR: {
                    "type": "dense_vector",
                    "dims": FACTORS,
                    "similarity": "max_inner_product",
                    "index_options": {"type": "int8_hnsw"},
                },
                LISTED: {"type": "boolean"},
                COMPUTED_AT: {"type": "date"},
            },
        },
    }
