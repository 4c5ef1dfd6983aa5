"""An index that is made when it is first written."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import EngineRejected, IndexMissing

Answer = TypeVar("Answer")
_PRIORITY: Final = 500
_STARTING_S: Final = 3


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


async def shards_started(client: AsyncElasticsearch, index: str) -> None:
    """Waits until the index can be searched, within the client's own time. Raises EngineError."""
    with translated():
        await client.cluster.health(index=index, wait_for_status="yellow", timeout=f"{_STARTING_S}s")


class MadeIndex:
    """An index that is looked for once and then written without looking. Where it has been deleted since, a write is
    refused instead of making an index without a mapping; it is made again then, and written once more."""

    def __init__(self, client: AsyncElasticsearch, index: str, definition: Mapping[str, Any]) -> None:
        self._client, self._index, self._definition = client, index, definition
        self._guarded = self._made = False

    async def written(self, write: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `write` returns, with the index in place. Raises EngineError, also what `write` raises."""
        if not (self._made and self._guarded):
            await self._make()
            return await write()
        try:
            return await write()
        except IndexMissing:
            await self._make()
            return await write()

    async def _make(self) -> None:
        self._guarded = self._guarded or await self._guard()
        await make_index(self._client, self._index, self._definition)
        self._made = True

    async def _guard(self) -> bool:
        """Forbids that a write makes the index by itself; False where our key may not, and every write looks for it."""
        try:
            with translated():
                await self._client.indices.put_index_template(
                    name=f"{self._index}-guard",
                    index_patterns=[self._index],
                    allow_auto_create=False,
                    priority=_PRIORITY,
                )
        except EngineRejected as error:
            if error.status != 403:
                raise
            return False
        return True
