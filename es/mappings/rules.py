"""The indices of merchandising rules: one document a rule, and one for each of its former versions.

A rule is read whole and never searched by its parts, so its definition is kept as it is, without a field of its own
for anything in it.
"""

from typing import Any, Final

KIND: Final = "rules"

RULE_ID: Final = "rule_id"
VERSION: Final = "version"
ACTION: Final = "action"
AT: Final = "at"
BY: Final = "by"
BEFORE: Final = "before"
AFTER: Final = "after"
DELETED: Final = "deleted"
SEQ_NO: Final = "_seq_no"


def definition() -> dict[str, Any]:
    """Settings and mapping of either index."""
    kept: dict[str, Any] = {"type": "object", "enabled": False}
    return {
        # Copied to every node that there is: a few kilobytes that each search depends on.
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-all"},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": 1},
            "properties": {
                RULE_ID: {"type": "keyword"},
                VERSION: {"type": "long"},
                ACTION: {"type": "keyword"},
                AT: {"type": "date"},
                BY: {"type": "keyword"},
                DELETED: {"type": "boolean"},
                BEFORE: kept,
                AFTER: kept,
            },
        },
    }
