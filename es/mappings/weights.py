"""The index of weights: how much each part of the hybrid recommender counts, one document a placement, its id the
placement's; "*" is for placements without one.

    weights    by the part's name; they add up to 1
    evidence   by the part's name: {impressions, reward, expected} (es/mappings/feedback.py) that it was learned from
    placement, computed_at
"""

from typing import Any, Final

KIND: Final = "weights"
SCHEMA_VERSION: Final = 1

PLACEMENT: Final = "placement"
WEIGHTS: Final = "weights"
EVIDENCE: Final = "evidence"
COMPUTED_AT: Final = "computed_at"
EVERYWHERE: Final = "*"


def definition() -> dict[str, Any]:
    """Settings and mapping of one generation."""
    stored: dict[str, Any] = {"type": "object", "enabled": False}
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION},
            "properties": {
                PLACEMENT: {"type": "keyword"},
                COMPUTED_AT: {"type": "date"},
                WEIGHTS: stored,
                EVIDENCE: stored,
            },
        },
    }
