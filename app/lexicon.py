"""The words and phrases of the live catalogue, gathered in the background and kept fresh."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Protocol

import structlog

from app.catalogue import Catalogue
from app.settings import ServiceSettings
from es.errors import EngineError
from shop.lexicon.gather import Gathering, Lexicon
from shop.lexicon.reader import LexiconReader

log = structlog.get_logger(__name__)


class PopularQueries(Protocol):
    """Where the searches that people make often are known."""

    async def popular(self) -> Mapping[str, int]:
        """Queries that found something, with how often they were asked. Raises EngineError."""
        ...


class LexiconKeeper:
    """The newest lexicon of the live index; None until the first is gathered.

    Gathered when another generation goes live and every `lexicon_refresh_s`. Each worker has its own: some 30 MB for
    50,000 products, and no more for a larger catalogue, which is sampled.
    """

    def __init__(
        self,
        reader: LexiconReader,
        catalogue: Catalogue,
        settings: ServiceSettings,
    ) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._settings = settings
        self._popular: PopularQueries | None = None
        self._gathered_at = float("-inf")
        self._watcher: asyncio.Task[None] | None = None
        self.current: Lexicon | None = None

    def use(self, popular: PopularQueries) -> None:
        """Names where popular searches are known; they count from the next gathering on."""
        self._popular = popular

    def start(self) -> None:
        """Begins gathering; call once, from the lifespan."""
        self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher

    async def gather(self) -> Lexicon:
        """Reads the live catalogue and makes its lexicon the current one. Raises EngineError."""
        began = time.perf_counter()
        facts = await self._catalogue.facts()
        gathering = Gathering()
        async with contextlib.aclosing(self._reader.texts(facts.products, self._settings.lexicon_products)) as pages:
            async for page in pages:
                # In a thread and page by page, so that requests are answered meanwhile.
                await asyncio.to_thread(gathering.add, page)
        values = await self._reader.values()
        asked = await self._popular.popular() if self._popular else {}
        made = await asyncio.to_thread(gathering.lexicon, facts.index, facts.products, values, asked)
        self.current, self._gathered_at = made, time.monotonic()
        took_s = round(time.perf_counter() - began, 2)
        log.info(
            "lexicon gathered", index=made.index, products=gathering.products, words=len(made.words), took_s=took_s
        )
        return made

    async def _watch(self) -> None:
        while True:
            try:
                facts = await self._catalogue.facts()
                stale = time.monotonic() - self._gathered_at > self._settings.lexicon_refresh_s
                if stale or self.current is None or self.current.index != facts.index:
                    await self.gather()
            except EngineError as error:
                log.info("lexicon not gathered", reason=str(error))
            await asyncio.sleep(self._settings.facts_refresh_s)
