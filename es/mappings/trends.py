"""The index of trends: one document a product that had events in the last 30 days, its id the product's.

The best of a category are one search: filter `category`, sort by `score` or `spike`, descending.

    score     sum over events of weight * 2^(-age in days / 7); weights: view 1, cart 3, order 5 a piece
    views, carts, orders    counts in the 30 days; orders in pieces
    recent    weighted events of the last day
    spike     (recent - daily mean of the 14 days before) / sqrt(mean + 1): above 3, something is up
"""

from typing import Any, Final

KIND: Final = "trends"
SCHEMA_VERSION: Final = 1

PRODUCT_ID: Final = "product_id"
CATEGORY: Final = "category"
SCORE: Final = "score"
VIEWS: Final = "views"
CARTS: Final = "carts"
ORDERS: Final = "orders"
RECENT: Final = "recent"
SPIKE: Final = "spike"
COMPUTED_AT: Final = "computed_at"


def definition() -> dict[str, Any]:
    """Settings and mapping of one generation."""
    numbers = {name: {"type": "double"} for name in (SCORE, RECENT, SPIKE)}
    counts = {name: {"type": "long"} for name in (VIEWS, CARTS, ORDERS)}
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION},
            "properties": {
                PRODUCT_ID: {"type": "keyword"},
                CATEGORY: {"type": "keyword"},
                COMPUTED_AT: {"type": "date"},
                **numbers,
                **counts,
            },
        },
    }
