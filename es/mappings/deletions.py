"""The index of deletions: one document a deleted product, so that a late older change does not bring it back.

It lies beside the generations of products, and stays when they are replaced.
"""

from typing import Any, Final

KIND: Final = "product-deletions"

VERSION: Final = "version"
ACCEPTED: Final = "accepted"
DELETED_AT: Final = "deleted_at"

# The newest deletion stays, in whatever order they come.
NEWEST: Final = (
    "for (name in ['version', 'accepted']) "
    "{ if (ctx._source[name] == null || params[name] > ctx._source[name]) { ctx._source[name] = params[name] } } "
    "ctx._source.deleted_at = params.deleted_at"
)


def definition() -> dict[str, Any]:
    """Settings and mapping."""
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0},
        "mappings": {
            "dynamic": False,
            "properties": {
                VERSION: {"type": "long"},
                ACCEPTED: {"type": "long"},
                DELETED_AT: {"type": "date"},
            },
        },
    }
