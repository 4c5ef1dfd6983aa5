"""Reads of what may not be there yet: an index that nobody has written to, a document that nobody has stored."""

from collections.abc import Mapping
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import EngineRejected, IndexMissing

_STEPS: Final = frozenset({".", ".."})
"""No ids: in an address they are steps to what lies above, so that a read would be answered by the index itself."""


async def document_if_any(client: AsyncElasticsearch, index: str, key: str) -> Mapping[str, Any] | None:
    """The answer to a GET of one document, found at once after it was written: `_source`, `_seq_no`,
    `_primary_term`. None where there is none. Raises EngineError."""
    if key in _STEPS:
        return None
    try:
        with translated():
            found: Mapping[str, Any] = (await client.get(index=index, id=key)).body
    except IndexMissing:
        return None
    except EngineRejected as error:
        if error.status == 404:
            return None
        raise
    return found


async def count_if_any(client: AsyncElasticsearch, index: str) -> int | None:
    """How many documents an index has; None where there is no such index. Raises EngineError."""
    try:
        with translated():
            return int((await client.count(index=index))["count"])
    except IndexMissing:
        return None
