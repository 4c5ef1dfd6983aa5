"""What the service knows of the live catalogue between requests, and whether our models fit its vectors."""

import asyncio
import time

import structlog

from app.query_vectors import Made, QueryVectors, ServedModel
from app.settings import ServiceSettings
from app.waiting import time_left
from embed.pictures import Picture
from es.errors import EngineError, EngineTimeout
from es.mappings.products import SCHEMA_VERSION
from shop.products.reader import CatalogueFacts, ProductReader
from shop.tasks import Background

log = structlog.get_logger(__name__)


class Catalogue:
    """Facts of the live index, looked at again every `facts_refresh_s` in the background.

    A search costs no extra call for them: it takes the newest ones there are. Only where there are none yet, or a
    request names something unknown, are they fetched while it waits.
    """

    def __init__(self, reader: ProductReader, vectors: QueryVectors, settings: ServiceSettings) -> None:
        self._reader = reader
        self._vectors = vectors
        self._settings = settings
        self._facts: CatalogueFacts | None = None
        self._seen_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._watcher = Background()

    def start(self) -> None:
        """Begins the background look; call once, from the lifespan."""
        self._watcher.begin(self._watch())

    async def stop(self) -> None:
        await self._watcher.end()

    async def facts(self, at_most_s: float = float("inf")) -> CatalogueFacts:
        """The facts, at most this many seconds old. Raises IndexMissing or EngineUnavailable; EngineTimeout where
        they are not there within the deadline of a search."""
        since = time.monotonic() - at_most_s
        if self._facts is not None and self._seen_at >= since:
            return self._facts
        try:
            # Over the waiting for one another too: behind a server that hangs, each would wait its turn to wait.
            async with asyncio.timeout(time_left(self._settings.search_deadline_s)), self._fetching:
                if self._facts is None or self._seen_at < since:
                    began = time.monotonic()
                    self._facts = await self._reader.facts(deadline_s=self._settings.search_deadline_s)
                    self._seen_at = began
                return self._facts
        except TimeoutError as error:
            raise EngineTimeout("Elasticsearch did not say in time what the catalogue holds; try again.") from error

    async def places_of_text(self, text: str, *, look: bool = True) -> tuple[Made, Made]:
        """Where a text stands among the products' texts and, with `look`, among their pictures, each in the index's
        own space. Without a vector and without a reason: the index has no pictures, or they were not asked for."""
        facts = await self.facts()
        no_meaning, no_look = self.mismatch(facts), self.look_mismatch(facts)
        look = look and facts.image_model is not None
        if look and self._vectors.look.embedder is None:
            await self._vectors.refresh(pictures=True)
            no_look = self.look_mismatch(facts)
        meaning, seen = await self._vectors.of_text(text, meaning=not no_meaning, look=look and not no_look)
        return Made(None, no_meaning) if no_meaning else meaning, Made(None, no_look) if look and no_look else seen

    async def place_of_picture(self, picture: Picture) -> Made:
        """Where a picture stands among those of the products. Raises PictureRefused."""
        facts = await self.facts()
        if facts.image_model is not None and self._vectors.look.embedder is None:
            await self._vectors.refresh(pictures=True)
        if why_not := self.look_mismatch(facts):
            return Made(None, why_not)
        return await self._vectors.of_picture(picture)

    def mismatch(self, facts: CatalogueFacts) -> str:
        """Why vectors of texts, ours and the index's, cannot be compared; empty where they can."""
        if facts.text_model is None:
            return "the index was loaded without vectors; load the catalogue again to search by meaning"
        return self._other_model(facts.text_model, self._vectors.meaning)

    def look_mismatch(self, facts: CatalogueFacts) -> str:
        """The same of pictures."""
        if facts.image_model is None:
            return "the index has no vectors of pictures; load the catalogue with its pictures to search by them"
        return self._other_model(facts.image_model, self._vectors.look)

    @staticmethod
    def _other_model(indexed: str, ours: ServedModel) -> str:
        if ours.spec is None:
            return ours.trouble
        if indexed != ours.spec.id:
            return (
                f"the index holds vectors of {indexed} and this service has {ours.spec.id}; "
                "load the catalogue again, or set the model that made it"
            )
        return ""

    def schema_problem(self, facts: CatalogueFacts) -> str:
        """Why this code cannot serve the index; empty where it can."""
        if facts.schema_version == SCHEMA_VERSION:
            return ""
        return (
            f"the index has schema {facts.schema_version} and this service needs {SCHEMA_VERSION}; "
            "load the catalogue again"
        )

    async def _watch(self) -> None:
        while True:
            try:
                await self._vectors.refresh()
                facts = await self.facts(at_most_s=self._settings.facts_refresh_s / 2)
                await self._vectors.refresh(pictures=facts.image_model is not None)
            except EngineError as error:
                # An index that went away must not be remembered; a server that is away for a moment may be.
                log.info("catalogue not looked at", reason=str(error))
            await asyncio.sleep(self._settings.facts_refresh_s)
