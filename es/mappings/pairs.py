"""The index of pairs: one document a product, its id the product's, so that one `_mget` reads those of many.

    viewed_together   products looked at in the same sessions
    bought_together   products of the same orders
    bought_after      products that buyers bought later, within 90 days, in other orders

Each is a list, best first, of {product_id, count, support, confidence, lift, score}:

    count        sessions (orders, buyers) that have both
    support      count / all sessions (orders, buyers)
    confidence   count / those that have this product
    lift         confidence / share of all that have the other: above 1, more often than by chance
    score        count / sqrt(those with this * those with the other): the order of the list

The lists are stored and not searched. A product without pairs has no document.
"""

from typing import Any, Final

KIND: Final = "pairs"
SCHEMA_VERSION: Final = 1

PRODUCT_ID: Final = "product_id"
VIEWED_TOGETHER: Final = "viewed_together"
BOUGHT_TOGETHER: Final = "bought_together"
BOUGHT_AFTER: Final = "bought_after"
COMPUTED_AT: Final = "computed_at"
RELATIONS: Final = (VIEWED_TOGETHER, BOUGHT_TOGETHER, BOUGHT_AFTER)


def definition() -> dict[str, Any]:
    """Settings and mapping of one generation."""
    stored: dict[str, Any] = {"type": "object", "enabled": False}
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION},
            "properties": {
                PRODUCT_ID: {"type": "keyword"},
                COMPUTED_AT: {"type": "date"},
                **dict.fromkeys(RELATIONS, stored),
            },
        },
    }
