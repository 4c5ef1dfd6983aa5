"""The index of events: what shoppers did and what they were shown.

One index a month of event time behind one alias (es/names.py). An event's index follows from its own time and its
document id is its event id, so that the same event sent again always meets itself and is a duplicate, however late
it comes. Retention deletes whole months.

`product_id` holds every product of the event (one, or all of an order or of an impression). What belongs to each of
them lies in `items`, which is stored and not indexed: product_id, quantity, price_milli, position, algorithm,
propensity, score. Prices and values are thousandths of the currency's main unit, as in es/mappings/products.py.
"""

from typing import Any, Final

SCHEMA_VERSION: Final = 1
"""Raised whenever the mapping or the stored form changes so that an older index cannot serve this code."""

KIND: Final = "events"

TYPE: Final = "type"
TIMESTAMP: Final = "timestamp"
RECEIVED_AT: Final = "received_at"
CUSTOMER_ID: Final = "customer_id"
SESSION_ID: Final = "session_id"
CONSENT: Final = "consent"
BOT: Final = "bot"
PRODUCT_ID: Final = "product_id"
CATEGORY: Final = "category"
ORDER_ID: Final = "order_id"
QUANTITY: Final = "quantity"
VALUE: Final = "value_milli"
CURRENCY: Final = "currency"
QUERY: Final = "query"
SEARCH_ID: Final = "search_id"
RECOMMENDATION_ID: Final = "recommendation_id"
PLACEMENT: Final = "placement"
ALGORITHM: Final = "algorithm"
POSITION: Final = "position"
ITEMS: Final = "items"
VERDICT: Final = "verdict"
SECONDS: Final = "seconds"
DEPTH: Final = "depth"
RATING: Final = "rating"
RESULTS: Final = "results"
COMMENT: Final = "comment"
ADDRESS: Final = "ip_address"
AGENT: Final = "user_agent"
PAGE: Final = "page_url"
REFERRER: Final = "referrer_url"
EXTRA: Final = "extra"

ITEM_PRICE: Final = "price_milli"
ITEM_PROPENSITY: Final = "propensity"
ITEM_SCORE: Final = "score"

# What says who it was, or ties two events of one person together: not kept without consent.
PERSONAL: Final = frozenset({
    CUSTOMER_ID, SESSION_ID, ORDER_ID, SEARCH_ID, RECOMMENDATION_ID, ADDRESS, AGENT, PAGE, REFERRER, EXTRA, QUERY,
    COMMENT,
})  # fmt: skip


def properties() -> dict[str, Any]:
    """Every field of the index."""
    keyword = {"type": "keyword", "ignore_above": 512}
    shown = {"type": "keyword", "index": False, "doc_values": False}
    return {
        TYPE: keyword,
        TIMESTAMP: {"type": "date"},
        RECEIVED_AT: {"type": "date"},
        CUSTOMER_ID: keyword,
        SESSION_ID: keyword,
        CONSENT: {"type": "boolean"},
        BOT: {"type": "boolean"},
        PRODUCT_ID: keyword,
        CATEGORY: keyword,
        ORDER_ID: keyword,
        QUANTITY: {"type": "integer"},
        VALUE: {"type": "long"},
        CURRENCY: keyword,
        QUERY: keyword,
        SEARCH_ID: keyword,
        RECOMMENDATION_ID: keyword,
        PLACEMENT: keyword,
        ALGORITHM: keyword,
        POSITION: {"type": "integer"},
        VERDICT: keyword,
        SECONDS: {"type": "float"},
        DEPTH: {"type": "float"},
        RATING: {"type": "float"},
        RESULTS: {"type": "integer"},
        ADDRESS: keyword,
        COMMENT: shown,
        AGENT: shown,
        PAGE: shown,
        REFERRER: shown,
        ITEMS: {"type": "object", "enabled": False},
        EXTRA: {"type": "object", "enabled": False},
    }


def definition(*, shards: int = 1, replicas: int = 0) -> dict[str, Any]:
    """Settings and mapping of one month.

    What is written is searchable after half a second: a recommendation made a moment after a click knows of it.
    """
    return {
        "settings": {"number_of_shards": shards, "number_of_replicas": replicas, "refresh_interval": "500ms"},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION},
            "properties": properties(),
        },
    }
