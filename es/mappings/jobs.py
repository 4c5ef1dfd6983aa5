"""The index of jobs: one document a job, with its lease and its last run.

A lease is held by `owner` until `expires_at`; whoever wants it writes under the condition that nobody wrote in between.
"""

from typing import Any, Final

KIND: Final = "jobs"

OWNER: Final = "owner"
EXPIRES_AT: Final = "expires_at"
STARTED_AT: Final = "started_at"
FINISHED_AT: Final = "finished_at"
OUTCOME: Final = "outcome"
DETAIL: Final = "detail"
SECONDS: Final = "seconds"


def definition() -> dict[str, Any]:
    """Settings and mapping."""
    dates = {field: {"type": "date"} for field in (EXPIRES_AT, STARTED_AT, FINISHED_AT)}
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0},
        "mappings": {
            "dynamic": False,
            "properties": {
                OWNER: {"type": "keyword"},
                OUTCOME: {"type": "keyword"},
                DETAIL: {"type": "object", "enabled": False},
                SECONDS: {"type": "float"},
                **dates,
            },
        },
    }
