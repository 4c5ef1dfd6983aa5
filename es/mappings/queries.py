"""The query log: one document a search, with what was clicked in it.

The document's id is the search's. Clicks are kept in it, so that every figure over clicks is one aggregation.
"""

from typing import Any, Final

KIND: Final = "queries"

SEARCH_ID: Final = "search_id"
TIME: Final = "time"
RAW: Final = "raw"
TEXT: Final = "text"
UNDERSTOOD: Final = "understood"
FILTERS: Final = "filters"
SORT: Final = "sort"
MODE: Final = "mode"
TOTAL: Final = "total"
FIRST_POSITION: Final = "first_position"
"""Position of the first product shown, from 1; absent where it is not known (pages by cursor behind the window)."""
SHOWN: Final = "shown"
TOOK_MS: Final = "took_ms"
DEGRADED: Final = "degraded"
SESSION: Final = "session_id"
VISITOR: Final = "visitor_id"
TYPING: Final = "typing"
CLICKS: Final = "clicks"
CLICK_PRODUCT: Final = "product_id"
CLICK_POSITION: Final = "position"
CLICK_TIME: Final = "time"
BEST_CLICK: Final = "best_click"
"""The least position that was clicked."""
RECIPROCAL_RANK: Final = "reciprocal_rank"
"""1 / best_click."""


def definition() -> dict[str, Any]:
    """Settings and mapping of each index of the series."""
    keyword = {"type": "keyword", "ignore_above": 1024}
    # Kept to be read, not to be searched.
    kept = {"type": "object", "enabled": False}
    return {
        # No `refresh_interval`: an index that nobody has read for half a minute is not refreshed with each second's
        # writes, and the next who reads it waits for a refresh.
        "settings": {"number_of_shards": 1, "number_of_replicas": 0},
        "mappings": {
            "dynamic": False,
            "properties": {
                SEARCH_ID: keyword,
                TIME: {"type": "date"},
                RAW: {"type": "keyword", "index": False, "doc_values": False},
                TEXT: keyword,
                UNDERSTOOD: kept,
                FILTERS: {"type": "flattened", "ignore_above": 512},
                SORT: keyword,
                MODE: keyword,
                TOTAL: {"type": "long"},
                FIRST_POSITION: {"type": "integer"},
                SHOWN: keyword,
                TOOK_MS: {"type": "float"},
                DEGRADED: keyword,
                SESSION: keyword,
                VISITOR: keyword,
                TYPING: {"type": "boolean"},
                CLICKS: {
                    "properties": {
                        CLICK_PRODUCT: keyword,
                        CLICK_POSITION: {"type": "integer"},
                        CLICK_TIME: {"type": "date"},
                    }
                },
                BEST_CLICK: {"type": "integer"},
                RECIPROCAL_RANK: {"type": "float"},
            },
        },
    }
