"""The index of API keys: one document a key, of whose secret only the hash is kept."""

from typing import Any, Final

KIND: Final = "keys"

KEY_ID: Final = "key_id"
NAME: Final = "name"
KEY_KIND: Final = "kind"
HASH: Final = "sha256"
SCOPES: Final = "scopes"
ORIGINS: Final = "origins"
PER_MINUTE: Final = "per_minute"
CREATED: Final = "created"
EXPIRES: Final = "expires"
REVOKED: Final = "revoked"
REPLACES: Final = "replaces"
LAST_USED: Final = "last_used"
SEQ_NO: Final = "_seq_no"


def definition() -> dict[str, Any]:
    """Settings and mapping of the index."""
    keyword = {"type": "keyword"}
    date = {"type": "date"}
    return {
        # Copied to every node that there is: a few kilobytes that every request depends on.
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-all"},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": 1},
            "properties": {
                KEY_ID: keyword,
                NAME: keyword,
                KEY_KIND: keyword,
                # Compared by us and never searched for.
                HASH: {"type": "keyword", "index": False, "doc_values": False},
                SCOPES: keyword,
                ORIGINS: keyword,
                PER_MINUTE: {"type": "integer"},
                CREATED: date,
                EXPIRES: date,
                REVOKED: date,
                REPLACES: keyword,
                LAST_USED: date,
            },
        },
    }
