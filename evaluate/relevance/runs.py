"""Judged queries run through the search service of the API, in this process."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.deps import AppServices
from app.main import open_services
from app.search.query import build
from app.search.service import SearchService
from app.settings import ServiceSettings
from embed.settings import EmbedSettings
from es.settings import EngineSettings
from evaluate.errors import MeasurementFailed
from evaluate.relevance.metrics import Figures, Ratings, figures

LIST_LENGTH = 200
MODES: Mapping[str, Mapping[str, Any]] = {
    "lexical": {"mode": "lexical"},
    "semantic": {"mode": "semantic"},
    "hybrid": {"mode": "hybrid"},
    "hybrid_rrf": {"mode": "hybrid", "fusion": "rrf"},
}


@dataclass(frozen=True, slots=True)
class Searcher:
    """Asks one open service; `settings` are those that it ranks by."""

    services: AppServices
    settings: ServiceSettings

    def with_weight(self, lexical_weight: float) -> "Searcher":
        """The same shop with another weight of the words."""
        settings = self.settings.model_copy(update={"lexical_weight": lexical_weight})
        search = self.services.search
        changed = SearchService(search.reader, search.catalogue, settings)
        return Searcher(
            AppServices(self.services.catalogue, changed, self.services.products, self.services.health), settings
        )

    async def ranked(self, query: str, mode: str) -> list[str]:
        """Product ids, best first. Raises MeasurementFailed where the answer is not the one asked for."""
        asked = {"q": query, "size": LIST_LENGTH, **MODES[mode]}
        answer = await self.services.search.search(lambda facts: build(asked, {}, facts))
        if answer["degraded"]:
            raise MeasurementFailed(f"{mode} search was degraded: {'; '.join(answer['degraded'])}")
        return [hit["product_id"] for hit in answer["hits"]]

    async def scored(self, judged: Mapping[str, Ratings], mode: str) -> list[Figures]:
        """The figures of every query, in the order of `judged`."""
        return [figures(await self.ranked(query, mode), ratings) for query, ratings in judged.items()]

    async def known(self, product_ids: Iterable[str]) -> set[str]:
        """Those of the products that are in the catalogue."""
        ids = list(product_ids)
        found: set[str] = set()
        for start in range(0, len(ids), 500):
            answer = await self.services.products.batch(ids[start : start + 500])
            found |= {product["product_id"] for product in answer["products"]}
        return found


@asynccontextmanager
async def open_searcher(
    settings: ServiceSettings, engine: EngineSettings, embedding: EmbedSettings, url: str
) -> AsyncIterator[Searcher]:
    """A service over the catalogue of `engine`'s prefix."""
    # Measuring is no place to give up early on a busy machine.
    patient = settings.model_copy(update={"search_deadline_s": 30.0})
    async with open_services(patient, engine, embedding, url) as services:
        yield Searcher(services, patient)
