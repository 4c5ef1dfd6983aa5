"""An index that is made when it is first written."""

from collections.abc import Mapping
from typing import Any

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import EngineRejected


async def make_index(client: AsyncElasticsearch, index: str, definition: Mapping[str, Any]) -> None:
    """Creates the index, with its settings and mapping, where there is none yet; harmless if somebody else is first.
    Raises EngineError."""
    with translated():
        if await client.indices.exists(index=index):
            return
    try:
        with translated():
            await client.indices.create(index=index, **definition)
    except EngineRejected as error:
        if error.kind != "resource_already_exists_exception":
            raise
