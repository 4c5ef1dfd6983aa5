"""Which generation of what the jobs learned, and of the products, is live."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Final

import structlog
from elasticsearch import AsyncElasticsearch

from es.client import translated
from es.errors import EngineError
from es.names import IndexNames
from shop.tasks import Background

_TRUSTED_LOOKS: Final = 5
"""After so many looks without an answer nothing is taken for known."""

log = structlog.get_logger(__name__)


class LiveGenerations:
    """The indices behind the aliases of some kinds, looked at again every `every_s`. `start` and `stop` it from the
    lifespan; before the first look nothing is known."""

    def __init__(
        self, client: AsyncElasticsearch, names: IndexNames, kinds: Iterable[str], *, every_s: float, deadline_s: float
    ) -> None:
        self._client = client
        self._aliases = {names.alias(kind): kind for kind in kinds}
        self._every_s, self._deadline_s = every_s, deadline_s
        self._live: Mapping[str, str] = {}
        self._trusted_until = float("-inf")
        self._watcher = Background()

    async def start(self) -> None:
        """Looks once, and again and again from then on."""
        await self._look()
        self._watcher.begin(self._watch())

    async def stop(self) -> None:
        await self._watcher.end()

    def of(self, kind: str) -> str:
        """The live index of a kind; empty where there is none, or nobody could look lately."""
        return self._live.get(kind, "") if time.monotonic() < self._trusted_until else ""

    async def _look(self) -> None:
        began = time.monotonic()
        try:
            with translated():
                found = await self._client.options(request_timeout=self._deadline_s).indices.get_alias(
                    index=",".join(self._aliases), ignore_unavailable=True
                )
        except EngineError as error:
            log.info("generations not looked at", reason=str(error))
            return
        self._live = {
            self._aliases[alias]: index
            for index, told in sorted(found.body.items())
            for alias in told["aliases"]
            if alias in self._aliases
        }
        self._trusted_until = began + _TRUSTED_LOOKS * self._every_s + self._deadline_s

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await self._look()
