"""The words and phrases of the live catalogue, gathered in the background and kept fresh."""

import asyncio
import contextlib
import time
from typing import Final

import structlog

from app.catalogue import Catalogue
from app.settings import ServiceSettings
from es.errors import EngineError, IndexMissing
from shop.lexicon.gather import Gathering, Lexicon
from shop.lexicon.reader import LexiconReader
from shop.queries.reader import QueryLogReader
from shop.tasks import Background

log = structlog.get_logger(__name__)

REST: Final = 3.0
"""Pauses while words are gathered anew, as many times as long as the work between them."""
RETRY_S: Final = 5.0
"""Until the next try while there is no lexicon at all."""
POPULAR_DAYS: Final = 30
MOST_POPULAR: Final = 2_000


class LexiconKeeper:
    """The newest lexicon of the live index; None until the first is gathered.

    Gathered when another generation goes live and every `lexicon_refresh_s`. Each worker has its own: some 50 MB for
    50,000 products, and no more for a larger catalogue, which is sampled.
    """

    def __init__(
        self,
        reader: LexiconReader,
        catalogue: Catalogue,
        settings: ServiceSettings,
        searched: QueryLogReader,
    ) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._settings = settings
        self._searched = searched
        self._gathered_at = float("-inf")
        self._watcher = Background()
        self._trouble = ""
        self.current: Lexicon | None = None

    def start(self) -> None:
        """Begins gathering; call once, from the lifespan."""
        self._watcher.begin(self._watch())

    async def stop(self) -> None:
        await self._watcher.end()

    def health(self) -> tuple[bool, str]:
        """Whether all is well with it, and what there is to say."""
        if self._trouble:
            return False, f"words for suggestions and spelling cannot be gathered: {self._trouble}"
        if self.current is None:
            return True, "words for suggestions and spelling are being gathered"
        return True, f"{len(self.current.words)} words of {self.current.products} products"

    async def gather(self) -> Lexicon:
        """Reads the live catalogue and makes its lexicon the current one. Raises EngineError."""
        began = time.perf_counter()
        facts = await self._catalogue.facts()
        gathering = Gathering()
        async with contextlib.aclosing(self._reader.texts(facts.products, self._settings.lexicon_products)) as pages:
            async for page in pages:
                # In a thread and page by page, so that requests are answered meanwhile. What is there already may
                # serve a little longer: the more of the time is theirs.
                started = time.perf_counter()
                await asyncio.to_thread(gathering.add, page)
                if self.current is not None:
                    await asyncio.sleep(REST * (time.perf_counter() - started))
        values = await self._reader.values()
        asked = await self._asked()
        made = await asyncio.to_thread(gathering.lexicon, facts.index, facts.products, values, asked)
        self.current, self._gathered_at, self._trouble = made, time.monotonic(), ""
        took_s = round(time.perf_counter() - began, 2)
        log.info(
            "lexicon gathered", index=made.index, products=gathering.products, words=len(made.words), took_s=took_s
        )
        return made

    async def _asked(self) -> dict[str, int]:
        """Popular searches with how often they were asked; none where the log cannot be read."""
        try:
            popular = await self._searched.popular(days=POPULAR_DAYS, size=MOST_POPULAR)
        except EngineError as error:
            log.info("popular searches not read", reason=str(error))
            return {}
        return {query.text: query.searches for query in popular}

    async def _watch(self) -> None:
        while True:
            try:
                facts = await self._catalogue.facts()
                stale = time.monotonic() - self._gathered_at > self._settings.lexicon_refresh_s
                if stale or self.current is None or self.current.index != facts.index:
                    await self.gather()
            except IndexMissing:
                # That there is no catalogue is said elsewhere; there are no words to miss.
                self._trouble = ""
            except EngineError as error:
                self._trouble = str(error)
                log.info("lexicon not gathered", reason=self._trouble)
            every_s = self._settings.facts_refresh_s
            await asyncio.sleep(every_s if self.current is not None else min(every_s, RETRY_S))
