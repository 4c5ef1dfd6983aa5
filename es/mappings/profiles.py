"""The index of profiles: one document a customer, its id the customer's, so that one `get` reads it.

    categories, brands, colors   lists of {value, share}, best first, at most 10; the shares of all values sum to 1
    price          {low, median, high}: 10 %, 50 % and 90 % of the prices looked at and bought, thousandths
    products       the latest 50 as {product_id, weight, last_at}, newest first; weight decayed as below
    events, orders, value_milli, first_at, last_at      orders: distinct; value: of what was ordered
    segments       rules that hold: new, active, lapsing, lapsed, browser, buyer, repeat_buyer, big_spender, changed
    vector         mean of the text vectors of `products` by their weights, of length 1; none where none has a vector
    clusters       customers of like taste by that vector: {value, confidence}, best first, the confidences of all
                   clusters sum to 1 (jobs/clusters.py)
    change         last 30 days against the 90 days before (jobs/behaviour.py): divergence, activity, more, less; none
                   where there are fewer than five events in either

Weights are view 1, cart 3, order 5 a piece, halved every 30 days.
"""

from typing import Any, Final

KIND: Final = "profiles"
SCHEMA_VERSION: Final = 1

CUSTOMER_ID: Final = "customer_id"
CATEGORIES: Final = "categories"
BRANDS: Final = "brands"
COLORS: Final = "colors"
PRICE: Final = "price"
PRODUCTS: Final = "products"
EVENTS: Final = "events"
ORDERS: Final = "orders"
VALUE: Final = "value_milli"
FIRST_AT: Final = "first_at"
LAST_AT: Final = "last_at"
SEGMENTS: Final = "segments"
VECTOR: Final = "vector"
CLUSTERS: Final = "clusters"
CHANGE: Final = "change"
COMPUTED_AT: Final = "computed_at"


def definition() -> dict[str, Any]:
    """Settings and mapping of one generation."""
    stored: dict[str, Any] = {"type": "object", "enabled": False}
    dates = {name: {"type": "date"} for name in (FIRST_AT, LAST_AT, COMPUTED_AT)}
    counts = {name: {"type": "long"} for name in (EVENTS, ORDERS, VALUE)}
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION},
            "properties": {
                CUSTOMER_ID: {"type": "keyword"},
                SEGMENTS: {"type": "keyword"},
                **dict.fromkeys((CATEGORIES, BRANDS, COLORS, PRICE, PRODUCTS, CLUSTERS, CHANGE), stored),
                **dates,
                **counts,
            },
        },
    }
