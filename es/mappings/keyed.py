"""Indices of documents that are kept whole and found by a few fields: orders, customers, tickets and the like."""

from collections.abc import Mapping
from typing import Any, Final

KEY: Final = "key"
DOCUMENT: Final = "document"

CUSTOMER_ID: Final = "customer_id"
STATUS: Final = "status"
PLACED_AT: Final = "placed_at"
CREATED_AT: Final = "created_at"
EMAIL: Final = "email"
NAME: Final = "name"
POSTCODE: Final = "postcode"
ENDS_AT: Final = "ends_at"
PRODUCT_ID: Final = "product_id"

FoundBy = Mapping[str, Mapping[str, Any]]

_KEYWORD: Final[dict[str, Any]] = {"type": "keyword", "ignore_above": 1024}
_DATE: Final[dict[str, Any]] = {"type": "date"}

ORDERS: Final[FoundBy] = {CUSTOMER_ID: _KEYWORD, STATUS: _KEYWORD, PLACED_AT: _DATE}
CUSTOMERS: Final[FoundBy] = {EMAIL: _KEYWORD, NAME: _KEYWORD, POSTCODE: _KEYWORD}
TICKETS: Final[FoundBy] = {CUSTOMER_ID: _KEYWORD, STATUS: _KEYWORD, CREATED_AT: _DATE}
PROMOTIONS: Final[FoundBy] = {ENDS_AT: _DATE}
REVIEWS: Final[FoundBy] = {PRODUCT_ID: _KEYWORD, CREATED_AT: _DATE}


def definition(found_by: FoundBy) -> dict[str, Any]:
    """Settings and mapping of an index whose documents are found by these fields."""
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": 1},
            "properties": {
                KEY: {"type": "keyword"},
                **found_by,
                DOCUMENT: {"type": "object", "enabled": False},
            },
        },
    }
