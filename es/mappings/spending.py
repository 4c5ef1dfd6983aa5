"""The index of what model calls cost: a document a day, and one for each user and day.

Amounts are whole millionths of a US dollar, so that sums are exact. Nothing in it says who a user is.
"""

from typing import Any, Final

KIND: Final = "llm-spending"

DAY: Final = "day"
SCOPE: Final = "scope"
HELD: Final = "held_micro_usd"
SPENT: Final = "spent_micro_usd"
CALLS: Final = "calls"
FAILED: Final = "failed_calls"
INPUT_TOKENS: Final = "input_tokens"
OUTPUT_TOKENS: Final = "output_tokens"

SHOP_SCOPE: Final = "shop"
USER_SCOPE: Final = "user"


def definition() -> dict[str, Any]:
    """Settings and mapping."""
    number = {"type": "long"}
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": 1},
            "properties": {
                DAY: {"type": "date", "format": "strict_date"},
                SCOPE: {"type": "keyword"},
                **dict.fromkeys((HELD, SPENT, CALLS, FAILED, INPUT_TOKENS, OUTPUT_TOKENS), number),
            },
        },
    }
