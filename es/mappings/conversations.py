"""The indices of the conversation: one document a session, and one for each turn that analytics count.

A session is read and written whole: its context and lines are kept as they are, without fields of their own.
"""

from typing import Any, Final

KIND: Final = "conversations"
TURNS_KIND: Final = "conversation-turns"

SESSION_ID: Final = "session_id"
OWNER: Final = "owner"
CREATED_AT: Final = "created_at"
UPDATED_AT: Final = "updated_at"
EXPIRES_AT: Final = "expires_at"
CONTEXT: Final = "context"
LINES: Final = "lines"

TURN_ID: Final = "turn_id"
AT: Final = "at"
INTENT: Final = "intent"
WRITTEN_BY: Final = "written_by"
ANSWERED: Final = "answered"
ESCALATED: Final = "escalated"
DEGRADED: Final = "degraded"
PRODUCTS: Final = "products"
MESSAGE: Final = "message"
TOOK_MS: Final = "took_ms"
FIRST_PRODUCTS_MS: Final = "first_products_ms"
SENTENCES: Final = "sentences"
REPAIRED: Final = "repaired"
WITHHELD: Final = "withheld"
INPUT_TOKENS: Final = "input_tokens"
OUTPUT_TOKENS: Final = "output_tokens"
COST_USD: Final = "cost_usd"
HELPFUL: Final = "helpful"
RESOLVED: Final = "resolved"
RATING: Final = "rating"


def sessions() -> dict[str, Any]:
    """Settings and mapping of the sessions."""
    kept: dict[str, Any] = {"type": "object", "enabled": False}
    keyword, date = {"type": "keyword", "ignore_above": 512}, {"type": "date"}
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": 1},
            "properties": {
                SESSION_ID: keyword,
                OWNER: keyword,
                CREATED_AT: date,
                UPDATED_AT: date,
                EXPIRES_AT: date,
                CONTEXT: kept,
                LINES: kept,
            },
        },
    }


def turns() -> dict[str, Any]:
    """Settings and mapping of the turns."""
    keyword, number = {"type": "keyword", "ignore_above": 512}, {"type": "integer"}
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": 1},
            "properties": {
                TURN_ID: keyword,
                SESSION_ID: keyword,
                AT: {"type": "date"},
                INTENT: keyword,
                WRITTEN_BY: keyword,
                ANSWERED: {"type": "boolean"},
                ESCALATED: {"type": "boolean"},
                DEGRADED: keyword,
                PRODUCTS: keyword,
                MESSAGE: {"type": "text", "fields": {"exact": keyword}},
                TOOK_MS: {"type": "float"},
                FIRST_PRODUCTS_MS: {"type": "float"},
                SENTENCES: number,
                REPAIRED: number,
                WITHHELD: number,
                INPUT_TOKENS: number,
                OUTPUT_TOKENS: number,
                COST_USD: {"type": "double"},
                HELPFUL: {"type": "boolean"},
                RESOLVED: {"type": "boolean"},
                RATING: number,
            },
        },
    }
