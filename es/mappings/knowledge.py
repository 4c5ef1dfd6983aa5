"""The index of knowledge: one document a passage of a text that the shop answers from.

Word search and vector search read the same passages. `_meta.model` names the model of the vectors; null: there are
none, and passages are found by words alone.
"""

from typing import Any, Final

KIND: Final = "knowledge"

DOCUMENT_ID: Final = "document_id"
VERSION: Final = "version"
TITLE: Final = "title"
SECTION: Final = "section"
TEXT: Final = "text"
PLACE: Final = "place"
SOURCE: Final = "source"
READ_AT: Final = "read_at"
VECTOR: Final = "vector"
PARTS: Final = "parts"
"""Vectors of the heading and of each sentence, as base64 of float16, row by row: read with a passage, not searched."""


def definition(model: str | None, dims: int | None) -> dict[str, Any]:
    """Settings and mapping, for vectors of this model; `model` None: without vectors."""
    english: dict[str, Any] = {"type": "text", "analyzer": "english"}
    properties: dict[str, Any] = {
        DOCUMENT_ID: {"type": "keyword"},
        VERSION: {"type": "keyword"},
        TITLE: english,
        SECTION: english,
        TEXT: english,
        PLACE: {"type": "integer"},
        SOURCE: {"type": "keyword", "index": False, "doc_values": False},
        READ_AT: {"type": "date"},
    }
    if model is not None and dims is not None:
        properties[PARTS] = {"type": "binary"}
        properties[VECTOR] = {"type": "dense_vector", "dims": dims, "index": True, "similarity": "cosine"}
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": 1, "model": model},
            "properties": properties,
        },
    }
